import { type DateTime, Duration } from 'luxon';
import type { InactivityConfig } from '../config/schema';

/** A change of status this long after keyturn recorded its own is somebody else's. */
export const ownChangeWithin = Duration.fromObject({ hours: 1 });

/** RAM keeps a deleted key, or user, for this long. */
export const binRetention = Duration.fromObject({ days: 30 });

/** A warning that no run could deliver for so long is a failure. */
export const warningMayWait = Duration.fromObject({ days: 1 });

export interface Cutoffs {
  /** Whoever acted after this is neither due nor to be warned. */
  readonly users: DateTime;
  readonly keys: DateTime;
}

export function cutoffsOf({ users, keys, warn }: InactivityConfig, now: DateTime): Cutoffs {
  return { users: cutoff(now, users.disableAfter, warn), keys: cutoff(now, keys.disableAfter, warn) };
}

/** A warning that is longer than the threshold itself begins with it: nobody is warned who has just acted. */
function cutoff(now: DateTime, disableAfter: Duration, warn: Duration): DateTime {
  const idleSince = now.minus(disableAfter);
  const warnedSince = idleSince.plus(warn);
  return warnedSince < now ? warnedSince : idleSince;
}
