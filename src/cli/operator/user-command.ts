import { Command } from 'commander';
import type { Cloud } from '../../cloud/cloud';
import type { Mode } from '../../cloud/gate';
import type { Config } from '../../config/schema';
import type { ReportedError } from '../../report/run-report';
import { CommandError, exitCode } from '../exit-code';
import { withConfigOption } from '../options';
import { whileWaiting } from '../text/progress-bar';
import { plain } from '../text/table';
import { openOneAccount } from './accounts';
import { operatorContext } from './credentials';
import { readConfig } from './workplace';

export interface WishOptions {
  reason?: string;
  dryRun?: true;
  account?: string;
  json?: true;
  config?: string;
}

interface Granted {
  readonly reason: string;
  readonly message: string;
  readonly error?: ReportedError;
}

/** A command that changes something of one user from this machine. */
export function wishCommand(name: string, summary: string): Command {
  const command = new Command(name)
    .description(summary)
    .argument('<user>', 'the name of the RAM user')
    .option('--reason <text>', 'why, for the record')
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--account <id>', 'the account of the user, where keyturn works on several')
    .option('--json', 'print the outcome as JSON');
  return withConfigOption(command);
}

/** The configuration, where it lets anything be changed. @throws CommandError, ConfigurationError */
export function configForWish({ config: file, dryRun }: WishOptions): Config {
  const config = readConfig(file);
  if (config.mode === 'enforce' || dryRun) return config;
  throw new CommandError(
    'The configuration says mode: plan, so nothing was done. Set mode: enforce, or add --dry-run to see the plan.',
    exitCode.refused,
  );
}

/** Does it in the user's account, prints what became of it, and sets the exit code. */
export async function runUserCommand(
  config: Config,
  { reason, dryRun, account, json }: WishOptions,
  work: (cloud: Cloud) => Promise<Granted>,
): Promise<void> {
  const mode: Mode = dryRun ? 'plan' : 'enforce';
  const here = { config, mode, account, context: await operatorContext() };
  const granted = await whileWaiting(
    'keyturn is at work',
    openOneAccount(here).then((cloud) => work(cloud)),
  );
  const outcome = { mode, ...(reason && { operatorReason: reason }), ...granted };
  const plan = dryRun ? 'This is the plan; nothing was done. ' : '';
  console.log(json ? JSON.stringify(outcome, null, 2) : plain(`${plan}${granted.message}`));
  process.exitCode = granted.error ? exitCode.failed : exitCode.done;
}
