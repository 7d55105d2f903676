import type { DateTime } from 'luxon';
import type { KeyStatus, LastUseStatus, UserStatus } from '../status/account-status';
import { html, type Markup } from './markup';
import { moment, momentAndDistance, momentOrNone } from './moment';
import { type Column, count, fold, nothing, stateBadge, table, withError } from './parts';
import { stillUsed } from './still-used';
import { roleNames, type Scale, timelinePicture } from './timeline-picture';

export interface UserPlace {
  /** Of its element, unique in the page. */
  readonly id: string;
  readonly now: DateTime;
  readonly scale: Scale;
}

/** A user: where it stands, what comes next, its keys as a picture and as a table. */
export function userArticle(status: UserStatus, { id, now, scale }: UserPlace): Markup {
  const { user, state, reason, message, next, nextAt, error, hold, exemption, secret, keys } = status;

  return html`<article class="user" id="${id}" aria-labelledby="${id}-name">
<h5 id="${id}-name"><span class="name">${user}</span> ${stateBadge(state)} <code class="reason">${reason}</code></h5>
<p>${withError(message, error)}</p>
${nextLine(next, nextAt, now)}${hold && html`<p>On hold ${hold.until ? html`until ${momentAndDistance(hold.until, now)}` : 'until it is released'}.</p>\n`}${
  exemption &&
  html`<p>Exempt as ${exemption.who}: ${exemption.reason}${exemption.endsAt && html`; ends ${momentAndDistance(exemption.endsAt, now)}`}.</p>\n`
}${keys.length === 0 ? nothing(error ? 'Its keys are not known.' : 'No AccessKey.') : timelinePicture(status, id, scale)}
${stillUsed(status)}${fold(
  'Keys and secret',
  html`${keys.length > 0 ? keyTable(`Keys of ${user}`, keys) : undefined}<p>Secret <code>${secret.name}</code>: ${secretStates[secret.state]}.</p>`,
)}
</article>
`;
}

function nextLine(next: string | undefined, nextAt: string | undefined, now: DateTime): Markup | undefined {
  if (!next && !nextAt) return undefined;
  const when =
    nextAt && html`${next ? ', at the earliest ' : 'at the earliest '}${momentAndDistance(nextAt, now)}`;
  return html`<p class="next"><span class="label">Next</span> ${next}${when}</p>\n`;
}

const secretStates: Readonly<Record<UserStatus['secret']['state'], string>> = {
  absent: 'there is none yet',
  deleting: 'planned for deletion',
  unusable: 'it cannot be used',
  present: 'in place',
  unread: 'it could not be read',
};

const statusNames: Readonly<Record<KeyStatus['status'], string>> = {
  Active: 'enabled',
  Inactive: 'disabled',
};

const columns: readonly Column<KeyStatus>[] = [
  { head: 'Key', cell: ({ keyId }) => keyId, kind: 'code' },
  { head: 'Role', cell: ({ role }) => roleNames[role], kind: 'short' },
  { head: 'Status', cell: ({ status }) => statusNames[status] },
  { head: 'Created', cell: ({ createdAt }) => moment(createdAt) },
  { head: 'Age, days', cell: ({ ageDays }) => count(ageDays), kind: 'number' },
  { head: 'Last use', cell: ({ lastUse }) => lastUseText(lastUse) },
];

/** Most keys know few of these. */
const times = {
  currentSince: 'Current since',
  replacedAt: 'Replaced',
  graceEndsAt: 'Grace ends',
  disabledAt: 'Disabled',
  deletedFrom: 'Deleted from',
} as const satisfies Partial<Record<keyof KeyStatus, string>>;

function keyTable(name: string, keys: readonly KeyStatus[]): Markup {
  const known = (Object.keys(times) as (keyof typeof times)[]).filter((field) =>
    keys.some((key) => key[field]),
  );
  const more = known.map((field) => ({
    head: times[field],
    cell: (key: KeyStatus) => momentOrNone(key[field]),
  }));
  return table(name, [...columns, ...more], keys);
}

function lastUseText(lastUse: LastUseStatus): Markup {
  switch (lastUse.kind) {
    case 'at':
      return html`${moment(lastUse.at)}${lastUse.service && html`, ${lastUse.service}`}`;
    case 'never':
      return html`never`;
    case 'unread':
      return html`unknown, counts as in use: ${lastUse.why}`;
  }
}
