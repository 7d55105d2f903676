import { type AccountContext, accountsOf, openAccount, regionOf } from '../accounts/open';
import { remedyFor } from '../accounts/remedy';
import type { Progress } from '../base/progress';
import { sideBySide } from '../base/side-by-side';
import { isoSeconds } from '../base/time';
import type { Cloud } from '../cloud/cloud';
import type { AccountConfig, Config } from '../config/schema';
import type { ReportedError } from '../report/run-report';
import { failureOf } from '../report/user-report';
import { type RotationRoster, readRotationRoster } from '../users/roster';
import type { AccountStatus, Status } from './account-status';
import { chosenOf, surveyAccount, unreadAccount, type Where } from './survey';

/** An account whose users are known, or why they are not. */
export type RosterOfAccount =
  | { readonly cloud: Cloud; readonly roster: RotationRoster }
  | { readonly where: Where; readonly error: ReportedError };

/**
 * Who is managed in the configured accounts, or in this one. One account's failure is that account's alone.
 * @throws EventError where there is no such account; CloudError where not even the caller's account can be told
 */
export async function readRosters(opening: AccountContext, account?: string): Promise<RosterOfAccount[]> {
  const accounts = await accountsOf(opening, account);
  return eachOf(opening.config, accounts, (each) => enrolOne(opening, each));
}

async function enrolOne(opening: AccountContext, account: AccountConfig): Promise<RosterOfAccount> {
  const { config, context, clock } = opening;
  try {
    const cloud = await openAccount(opening, account);
    return { cloud, roster: await readRotationRoster(cloud, config, clock) };
  } catch (error) {
    const { code, message } = failureOf(error);
    // Without a role it is the caller's own credentials that lack something, and the error says what.
    const remedy = account.roleArn ? ` ${remedyFor(account, error)}`.trimEnd() : '';
    return {
      where: { account: account.id, region: regionOf(config, context) },
      error: { code, message: `${message}${remedy}` },
    };
  }
}

export interface Asked {
  /** Only these; default: all managed users. */
  readonly users?: readonly string[] | undefined;
  readonly progress?: Progress;
}

/** Looks at the managed users of these accounts; it reads only. */
export async function survey(
  { config, clock }: AccountContext,
  enrolled: readonly RosterOfAccount[],
  { users, progress }: Asked,
): Promise<Status> {
  const about = { config, clock, ...(users && { users }), ...(progress && { progress }) };
  const at = isoSeconds(clock.now());
  progress?.start(
    enrolled.reduce((sum, each) => sum + ('roster' in each ? chosenOf(each.roster, users).length : 0), 0),
  );
  try {
    const accounts = await eachOf(
      config,
      enrolled,
      async (each): Promise<AccountStatus> =>
        'roster' in each
          ? surveyAccount({ ...about, ...each })
          : unreadAccount(each.where, about, each.error),
    );
    return { version: 1, at, accounts };
  } finally {
    progress?.stop();
  }
}

async function eachOf<T, R>(
  { fanOut }: Config,
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Map<T, R>();
  await sideBySide(items, fanOut.concurrency, async (item) => void results.set(item, await work(item)));
  return items.flatMap((item) => results.get(item) ?? []);
}
