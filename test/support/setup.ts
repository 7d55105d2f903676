import { configureGlobal } from 'fast-check';
import { afterAll, vi } from 'vitest';
import { seed } from './seed';

configureGlobal({ seed });

// Files share a process: what a test that failed left behind is not for the next one.
afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});
