import type { Fact } from './fact';
import { urgencyOf } from './urgency';

/** How many facts one message to a channel may hold. */
export type Packing =
  | { readonly kind: 'single' }
  /** Of one type, where there are more than this. */
  | { readonly kind: 'digest'; readonly above: number }
  /** Of any type, up to so many and so many bytes of JSON. */
  | { readonly kind: 'batch'; readonly most: number; readonly mostBytes: number };

/**
 * The first of a queue, which is in order of urgency, and what goes out with it.
 */
export function nextParcel<T extends { readonly fact: Fact }>(queue: readonly T[], packing: Packing): T[] {
  const [first] = queue;
  if (!first) return [];
  switch (packing.kind) {
    case 'single':
      return [first];
    case 'digest': {
      const alike = queue.filter(({ fact }) => isAlike(fact, first.fact));
      return alike.length > packing.above ? alike : [first];
    }
    case 'batch':
      return fitting(queue.slice(0, packing.most), packing.mostBytes);
  }
}

/** An emergency is not told among rotations that nobody needs to hurry for. */
const isAlike = (a: Fact, b: Fact): boolean => a.type === b.type && urgencyOf(a) === urgencyOf(b);

function fitting<T extends { readonly fact: Fact }>(queue: readonly T[], mostBytes: number): T[] {
  let bytes = 0;
  const end = queue.findIndex(({ fact }) => {
    bytes += Buffer.byteLength(JSON.stringify(fact));
    return bytes > mostBytes;
  });
  return end === -1 ? [...queue] : queue.slice(0, Math.max(1, end));
}
