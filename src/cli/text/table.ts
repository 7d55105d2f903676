/** On one line, whatever control characters it holds. */
export const plain = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** Columns wide enough for their cells, two spaces apart. Control characters cannot break the lines. */
export function table(rows: readonly (readonly string[])[]): string {
  const clean = rows.map((row) => row.map(plain));
  const widths = clean.reduce<number[]>(
    (widest, row) => row.map((cell, column) => Math.max(widest[column] ?? 0, cell.length)),
    [],
  );
  return clean
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
