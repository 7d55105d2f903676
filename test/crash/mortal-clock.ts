import type { DateTime } from 'luxon';
import type { Clock } from '../../src/base/clock';

const never = new Promise<never>(() => undefined);

/** The clock of one run: when the run is killed, nothing that waits on it ever goes on. */
export class MortalClock implements Clock {
  #dead = false;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get dead(): boolean {
    return this.#dead;
  }

  kill(): void {
    this.#dead = true;
  }

  now(): DateTime {
    return this.#clock.now();
  }

  elapsed(): number {
    return this.#clock.elapsed();
  }

  async sleep(ms: number): Promise<void> {
    if (!this.#dead) await this.#clock.sleep(ms);
    if (this.#dead) await never;
  }
}
