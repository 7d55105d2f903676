import type { AccountAudit, CheckResult, Severity } from '../audit/finding';
import type { ReportedError } from '../report/run-report';
import { html, type Markup } from './markup';
import { badge, errorText, fold, nothing, plural, type Tone } from './parts';

const ranks: Readonly<Record<Severity, number>> = { high: 0, medium: 1, low: 2 };
const tones: Readonly<Record<Severity, Tone>> = { high: 'bad', medium: 'busy', low: 'aside' };
const severities: Readonly<Record<Severity, string>> = { high: 'High', medium: 'Medium', low: 'Low' };

/** As much evidence as fits on a page is shown at once. */
const evidenceShown = 8;

export function auditSection(audit: AccountAudit | undefined, unread: ReportedError | undefined): Markup {
  if (!audit) {
    return unread
      ? html`<p class="alert">The audit could not be done. ${errorText(unread)}</p>`
      : nothing('No audit was made.');
  }
  const having = (result: CheckResult['result']) =>
    audit.checks
      .filter((check) => check.result === result)
      .sort((a, b) => ranks[a.severity] - ranks[b.severity]);
  const [failed, unknown, passed] = [having('failed'), having('unknown'), having('passed')];
  return html`<p>${plural(audit.checks.length, 'check')}: ${failed.length} failed, ${unknown.length} unknown, ${passed.length} passed.</p>
${[...failed, ...unknown].map(finding)}
${passed.length > 0 ? fold(`${plural(passed.length, 'check')} passed`, html`<ul class="passed">${passed.map(passedLine)}</ul>`) : undefined}`;
}

function finding({ id, title, severity, cis, result, evidence, remedy }: CheckResult): Markup {
  const lines = (some: readonly string[]) => html`<ul>${some.map((line) => html`<li>${line}</li>`)}</ul>`;
  const more = evidence.slice(evidenceShown);
  return html`<article class="finding">
<h4><span class="name">${title}</span> ${result === 'unknown' ? badge('aside', 'Unknown') : badge(tones[severity], severities[severity])}</h4>
<p class="facts"><code>${id}</code>${cis && html` · CIS ${cis}`}${result === 'unknown' ? html` · could not be read, which is no pass; ${severities[severity].toLowerCase()} where it fails` : undefined}</p>
${evidence.length > 0 ? lines(evidence.slice(0, evidenceShown)) : undefined}
${more.length > 0 ? fold(`${plural(more.length, 'more')}`.replace(/s$/, ''), lines(more)) : undefined}
${remedy && html`<p class="remedy"><span class="label">Remedy</span> ${remedy}</p>`}
</article>
`;
}

const passedLine = ({ id, title, cis, evidence }: CheckResult): Markup =>
  html`<li>${title} <span class="facts"><code>${id}</code>${cis && html` · CIS ${cis}`}</span>${evidence.map((line) => html`<br>${line}`)}</li>`;
