import type { Command } from 'commander';
import { rotateKeysFunction } from '../../rotation/rotate-keys';
import {
  type RotationOptions,
  rotationEvent,
  runCommand,
  withConfigOption,
  withRotationOptions,
} from '../options';
import { runHere } from '../run-here';

export function rotateCommand(): Command {
  const command = runCommand('rotate', 'Run rotate-keys from this machine, with your own credentials.');
  return withConfigOption(withRotationOptions(command)).action(async (options: RotationOptions) => {
    process.exitCode = await runHere(rotateKeysFunction(process.cwd()), rotationEvent(options), options);
  });
}
