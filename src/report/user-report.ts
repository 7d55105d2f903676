import type { DateTime } from 'luxon';
import { isoSeconds } from '../base/time';
import { CloudError } from '../cloud/error';
import type { ActionReport, ReportedError, UserReport } from './run-report';

export interface Who {
  readonly account: string;
  readonly name: string;
}

/** What a report says of a user. */
export interface Telling {
  readonly reason: string;
  readonly message: string;
  readonly nextCheckAt?: DateTime;
  readonly failure?: ReportedError;
}

export function userReport(
  { account, name }: Who,
  { reason, message, nextCheckAt, failure }: Telling,
  actions: readonly ActionReport[] = [],
): UserReport {
  return {
    account,
    user: name,
    reason,
    message,
    actions: [...actions],
    ...(nextCheckAt && { nextCheckAt: isoSeconds(nextCheckAt) }),
    ...(failure && { error: failure }),
  };
}

/** A user with whom something was thrown. */
export function failed(who: Who, error: unknown, actions: readonly ActionReport[]): UserReport {
  const failure = failureOf(error);
  const message = `User ${who.name} could not be finished in this run: ${failure.message} What was begun is finished by the next run.`;
  return userReport(who, { reason: 'Failed', message, failure }, actions);
}

export function failureOf(error: unknown): ReportedError {
  if (error instanceof CloudError) return { code: error.code, message: error.message };
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    return { code, message: error.message };
  }
  return { code: 'Unknown', message: 'something that is no error was thrown' };
}
