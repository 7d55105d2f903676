import { benchRotation } from './rotation';

/** Figures, not tests: machines are noisy, so compare within one run. */
async function main(): Promise<void> {
  for (const row of await benchRotation()) {
    console.log(`\n${row.run}`);
    for (const [name, value] of Object.entries(row)) if (name !== 'run') console.log(`  ${name}: ${value}`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
