import { createColors } from 'picocolors';
import type { Line, LineState } from '../../check/line';

const width = 'warning'.length;

/** One line each, the account's under its name, the remedy below; then what it comes to. */
export function linesText(lines: readonly Line[], colours: boolean): string {
  const { green, yellow, red, bold, dim } = createColors(colours);
  const paint: Record<LineState, (text: string) => string> = { ok: green, warning: yellow, failure: red };
  const accounts = [...new Set(lines.map(({ account }) => account))];
  const sections = accounts.map((account) => {
    const own = lines.filter((line) => line.account === account);
    const printed = own.flatMap(({ state, text, remedy }) => [
      `${paint[state](state.padEnd(width))}  ${oneLine(text)}`,
      ...(remedy ? [`${' '.repeat(width)}  ${dim(`→ ${oneLine(remedy)}`)}`] : []),
    ]);
    return [...(account ? [bold(`Account ${account}`)] : []), ...printed].join('\n');
  });
  return [...sections, verdictOn(lines)].join('\n\n');
}

function verdictOn(lines: readonly Line[]): string {
  const { warning, failure } = countsOf(lines);
  const told = `${counted(failure, 'failure')}, ${counted(warning, 'warning')}.`;
  if (failure > 0) return `${told} keyturn will not work as configured until the failures are gone.`;
  return `${told} Nothing stands in the way of a first run: \`keyturn rotate --dry-run\` shows its plan.`;
}

export function countsOf(lines: readonly Line[]): Record<LineState, number> {
  const count = (wanted: LineState) => lines.filter(({ state }) => state === wanted).length;
  return { ok: count('ok'), warning: count('warning'), failure: count('failure') };
}

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** Names and messages come from outside. */
const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
