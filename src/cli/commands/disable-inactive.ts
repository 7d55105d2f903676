import type { Command } from 'commander';
import { disableInactiveFunction } from '../../inactivity/disable-inactive';
import { type RunOptions, runCommand, runEvent, withConfigOption } from '../options';
import { runHere } from '../run-here';

export function disableInactiveCommand(): Command {
  const command = runCommand(
    'disable-inactive',
    'Run disable-inactive from this machine, with your own credentials.',
  );
  return withConfigOption(command).action(async (options: RunOptions) => {
    process.exitCode = await runHere(disableInactiveFunction(process.cwd()), runEvent(options), options);
  });
}
