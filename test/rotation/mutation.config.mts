import { defineConfig } from 'vitest/config';

/** The table tests alone: mutants are many, and these are fast. */
export default defineConfig({
  test: { include: ['test/rotation/decide*.test.ts'], env: { TZ: 'UTC' } },
});
