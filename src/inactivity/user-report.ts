import { isCode } from '../cloud/error';
import type { ActionReport, UserReport } from '../report/run-report';
import { failed, type Telling, userReport, type Who } from '../report/user-report';

export const vanished = ({ name }: Pick<Who, 'name'>): Telling => ({
  reason: 'UserVanished',
  message: `User ${name} was deleted meanwhile; there is nothing to do.`,
});

export const outOfTime = ({ name }: Pick<Who, 'name'>): Telling => ({
  reason: 'TimeLimitReached',
  message: `The function's time did not suffice for what is due of user ${name}; the next run goes on.`,
});

/** A user who vanished meanwhile is no failure; anything else that was thrown is. */
export function failureReport(user: Who, error: unknown, actions: readonly ActionReport[] = []): UserReport {
  if (isCode(error, 'EntityNotExist.User')) return userReport(user, vanished(user), actions);
  return failed(user, error, actions);
}
