import type { Sighting } from '../report/used-by';
import type { FactOf, FactType } from './fact';

/** keyturn's own words with text from outside between them; the two never mix before a format escapes the latter. */
export interface Phrase {
  readonly words: readonly string[];
  readonly outside: readonly string[];
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
export function say(words: readonly string[], ...outside: (string | number)[]): Phrase {
  return { words: [...words], outside: outside.map(String) };
}

/** `LTAI5t…9fQk`: enough to tell the keys of a user apart. */
export function shortKey(keyId: string): string {
  return keyId.length > 12 ? `${keyId.slice(0, 6)}…${keyId.slice(-4)}` : keyId;
}

/** `2026-11-23 03:00 UTC` */
export function shortTime(instant: string): string {
  return `${instant.slice(0, 16).replace('T', ' ')} UTC`;
}

/** As many as a message shows; the event for programs has them all. */
const shown = 3;

/** A line of where a key was seen, newest first: `Ecs (2026-11-23 03:00 UTC), Oss (…)`. */
export function seen(sightings: readonly Sighting[] = [], line: (what: string) => Phrase): Phrase[] {
  if (sightings.length === 0) return [];
  const names = sightings.slice(0, shown).map(({ what, at }) => `${what} (${shortTime(at)})`);
  return [line(names.join(', '))];
}

/** Whole days from the fact to an instant, begun days counted. */
export function daysUntil(instant: string, { time }: { time: FactOf<FactType>['time'] }): number {
  return Math.max(0, Math.ceil((Date.parse(instant) - time.toMillis()) / 86_400_000));
}
