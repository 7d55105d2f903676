import { version } from '../../package.json';
import { type AccountModel, accountSection } from './account';
import { html, type Markup, verbatim } from './markup';
import type { PageModel } from './model';
import { moment, parsed } from './moment';
import { runsSection } from './runs';
import { styles } from './styles';
import { summarySection } from './summary';
import { patterns } from './timeline-picture';

/** One file that needs nothing else: no script, no request. The same model makes the same page. */
export function page(model: PageModel): string {
  const { at, status, audit, inactivity, runs, unread } = model;
  const now = parsed(at);
  const accounts = status.accounts.map((account, index) => ({
    id: `a${index + 1}`,
    status: account,
    audit: audit?.accounts.find((each) => each.account === account.account),
    inactivity,
    unread,
    others: status.accounts.map((each) => each.account).filter((other) => other !== account.account),
  }));
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>AccessKeys, ${at.slice(0, 10)} – keyturn</title>
<style>${verbatim(styles)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the content</a>
${patterns}
${header(model)}
<div class="columns">
${contents(accounts)}
<main id="main" tabindex="-1">
${summarySection(model, accounts)}
${accounts.map((account) => accountSection(account, now))}
<section id="runs" aria-labelledby="runs-title"><h2 id="runs-title">The last runs</h2>
${runsSection(runs, now)}
</section>
</main>
</div>
<footer><p>Made by keyturn ${version}. All times are UTC. This page loads nothing and holds no secret.</p></footer>
</body>
</html>
`.source;
}

function header({ at, status }: PageModel): Markup {
  const { accounts } = status;
  const told = (values: readonly string[]) => [...new Set(values)].join(', ') || 'unknown';
  const fact = (term: string, value: Markup | string) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
  return html`<header><h1>AccessKeys</h1>
<dl class="rules">
${fact(accounts.length === 1 ? 'Account' : 'Accounts', told(accounts.map(({ account }) => account)))}
${fact('Region', told(accounts.map(({ region }) => region)))}
${fact('Mode', told(accounts.map(({ mode }) => mode)))}
${fact('Made', html`${moment(at)} UTC`)}
</dl></header>`;
}

const accountParts = [
  ['users', 'Users and keys'],
  ['ages', 'Ages'],
  ['inactive', 'Inactivity'],
  ['exempt', 'Exemptions'],
  ['audit', 'Audit'],
] as const;

function contents(accounts: readonly AccountModel[]): Markup {
  return html`<nav aria-label="Contents"><ul>
<li><a href="#summary">Summary</a></li>
${accounts.map(
  ({ id, status }) =>
    html`<li><a href="#${id}">Account ${status.account}</a><ul>${accountParts.map(([part, name]) => html`<li><a href="#${id}-${part}">${name}</a></li>`)}</ul></li>\n`,
)}<li><a href="#runs">The last runs</a></li>
</ul></nav>`;
}
