import type { Clock } from '../base/clock';

/**
 * Spreads calls evenly: every call gets the next free moment, so no second holds more than the rate, wherever it
 * begins. It goes by the monotonic clock, since the wall clock may jump.
 */
export class Pace {
  private next = Number.NEGATIVE_INFINITY;
  private heldUntil = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly perSecond: number,
    private readonly clock: Clock,
  ) {}

  /** Takes the next free moment and tells the milliseconds until then. */
  reserve(): number {
    const now = this.clock.elapsed();
    const at = Math.max(now, this.next);
    this.next = at + 1000 / this.perSecond;
    return at - now;
  }

  /** Holds everything back for so many milliseconds, those too that have their moment already. */
  hold(ms: number): void {
    this.heldUntil = Math.max(this.heldUntil, this.clock.elapsed() + ms);
    this.next = Math.max(this.next, this.heldUntil);
  }

  get held(): boolean {
    return this.clock.elapsed() < this.heldUntil;
  }
}
