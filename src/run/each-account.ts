import { remedyFor } from '../accounts/remedy';
import { sideBySide } from '../base/side-by-side';
import { EventError } from '../config/error';
import type { AccountConfig } from '../config/schema';
import type { ReportedError } from '../report/run-report';
import { failureOf } from '../report/user-report';
import type { Run } from './use-case';

export interface AccountsDone<T> {
  /** In the order of the accounts; those that failed are not among them. */
  readonly done: readonly T[];
  readonly failures: readonly ReportedError[];
}

/**
 * Works on each account, a few side by side. One account's failure is that account's alone. An event that an account
 * refuses (it names users whom this account does not have) is refused only where every account does.
 * @throws EventError
 */
export async function inEachAccount<T>(
  {
    accounts,
    config,
    clock,
    lastStartAt,
  }: Pick<Run<unknown>, 'accounts' | 'config' | 'clock' | 'lastStartAt'>,
  work: (account: AccountConfig) => Promise<T>,
): Promise<AccountsDone<T>> {
  const done = new Map<string, T>();
  const failures = new Map<string, ReportedError>();
  const refusals: EventError[] = [];
  await sideBySide(accounts, config.fanOut.concurrency, async (account) => {
    const { id } = account;
    if (clock.elapsed() >= lastStartAt) return void failures.set(id, notBegun(id));
    try {
      done.set(id, await work(account));
    } catch (error) {
      if (error instanceof EventError) refusals.push(error);
      else failures.set(id, accountFailure(account, error));
    }
  });
  const [refusal] = refusals;
  if (refusal && refusals.length === accounts.length) throw refusal;
  return { done: inOrder(accounts, done), failures: inOrder(accounts, failures) };
}

function inOrder<T>(accounts: readonly AccountConfig[], byId: ReadonlyMap<string, T>): T[] {
  return accounts.flatMap(({ id }) => byId.get(id) ?? []);
}

function accountFailure(account: AccountConfig, error: unknown): ReportedError {
  const { code, message } = failureOf(error);
  return {
    code,
    message: `account ${account.id}: ${message} ${remedyFor(account, error)}Nothing was changed.`,
  };
}

const notBegun = (id: string): ReportedError => ({
  code: 'TimeLimitReached',
  message: `account ${id}: the function's time did not suffice to begin; lower fanOut.accountsPerRun, or give the function more time. Nothing was changed.`,
});

/** What a report says of a run in which these accounts, or parts of them, failed. */
export function oneError(failures: readonly ReportedError[]): ReportedError | undefined {
  const [first, ...others] = failures;
  if (!first || others.length === 0) return first;
  return {
    code: 'AccountsFailed',
    message: [
      `${failures.length} accounts failed.`,
      ...failures.map(({ code, message }) => `${message} (${code})`),
    ].join(' '),
  };
}
