import pc from 'picocolors';
import type { Mode } from '../../cloud/gate';
import type { Reason as InactivityReason } from '../../inactivity/decision';
import type { RunReport, UserReport } from '../../report/run-report';
import {
  isReason,
  type ReasonClass,
  type Reason as RotationReason,
  reasons,
} from '../../rotation/decide/reasons';
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

const groupForClass: Readonly<Record<ReasonClass, Group>> = {
  settled: 'alone',
  acts: 'now',
  waits: 'waits',
  reminds: 'waits',
  limited: 'limited',
  blocked: 'blocked',
  failed: 'failed',
};

/** Reasons of disable-inactive that rotation does not have. */
const groupFor: Readonly<Record<Exclude<InactivityReason, RotationReason>, Group>> = {
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

export function groupOf({ reason, actions, error, nextCheckAt }: UserReport): Group {
  if (error) return reason === 'Failed' ? 'failed' : 'blocked';
  const group = groupOfReason(reason);
  // A limit holds back what would be done otherwise, planned actions or not.
  if (group === 'limited') return group;
  if (actions.length > 0) return 'now';
  return reason === 'Disabled' && nextCheckAt ? 'waits' : group;
}

function groupOfReason(reason: string): Group {
  if (isReason(reason)) return groupForClass[reasons[reason].class];
  return reason in groupFor ? groupFor[reason as keyof typeof groupFor] : 'blocked';
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
