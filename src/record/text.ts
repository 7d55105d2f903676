import { DateTime } from 'luxon';

/** Values keep to letters, digits and `/ + - . :`, and to so many characters. */
export const longestValue = 128;

const stampFormat = "yyyyLLdd'T'HHmmss'Z'";

/** In whole seconds, as all times that keyturn tells. */
export function stamp(time: DateTime): string {
  return time.toUTC().toFormat(stampFormat);
}

/** A tag's text is not as keyturn writes it. */
export class Unreadable extends Error {}

export function readStamp(text: string | undefined): DateTime {
  const time = DateTime.fromFormat(text ?? '', stampFormat, { zone: 'utc' });
  if (!time.isValid) throw new Unreadable();
  return time;
}

export function oneOf<const T extends string>(text: string | undefined, allowed: readonly T[]): T {
  const found = allowed.find((each) => each === text);
  if (found === undefined) throw new Unreadable();
  return found;
}

/** A key's id, or another word. */
export function readId(text: string | undefined): string {
  if (!text || !/^[A-Za-z0-9._-]+$/.test(text)) throw new Unreadable();
  return text;
}

/** A code that somebody else made up, in the characters that a tag takes. */
export const writeCode = (code: string): string =>
  code.replaceAll(/[^A-Za-z0-9.-]/g, '-').slice(0, 64) || '-';

export const writeIds = (ids: readonly string[]): string => (ids.length === 0 ? '-' : ids.join('+'));

export function readIds(text: string | undefined): string[] {
  if (text === undefined) throw new Unreadable();
  return text === '-' ? [] : text.split('+').map(readId);
}

export function readCount(text: string | undefined): number {
  if (!text || !/^\d{1,6}$/.test(text)) throw new Unreadable();
  return Number(text);
}

/** Ids that do not fit any more are left out, the first of them first. */
export function fitIds(head: string, ids: readonly string[]): string {
  let fitting = [...ids];
  while (`${head}/${writeIds(fitting)}`.length > longestValue) fitting = fitting.slice(1);
  return `${head}/${writeIds(fitting)}`;
}
