import { type AccountContext, accountsOf, openAccount } from '../accounts/open';
import type { Progress } from '../base/progress';
import { sideBySide } from '../base/side-by-side';
import { isoSeconds } from '../base/time';
import { CloudError } from '../cloud/error';
import type { AccountConfig } from '../config/schema';

import { auditAccount, unenteredAccount } from './audit-account';
import type { AccountAudit, Audit } from './finding';

/** Accounts worked on side by side; the rates are each account's own. */
const accountsAtOnce = 4;

/**
 * Audits the configured accounts, or this one. An account that cannot be entered is one of which nothing is known.
 * @param progress is told of the users, or of the accounts where there are several
 * @throws EventError where there is no such account; CloudError where not even the caller's account can be told
 */
export async function auditAccounts(
  opening: AccountContext,
  account: string | undefined,
  progress: Progress,
): Promise<Audit> {
  const at = isoSeconds(opening.clock.now());
  const accounts = await accountsOf(opening, account);
  const [only, ...others] = accounts;
  const audits =
    only && others.length === 0
      ? [await auditOne(opening, only, progress)]
      : await auditEach(opening, accounts, progress);
  return { version: 1, at, accounts: audits };
}

async function auditEach(
  opening: AccountContext,
  accounts: readonly AccountConfig[],
  progress: Progress,
): Promise<AccountAudit[]> {
  const audits = new Map<AccountConfig, AccountAudit>();
  progress.start(accounts.length);
  try {
    await sideBySide(accounts, accountsAtOnce, async (account) => {
      audits.set(account, await auditOne(opening, account));
      progress.tick();
    });
  } finally {
    progress.stop();
  }
  return accounts.flatMap((account) => audits.get(account) ?? []);
}

async function auditOne(
  opening: AccountContext,
  account: AccountConfig,
  progress?: Progress,
): Promise<AccountAudit> {
  const options = { config: opening.config, clock: opening.clock, progress };
  try {
    return await auditAccount({ ...options, cloud: await openAccount(opening, account) });
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return unenteredAccount(account.id, error.message, options);
  }
}
