import { benchAccounts } from './accounts';
import { benchColdStart } from './cold-start';
import { benchInactivity } from './inactivity';
import { benchRotation } from './rotation';

type Row = Record<string, string | number>;

const benches: Record<string, () => Promise<Row[]>> = {
  'cold-start': async () =>
    (await benchColdStart('dist')).map(({ bundle, ...figures }) => ({
      run: `loading ${bundle}`,
      ...figures,
    })),
  rotation: benchRotation,
  inactivity: () => benchInactivity([3000, 10_000]),
  accounts: () => benchAccounts(),
};

/** Figures, not tests: machines are noisy, so compare within one run. Names of benches narrow it. */
async function main(names: readonly string[]): Promise<void> {
  for (const [name, bench] of Object.entries(benches)) {
    if (names.length > 0 && !names.includes(name)) continue;
    for (const row of await bench()) show(row);
  }
}

function show({ run, ...figures }: Row): void {
  console.log(`\n${run}`);
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name}: ${value}`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
