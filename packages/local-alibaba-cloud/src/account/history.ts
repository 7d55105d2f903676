import { HOUR } from '../time';

const KEPT_FOR = HOUR;

/** What a value was within the last hour, for reads that lag behind. */
export class History<T> {
  #past: { until: number; value: T }[] = [];

  /** Notes that the value held until now. */
  add(value: T, now: number): void {
    this.#past = this.#past.filter(({ until }) => until > now - KEPT_FOR);
    this.#past.push({ until: now, value });
  }

  /** The value of a moment that may lie in the past. */
  at(moment: number, current: T): T {
    const past = this.#past.find(({ until }) => until > moment);
    return past ? past.value : current;
  }
}
