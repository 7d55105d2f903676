import type { ReportedError } from '../report/run-report';
import type { State } from '../rotation/decide/reasons';
import { html, type Markup, type Piece } from './markup';

export type Tone = 'bad' | 'busy' | 'aside' | 'good';

export const badge = (tone: Tone, label: string): Markup => html`<span class="badge ${tone}">${label}</span>`;

interface StateFace {
  readonly label: string;
  readonly tone: Tone;
}

/** From the most to the least urgent. */
export const faces: Readonly<Record<State, StateFace>> = {
  emergency: { label: 'Emergency', tone: 'bad' },
  failed: { label: 'Failed', tone: 'bad' },
  blocked: { label: 'Blocked', tone: 'bad' },
  due: { label: 'Due', tone: 'busy' },
  standby: { label: 'Standby', tone: 'busy' },
  waiting: { label: 'Waiting', tone: 'busy' },
  recovery: { label: 'Recovery', tone: 'busy' },
  hold: { label: 'On hold', tone: 'aside' },
  exempt: { label: 'Exempt', tone: 'aside' },
  inactive: { label: 'Inactive', tone: 'aside' },
  current: { label: 'Current', tone: 'good' },
};

export interface Group {
  readonly title: string;
  readonly tone: Tone;
  readonly states: readonly State[];
}

/** Where the reader looks first comes first. */
export const groups = {
  person: { title: 'Need a person', tone: 'bad', states: ['emergency', 'failed', 'blocked'] },
  underWay: { title: 'Under way', tone: 'busy', states: ['due', 'standby', 'waiting', 'recovery'] },
  aside: { title: 'Set aside', tone: 'aside', states: ['hold', 'exempt', 'inactive'] },
  quiet: { title: 'Nothing due', tone: 'good', states: ['current'] },
} as const satisfies Record<string, Group>;

export const stateBadge = (state: State): Markup => badge(faces[state].tone, faces[state].label);

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => Piece;
  readonly kind?: 'number' | 'code' | 'long' | 'short';
}

/** A table that scrolls by itself where the screen is too narrow; its first column heads the rows. */
export function table<Row>(name: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup {
  const cellOf = ({ cell, kind }: Column<Row>, row: Row, index: number): Markup => {
    const attribute = kind && html` class="${kind}"`;
    return index === 0
      ? html`<th scope="row"${attribute}>${cell(row)}</th>`
      : html`<td${attribute}>${cell(row)}</td>`;
  };
  return html`<div class="scroll" role="group" aria-label="${name}" tabindex="0"><table>
<thead><tr>${columns.map(({ head, kind }) => html`<th scope="col"${kind && html` class="${kind}"`}>${head}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => html`<tr>${columns.map((column, index) => cellOf(column, row, index))}</tr>\n`)}</tbody></table></div>`;
}

export const fold = (summary: Piece, content: Piece): Markup =>
  html`<details><summary>${summary}</summary><div class="folded">${content}</div></details>`;

/** The first rows at once, the others folded. */
export function longTable<Row>(
  name: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  shown = 25,
): Markup {
  if (rows.length <= shown + 5) return table(name, columns, rows);
  const others = rows.slice(shown);
  return html`${table(name, columns, rows.slice(0, shown))}
${fold(`${count(others.length)} more`, table(`${name}, the others`, columns, others))}`;
}

export const errorText = ({ code, message }: ReportedError): Markup => html`<code>${code}</code>: ${message}`;

/** A message, and the error where the message does not say it already. */
export function withError(message: string, error: ReportedError | undefined): Markup {
  return html`${message}${error && !message.includes(error.message) ? html` ${errorText(error)}` : undefined}`;
}

export const nothing = (sentence: string): Markup => html`<p class="nothing">${sentence}</p>`;

const numbers = new Intl.NumberFormat('en-US');
export const count = (value: number): string => numbers.format(value);
export const plural = (value: number, noun: string): string =>
  `${count(value)} ${noun}${value === 1 ? '' : 's'}`;
