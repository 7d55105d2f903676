import type { DateTime } from 'luxon';
import { unreadableAnswer } from './error';
import { readInstant } from './instant';

export interface Origin {
  readonly product: string;
  readonly action: string;
}

/** What the cloud must have told, or the answer is unreadable. An empty text tells nothing. */
export function required<T>(origin: Origin, field: string, value: T | null | undefined): NonNullable<T> {
  if (value === undefined || value === null || value === '') {
    throw unreadableAnswer(origin.product, origin.action, `${field} is missing`);
  }
  return value;
}

export function toldInstant(origin: Origin, field: string, text: string | null | undefined): DateTime {
  const instant = readInstant(required(origin, field, text));
  if (instant === undefined) {
    throw unreadableAnswer(origin.product, origin.action, `${field} is not a date`);
  }
  return instant;
}

export function toldOneOf<const T extends string>(
  origin: Origin,
  field: string,
  value: string | null | undefined,
  allowed: readonly T[],
): T {
  const match = allowed.find((candidate) => candidate === value);
  if (match === undefined) {
    throw unreadableAnswer(origin.product, origin.action, `${field} is none of ${allowed.join(', ')}`);
  }
  return match;
}

interface Page {
  readonly isTruncated?: boolean;
  readonly marker?: string;
}

/** Walks a list to its end. A list that cannot be walked to the end is an error, never a shorter list. */
export async function* walk<P extends Page>(
  origin: Origin,
  fetch: (marker: string | undefined) => Promise<P>,
): AsyncGenerator<P> {
  let marker: string | undefined;
  do {
    const page = await fetch(marker);
    yield page;
    const next = page.isTruncated ? required(origin, 'Marker', page.marker) : undefined;
    if (next !== undefined && next === marker) {
      throw unreadableAnswer(origin.product, origin.action, 'the list does not come to an end');
    }
    marker = next;
  } while (marker !== undefined);
}
