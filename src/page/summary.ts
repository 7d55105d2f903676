import { type State, states } from '../rotation/decide/reasons';
import type { AccountModel } from './account';
import { html, type Markup } from './markup';
import type { PageModel } from './model';
import { needs } from './needs';
import { count, faces, type Group, groups, plural, type Tone } from './parts';

/** What a glance must tell: how many users stand where, and what needs a person now. */
export function summarySection(model: PageModel, accounts: readonly AccountModel[]): Markup {
  return html`<section id="summary" aria-labelledby="summary-title">
<h2 id="summary-title">Summary</h2>
${stateCounts(model)}
<h3>Needs a person now</h3>
${needs(model, accounts)}
</section>`;
}

function stateCounts({ status }: PageModel): Markup {
  const users = status.accounts.flatMap((account) => account.users);
  const numberIn = (among: readonly State[]) => users.filter(({ state }) => among.includes(state)).length;
  const counted = Object.values(groups).map((group: Group) => ({ ...group, number: numberIn(group.states) }));
  const line = (state: State, number: number) =>
    html`<div${number === 0 ? html` class="none"` : undefined}><dt>${faces[state].label} <span class="meaning">${states[state]}</span></dt><dd>${count(number)}</dd></div>`;
  return html`<p class="lead">${plural(users.length, 'managed user')}${status.accounts.length > 1 ? ` in ${count(status.accounts.length)} accounts` : undefined}</p>
${users.length > 0 ? shareBar(counted, users.length) : undefined}
<div class="groups">${counted.map(
    ({ title, tone, states: members, number }) => html`
<div class="${tone}"><p class="total"><span class="number">${count(number)}</span> ${title}</p>
<dl>${members.map((state) => line(state, numberIn([state])))}</dl></div>`,
  )}
</div>`;
}

function shareBar(parts: readonly { tone: Tone; number: number }[], total: number): Markup {
  const share = (number: number) => `${((number / total) * 100).toFixed(2)}%`;
  let before = 0;
  const bars = parts.map(({ tone, number }) => {
    const x = share(before);
    before += number;
    return html`<rect class="${tone}" x="${x}" width="${share(number)}" height="10"/>`;
  });
  return html`<svg class="shares" width="100%" height="10" aria-hidden="true">${bars}</svg>`;
}
