import { Duration } from 'luxon';
import type { AccountStatus, KeyStatus } from '../status/account-status';
import { html, type Markup } from './markup';
import { badge, type Column, count, longTable, nothing, plural } from './parts';
import { roleNames } from './timeline-picture';

interface Aged {
  readonly user: string;
  readonly key: KeyStatus;
}

/** Every enabled key of the managed users, the oldest first, with its age against the limit. */
export function ages({ users, rotation }: AccountStatus): Markup {
  const limit = Duration.fromISO(rotation.maxAge).as('days');
  const aged = users
    .flatMap(({ user, keys }) => keys.map((key) => ({ user, key })))
    .filter(({ key }) => key.status === 'Active')
    .sort((a, b) => b.key.ageDays - a.key.ageDays);
  const [oldest] = aged;
  if (!oldest) return nothing('No managed user has an enabled key.');
  const scale = Math.max(limit * 1.25, Math.min(oldest.key.ageDays, limit * 2));
  const over = aged.filter(({ key }) => key.ageDays > limit).length;
  return html`<p>${plural(aged.length, 'enabled key')}, ${over === 0 ? 'none' : count(over)} over the limit of ${inDays(limit)}. The line in each bar is the limit.</p>
${longTable('Ages of the enabled keys', columnsOf(limit, scale), aged, 15)}`;
}

const inDays = (limit: number): string => plural(Number(limit.toFixed(1)), 'day');

function columnsOf(limit: number, scale: number): Column<Aged>[] {
  return [
    { head: 'User', cell: ({ user }) => user },
    { head: 'Age, days', cell: ({ key }) => count(key.ageDays), kind: 'number' },
    {
      head: 'Of the limit',
      cell: ({ key }) => `${count(Math.round((key.ageDays / limit) * 100))} %`,
      kind: 'number',
    },
    {
      head: 'State',
      cell: ({ key }) => (key.ageDays > limit ? badge('bad', 'Over') : 'within'),
      kind: 'short',
    },
    { head: 'As a bar', cell: ({ key }) => bar(key.ageDays, limit, scale) },
    { head: 'Key', cell: ({ key }) => key.keyId, kind: 'code' },
    { head: 'Role', cell: ({ key }) => roleNames[key.role], kind: 'short' },
  ];
}

const share = (value: number, scale: number): string =>
  `${Number((Math.min(1, Math.max(0, value / scale)) * 100).toFixed(1))}%`;

function bar(age: number, limit: number, scale: number): Markup {
  const at = share(limit, scale);
  return html`<svg class="age" aria-hidden="true" width="100%" height="16"><rect class="track" width="100%" height="8" y="4"/><rect class="${age > limit ? 'over' : 'within'}" width="${share(age, scale)}" height="8" y="4"/><line class="limit" x1="${at}" x2="${at}" y1="0" y2="16"/></svg>`;
}
