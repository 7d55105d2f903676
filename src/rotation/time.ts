import { Duration } from 'luxon';

/** A standby that fails to prove is withdrawn after this many runs and this long. */
export const proofRuns = 3;
export const proofPatience = Duration.fromObject({ days: 1 });

/** A repeated emergency within this time of a finished one is the same emergency. */
export const emergencyRepeat = Duration.fromObject({ minutes: 10 });
