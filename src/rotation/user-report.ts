import { isCode } from '../cloud/error';
import type { ActionReport, UserReport } from '../report/run-report';
import { failed, failureOf, userReport, type Who } from '../report/user-report';
import { ProofError } from './act/prove';
import type { StepRunner } from './act/step-runner';

/** A user who vanished meanwhile is no failure; anything else that was thrown is. */
export function failureReport(user: Who, error: unknown, actions: readonly ActionReport[] = []): UserReport {
  if (isCode(error, 'EntityNotExist.User')) {
    const message = `User ${user.name} was deleted meanwhile; there is nothing to rotate.`;
    return userReport(user, { reason: 'UserVanished', message }, actions);
  }
  if (error instanceof ProofError) {
    const { message } = error;
    return userReport(user, { reason: 'StandbyUnproven', message, failure: failureOf(error) }, actions);
  }
  return failed(user, error, actions);
}

/** Frees the user. That this failed is told where nothing else did: what was done stands. */
export async function ended(runner: StepRunner, user: Who, report: UserReport): Promise<UserReport> {
  try {
    await runner.end();
    return report;
  } catch (error) {
    return report.error ? report : failureReport(user, error, runner.actions);
  }
}
