import type { RunReport } from '../report/run-report';
import { type AccountModel, userId } from './account';
import { html, type Markup } from './markup';
import type { LoggedRun, PageModel, Unread } from './model';
import { badge, count, errorText, faces, fold, groups, plural, type Tone } from './parts';

/** What is listed at once; the rest is folded. */
const listed = 20;

/** What a person should look at now, the worst of every account first. */
export function needs(model: PageModel, accounts: readonly AccountModel[]): Markup {
  const items = [
    ...model.unread.map(ofUnread),
    ...accounts.flatMap(ofAccount),
    ...ofPlan(model.inactivity),
    ...ofRuns(model.runs ?? []),
  ];
  if (items.length === 0) return html`<p class="calm">Nothing.</p>`;
  const list = (some: readonly Markup[]) => html`<ul class="needs">${some}</ul>`;
  const more = items.slice(listed);
  return html`${list(items.slice(0, listed))}${more.length > 0 ? fold(`${count(more.length)} more`, list(more)) : undefined}`;
}

const item = (tone: Tone, label: string, sentence: Markup): Markup =>
  html`<li>${badge(tone, label)} <span>${sentence}</span></li>\n`;

const partNames: Readonly<Record<Unread['part'], string>> = {
  audit: 'The audit',
  inactivity: 'The plan of disable-inactive',
};

const ofUnread = ({ part, error }: Unread): Markup =>
  item('bad', 'Unread', html`${partNames[part]} could not be read. ${errorText(error)}`);

function ofAccount(model: AccountModel): Markup[] {
  const { id, status } = model;
  const { account, error, exemptions, missing } = status;
  const over = exemptions.filter((exemption) => exemption.over);
  const items: Markup[] = [];
  if (error)
    items.push(
      item(
        'bad',
        'Unread',
        html`<a href="#${id}">Account ${account}</a> could not be read. ${errorText(error)}`,
      ),
    );
  items.push(...ofUsers(model), ...ofAudit(model));
  if (over.length > 0)
    items.push(
      item(
        'busy',
        'Exemption',
        html`<a href="#${id}-exempt">${plural(over.length, 'exemption')} over</a>: ${over.map(({ who }) => who).join(', ')}.`,
      ),
    );
  if (missing.length > 0)
    items.push(
      item(
        'busy',
        'Config',
        html`The configuration names what account ${account} does not know: ${missing.join(', ')}.`,
      ),
    );
  return items;
}

function ofUsers({ id, status: { users } }: AccountModel): Markup[] {
  const placed = users.map((user, index) => ({ user, place: userId(id, index) }));
  return groups.person.states.flatMap((state) =>
    placed
      .filter(({ user }) => user.state === state)
      .map(({ user, place }) =>
        item('bad', faces[state].label, html`<a href="#${place}">${user.user}</a>: ${user.message}`),
      ),
  );
}

function ofAudit({ id, status: { account }, audit }: AccountModel): Markup[] {
  const checks = audit?.checks ?? [];
  const high = checks.filter(({ result, severity }) => result === 'failed' && severity === 'high');
  const unknown = checks.filter(({ result }) => result === 'unknown');
  const titles = (some: typeof checks) => some.map(({ title }) => title).join('; ');
  const items: Markup[] = [];
  if (high.length > 0)
    items.push(
      item(
        'bad',
        'Audit',
        html`<a href="#${id}-audit">${plural(high.length, 'check')} of high severity failed</a> in account ${account}: ${titles(high)}.`,
      ),
    );
  if (unknown.length > 0)
    items.push(
      item(
        'bad',
        'Unread',
        html`<a href="#${id}-audit">${plural(unknown.length, 'check')}</a> of the audit of account ${account} could not be made: ${titles(unknown)}.`,
      ),
    );
  return items;
}

function ofPlan(plan: RunReport | undefined): Markup[] {
  const next = html`<a href="#a1-inactive">The next run of disable-inactive</a>`;
  switch (plan?.status) {
    case 'halted':
      return [
        item(
          'bad',
          'Halted',
          html`${next} would stop at <code>limits.disablesPerRun</code>, and disable nobody.`,
        ),
      ];
    case 'failed': {
      const why = plan.error
        ? html`. ${errorText(plan.error)}`
        : html` for ${plural(plan.summary.failed, 'user')}.`;
      return [item('bad', 'Failed', html`${next} would fail${why}`)];
    }
    default:
      return [];
  }
}

/** The last run of each function, where it was not well. */
function ofRuns(newestFirst: readonly LoggedRun[]): Markup[] {
  const last = newestFirst.filter(
    (run, index) => newestFirst.findIndex((each) => each.function === run.function) === index,
  );
  return last
    .filter(({ status }) => status !== 'ok')
    .map((run) =>
      item(
        'bad',
        'Run',
        html`The last run of <a href="#runs">${run.function}</a> ended as ${run.status}${run.error ? html`. ${errorText(run.error)}` : '.'}`,
      ),
    );
}
