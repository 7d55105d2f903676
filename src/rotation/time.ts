import { Duration } from 'luxon';

/** A standby that fails to prove is withdrawn after this many runs and this long. */
export const proofRuns = 3;
export const proofPatience = Duration.fromObject({ days: 1 });

/** An emergency that names no key, within this time of a finished one, is somebody who was not sure. */
export const emergencyRepeat = Duration.fromObject({ days: 1 });

/**
 * How long no other key is issued for a user after so many that could not be stored: 1, 2, 4 and then 7 days go by
 * without one. The half day makes a daily timer pass over as many runs, whether it comes early or late.
 */
export const pauseAfter = (keysInVain: number): Duration =>
  keysInVain === 0
    ? Duration.fromMillis(0)
    : Duration.fromObject({ days: Math.min(2 ** (keysInVain - 1), 7), hours: 12 });
