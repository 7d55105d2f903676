import type { Audit, CheckResult, Severity } from './finding';

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
