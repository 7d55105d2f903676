import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import { DateTime } from 'luxon';

/** Where time comes from. Decisions get `now` as a value; only effects hold a clock. */
export interface Clock {
  /** The wall clock, in UTC. It may be wrong against the cloud's and may jump. */
  now(): DateTime;
  /** Milliseconds on a clock that only goes forward. For waits and deadlines. */
  elapsed(): number;
  sleep(ms: number): Promise<void>;
}

export const systemClock: Clock = {
  now: () => DateTime.utc(),
  elapsed: () => performance.now(),
  sleep: (ms) => delay(ms),
};
