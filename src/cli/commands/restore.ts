import { Command } from 'commander';
import { systemClock } from '../../clock';
import type { Mode } from '../../cloud/gate';
import type { Config } from '../../config/schema';
import { type Restored, restoreUser } from '../../inactivity/restore';
import { accountsOf, type Opening, openAccount } from '../../run/accounts';
import { limitsOf } from '../../run/time-limit';
import { CommandError, type ExitCode, exitCode } from '../exit-code';
import { operatorContext } from '../operator';
import { type RunOptions, withConfigOption } from '../options';
import { usersText } from '../report-text';
import { readConfig } from '../workplace';

type RestoreOptions = Omit<RunOptions, 'user'>;

export function restoreCommand(): Command {
  const command = new Command('restore')
    .description('Enable again what disable-inactive disabled of a user, and nothing else.')
    .argument('<user>', 'the name of the RAM user')
    .option('--dry-run', 'say what would be restored, and do nothing')
    .option('--reason <text>', 'why, for the record')
    .option('--account <id>', 'the account of the user, where keyturn works on several')
    .option('--json', 'print the outcome as JSON');
  return withConfigOption(command).action(async (userName: string, options: RestoreOptions) => {
    const { config: file, dryRun, reason, account, json } = options;
    const config = readConfig(file);
    const mode = dryRun ? 'plan' : config.mode;
    // Before credentials are looked for, which may take seconds.
    if (mode === 'plan' && !dryRun) {
      refuse('The configuration says mode: plan. Set mode: enforce, or add --dry-run to see the plan.');
    }
    const restored = await restoreWith(config, mode, userName, account);
    const outcome = { mode, ...(reason && { operatorReason: reason }), ...restored };
    console.log(json ? JSON.stringify(outcome, null, 2) : textOf(restored, mode, reason));
    process.exitCode = codeFor(restored);
  });
}

function refuse(message: string): never {
  throw new CommandError(`${message} Nothing was done.`, exitCode.refused);
}

async function restoreWith(
  config: Config,
  mode: Mode,
  userName: string,
  named: string | undefined,
): Promise<Restored> {
  const clock = systemClock;
  const context = await operatorContext();
  const opening: Opening = { config, context, clock, mode, deadlineAt: limitsOf(context, clock).deadlineAt };
  const [account, ...others] = await accountsOf(opening, named);
  if (!account || others.length > 0) {
    refuse('keyturn works on several accounts: say with --account which of them the user is in.');
  }
  const cloud = await openAccount(opening, account);
  return restoreUser({ cloud, clock, rotation: config.rotation, userName });
}

function textOf(restored: Restored, mode: Mode, reason: string | undefined): string {
  const { account, message, left } = restored;
  const why = reason ? `, reason: ${reason}` : '';
  return [
    `restore (mode ${mode}, account ${account}${why})`,
    ...(mode === 'plan' ? ['This is the plan; nothing was done.'] : []),
    ...usersText([restored]),
    ...left.filter((sentence) => !message.includes(sentence)),
  ].join('\n');
}

/** What was left is for a person to do, as is a user whom keyturn cannot find. */
function codeFor({ reason, left }: Restored): ExitCode {
  if (reason === 'NothingToRestore') return exitCode.done;
  return reason === 'Restored' && left.length === 0 ? exitCode.done : exitCode.failed;
}
