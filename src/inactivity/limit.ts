import type { Config } from '../config/schema';
import type { Telling } from '../report/user-report';
import type { InactivityRun, Outcome } from './context';

type Share = Config['limits']['disablesPerRun'];
type Halt = NonNullable<Outcome['halt']>;

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
function within(limit: Share, share: number | undefined): Share {
  if (share === undefined) return limit;
  return limit.kind === 'count' && limit.count < share ? limit : { kind: 'count', count: share };
}

/** What this run may do among so many users. */
export const allowedIn = ({ config, request }: InactivityRun, users: number): number =>
  allowedBy(within(config.limits.disablesPerRun, request.disablesPerRun), users);

/** What is due over all accounts, where it is more than may be done. */
export function limitOverAll(
  run: InactivityRun,
  accounts: readonly { readonly due: number; readonly users: number }[],
): Halt | undefined {
  const due = accounts.reduce((sum, account) => sum + account.due, 0);
  const limit = allowedIn(
    run,
    accounts.reduce((sum, { users }) => sum + users, 0),
  );
  return accounts.length > 1 && due > limit ? { due, limit } : undefined;
}

export const withheld = (told: Telling): Telling => ({
  ...told,
  reason: 'LimitExceeded',
  message: `${told.message} It was not done, since more is due in this run than limits.disablesPerRun allows.`,
});

export const overLimit = (account: string, due: number, allowed: number): string =>
  `In account ${account} ${due} users and keys are due to be disabled or deleted, and limits.disablesPerRun allows ${allowed}: none was. Check the list; if it is right, raise the limit for a run.`;

export const overLimitOfAll = ({ due, limit }: Halt): string =>
  `Over all accounts of this run ${due} users and keys are due to be disabled or deleted, and limits.disablesPerRun allows ${limit}: none was. Check the list; if it is right, raise the limit for a run, or make it a percentage.`;
