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
  tone: 'info' | 'warning' | 'alarm';
}

/** The messages of one language. */
export type Catalogue = { [T in FactType]: (fact: FactOf<T>) => Message };

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
