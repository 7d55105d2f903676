import type { Config } from '../config/schema';

type Share = Config['limits']['disablesPerRun'];

/** How many disablings and deletions a run may do. A percentage is of all users of the account, rounded down. */
export function allowedBy(limit: Share, users: number): number {
  if (limit.kind === 'count') return limit.count;
  // 29 % of 100 is 28.999… in binary.
  return Math.floor((users * limit.percent) / 100 + 1e-9);
}

/** What one of several runs that share the accounts may do. A percentage that holds in each part holds over all. */
export function shareOf(limit: Share, part: number, parts: number): number | undefined {
  if (limit.kind === 'percent') return undefined;
  return Math.floor(limit.count / parts) + Number(part < limit.count % parts);
}

/** The limit as it holds for a run that was told its share of it. */
export function within(limit: Share, share: number | undefined): Share {
  if (share === undefined) return limit;
  return limit.kind === 'count' && limit.count < share ? limit : { kind: 'count', count: share };
}
