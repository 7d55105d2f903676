import type { Happening, Month, Simulation } from '../../simulate/result';
import { table } from './table';

/** A simulation for a person to read. */
export function simulationText(simulation: Simulation): string {
  const { from, days, account, users, notes, verdict, months, events } = simulation;
  const source = simulation.source === 'status' ? 'as in the status' : 'made up';
  return [
    `keyturn simulate: ${days} days from ${from.slice(0, 10)}, account ${account} (${source}), ${users.inAccount} users, ${users.managed} of them managed`,
    '',
    ...notes.map((note) => `- ${note}`),
    '',
    'WHAT HAPPENS',
    ...eventRows(events),
    '',
    'MONTH BY MONTH',
    months.length > 0 ? table([monthHead, ...months.map(monthRow)]) : 'Nothing.',
    '',
    'IN NUMBERS',
    table(numbers(simulation)),
    '',
    ...section('DISABLED OR DELETED FOR INACTIVITY', simulation.inactive.map(row)),
    ...section(
      'BLOCKED: A PERSON MUST ACT',
      simulation.blocked.map(({ user, message, from: since, to }) => [
        since.slice(0, 10),
        to ? `to ${to.slice(0, 10)}` : 'to the end',
        user,
        shortened(message),
      ]),
    ),
    'VERDICT',
    ...verdict.map(shortened),
  ].join('\n');
}

/** What follows by itself from what was told before. */
const follows: ReadonlySet<string> = new Set(['InGrace', 'InRecovery', 'Warned', 'Disabled']);
const MOST_ROWS = 400;

function eventRows(events: readonly Happening[]): string[] {
  const told = events.filter(({ reason, actions }) => actions.length > 0 || !follows.has(reason));
  if (told.length === 0) return ['Nothing.'];
  const more = told.length - MOST_ROWS;
  const rest = more > 0 ? [`… and ${more} more; --json has them all.`] : [];
  return [table(told.slice(0, MOST_ROWS).map(row)), ...rest];
}

const row = ({ at, user, reason, message }: Happening): string[] => [
  at.slice(0, 10),
  user,
  reason,
  shortened(message),
];

const monthHead = [
  '',
  'begun',
  'finished',
  'disabled',
  'deleted',
  'warned',
  'keys idle',
  'logons idle',
  'deleted idle',
];

const monthRow = (month: Month): string[] => [
  month.month,
  ...[
    month.rotationsBegun,
    month.rotationsFinished,
    month.keysDisabled,
    month.keysDeleted,
    month.warned,
    month.inactiveKeysDisabled,
    month.logonsDisabled,
    month.inactiveDeleted,
  ].map(String),
];

function numbers({ rotations, runs, halts, applications, notices }: Simulation): string[][] {
  const { begun, finished, days, most, putOff } = rotations;
  const failed = applications.failed.reduce((sum, { count }) => sum + count, 0);
  const sent = Object.entries(notices).map(([type, count]) => `${count} ${type.replace('keyturn.', '')}`);
  return [
    ['runs of rotate-keys', `${runs['rotate-keys'].count}, ${runs['rotate-keys'].failed} failed`],
    [
      'runs of disable-inactive',
      `${runs['disable-inactive'].count}, ${runs['disable-inactive'].failed} failed, ${halts.length} halted`,
    ],
    ['rotations', `${begun} begun, ${finished} finished`],
    ...(days
      ? [['days of a rotation', `${days.shortest} to ${days.longest}, half of them up to ${days.median}`]]
      : []),
    [
      'most begun in a day',
      `${most.begun}${most.day ? ` on ${most.day}` : ''}; limits.rotationsPerRun is ${most.limit}`,
    ],
    ['runs that put rotations off', `${putOff.runs}`],
    ['notices', sent.length > 0 ? sent.join(', ') : 'none'],
    ['calls of applications', `${applications.calls}, ${failed} failed`],
  ];
}

function section(title: string, rows: readonly string[][]): string[] {
  return rows.length > 0 ? [title, table(rows), ''] : [];
}

/** `LTAI5t…9fQk`: enough to tell keys apart. */
const shortened = (text: string): string =>
  text.replaceAll(/\b(LTAI[A-Za-z0-9]{2})[A-Za-z0-9]{6,14}([A-Za-z0-9]{4})\b/g, '$1…$2');
