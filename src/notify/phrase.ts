import { DateTime } from 'luxon';
import type { Sighting } from '../report/used-by';
import type { FactOf, FactType } from './fact';

/** A text from outside, or a moment, which is written in the reader's time zone. */
export type Outside = string | ((zone: string) => string);

/** keyturn's own words with text from outside between them; the two never mix before a format escapes the latter. */
export interface Phrase {
  readonly words: readonly string[];
  readonly outside: readonly Outside[];
}

/** A short message for people. */
export interface Message {
  title: Phrase;
  lines: Phrase[];
  /** What to do now. */
  todo: Phrase;
  tone: Tone;
  /** Says that so many lines are left out. */
  more?: (left: number) => Phrase;
}

export type Tone = 'info' | 'warning' | 'alarm';

/** How many facts of one type are told in one message. */
export interface Digest<T extends FactType> {
  tone: Tone;
  title: (count: number) => Phrase;
  /** One line for one fact. It names the user first. */
  line: (fact: FactOf<T>) => Phrase;
  /** What to do now. */
  todo: Phrase;
}

/** The messages of one language. */
export interface Catalogue {
  readonly one: { [T in FactType]: (fact: FactOf<T>) => Message };
  readonly many: { [T in FactType]: Digest<T> };
  /** So many facts are told by their number only. */
  readonly more: (left: number) => Phrase;
  /** Stands before the lines of a digest where all facts are of one account. */
  readonly inAccount: (account: string) => Phrase;
  readonly inAccounts: (count: number) => Phrase;
}

/** Tag for a template: what is interpolated is text from outside. */
export function say(words: readonly string[], ...outside: (Outside | number)[]): Phrase {
  return {
    words: [...words],
    outside: outside.map((each) => (typeof each === 'number' ? String(each) : each)),
  };
}

/** `LTAI5t…9fQk`: enough to tell the keys of a user apart. */
export function shortKey(keyId: string): string {
  return keyId.length > 12 ? `${keyId.slice(0, 6)}…${keyId.slice(-4)}` : keyId;
}

/** `2026-11-23 03:00 UTC`, `2026-11-23 11:00 UTC+8` */
export function shortTime(instant: string): (zone: string) => string {
  return (zone) => {
    const time = DateTime.fromISO(instant, { zone });
    const name = time.offset === 0 ? 'UTC' : `UTC${time.toFormat('Z')}`;
    return `${time.toFormat('yyyy-MM-dd HH:mm', { locale: 'en-US' })} ${name}`;
  };
}

/** As many as a message shows; the event for programs has them all. */
const shown = 3;

/** A line of where a key was seen, newest first: `Ecs (2026-11-23 03:00 UTC), Oss (…)`. */
export function seen(sightings: readonly Sighting[] = [], line: (what: Outside) => Phrase): Phrase[] {
  if (sightings.length === 0) return [];
  const names = (zone: string) =>
    sightings.slice(0, shown).map(({ what, at }) => `${what} (${shortTime(at)(zone)})`);
  return [line((zone) => names(zone).join(', '))];
}

/** Whole days from the fact to an instant, begun days counted. */
export function daysUntil(instant: string, { time }: { time: FactOf<FactType>['time'] }): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - time.toMillis()) / 86_400_000));
}
