import { existsSync } from 'node:fs';
import { Command, Option } from 'commander';
import { auditAccounts } from '../../audit/audit-accounts';
import type { Audit, Severity } from '../../audit/finding';
import { missesOf, severities } from '../../audit/finding';
import { type Config, configSchema } from '../../config/schema';
import { exitCode } from '../exit-code';
import { withManual } from '../help';
import { openingHere } from '../operator/accounts';
import { operatorContext } from '../operator/credentials';
import { readConfig } from '../operator/workplace';
import { withConfigOption } from '../options';
import { auditText } from '../text/audit';
import { progressBar } from '../text/progress-bar';
import { wantsColors } from '../text/status';

interface AuditOptions {
  json?: true;
  failOn?: Severity;
  account?: string;
  config?: string;
}

export function auditCommand(): Command {
  const command = new Command('audit')
    .description('Check the account against what Alibaba Cloud and CIS recommend for RAM; reads only.')
    .addOption(
      new Option('--fail-on <severity>', 'end with 1 where a check this grave failed or is unknown').choices(
        severities,
      ),
    )
    .option('--account <id>', 'only this account, where keyturn works on several')
    .option('--json', 'print it as JSON, with all evidence; see docs/audit.md');
  withManual(command, {
    examples: [
      ['audit', 'what is not as it should be, and what to do about it; docs/audit.md explains each check'],
      ['audit --fail-on high', 'for a pipeline: stop where something grave is wrong, or cannot be read'],
      ['audit --json', 'for a program: every check with all its evidence'],
    ],
    ends: {
      0: 'the audit was made, whatever it found, unless --fail-on says otherwise',
      1: '--fail-on: a check of this severity or a graver one failed or is unknown',
      2: 'what was typed, or the configuration, cannot be used',
    },
  });
  return withConfigOption(command).action(async ({ json, failOn, account, config: file }: AuditOptions) => {
    const config = configOrDefaults(file);
    const opening = openingHere({ config, mode: 'plan', context: await operatorContext() });
    const audit = await auditAccounts(opening, account, progressBar('Reading'));
    console.log(json ? JSON.stringify(audit, null, 2) : auditText(audit, wantsColors()));
    if (failOn && missed(audit, failOn)) process.exitCode = exitCode.failed;
  });
}

/** An account can be audited before keyturn is configured for it. */
function configOrDefaults(file: string | undefined): Config {
  const configured = file || process.env.KEYTURN_CONFIG || existsSync('keyturn.yaml');
  return configured ? readConfig(file) : configSchema.parse({});
}

function missed(audit: Audit, failOn: Severity): boolean {
  const misses = missesOf(audit, failOn);
  if (misses.length > 0) {
    const list = misses.map(({ account, id, result }) => `${id} ${result} in account ${account}`).join(', ');
    console.error(`--fail-on ${failOn}: ${list}.`);
  }
  return misses.length > 0;
}
