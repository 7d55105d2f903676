import type { DateTime } from 'luxon';
import { reminderEvery } from '../base/time';
import { countForeignTags, mostForeignTags, readStamp, stamp, Unreadable } from './rotation';

/** A tag on the owner of leaked keys: what people were told lately, `389357/found:20261123T030000Z+…`. */
export const leakTag = 'keyturn:leak';

const longestValue = 128;

type Tags = ReadonlyMap<string, string>;

/** What was told of a finding: that the key may still sign, or that it does not any more. */
export type Reminder = `${string}/${'found' | 'dead'}`;

/** Whether people were told this within the last day. What cannot be read says nothing. */
export function wasTold(tags: Tags, tale: Reminder, now: DateTime): boolean {
  return entries(tags, now).some(([told]) => told === tale);
}

/** The tag's value once people are told this too; entries older than a day go. */
export function withTold(tags: Tags, tale: Reminder, now: DateTime): string {
  const all = [...entries(tags, now).filter(([told]) => told !== tale), [tale, now] as const];
  let text = '';
  do {
    text = all.map(([told, at]) => `${told}:${stamp(at)}`).join('+');
  } while (text.length > longestValue && all.shift());
  return text;
}

/** The tags of an emergency come first: without them nothing may be issued. */
export const hasRoom = (tags: Tags): boolean =>
  tags.has(leakTag) || countForeignTags(tags) < mostForeignTags.emergency;

function entries(tags: Tags, now: DateTime): (readonly [string, DateTime])[] {
  return (tags.get(leakTag) ?? '').split('+').flatMap((entry) => {
    const [tale = '', stamped] = entry.split(':');
    try {
      const at = readStamp(stamped);
      return at.plus(reminderEvery) > now && at <= now ? [[tale, at] as const] : [];
    } catch (error) {
      if (error instanceof Unreadable) return [];
      throw error;
    }
  });
}
