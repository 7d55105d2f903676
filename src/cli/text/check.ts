import { createColors } from 'picocolors';
import type { Findings } from '../../check/check';
import type { Line, LineState } from '../../check/line';
import type { MatrixRow } from '../../check/matrix';
import type { FunctionName } from '../../report/run-report';
import { plain, table } from './table';

const width = 'warning'.length;
const indent = ' '.repeat(width + 2);

/** One line each, the account's under its name, the remedy below; then what it comes to. */
export function findingsText({ lines, permissions }: Findings, colours: boolean): string {
  const { green, yellow, red, bold, dim } = createColors(colours);
  const paint: Record<LineState, (text: string) => string> = { ok: green, warning: yellow, failure: red };
  const accounts = [...new Set(lines.map(({ account }) => account))];
  const sections = accounts.map((account) => {
    const own = lines.filter((line) => line.account === account);
    const printed = own.flatMap(({ state, text, remedy, statement }) => [
      `${paint[state](state.padEnd(width))}  ${plain(text)}`,
      ...(remedy ? [`${indent}${dim(`→ ${plain(remedy)}`)}`] : []),
      ...(statement ? [`${indent}${JSON.stringify(statement)}`] : []),
    ]);
    return [...(account ? [bold(`Account ${account}`)] : []), ...printed].join('\n');
  });
  return [...sections, ...matrixText(permissions), verdictOn(lines)].join('\n\n');
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

/** You and the functions that were asked, side by side: the permissions that somebody lacks, or may lack. */
function matrixText(permissions: readonly MatrixRow[]): string[] {
  const asked = [
    ...new Set(permissions.flatMap(({ functions }) => Object.keys(functions))),
  ] as FunctionName[];
  const odd = permissions.filter(({ you, functions }) =>
    [you, ...Object.values(functions)].some((result) => result === 'denied' || result === 'unknown'),
  );
  if (asked.length === 0 || odd.length === 0) return [];
  const rows = odd.map(({ account, action, you, functions }) => [
    account,
    action,
    you ?? '-',
    ...asked.map((job) => functions[job] ?? '-'),
  ]);
  return [table([['ACCOUNT', 'PERMISSION', 'YOU', ...asked], ...rows])];
}
