import { type DateTime, Duration } from 'luxon';
import type { LastUse } from './access-key';
import { readInstant } from './instant';

/** How far last-use data may lag behind: documented as about two hours, taken as three. */
export const lastUseLag = Duration.fromObject({ hours: 3 });

const NEVER = new Set(['', '-', 'N/A']);
const CLOCK_SKEW = { minutes: 15 };

/**
 * Reads a date of last use or logon out of a well-formed answer. Unknown is not unused: only what the cloud is known
 * to write for "never" is never. A text that is no date, a date in the future, and what is no text at all are
 * unreadable.
 * @param service which service it was used at, where that is told
 */
export function readLastUse(date: unknown, service: unknown, now: DateTime): LastUse {
  if (date === undefined || date === null) return { kind: 'never' };
  if (typeof date !== 'string') return { kind: 'unreadable', why: 'what stands for the date is not a text' };
  if (NEVER.has(date.trim())) return { kind: 'never' };
  const at = readInstant(date);
  if (at === undefined) return { kind: 'unreadable', why: `"${date.slice(0, 40)}" is not a date` };
  if (at > now.plus(CLOCK_SKEW)) return { kind: 'unreadable', why: `${at.toISO()} lies in the future` };
  return typeof service === 'string' && !NEVER.has(service.trim())
    ? { kind: 'at', at, service }
    : { kind: 'at', at };
}

/** The last use that GetAccessKeyLastUsed tells of: anything but an object says nothing, and that is not "never". */
export function readLastUseOf(answered: unknown, now: DateTime): LastUse {
  if (typeof answered !== 'object' || answered === null || Array.isArray(answered))
    return { kind: 'unreadable', why: 'the answer does not speak of the last use' };
  const { LastUsedDate, ServiceName } = answered as Record<string, unknown>;
  return readLastUse(LastUsedDate, ServiceName, now);
}
