import type { Command } from 'commander';
import { rotateKeysFunction } from '../../rotation/rotate-keys';
import { withManual } from '../help';
import { runHere } from '../operator/run';
import {
  type RotationOptions,
  rotationEvent,
  runCommand,
  withConfigOption,
  withRotationOptions,
} from '../options';

export function rotateCommand(): Command {
  const command = runCommand('rotate', 'Run rotate-keys from this machine, with your own credentials.');
  withManual(command, {
    examples: [
      ['rotate --dry-run', 'what the next run would do, without doing it'],
      ['rotate --user svc-orders', 'this user alone, if it is due'],
      [
        'rotate --emergency --user svc-orders --key-id LTAI… --reason "found on GitHub"',
        'a leaked key is replaced and disabled now',
      ],
      ['rotate --emergency --contain-only --user svc-orders', 'disabled now, and none is issued'],
    ],
    ends: {
      0: 'everything that was due was done; in an emergency: the leaked key is dead',
      1: 'a user failed; in an emergency: nobody can say for certain that the leaked key is dead',
    },
  });
  return withConfigOption(withRotationOptions(command)).action(async (options: RotationOptions) => {
    process.exitCode = await runHere(rotateKeysFunction(process.cwd()), rotationEvent(options), options);
  });
}
