import { type DateTime, Duration } from 'luxon';
import type { AccountAudit } from '../audit/finding';
import type { RunReport } from '../report/run-report';
import type { AccountStatus, ExemptionStatus, UserStatus } from '../status/account-status';
import { ages } from './ages';
import { auditSection } from './audit';
import { inactivitySection } from './inactivity';
import { html, type Markup } from './markup';
import type { Unread } from './model';
import { inWords, momentAndDistance } from './moment';
import { badge, type Column, count, errorText, fold, groups, longTable, nothing, plural } from './parts';
import { axis, legend } from './timeline-picture';
import { userArticle } from './user';

export interface AccountModel {
  /** Of its section, unique in the page; what lies in it begins with it. */
  readonly id: string;
  readonly status: AccountStatus;
  readonly audit: AccountAudit | undefined;
  readonly inactivity: RunReport | undefined;
  readonly unread: readonly Unread[];
  /** The numbers of the other accounts on the page. */
  readonly others: readonly string[];
}

/** Of the article about the user at this index of the account's. */
export const userId = (accountId: string, index: number): string => `${accountId}-u${index + 1}`;

interface Placed {
  readonly user: UserStatus;
  readonly id: string;
}

/** How many users of a group are shown at once; the others are folded. */
const shownOf: Readonly<Record<keyof typeof groups, number>> = {
  person: 50,
  underWay: 20,
  aside: 0,
  quiet: 0,
};

export function accountSection(model: AccountModel, now: DateTime): Markup {
  const { id, status, audit, inactivity, unread, others } = model;
  const { account, region, mode, usersInAccount, users, missing, notes, error } = status;
  const partError = (part: Unread['part']) => unread.find((each) => each.part === part)?.error;
  return html`<section class="account" id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">Account ${account}</h2>
<p class="facts">${region} · mode ${mode}${error ? undefined : html` · ${plural(usersInAccount, 'RAM user')}, ${count(users.length)} managed`}</p>
${error && html`<p class="alert">The account could not be read. ${errorText(error)}</p>`}
${rules(status)}
${missing.length > 0 ? html`<p class="alert">The configuration names what RAM does not know: ${missing.join(', ')}.</p>` : undefined}
${notes && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
<section aria-labelledby="${id}-users ${id}-title"><h3 id="${id}-users">Users and their keys</h3>
${error ? notKnown : usersOf(status, id, now)}
</section>
<section aria-labelledby="${id}-ages ${id}-title"><h3 id="${id}-ages">Ages against the limit</h3>
${error ? notKnown : ages(status)}
</section>
<section aria-labelledby="${id}-inactive ${id}-title"><h3 id="${id}-inactive">Inactivity</h3>
${inactivitySection({ account, others }, inactivity, partError('inactivity'), now)}
</section>
<section aria-labelledby="${id}-exempt ${id}-title"><h3 id="${id}-exempt">Exemptions</h3>
${exemptions(status.exemptions, now)}
</section>
<section aria-labelledby="${id}-audit ${id}-title"><h3 id="${id}-audit">Audit</h3>
${auditSection(audit, partError('audit'))}
</section>
</section>
`;
}

const notKnown = nothing('Not known.');

function rules({ rotation }: AccountStatus): Markup {
  const { maxAge, grace, quiet, recovery } = rotation;
  const rule = (term: string, iso: string) => html`<div><dt>${term}</dt><dd>${durationText(iso)}</dd></div>`;
  return html`<dl class="rules">${rule('Age limit', maxAge)}${rule('Grace', grace)}${rule('Quiet', quiet)}${rule('Recovery', recovery)}</dl>`;
}

function durationText(iso: string): string {
  const duration = Duration.fromISO(iso);
  return duration.isValid ? inWords(duration) : iso;
}

function usersOf({ users, rotation }: AccountStatus, accountId: string, now: DateTime): Markup {
  if (users.length === 0) return nothing('keyturn manages no user here.');
  const maxAge = Duration.fromISO(rotation.maxAge).toMillis();
  const scale = { axisId: `${accountId}-axis`, maxAge, now: now.toMillis() };
  const placed = users.map((user, index) => ({ user, id: userId(accountId, index) }));
  const article = ({ user, id }: Placed) => userArticle(user, { id, now, scale });
  return html`${axis(scale)}${legend(users, scale)}
${(Object.keys(shownOf) as (keyof typeof groups)[]).map((group) => membersOf(group, placed, article))}`;
}

function membersOf(
  group: keyof typeof groups,
  all: readonly Placed[],
  article: (placed: Placed) => Markup,
): Markup | undefined {
  const { title, states } = groups[group];
  const members = states.flatMap((state) => all.filter(({ user }) => user.state === state));
  if (members.length === 0) return undefined;
  const shown = members.slice(0, shownOf[group]);
  const folded = members.slice(shown.length);
  const heading = plural(folded.length, shown.length > 0 ? 'more user' : 'user');
  return html`<h4>${title} <span class="count">${count(members.length)}</span></h4>
${shown.map(article)}${folded.length > 0 ? fold(heading, folded.map(article)) : undefined}
`;
}

function exemptions(all: readonly ExemptionStatus[], now: DateTime): Markup {
  if (all.length === 0) return nothing('Nobody is exempt.');
  const columns: readonly Column<ExemptionStatus>[] = [
    { head: 'Who', cell: ({ who }) => who },
    { head: 'Why', cell: ({ reason }) => reason, kind: 'long' },
    {
      head: 'Ends',
      cell: ({ endsAt }) => (endsAt ? momentAndDistance(endsAt, now) : 'never'),
      kind: 'short',
    },
    { head: 'State', cell: ({ over }) => (over ? badge('bad', 'Over') : badge('aside', 'In force')) },
  ];
  const soonest = [...all].sort(
    (a, b) => Number(b.over) - Number(a.over) || byText(a.endsAt ?? 'never', b.endsAt ?? 'never'),
  );
  return longTable('Exemptions', columns, soonest);
}

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
