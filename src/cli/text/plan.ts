import pc from 'picocolors';
import type { Mode } from '../../cloud/gate';
import type { Reason as InactivityReason } from '../../inactivity/decision';
import type { RunReport, UserReport } from '../../report/run-report';
import type { Reason as RotationReason } from '../../rotation/decide/decision';
import type { State } from '../../status/account-status';
import { stateFor } from '../../status/state';
import { plain } from './table';

type Group = 'failed' | 'blocked' | 'now' | 'limited' | 'waits' | 'alone';

/** What must be seen first comes first. */
const titles: Readonly<Record<Exclude<Group, 'alone'>, string>> = {
  failed: 'Cannot be told: reading failed',
  blocked: 'Blocked: a person must act',
  limited: 'Held back by a limit',
  now: 'In the next run',
  waits: 'Waiting',
};
const shown = Object.keys(titles) as (keyof typeof titles)[];

const groupForState: Readonly<Record<State, Group>> = {
  current: 'alone',
  exempt: 'alone',
  hold: 'alone',
  inactive: 'alone',
  due: 'now',
  standby: 'waits',
  waiting: 'waits',
  recovery: 'waits',
  emergency: 'blocked',
  blocked: 'blocked',
  failed: 'failed',
};

/** Beside the reasons that have a state in the chain of rotation. */
const groupFor: Readonly<Record<Exclude<RotationReason | InactivityReason, keyof typeof stateFor>, Group>> = {
  RecordBehind: 'now',
  EnabledAgain: 'now',
  Inactive: 'now',
  DeletionDue: 'now',
  Warned: 'waits',
  WarningUndelivered: 'waits',
  ChangedMeanwhile: 'waits',
  LimitExceeded: 'limited',
  KeyNotOurs: 'blocked',
  KeptElsewhere: 'alone',
  RunsKeyturn: 'alone',
  Active: 'alone',
  NothingToDisable: 'alone',
  LastActivityUnknown: 'alone',
  DisabledByOthers: 'alone',
  Disabled: 'alone',
  ActiveSinceDisabled: 'alone',
};

/** They hold back what would be done otherwise, planned actions or not. */
const limits: readonly string[] = ['LimitExceeded', 'RotationsPerRunReached', 'TimeLimitReached'] satisfies (
  | RotationReason
  | InactivityReason
)[];

const has = <T extends object>(table: T, reason: string): reason is keyof T & string => reason in table;

export function groupOf({ reason, actions, error, nextCheckAt }: UserReport): Group {
  if (error) return reason === 'Failed' ? 'failed' : 'blocked';
  if (limits.includes(reason)) return 'limited';
  if (actions.length > 0) return 'now';
  if (reason === 'Busy' || (reason === 'Disabled' && nextCheckAt)) return 'waits';
  if (has(stateFor, reason)) return groupForState[stateFor[reason]];
  return has(groupFor, reason) ? groupFor[reason] : 'blocked';
}

export interface PlanOptions {
  /** As the configuration has it. */
  readonly mode: Mode;
  /** Lists those too who are left alone. */
  readonly all: boolean;
  readonly colored: boolean;
}

/** What the next run would do, user by user, and what it would leave. */
export function planText(report: RunReport, { mode, all, colored }: PlanOptions): string {
  const { bold } = pc.createColors(colored);
  const { function: name, startedAt, status, users, notes = [], error } = report;
  const accounts = new Set(users.map(({ account }) => account));
  const listed = (group: Group, title: string): string[] => {
    const members = users.filter((user) => groupOf(user) === group);
    if (members.length === 0) return group === 'now' ? ['', bold(`${title}: nothing`)] : [];
    return [
      '',
      bold(`${title} (${members.length})`),
      ...members.flatMap((user) => entryOf(user, accounts.size > 1)),
    ];
  };
  return [
    bold(`What ${name} would do next, as of ${startedAt}. Nothing was done.`),
    ...(mode === 'plan'
      ? ['The next run does nothing either, until the configuration says mode: enforce.']
      : []),
    ...(status === 'halted' ? ['The run would be halted: it would disable and delete nothing.'] : []),
    ...(error ? [plain(`${error.code}: ${error.message}`)] : []),
    ...shown.flatMap((group) => listed(group, titles[group])),
    ...(all ? listed('alone', 'Left alone') : leftAlone(users)),
    ...(notes.length > 0 ? ['', ...notes.map(plain)] : []),
  ].join('\n');
}

function entryOf(user: UserReport, withAccount: boolean): string[] {
  const { reason, message, actions, nextCheckAt, error } = user;
  const who = withAccount ? `${user.user} of account ${user.account}` : user.user;
  const until = nextCheckAt && actions.length === 0 ? `, until ${nextCheckAt} at least` : '';
  const failure = error && !message.includes(error.message) ? ` (${error.code}: ${error.message})` : '';
  const steps = actions.map(({ action, keyId }) => (keyId ? `${action} ${keyId}` : action));
  return [
    plain(`  ${who}: ${reason}${until}`),
    plain(`    ${message}${failure}`),
    ...(steps.length > 0 ? [plain(`    ${steps.join(', ')}`)] : []),
  ];
}

function leftAlone(users: readonly UserReport[]): string[] {
  const alone = users.filter((user) => groupOf(user) === 'alone').map(({ reason }) => reason);
  if (alone.length === 0) return [];
  const counts = [...new Set(alone)].map(
    (reason) => `${alone.filter((each) => each === reason).length} ${reason}`,
  );
  return ['', `Left alone: ${counts.join(', ')} (--all lists them)`];
}
