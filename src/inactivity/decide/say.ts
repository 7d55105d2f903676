import type { DateTime } from 'luxon';
import { formatTime } from '../../base/time';
import type { About, Change, InactivityRecord } from '../../record/inactivity';
import type { Activity } from '../activity';
import type { Reason, Step, Verdict } from '../decision';
import type { Profile } from '../observation';

export const note = (change: Change): Step => ({ do: 'note', change });

/** Nothing is to be said of this key. */
export const silent: Verdict = { reason: 'Active', message: '', steps: [] };

export const say = (reason: Reason, message: string, ...steps: Step[]): Verdict => ({
  reason,
  message,
  steps,
});

export const wait = (reason: Reason, message: string, nextCheckAt: DateTime): Verdict => ({
  ...say(reason, message),
  nextCheckAt,
});

export const lastly = ({ at, what }: Activity): string => `last activity ${formatTime(at)}, ${what}`;

export const voided = (warned: InactivityRecord['warned'], about: About): Step[] =>
  warned.has(about) ? [note({ drop: 'warning', about })] : [];

export const unknownActivity = ({ user }: { user: Profile }, why: string): Verdict =>
  say('LastActivityUnknown', `User ${user.name} counts as in use, since ${why}.`);
