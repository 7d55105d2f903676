import { nextFire, parseCron } from './cron';
import { type Lane, newRequestId } from './lane';

interface Armed {
  readonly lane: Lane;
  readonly name: string;
  readonly payload: string;
  readonly next: (after: number) => number;
  due: number;
}

/** Fires the timers of functions by a clock that the caller sets. */
export class Timers {
  readonly #now: () => number;
  readonly #armed: Armed[];

  /** @param now milliseconds since the epoch */
  constructor(lanes: readonly Lane[], now: () => number) {
    this.#now = now;
    this.#armed = lanes.flatMap((lane) =>
      lane.deployment.timers.map(({ name, cron, payload }) => {
        const parsed = parseCron(cron);
        const next = (after: number) => nextFire(parsed, after);
        return { lane, name, payload, next, due: next(now()) };
      }),
    );
  }

  /** Invokes what has become due since the last tick: each timer once, however long that was. */
  tick(): void {
    const now = this.#now();
    for (const timer of this.#armed) {
      if (timer.due > now) continue;
      const triggerTime = new Date(timer.due).toISOString().replace(/\.\d+Z$/, 'Z');
      const event = { triggerTime, triggerName: timer.name, payload: timer.payload };
      timer.lane.enqueue(Buffer.from(JSON.stringify(event)), newRequestId());
      timer.due = timer.next(now);
    }
  }
}
