import { Command } from 'commander';
import type { Mode } from '../../cloud/gate';
import type { Restored } from '../../inactivity/restore';
import { CommandError, type ExitCode, exitCode } from '../exit-code';
import { withManual } from '../help';
import { operatorContext } from '../operator/credentials';
import { restoreHere } from '../operator/restore';
import { readConfig } from '../operator/workplace';
import { type RunOptions, withConfigOption } from '../options';
import { usersText } from '../text/report';

type RestoreOptions = Omit<RunOptions, 'user'>;

export function restoreCommand(): Command {
  const command = new Command('restore')
    .description('Enable again what disable-inactive disabled of a user, and nothing else.')
    .argument('<user>', 'the name of the RAM user')
    .option('--dry-run', 'say what would be restored, and do nothing')
    .option('--reason <text>', 'why, for the record')
    .option('--account <id>', 'the account of the user, where keyturn works on several')
    .option('--json', 'print the outcome as JSON');
  withManual(command, {
    examples: [
      ['restore ann --dry-run', 'what would be enabled again'],
      ['restore ann --reason "back from leave"', 'keys and logon as they were before the disabling'],
    ],
    ends: {
      0: 'restored, or there was nothing to restore',
      1: 'something is left for a person to do; the output says what',
    },
  });
  return withConfigOption(command).action(async (userName: string, options: RestoreOptions) => {
    const { config: file, dryRun, reason, account, json } = options;
    const config = readConfig(file);
    const mode = dryRun ? 'plan' : config.mode;
    // Before credentials are looked for, which may take seconds.
    if (mode === 'plan' && !dryRun) {
      throw new CommandError(
        'The configuration says mode: plan, so nothing was done. Set mode: enforce, or add --dry-run to see the plan.',
        exitCode.refused,
      );
    }
    const restored = await restoreHere(userName, { config, mode, account, context: await operatorContext() });
    const outcome = { mode, ...(reason && { operatorReason: reason }), ...restored };
    console.log(json ? JSON.stringify(outcome, null, 2) : textOf(restored, mode, reason));
    process.exitCode = codeFor(restored);
  });
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
