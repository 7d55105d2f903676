import type { DateTime } from 'luxon';
import { actionsText } from './inactivity';
import { html, type Markup } from './markup';
import type { LoggedRun, LoggedUser } from './model';
import { moment, momentAndDistance, parsed } from './moment';
import {
  badge,
  type Column,
  count,
  errorText,
  fold,
  longTable,
  nothing,
  plural,
  table,
  withError,
} from './parts';

/** Runs and users of a run that a page can bear; the JSON has all. */
const runsShown = 50;
const usersShown = 200;

export function runsSection(runs: readonly LoggedRun[] | undefined, now: DateTime): Markup {
  if (!runs) return nothing('No log was named, so nothing is known of past runs: --runs names logs.');
  if (runs.length === 0) return nothing('The logs that were named hold no report of a run.');
  const shown = runs.slice(0, runsShown);
  return html`${runs.length > shown.length ? html`<p>The newest ${count(shown.length)} of ${count(runs.length)}.</p>` : undefined}
${longTable('The last runs', columnsOf(now), shown, 10)}
<h3>What they did</h3>
${shown.map(runFold)}`;
}

const statusBadge = (status: string): Markup => badge(status === 'ok' ? 'good' : 'bad', status);

function columnsOf(now: DateTime): Column<LoggedRun>[] {
  return [
    { head: 'Started', cell: ({ startedAt }) => momentAndDistance(startedAt, now), kind: 'short' },
    { head: 'Function', cell: (run) => run.function, kind: 'short' },
    { head: 'Trigger', cell: ({ trigger }) => trigger },
    { head: 'Mode', cell: ({ mode }) => mode },
    { head: 'Status', cell: ({ status }) => statusBadge(status) },
    { head: 'Took', cell: took, kind: 'number' },
    { head: 'Users', cell: ({ summary }) => count(summary.users), kind: 'number' },
    { head: 'Failed', cell: ({ summary }) => count(summary.failed), kind: 'number' },
    { head: 'Actions', cell: ({ summary }) => actionCounts(summary.actions), kind: 'long' },
  ];
}

function took({ startedAt, finishedAt }: LoggedRun): string {
  const seconds = parsed(finishedAt).diff(parsed(startedAt)).as('seconds');
  return Number.isFinite(seconds) && seconds >= 0 ? `${count(Math.round(seconds))} s` : '–';
}

const actionCounts = (actions: LoggedRun['summary']['actions']): string =>
  Object.entries(actions)
    .map(([action, times]) => `${action} ${count(times)}`)
    .join(', ') || 'none';

/** Users of whom nothing was done and who did not fail are counted only. */
function runFold(run: LoggedRun): Markup {
  const { users, error, notes, requestId, startedAt, status } = run;
  const told = users.filter((user) => user.error || user.actions.length > 0);
  const shown = told.slice(0, usersShown);
  return fold(
    html`${run.function}, ${moment(startedAt)} ${statusBadge(status)}`,
    html`<p class="facts">Request <code>${requestId}</code></p>
${error && html`<p class="alert">${errorText(error)}</p>`}
${shown.length > 0 ? table(`Users of ${run.function} at ${startedAt}`, userColumns, shown) : undefined}
<p>${plural(users.length - told.length, 'user')} reported without a change.${told.length > shown.length ? ` ${count(told.length - shown.length)} more are left out here.` : undefined}</p>
${notes && html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}`,
  );
}

const userColumns: readonly Column<LoggedUser>[] = [
  { head: 'User', cell: ({ user }) => user },
  { head: 'Account', cell: ({ account }) => account },
  { head: 'Reason', cell: ({ reason, error }) => (error ? badge('bad', reason) : reason) },
  { head: 'Actions', cell: ({ actions }) => actionsText(actions) },
  {
    head: 'Message',
    cell: ({ message, error }) => withError(message, error),
    kind: 'long',
  },
];
