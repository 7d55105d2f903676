import { type Command, InvalidArgumentError } from 'commander';
import { DateTime } from 'luxon';
import { systemClock } from '../../base/clock';
import { endOfDay } from '../../config/values';
import { holdUser } from '../../rotation/hold';
import { withManual } from '../help';
import { configForWish, runUserCommand, type WishOptions, wishCommand } from '../operator/user-command';

export function holdCommand(): Command {
  const command = wishCommand(
    'hold',
    'Keep rotation away from a user, until released or until a day.',
  ).option(
    '--until <day>',
    'to the end of this day (2027-06-30, UTC), or a time (2027-06-30T12:00:00Z)',
    endOfHold,
  );
  return withManual(command, {
    examples: [
      ['hold svc-orders --reason "release freeze"', 'until somebody releases it'],
      ['hold svc-orders --until 2027-01-08', 'to the end of that day'],
    ],
    ends: { 0: 'the user is on hold', 1: 'it could not be put on hold' },
  }).action(async (user: string, options: WishOptions & { until?: DateTime }) => {
    const { until } = options;
    await runUserCommand(configForWish(options), options, (cloud) => holdUser(cloud, user, until));
  });
}

/** Whole seconds, as a tag holds them. */
function endOfHold(text: string): DateTime {
  const day = endOfDay().safeParse(text);
  const time = DateTime.fromISO(text, { setZone: true });
  const zoned = /(Z|[+-]\d{2}:?\d{2})$/.test(text);
  const until = day.success ? day.data : zoned && time.isValid ? time.toUTC().startOf('second') : undefined;
  if (!until) throw new InvalidArgumentError('It must be a day such as 2027-06-30, or a time with its zone.');
  if (until <= systemClock.now()) throw new InvalidArgumentError('It lies in the past.');
  return until;
}
