import type { ActionReport, UserReport } from '../../report/run-report';
import { failureOf } from '../../report/user-report';
import type { Killed } from '../act/leaked-keys';
import { failureReport } from '../user-report';

/** What a person called at night must know first: whether the key lives, and what to type next. */
export function fateOf(user: string, keyIds: readonly string[], { error }: Killed): string {
  const names = keyIds.join(' and ');
  const are = keyIds.length > 1 ? 'are' : 'is';
  if (error === undefined) {
    return `The leaked ${names} of user ${user} ${are} disabled: RAM was asked afterwards. What is missing is the rest: ${commandFor(user)}`;
  }
  const why = failureOf(error).message;
  return `${names} of user ${user} may still be enabled (${why}). Disable ${keyIds.length > 1 ? 'them' : 'it'} now: ${keyIds.map((id) => `${commandFor(user)} --key-id ${id} --contain-only`).join(' and ')}`;
}

export const commandFor = (user: string): string =>
  `npx --no-install keyturn invoke emergency --user ${user}`;

export function reportOfKill(
  who: { account: string; name: string },
  keyIds: readonly string[],
  killed: Killed,
  cause: unknown,
): UserReport {
  const report = failureReport(who, killed.error ?? cause, killed.actions);
  return { ...report, message: `${failureOf(cause).message} ${fateOf(who.name, keyIds, killed)}` };
}

/** The actions of both, each key's disabling once. */
export function withActions(first: readonly ActionReport[], then: readonly ActionReport[]): ActionReport[] {
  const done = new Set(
    first.filter(({ outcome }) => outcome === 'done').map(({ action, keyId }) => `${action} ${keyId}`),
  );
  return [...first, ...then.filter(({ action, keyId }) => !done.has(`${action} ${keyId}`))];
}
