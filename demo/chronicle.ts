import { DateTime } from 'luxon';
import { isoDate } from '../src/base/time';
import type { Event } from './story';

/** What is told while time goes on, in its order. */
export class Chronicle {
  readonly events: Event[] = [];
  /** Why the demo is no success. */
  readonly troubles: string[] = [];
  readonly #time: { readonly now: number };

  constructor(time: { readonly now: number }) {
    this.#time = time;
  }

  tell(user: string, what: string): void {
    this.events.push({ at: this.#time.now, user, what });
  }

  trouble(what: string): void {
    this.troubles.push(`${isoDate(DateTime.fromMillis(this.#time.now))}  ${what}`);
  }
}
