import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { reasonClasses, reasons, states } from '../../src/rotation/decide/reasons';

type Row = readonly string[];

/** A Markdown table, its columns in line. */
function table(head: Row, rows: readonly Row[]): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column]?.length ?? 0)));
  const line = (cells: Row) => `| ${cells.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(' | ')} |`;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...rows.map(line)].join('\n');
}

const code = (name: string): string => `\`${name}\``;

const tables: Readonly<Record<string, string>> = {
  states: table(
    ['state', 'meaning'],
    Object.entries(states).map(([state, meaning]) => [code(state), meaning]),
  ),
  classes: table(
    ['asks for', 'meaning'],
    Object.entries(reasonClasses).map(([name, meaning]) => [code(name), meaning]),
  ),
  reasons: table(
    ['reason', 'when', 'asks for', 'state', 'what comes next'],
    Object.entries(reasons).map(([name, { meaning, class: asksFor, state, next, nextInTime }]) => [
      code(name),
      meaning,
      code(asksFor),
      state ? code(state) : 'as its keys tell',
      next ?? nextInTime ?? '',
    ]),
  ),
};

test.each([
  ['docs/reasons.md', ['classes', 'reasons']],
  ['docs/status.md', ['states']],
])('%s has what the table of reasons says', async (page, parts) => {
  const text = readFileSync(page, 'utf8');
  for (const part of parts) expect(text).toContain(`<!-- ${part} -->`);
  const written = text.replaceAll(
    /<!-- (\w+) -->\n[\s\S]*?<!-- end -->/g,
    (_, part: string) => `<!-- ${part} -->\n${tables[part]}\n<!-- end -->`,
  );
  await expect(written).toMatchFileSnapshot(`../../${page}`);
});

test('what comes next is told once, and never of what waits for a person', () => {
  for (const [name, { class: asksFor, next, nextInTime }] of Object.entries(reasons)) {
    expect([name, next !== undefined && nextInTime !== undefined]).toEqual([name, false]);
    expect([name, asksFor === 'blocked' && next !== undefined]).toEqual([name, false]);
  }
});
