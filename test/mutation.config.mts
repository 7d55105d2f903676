import { defineConfig } from 'vitest/config';

/** Table tests and properties of what decides: mutants are many, and these are fast. */
export default defineConfig({
  test: {
    include: [
      'test/rotation/decide*.test.ts',
      'test/inactivity/{decide,candidates}.test.ts',
      'test/leaks/decide.test.ts',
    ],
    setupFiles: 'test/support/setup.ts',
    env: { TZ: 'UTC' },
  },
});
