import type { CallRecord } from './calls';

/**
 * How many of the calls had to wait for one another, the last of them included: a call follows every call that had
 * ended before it began.
 */
export function callsOneAfterAnother(calls: readonly CallRecord[], last: CallRecord): number {
  const length = new Map<CallRecord, number>();
  for (const call of [...calls].sort((a, b) => a.startedAt - b.startedAt)) {
    const before = [...length].filter(([other]) => other.finishedAt <= call.startedAt);
    length.set(call, 1 + Math.max(0, ...before.map(([, count]) => count)));
  }
  return length.get(last) ?? 0;
}
