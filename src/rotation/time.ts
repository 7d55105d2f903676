import { Duration } from 'luxon';

/** A standby that fails to prove is withdrawn after this many runs and this long. */
export const proofRuns = 3;
export const proofPatience = Duration.fromObject({ days: 1 });

/** An emergency that names no key, within this time of a finished one, is somebody who was not sure. */
export const emergencyRepeat = Duration.fromObject({ days: 1 });
