import { refusal } from './errors';

export interface Page<T> {
  items: T[];
  /** Where the next page begins; undefined on the last one. */
  next: string | undefined;
}

/**
 * A page of a list that goes on where the last one ended, even if what stood there is gone meanwhile.
 * `items` are sorted by their names here.
 */
export function page<T>(
  items: Iterable<T>,
  nameOf: (item: T) => string,
  marker: string | undefined,
  size: number,
): Page<T> {
  const sorted = [...items].map((item) => ({ item, name: nameOf(item) }));
  sorted.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  let start = 0;
  if (marker !== undefined) {
    const after = Buffer.from(marker, 'base64url').toString();
    if (Buffer.from(after).toString('base64url') !== marker) throw refusal('InvalidParameter.Marker');
    start = sorted.findIndex(({ name }) => name > after);
    if (start < 0) start = sorted.length;
  }
  const slice = sorted.slice(start, start + size);
  const last = slice.at(-1);
  return {
    items: slice.map(({ item }) => item),
    next: last && start + size < sorted.length ? Buffer.from(last.name).toString('base64url') : undefined,
  };
}

/** A page of a list whose order is its own; the token tells how much was shown before. */
export function tokenPage<T>(items: readonly T[], token: string | undefined, size: number): Page<T> {
  const text = token === undefined ? 'from 0' : Buffer.from(token, 'base64url').toString();
  const [, from] = /^from (\d+)$/.exec(text) ?? [];
  if (from === undefined) throw refusal('InvalidParameter');
  const end = Number(from) + size;
  return {
    items: items.slice(Number(from), end),
    next: end < items.length ? Buffer.from(`from ${end}`).toString('base64url') : undefined,
  };
}

/** A page by number, as KMS has them. */
export function numberedPage<T>(items: readonly T[], number: number, size: number): T[] {
  return items.slice((number - 1) * size, number * size);
}
