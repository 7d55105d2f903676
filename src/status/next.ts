import type { DateTime } from 'luxon';
import type { Decision } from '../rotation/decide/decision';
import { reasons } from '../rotation/decide/reasons';

export interface Next {
  readonly next?: string;
  /** Absent where it is now, or unknown. */
  readonly nextAt?: DateTime;
}

export function nextOf({ reason, steps, nextCheckAt }: Decision): Next {
  const { next: always, nextInTime } = reasons[reason];
  const next = always ?? (nextCheckAt && nextInTime);
  if (next === undefined) return {};
  // Where the next run acts, the time of the check after it is no time to wait for.
  const now = steps.some((step) => step.do !== 'remember');
  return { next, ...(nextCheckAt && !now && { nextAt: nextCheckAt }) };
}
