import * as z from 'zod';
import { unreadableAnswer } from './error';
import { type Kind, read } from './gate';
import type { Answer, Params, Rpc } from './rpc';
import { count, type Origin, optionalText, shaped } from './shape';

/**
 * What one list may come to. A function has 256 MB, and a process that holds 50,000 users takes 190 MB of it. What is
 * longer is no list that could be worked on.
 */
export const listLimits = { pages: 1_000, entries: 50_000, characters: 24_000_000 };

interface List<P, T> {
  readonly action: string;
  readonly params: Params;
  readonly shape: z.ZodType<P>;
  readonly entriesOf: (page: P) => readonly T[];
  /** How each page is asked for. Default: as a read. */
  readonly kind?: Kind;
}

interface MarkedList<P, T> extends List<P, T> {
  /** What the action calls it in its answer, and in the request for the next page. Default: Marker. */
  readonly marker?: 'Marker' | 'NextToken';
}

const isTruncated = z
  .union([z.boolean(), z.enum(['true', 'false'])])
  .nullish()
  .transform((told) => String(told) === 'true');

/**
 * Walks a list by its markers, a page at a time. It goes on while there is a marker, whatever IsTruncated says. A list
 * that cannot be walked to its end is an error, never a shorter list.
 * @throws CloudError
 */
export async function* markedPages<P, T>(
  rpc: Rpc,
  { action, params, shape, entriesOf, kind = read, marker = 'Marker' }: MarkedList<P, T>,
): AsyncGenerator<readonly T[]> {
  const from = rpc.from(action);
  const place = z.object({ IsTruncated: isTruncated, [marker]: optionalText });
  const markers = new Set<string>();
  const length = new Length(from);
  for (let next: string | undefined; ; ) {
    const answer = await rpc.ask(action, kind, { ...params, [marker]: next });
    const entries = entriesOf(shaped(from, answer.body, shape));
    length.add(answer, entries);
    yield entries;
    const { IsTruncated: truncated, [marker]: told } = shaped(from, answer.body, place) as Place;
    next = told;
    if (next === undefined) {
      if (truncated) throw endless(from, `it goes on, and ${marker} is missing`);
      return;
    }
    if (markers.has(next)) throw endless(from, `${marker} leads back to a page that was read`);
    markers.add(next);
  }
}
type Place = { IsTruncated: boolean } & Record<string, string | undefined>;

/** As `markedPages`, to the end. */
export async function markedList<P, T>(rpc: Rpc, list: MarkedList<P, T>): Promise<T[]> {
  const all: T[] = [];
  for await (const entries of markedPages(rpc, list)) all.push(...entries);
  return all;
}

const total = z.object({ TotalCount: count });

/**
 * Reads a list whose pages have numbers to its end, which is where it has as many entries as it counts.
 */
export async function numberedList<P, T>(
  rpc: Rpc,
  { action, params, shape, entriesOf, kind = read }: List<P, T>,
  pageSize: number,
): Promise<{ entries: T[]; total: number }> {
  const from = rpc.from(action);
  const all: T[] = [];
  const length = new Length(from);
  for (let number = 1; ; number++) {
    const answer = await rpc.ask(action, kind, { ...params, PageNumber: number, PageSize: pageSize });
    const entries = entriesOf(shaped(from, answer.body, shape));
    const { TotalCount } = shaped(from, answer.body, total);
    length.add(answer, entries);
    all.push(...entries);
    if (entries.length === 0 || all.length >= TotalCount) return { entries: all, total: TotalCount };
  }
}

/** How long a list has become. */
class Length {
  readonly #from: Origin;
  #pages = 0;
  #entries = 0;
  #characters = 0;

  constructor(from: Origin) {
    this.#from = from;
  }

  add({ size }: Answer, entries: readonly unknown[]): void {
    this.#pages += 1;
    this.#entries += entries.length;
    this.#characters += size;
    const { pages, entries: most, characters } = listLimits;
    if (this.#pages > pages) throw endless(this.#from, `it has more than ${pages} pages`);
    if (this.#entries > most) throw endless(this.#from, `it has more than ${most} entries`);
    if (this.#characters > characters)
      throw endless(this.#from, `it is longer than ${characters / 1e6} million characters`);
  }
}

const endless = ({ product, action }: Origin, why: string) =>
  unreadableAnswer(product, action, `the list cannot be read to its end, since ${why}`);
