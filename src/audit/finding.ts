export type Severity = 'high' | 'medium' | 'low';

/** What `keyturn audit --json` prints. Times are ISO 8601, UTC, whole seconds. */
export interface Audit {
  readonly version: 1;
  readonly at: string;
  readonly accounts: readonly AccountAudit[];
}

export interface AccountAudit {
  readonly account: string;
  /** Every check, in a fixed order, passed or not. */
  readonly checks: readonly CheckResult[];
}

export interface CheckResult {
  /** Kebab-case and stable, such as `main-account-keys`. */
  readonly id: string;
  readonly title: string;
  readonly severity: Severity;
  /** Of the CIS Alibaba Cloud Foundation Benchmark, where it has this check, such as `1.2`. */
  readonly cis?: string;
  /** `unknown`: it could not be read; that is no pass. */
  readonly result: 'passed' | 'failed' | 'unknown';
  /** What was seen, one sentence per thing: `User svc-orders has two enabled keys: LTAI…, LTAI….` */
  readonly evidence: readonly string[];
  /** What to do, where it did not pass. */
  readonly remedy?: string;
}

/** The gravest first. */
export const severities: readonly Severity[] = ['high', 'medium', 'low'];

export interface Miss extends CheckResult {
  readonly account: string;
}

/** The checks of at least this severity that did not pass: unknown is no pass. */
export function missesOf({ accounts }: Audit, least: Severity): Miss[] {
  const grave = severities.slice(0, severities.indexOf(least) + 1);
  return accounts.flatMap(({ account, checks }) =>
    checks
      .filter(({ severity, result }) => grave.includes(severity) && result !== 'passed')
      .map((check) => ({ ...check, account })),
  );
}
