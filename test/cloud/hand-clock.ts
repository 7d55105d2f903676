import { DateTime } from 'luxon';
import type { Clock } from '../../src/base/clock';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** Time stands still while anything runs, and jumps to the earliest waking when all wait. */
export class HandClock implements Clock {
  readonly sleeps: number[] = [];
  private ms = 0;
  private sleepers: Sleeper[] = [];

  constructor(private readonly start: DateTime = DateTime.utc()) {}

  now(): DateTime {
    return this.start.plus(this.ms);
  }

  elapsed(): number {
    return this.ms;
  }

  sleep(ms: number): Promise<void> {
    this.sleeps.push(ms);
    return new Promise((wake) => {
      this.sleepers.push({ at: this.ms + ms, wake });
      if (this.sleepers.length === 1) setImmediate(() => this.advance());
    });
  }

  private advance(): void {
    this.sleepers.sort((a, b) => a.at - b.at);
    const next = this.sleepers.shift();
    if (next === undefined) return;
    this.ms = Math.max(this.ms, next.at);
    next.wake();
    if (this.sleepers.length > 0) setImmediate(() => this.advance());
  }
}
