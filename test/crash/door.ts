import type { LocalCloud } from '../../packages/local-alibaba-cloud/index';

type Handle = LocalCloud['handle'];

interface Caller {
  readonly enter: () => void;
}

/** Stands before the cloud and lets one call in at a time, the one that is chosen of those that wait. */
export class Door {
  readonly #waiting: Caller[] = [];
  readonly #handle: Handle;
  #inside = 0;

  constructor(cloud: LocalCloud) {
    this.#handle = cloud.handle.bind(cloud);
    cloud.handle = async (request) => {
      await new Promise<void>((enter) => this.#waiting.push({ enter }));
      this.#inside += 1;
      try {
        return await this.#handle(request);
      } finally {
        this.#inside -= 1;
      }
    };
  }

  /** Lets callers in until the work is done. @param choose which of so many goes next */
  async attend<T>(work: Promise<T>, choose: (many: number) => number): Promise<T> {
    let done = false;
    const finish = () => {
      done = true;
    };
    work.then(finish, finish);
    while (!done) {
      await this.#calm();
      const [caller] = this.#waiting.splice(choose(this.#waiting.length), 1);
      caller?.enter();
    }
    return work;
  }

  /** Until everybody who is on the way has arrived: only then is there a choice. */
  async #calm(): Promise<void> {
    for (let still = 0, before = -1; still < 8; still++) {
      await new Promise(setImmediate);
      if (this.#inside > 0 || this.#waiting.length !== before) still = 0;
      before = this.#waiting.length;
    }
  }
}
