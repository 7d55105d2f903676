import type { Config } from '../config/schema';

type Share = Config['limits']['disablesPerRun'];

/** How many disablings and deletions a run may do. A percentage is of all users of the account, rounded down. */
export function allowedBy(limit: Share, users: number): number {
  if (limit.kind === 'count') return limit.count;
  // 29 % of 100 is 28.999… in binary.
  return Math.floor((users * limit.percent) / 100 + 1e-9);
}
