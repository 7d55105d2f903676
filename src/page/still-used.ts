import type { Sighting } from '../report/used-by';
import type { UserStatus } from '../status/account-status';
import { html, type Markup } from './markup';
import { moment } from './moment';
import { type Column, table } from './parts';

interface Row extends Sighting {
  readonly kind: string;
}

const columns: readonly Column<Row>[] = [
  { head: 'Seen', cell: ({ kind }) => kind, kind: 'short' },
  { head: 'What', cell: ({ what }) => what },
  { head: 'Last time', cell: ({ at }) => moment(at) },
];

/** Where old keys were used that are still enabled, so that the forgotten program can be found. */
export function stillUsed({ user, keys }: UserStatus): Markup {
  return html`${keys.map(({ keyId, usedBy }) => {
    if (!usedBy) return undefined;
    const rows = [
      ...usedBy.services.map((seen) => ({ kind: 'service', ...seen })),
      ...usedBy.addresses.map((seen) => ({ kind: 'address', ...seen })),
      ...usedBy.events.map((seen) => ({ kind: 'call', ...seen })),
    ];
    if (rows.length === 0)
      return html`<p>ActionTrail has seen no use of the old key <code>${keyId}</code>.</p>`;
    return html`<p>The old key <code>${keyId}</code> was used, by what ActionTrail tells:</p>
${table(`Uses of the old key of ${user}`, columns, rows)}`;
  })}`;
}
