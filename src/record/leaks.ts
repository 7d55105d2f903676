import type { DateTime } from 'luxon';
import { reminderEvery } from '../base/time';
import { fitsBesideEmergency, type Tags, tagKeys } from './tags';
import { longestValue, readStamp, stamp, Unreadable } from './text';

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

export const hasRoom = (tags: Tags): boolean =>
  tags.has(tagKeys.leak) || fitsBesideEmergency(tags.keys(), tagKeys.leak);

/** The tag's value is what people were told lately, `389357/found:20261123T030000Z+…`. */
function entries(tags: Tags, now: DateTime): (readonly [string, DateTime])[] {
  return (tags.get(tagKeys.leak) ?? '').split('+').flatMap((entry) => {
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
