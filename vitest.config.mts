import { defineConfig } from 'vitest/config';

const common = {
  testTimeout: 30_000,
  // Hooks build.
  hookTimeout: 60_000,
  env: { TZ: 'UTC' },
  setupFiles: ['test/setup.ts'],
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...common,
          name: 'keyturn',
          include: ['test/**/*.test.ts', 'packages/*/test/**/*.test.ts'],
          exclude: ['test/crash/**'],
          globalSetup: 'test/builds.ts',
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...common,
          name: 'crash',
          include: ['test/crash/**/*.test.ts'],
          globalSetup: 'test/crash/build.ts',
          testTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
