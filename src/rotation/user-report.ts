import { CloudError, isCode } from '../cloud/error';
import { type ActionReport, isoSeconds, type UserReport } from '../report/run-report';
import type { Decision } from './decision';
import type { UserIdentity } from './observation';
import { ProofError } from './prove';

type Who = Pick<UserIdentity, 'account' | 'name'>;

export function userReport(
  { account, name }: Who,
  decision: Pick<Decision, 'reason' | 'message' | 'nextCheckAt' | 'failure'>,
  actions: readonly ActionReport[] = [],
): UserReport {
  const { reason, message, nextCheckAt, failure } = decision;
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

/** A user who vanished meanwhile is no failure; anything else that was thrown is. */
export function failureReport(user: Who, error: unknown, actions: readonly ActionReport[] = []): UserReport {
  if (isCode(error, 'EntityNotExist.User')) {
    return userReport(
      user,
      {
        reason: 'UserVanished',
        message: `User ${user.name} was deleted meanwhile; there is nothing to rotate.`,
      },
      actions,
    );
  }
  const failure = failureOf(error);
  if (error instanceof ProofError) {
    return userReport(user, { reason: 'StandbyUnproven', message: error.message, failure }, actions);
  }
  return userReport(
    user,
    {
      reason: 'Failed',
      message: `User ${user.name} could not be finished in this run: ${failure.message} What was begun is finished by the next run.`,
      failure,
    },
    actions,
  );
}

export function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof CloudError) return { code: error.code, message: error.message };
  if (error instanceof Error) {
    const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    return { code, message: error.message };
  }
  return { code: 'Unknown', message: 'something that is no error was thrown' };
}
