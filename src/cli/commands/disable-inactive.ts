import type { Command } from 'commander';
import { disableInactiveFunction } from '../../inactivity/disable-inactive';
import { withManual } from '../help';
import { runHere } from '../operator/run';
import { type RunOptions, runCommand, runEvent, withConfigOption } from '../options';

export function disableInactiveCommand(): Command {
  const command = runCommand(
    'disable-inactive',
    'Run disable-inactive from this machine, with your own credentials.',
  );
  withManual(command, {
    examples: [
      ['disable-inactive --dry-run', 'whom the next run would warn or disable, without doing it'],
      ['disable-inactive --user ann', 'this user alone'],
    ],
    ends: { 0: 'everything that was due was done', 1: 'a user failed, or the run was halted' },
  });
  return withConfigOption(command).action(async (options: RunOptions) => {
    process.exitCode = await runHere(disableInactiveFunction(process.cwd()), runEvent(options), options);
  });
}
