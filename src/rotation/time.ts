import { Duration } from 'luxon';

/** The cloud accepts signatures within 15 minutes of its clock, so no two clocks here are further apart. */
export const skewAllowance = Duration.fromObject({ minutes: 15 });

/** A standby that fails to prove is withdrawn after this many runs and this long. */
export const proofRuns = 3;
export const proofPatience = Duration.fromObject({ days: 1 });

/** A daily timer comes some seconds early or late; `blocked` and `stillused` still go out on every day. */
export const reminderEvery = Duration.fromObject({ hours: 23, minutes: 50 });

/** A repeated emergency within this time of a finished one is the same emergency. */
export const emergencyRepeat = Duration.fromObject({ minutes: 10 });
