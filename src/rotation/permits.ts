/** How many rotations may begin in a run. One that comes to nothing gives its permit back. */
export class Permits {
  #free: number;
  /** Taken, and not known yet whether a rotation began. */
  #open = 0;
  readonly #waiting: ((granted: boolean) => void)[] = [];

  constructor(limit: number) {
    this.#free = limit;
  }

  /** Waits while one that is taken may still come back. Whoever asked first gets it. */
  async take(): Promise<boolean> {
    if (this.#free === 0 && this.#open > 0) {
      return new Promise((resolve) => this.#waiting.push(resolve));
    }
    return this.takeNow();
  }

  /** Without waiting, for whoever holds up others meanwhile. */
  takeNow(): boolean {
    if (this.#free === 0) return false;
    this.#free--;
    this.#open++;
    return true;
  }

  /** What became of a permit that was taken. */
  settle(begun: boolean): void {
    this.#open--;
    if (!begun) this.#free++;
    while (this.#waiting.length > 0 && (this.#free > 0 || this.#open === 0)) {
      this.#waiting.shift()?.(this.takeNow());
    }
  }
}
