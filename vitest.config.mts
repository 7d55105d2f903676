import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Tests that try every case in `--mode exhaustive`, and else a sample. */
const sampling = () =>
  readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.test.ts'))
    .map((file) => `test/${file}`)
    .filter(
      (file) => file.startsWith('test/crash/') || readFileSync(file, 'utf8').includes('support/effort'),
    );

export default defineConfig(({ mode }) => {
  const exhaustive = mode === 'exhaustive';
  return {
    test: {
      include: exhaustive ? sampling() : ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
      provide: { exhaustive },
      testTimeout: exhaustive ? 600_000 : 60_000,
      // Hooks build.
      hookTimeout: 60_000,
      env: { TZ: 'UTC' },
      setupFiles: 'test/support/setup.ts',
      globalSetup: 'test/support/builds.ts',
      maxWorkers: availableParallelism(),
      // A process for each file would spend most of its time on loading.
      isolate: false,
    },
  };
});
