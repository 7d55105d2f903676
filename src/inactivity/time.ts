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
  return {
    users: now.minus(users.disableAfter).plus(warn),
    keys: now.minus(keys.disableAfter).plus(warn),
  };
}
