import type { DateTime } from 'luxon';
import type { ReportedError, RunReport, UserReport } from '../report/run-report';
import { html, type Markup } from './markup';
import { momentAndDistance } from './moment';
import { badge, type Column, count, errorText, longTable, nothing, withError } from './parts';

/** What is inactive, and what the next run of disable-inactive would do about it. */
export function inactivitySection(
  { account, others }: { account: string; others: readonly string[] },
  plan: RunReport | undefined,
  unread: ReportedError | undefined,
  now: DateTime,
): Markup {
  if (!plan) {
    return unread
      ? html`<p class="alert">It could not be told what is inactive. ${errorText(unread)}</p>`
      : nothing('It was not asked what is inactive.');
  }
  const users = plan.users.filter((user) => user.account === account);
  const due = users.filter(hasActions);
  const left = users.filter((user) => !hasActions(user)).sort((a, b) => Number(!a.error) - Number(!b.error));
  // The report is one for all accounts, and tells by their numbers which of them a sentence is about.
  const isHere = (text: string) => text.includes(account) || !others.some((other) => text.includes(other));
  const notes = (plan.notes ?? []).filter(isHere);
  return html`${users.some(({ reason }) => reason === 'LimitExceeded') ? html`<p class="alert">The run would be halted: more is due than <code>limits.disablesPerRun</code> allows, so nothing would be disabled or deleted.</p>` : undefined}
${plan.error && isHere(plan.error.message) ? html`<p class="alert">The plan is not whole. ${errorText(plan.error)}</p>` : undefined}
<h4>The next run would change <span class="count">${count(due.length)}</span></h4>
${due.length > 0 ? longTable('What the next run of disable-inactive would change', columnsOf(now), due) : nothing('Nothing.')}
<h4>Looked at and left <span class="count">${count(left.length)}</span></h4>
${left.length > 0 ? longTable('Users that the next run would leave as they are', columnsOf(now), left, 15) : nothing('Nobody.')}
${notes.length > 0 ? html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>` : undefined}`;
}

const hasActions = ({ actions }: UserReport): boolean => actions.length > 0;

function columnsOf(now: DateTime): Column<UserReport>[] {
  return [
    { head: 'User', cell: ({ user }) => user },
    { head: 'Reason', cell: ({ reason, error }) => (error ? badge('bad', reason) : reason) },
    { head: 'Would do', cell: ({ actions }) => actionsText(actions) },
    {
      head: 'Why',
      cell: ({ message, error }) => withError(message, error),
      kind: 'long',
    },
    {
      head: 'Next',
      cell: ({ nextCheckAt }) => (nextCheckAt ? momentAndDistance(nextCheckAt, now) : '–'),
      kind: 'short',
    },
  ];
}

export function actionsText(
  actions: readonly { readonly action: string; readonly keyId?: string; readonly outcome: string }[],
): Markup {
  if (actions.length === 0) return html`nothing`;
  return html`<ul class="plain">${actions.map(
    ({ action, keyId, outcome }) =>
      html`<li>${action}${keyId && html` <code>${keyId}</code>`}${outcome === 'failed' ? html` ${badge('bad', 'failed')}` : undefined}</li>`,
  )}</ul>`;
}
