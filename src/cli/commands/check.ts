import { Command } from 'commander';
import { systemClock } from '../../base/clock';
import { isoSeconds } from '../../base/time';
import type { Findings } from '../../check/check';
import { checkEverything } from '../../check/check';
import type { FunctionAnswer } from '../../check/function-lines';
import { ok } from '../../check/line';
import { secretNameLines } from '../../check/secret-names';
import type { Config } from '../../config/schema';
import { askFunction } from '../deployed/ask';
import { configToCheck } from '../deployed/config';
import { ownEndpoint, targetNamed } from '../deployed/target';
import { exitCode } from '../exit-code';
import { withManual } from '../help';
import { deployRegion, operatorContext } from '../operator/credentials';
import { openWorkplace } from '../operator/workplace';
import { withConfigOption } from '../options';
import { countsOf, findingsText } from '../text/check';
import { whileWaiting } from '../text/progress-bar';
import { wantsColors } from '../text/status';

interface CheckOptions {
  config?: string;
  offline?: true;
  account?: string;
  json?: true;
}

export function checkCommand(): Command {
  const command = new Command('check')
    .description('Before the first run: see whether everything that keyturn needs is there. Changes nothing.')
    .option('--offline', 'only the configuration, as the deployed functions will see it, without any call')
    .option('--account <id>', 'only this account, where keyturn works on several')
    .option('--json', 'print the lines as JSON');
  withManual(command, {
    examples: [
      ['check', 'everything, before the first run on an account; docs/check.md explains each line'],
      ['check --offline', 'the configuration alone, as `s deploy` does it before it deploys'],
      ['check --account 1234567890123456 --json', 'one account, for a program to read'],
    ],
    ends: {
      0: 'all is fine, or there are warnings only',
      1: 'there is a failure',
      2: 'what was typed, or the configuration, cannot be used',
    },
  });
  return withConfigOption(command).action(async ({ config: file, offline, account, json }: CheckOptions) => {
    const config = configToCheck(file);
    const sound = ok('configuration', summaryOf(config));
    const found = offline ? atHome(config) : await online(config, account);
    const findings = { ...found, lines: [sound, ...found.lines] };
    print(findings, json === true, offline === true);
    if (countsOf(findings.lines).failure > 0) process.exitCode = exitCode.failed;
  });
}

function online(config: Config, account: string | undefined): Promise<Findings> {
  const { ALIYUN_ACCOUNT_ID, SLS_PROJECT, SLS_LOGSTORE, MNS_TOPIC } = process.env;
  const asking = checkEverything({
    config,
    account,
    clock: systemClock,
    context: operatorContext,
    askFunction: (name, owner) => askDeployed(config, name, owner),
    deployment: {
      region: deployRegion(),
      account: ALIYUN_ACCOUNT_ID || undefined,
      logProject: SLS_PROJECT,
      logStore: SLS_LOGSTORE || 'keyturn',
      failureTopic: MNS_TOPIC || 'keyturn-failures',
    },
  });
  return whileWaiting('Asking the cloud', asking);
}

/** What the configuration alone tells, whatever the account: its id has 16 digits. */
const atHome = ({ rotation }: Config): Findings => ({
  lines: secretNameLines(rotation, '0'.repeat(16), rotation.users.names),
  permissions: [],
});

async function askDeployed(config: Config, name: string, account: string): Promise<FunctionAnswer> {
  const { region, credentials } = await openWorkplace({ config });
  const target = targetNamed(name, account, region);
  return askFunction({ target, endpoint: config.endpoints.fc ?? ownEndpoint(target), credentials });
}

function print({ lines, permissions }: Findings, json: boolean, offline: boolean): void {
  const at = isoSeconds(systemClock.now());
  if (json)
    console.log(JSON.stringify({ version: 1, at, summary: countsOf(lines), lines, permissions }, null, 2));
  else if (offline) console.log(lines.map(({ text }) => text).join('\n'));
  else console.log(findingsText({ lines, permissions }, wantsColors()));
}

function summaryOf({ mode, rotation, notify, exempt }: Config): string {
  const { names, tag, group } = rotation.users;
  const managed = [
    ...names,
    ...(tag ? [`whoever has the tag ${tag.key}=${tag.value}`] : []),
    ...(group ? [`the members of ${group}`] : []),
  ];
  return `The configuration is sound: mode ${mode}; managed: ${managed.join(', ') || 'nobody'}; exempt: ${exempt.length}; channels: ${notify.length}.`;
}
