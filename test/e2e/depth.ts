import type { CallRecord } from '../../local/calls';

/** How many of these calls followed one another: the longest chain in which each began after the last had ended. */
export function depthOf(calls: readonly Pick<CallRecord, 'startedAt' | 'finishedAt'>[]): number {
  const ended: { at: number; depth: number }[] = [];
  for (const call of [...calls].sort((a, b) => a.startedAt - b.startedAt)) {
    const before = ended.filter(({ at }) => at <= call.startedAt).map(({ depth }) => depth);
    ended.push({ at: call.finishedAt, depth: Math.max(0, ...before) + 1 });
  }
  return Math.max(0, ...ended.map(({ depth }) => depth));
}
