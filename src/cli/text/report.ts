import type { ActionReport, RunReport, UserReport } from '../../report/run-report';
import { table } from './table';

const headings = ['USER', 'REASON', 'ACTION', 'KEY', 'OUTCOME', 'NEXT CHECK'];

/** A run's report for a terminal: what was done to which key, then a sentence per user. */
export function reportText(report: RunReport): string {
  const { function: name, mode, status, startedAt, finishedAt, requestId, users, notes, error } = report;
  return [
    `${name}: ${status} (mode ${mode}, ${startedAt} to ${finishedAt}, request ${requestId})`,
    ...usersText(users),
    ...(notes ?? []),
    ...(error ? [`${error.code}: ${error.message}`] : []),
  ].join('\n');
}

type Told = Omit<UserReport, 'actions'> & { readonly actions: readonly ActionReport[] };

/** A table of the users, and below it what is to be said of each. */
export function usersText(users: readonly Told[]): string[] {
  if (users.length === 0) return [];
  const sentences = users.map(({ user, message, error: failed }) =>
    failed && !message.includes(failed.message)
      ? `${user}: ${message} (${failed.code}: ${failed.message})`
      : `${user}: ${message}`,
  );
  return ['', table([headings, ...users.flatMap(rowsOf)]), '', ...sentences];
}

function rowsOf(user: Told): string[][] {
  const [first, ...others] = user.actions;
  const reason = user.error ? `${user.reason} (failed)` : user.reason;
  return [
    [user.user, reason, ...cellsOf(first), user.nextCheckAt ?? ''],
    ...others.map((action) => ['', '', ...cellsOf(action), '']),
  ];
}

const cellsOf = (action: ActionReport | undefined): string[] => [
  action?.action ?? 'none',
  action?.keyId ?? '',
  action?.outcome ?? '',
];
