import { type DateTime, Duration } from 'luxon';
import type { LastUse } from './access-key';
import { readInstant } from './instant';

/** How far last-use data may lag behind: documented as about two hours, taken as three. */
export const lastUseLag = Duration.fromObject({ hours: 3 });

const NEVER = new Set(['', '-', 'N/A']);
const CLOCK_SKEW = { minutes: 15 };

/**
 * Reads a date of last use or logon out of a well-formed answer. Unknown is not unused: only what the cloud is known
 * to write for "never" is never; a text that is no date, and a date in the future, are unreadable.
 */
export function readLastUse(
  text: string | null | undefined,
  service: string | undefined,
  now: DateTime,
): LastUse {
  if (text === undefined || text === null || NEVER.has(text.trim())) return { kind: 'never' };
  const at = readInstant(text);
  if (at === undefined) return { kind: 'unreadable', why: `"${text.slice(0, 40)}" is not a date` };
  if (at > now.plus(CLOCK_SKEW)) return { kind: 'unreadable', why: `${at.toISO()} lies in the future` };
  return service === undefined || NEVER.has(service.trim())
    ? { kind: 'at', at }
    : { kind: 'at', at, service };
}
