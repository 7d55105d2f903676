import { DAY } from '../packages/local-alibaba-cloud/index';
import type { UserReport } from '../src/report/run-report';
import type { Story } from './story';

const WIDEST = 80;
const IN_USE = '·';

/** Signs in order of weight: where a column stands for several days, the first that fits one of them is shown. */
const SIGNS: readonly (readonly [sign: string, meaning: string, fits: (report: UserReport) => boolean])[] = [
  ['!', 'emergency', ({ reason }) => reason === 'EmergencyReplaced'],
  ['K', 'the run was killed, a key is lost', ({ reason }) => reason === 'AnotherRunAtWork'],
  ['N', 'new key current', ({ actions }) => done(actions, 'CreateAccessKey')],
  ['A', "a person's secret adopted", ({ reason }) => reason === 'Adopted'],
  ['w', 'old key still in use: waiting', ({ reason }) => reason === 'OldKeyInUse'],
  ['=', 'two keys, old one in its grace', ({ reason }) => reason === 'InGrace'],
  ['x', 'old key deleted', ({ actions }) => done(actions, 'DeleteAccessKey')],
  ['-', 'old key disabled', ({ reason }) => reason === 'OldKeyQuiet' || reason === 'InRecovery'],
  ['B', 'blocked', ({ reason }) => reason === 'SecondKeyNotOurs' || reason === 'ManagedByKms'],
  ['E', 'exempt', ({ reason }) => reason === 'Exempt'],
  ['q', 'waiting for its turn', ({ reason }) => reason === 'RotationsPerRunReached'],
  ['?', 'no such user', ({ reason }) => reason === 'UserNotFound'],
  ['R', 'idle, disabled, restored', ({ reason }) => reason === 'Restored'],
  ['o', 'idle: disabled', ({ reason }) => reason === 'Due' || reason === 'Disabled'],
  ['i', 'idle: warned', ({ reason }) => reason === 'Inactive' || reason === 'Warned'],
  [IN_USE, 'current and young, or in use', ({ reason }) => reason === 'Current'],
];

const done = (actions: UserReport['actions'], action: string): boolean =>
  actions.some((each) => each.action === action && each.outcome === 'done');

/** A row for each user, with the months above and the legend below. */
export function timeline({ nights, days, startsAt, emergency }: Story): string[] {
  const daysPerColumn = Math.ceil(days / WIDEST);
  const columns = Array.from(
    { length: Math.ceil(days / daysPerColumn) },
    (_, index) => index * daysPerColumn,
  );
  const rows = [...nights].map(([user, reports]) => {
    const leak = emergency?.user === user ? Math.floor((emergency.at - startsAt) / DAY) : undefined;
    const signs = columns.map((from) => {
      const to = from + daysPerColumn;
      return leak !== undefined && leak >= from && leak < to ? '!' : signOf(reports.slice(from, to));
    });
    return `  ${user.padEnd(14)}${signs.join('')}`;
  });
  const each = daysPerColumn === 1 ? 'a column is a day' : `a column is ${daysPerColumn} days`;
  const shown = rows.join('');
  const legend = SIGNS.filter(([sign]) => shown.includes(sign)).map(
    ([sign, meaning]) => `${sign} ${meaning}`,
  );
  return [`  ${' '.repeat(14)}${months(startsAt, columns)}`, ...rows, '', ...inColumns([...legend, each])];
}

function signOf(days: readonly (UserReport | undefined)[]): string {
  const reports = days.filter((report) => report !== undefined);
  if (reports.length === 0 && days.length > 0) return IN_USE;
  return SIGNS.find(([, , fits]) => reports.some(fits))?.[0] ?? ' ';
}

/** The name of each month where its first column is, if there is room. */
function months(startsAt: number, columns: readonly number[]): string {
  let text = '';
  let last = '';
  for (const [index, day] of columns.entries()) {
    const month = new Date(startsAt + day * DAY).toLocaleString('en-US', { month: 'short', timeZone: 'UTC' });
    if (month !== last && text.length <= index) text = text.padEnd(index) + month;
    last = month;
  }
  return text;
}

function inColumns(entries: readonly string[]): string[] {
  const perRow = 3;
  return Array.from(
    { length: Math.ceil(entries.length / perRow) },
    (_, row) =>
      `  ${entries
        .slice(row * perRow, (row + 1) * perRow)
        .map((entry) => entry.padEnd(36))
        .join('')
        .trimEnd()}`,
  );
}
