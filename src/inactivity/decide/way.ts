import { DateTime, type Duration } from 'luxon';
import { formatTime } from '../../base/time';
import type { About, DisabledUser, Warning } from '../../record/inactivity';
import type { Activity } from '../activity';
import type { Verdict } from '../decision';
import type { KeyFacts, UserFacts } from './facts';
import { lastly, say, wait } from './say';

export interface Way {
  readonly about: About;
  readonly name: string;
  readonly keyIds: readonly string[];
  readonly logon: boolean;
  readonly last: Activity;
  readonly disableAfter: Duration;
  readonly warn: Duration;
  readonly warning: Warning | undefined;
  readonly now: DateTime;
}

export function wayOfUser({ user, logon, activeKeys, idle, config, now }: UserFacts): Way {
  return {
    about: 'user',
    name: `User ${user.name}`,
    keyIds: activeKeys.map(({ id }) => id),
    logon: logon.kind === 'active',
    last: idle.last,
    disableAfter: config.users.disableAfter,
    warn: config.warn,
    warning: user.record.warned.get('user'),
    now,
  };
}

export function wayOfKey({ user, key, idle, config, now }: KeyFacts): Way {
  return {
    about: key.id,
    name: `Key ${key.id} of user ${user.name}`,
    keyIds: [key.id],
    logon: false,
    last: idle.last,
    disableAfter: config.keys.disableAfter,
    warn: config.warn,
    warning: user.record.warned.get(key.id),
    now,
  };
}

/** A warning is void once there was activity after it. */
const validWarning = ({ last, warning }: Way): Warning | undefined =>
  warning && last.at <= warning.at ? warning : undefined;

/** When the time is over and a warning was given long enough before; from now on, if it has yet to be given. */
export function disabledFrom(way: Way): DateTime {
  const { last, disableAfter, warn, now } = way;
  const valid = validWarning(way);
  return DateTime.max(last.at.plus(disableAfter), (valid?.delivered ? valid.at : now).plus(warn));
}

export function unwarned(way: Way): Verdict | undefined {
  const { about, name, keyIds, logon, last } = way;
  const valid = validWarning(way);
  if (valid?.delivered) return;
  const from = disabledFrom(way);
  return say(
    'Inactive',
    `${name} is inactive (${lastly(last)}); it is disabled from ${formatTime(from)} on unless it is used.`,
    { do: 'warn', about, keyIds, logon, last, disabledFrom: from, ...(valid && { since: valid.at }) },
  );
}

export function warned(way: Way): Verdict | undefined {
  const { name, last, warning, now } = way;
  const from = disabledFrom(way);
  if (!warning || from <= now) return;
  return wait(
    'Warned',
    `${name} is inactive (${lastly(last)}) and was warned on ${formatTime(warning.at)}; it is disabled from ${formatTime(from)} on.`,
    from,
  );
}

export function due(
  { about, name, keyIds, logon, last }: Way,
  already: Pick<DisabledUser, 'logon' | 'keyIds'>,
): Verdict {
  return say('Due', `${name} is disabled for inactivity: ${lastly(last)}.`, {
    do: 'disable',
    about,
    keyIds,
    logon,
    last,
    already,
  });
}
