import type { DateTime, Duration } from 'luxon';
import type { RunReport } from '../report/run-report';

/**
 * What people were told of runs that failed, as long as this instance of the function lives: a function whose timer
 * comes every few minutes must not call them each time for the same.
 */
export class Alarms {
  readonly #told = new Map<string, DateTime>();
  readonly #repeatAfter: Duration;

  constructor(repeatAfter: Duration) {
    this.#repeatAfter = repeatAfter;
  }

  isNew(report: RunReport, now: DateTime): boolean {
    const before = this.#told.get(likenessOf(report));
    return !before || before.plus(this.#repeatAfter) <= now;
  }

  remember(report: RunReport, now: DateTime): void {
    this.#told.set(likenessOf(report), now);
  }
}

/** Messages hold ids of requests, so runs are alike where the same users fail with the same codes. */
function likenessOf({ status, error, users }: RunReport): string {
  const failures = users.flatMap((each) =>
    each.error ? [`${each.account}/${each.user} ${each.error.code}`] : [],
  );
  return [status, error?.code, ...failures.sort()].join(' ');
}
