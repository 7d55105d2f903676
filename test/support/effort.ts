import { createHash } from 'node:crypto';
import { inject } from 'vitest';
import { seed } from './seed';

/** Whether every case is tried, as `npm run test:exhaustive` does, or a sample of them. */
export const exhaustive = inject('exhaustive');

/** So many of these cases as the seed draws for this label, in their order; all of them where exhaustive. */
export function sample<T>(cases: readonly T[], few: number, label: string): T[] {
  if (exhaustive) return [...cases];
  const rank = (index: number) => createHash('sha256').update(`${seed} ${label} ${index}`).digest('hex');
  const drawn = cases
    .map((_, index) => ({ index, rank: rank(index) }))
    .sort((one, other) => (one.rank < other.rank ? -1 : 1))
    .slice(0, few)
    .map(({ index }) => index);
  return cases.filter((_, index) => drawn.includes(index));
}

/** For fast-check: so many runs where every case is tried, else fewer. */
export const runs = (many: number, few = Math.ceil(many / 10)) => ({ numRuns: exhaustive ? many : few });

declare module 'vitest' {
  export interface ProvidedContext {
    exhaustive: boolean;
  }
}
