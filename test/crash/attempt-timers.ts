/** What the gate gives one attempt of a call; no other timer in the process is that long. */
const attemptMs = 10_000;

interface Timer {
  expire: () => void;
}

/**
 * The gate times an attempt out by a real timer, for which no test may wait. In here those timers stand still, and
 * expire where a call is known to hang.
 */
export class AttemptTimers {
  readonly #real = globalThis.setTimeout;
  readonly #realClear = globalThis.clearTimeout;
  readonly #pending = new Set<Timer>();
  readonly #turn: (ms: number) => void;

  /** @param turn turns the clock by as much as an attempt lasts */
  constructor(turn: (ms: number) => void) {
    this.#turn = turn;
    const standStill = (callback: () => void, ms?: number, ...rest: []) => {
      if (ms !== attemptMs) return this.#real(callback, ms, ...rest);
      const timer = { expire: callback };
      this.#pending.add(timer);
      return timer;
    };
    const clear = (timer: Timer | undefined) => {
      if (!timer || !this.#pending.delete(timer)) this.#realClear(timer as never);
    };
    globalThis.setTimeout = Object.assign(standStill, this.#real) as unknown as typeof setTimeout;
    globalThis.clearTimeout = clear as typeof clearTimeout;
  }

  restore(): void {
    globalThis.setTimeout = this.#real;
    globalThis.clearTimeout = this.#realClear;
  }

  /** The attempts that are under way belong to a run that is no more. */
  forget(): void {
    this.#pending.clear();
  }

  /** Lets one attempt expire, as soon as every other call has been answered. */
  async expireHanging(): Promise<void> {
    const patience = performance.now() + 500;
    while (this.#pending.size > 1 && performance.now() < patience) await new Promise(setImmediate);
    const [hanging] = this.#pending;
    if (!hanging) return;
    this.#turn(attemptMs);
    this.#pending.delete(hanging);
    hanging.expire();
  }
}
