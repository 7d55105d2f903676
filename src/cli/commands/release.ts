import type { Command } from 'commander';
import { systemClock } from '../../base/clock';
import { releaseUser } from '../../rotation/hold';
import { withManual } from '../help';
import { configForWish, runUserCommand, type WishOptions, wishCommand } from '../operator/user-command';

export function releaseCommand(): Command {
  return withManual(wishCommand('release', 'End a hold, so that rotation goes on with the user.'), {
    examples: [['release svc-orders --reason "freeze is over"', 'the next run goes on with it']],
    ends: { 0: 'the user is not on hold any more, or was not', 1: 'it could not be released' },
  }).action(async (user: string, options: WishOptions) => {
    await runUserCommand(configForWish(options), options, (cloud) => releaseUser(cloud, systemClock, user));
  });
}
