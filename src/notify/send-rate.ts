import type { Clock } from '../base/clock';
import type { Urgency } from './urgency';

/** What a receiver takes. */
export interface RateLimit {
  readonly perMinute?: number;
  readonly perSecond?: number;
}

/** A little more than the receiver's minute: it counts from when a message reaches it, not from when it was sent. */
const windowMs = 61_000;

/**
 * How fast a channel may be sent to. No minute holds more than the limit, wherever it begins, and some of it is kept
 * for alarms.
 */
export class SendRate {
  readonly #limit: RateLimit;
  readonly #clock: Clock;
  /** When each message of the last minute was answered, or sent where it is not answered yet. */
  #sent: number[] = [];
  #heldUntil = Number.NEGATIVE_INFINITY;

  constructor(limit: RateLimit, clock: Clock) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Milliseconds until one more message may be sent; 0: now. */
  waitFor(urgency: Urgency): number {
    const now = this.#clock.elapsed();
    return Math.max(0, this.#heldUntil - now, this.#minuteIsFreeAt(urgency) - now, this.#nextSecond() - now);
  }

  /** A message goes out. What this returns is to be called when it is answered. */
  take(): () => void {
    const now = this.#clock.elapsed();
    this.#sent = this.#sent.filter((at) => now - at < windowMs);
    this.#sent.push(now);
    return () => {
      const index = this.#sent.indexOf(now);
      if (index !== -1) this.#sent[index] = this.#clock.elapsed();
    };
  }

  /** The receiver asks to be left alone for so long. */
  hold(ms: number): void {
    this.#heldUntil = Math.max(this.#heldUntil, this.#clock.elapsed() + ms);
  }

  #minuteIsFreeAt(urgency: Urgency): number {
    const { perMinute } = this.#limit;
    if (perMinute === undefined) return Number.NEGATIVE_INFINITY;
    const allowed = urgency === 'alarm' ? perMinute : perMinute - keptForAlarms(perMinute);
    const latest = this.#sent.toSorted((a, b) => b - a)[allowed - 1];
    return latest === undefined ? Number.NEGATIVE_INFINITY : latest + windowMs;
  }

  #nextSecond(): number {
    const { perSecond } = this.#limit;
    return perSecond === undefined || this.#sent.length === 0
      ? Number.NEGATIVE_INFINITY
      : Math.max(...this.#sent) + 1000 / perSecond;
  }
}

const keptForAlarms = (perMinute: number): number => Math.min(2, Math.floor(perMinute / 2));
