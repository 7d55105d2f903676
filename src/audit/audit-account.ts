import type { DateTime } from 'luxon';
import type { Clock } from '../base/clock';
import type { Progress } from '../base/progress';
import type { Cloud } from '../cloud/cloud';
import type { Config } from '../config/schema';
import { resultOf } from './check';
import { checks } from './checks';
import { type AccountFacts, nothingKnown } from './facts';
import type { AccountAudit } from './finding';
import { observe } from './observe/observe';
import { unread } from './reading';

export interface AuditOptions {
  readonly config: Config;
  readonly clock: Clock;
  /** Is told of every user looked at. */
  readonly progress?: Progress | undefined;
}

/** All checks on one account; it reads only. What cannot be read makes those checks unknown that depend on it. */
export async function auditAccount({
  cloud,
  config,
  clock,
  progress,
}: AuditOptions & { cloud: Cloud }): Promise<AccountAudit> {
  const now = clock.now();
  try {
    const facts = await observe(cloud, config, now, progress);
    return { account: cloud.account, checks: resultsOf(facts, config, now) };
  } finally {
    progress?.stop();
  }
}

/** Of an account that cannot even be entered. */
export function unenteredAccount(
  account: string,
  why: string,
  { config, clock }: AuditOptions,
): AccountAudit {
  return { account, checks: resultsOf(nothingKnown(unread(why)), config, clock.now()) };
}

const resultsOf = (facts: AccountFacts, config: Config, now: DateTime) =>
  checks.map((check) => resultOf(check, facts, config, now));
