import { isCode } from '../cloud/error';
import { type ActionReport, isoSeconds, type UserReport } from '../report/run-report';
import { failureOf } from '../rotation/user-report';
import type { Decision } from './decision';

interface Who {
  readonly account: string;
  readonly name: string;
}

/** What a report says of a user. */
export type Telling = Pick<Decision, 'reason' | 'message' | 'nextCheckAt' | 'failure'>;

export const vanished = ({ name }: Pick<Who, 'name'>): Telling => ({
  reason: 'UserVanished',
  message: `User ${name} was deleted meanwhile; there is nothing to do.`,
});

export const outOfTime = ({ name }: Pick<Who, 'name'>): Telling => ({
  reason: 'TimeLimitReached',
  message: `The function's time did not suffice for what is due of user ${name}; the next run goes on.`,
});

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

/** A user who vanished meanwhile is no failure; anything else that was thrown is. */
export function failureReport(user: Who, error: unknown, actions: readonly ActionReport[] = []): UserReport {
  if (isCode(error, 'EntityNotExist.User')) return userReport(user, vanished(user), actions);
  const failure = failureOf(error);
  const message = `User ${user.name} could not be finished in this run: ${failure.message} What was begun is finished by the next run.`;
  return userReport(user, { reason: 'Failed', message, failure }, actions);
}
