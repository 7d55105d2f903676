/** Faults on demand: what a network or a faulty service can do to a call. */

/** A call as a fault sees it: before it is authenticated. */
export interface FaultTarget {
  seq: number;
  product: string;
  action: string;
  params: Readonly<Record<string, string>>;
  account: string | undefined;
}

interface Common {
  match: (call: FaultTarget) => boolean;
  /** How many calls it hits; default 1. */
  times?: number;
}

export type Fault = Common &
  (
    | { /** The connection is cut, nothing was executed. */ kind: 'drop-before' }
    | { /** The call is executed, then the connection is cut. */ kind: 'drop-after' }
    | {
        /** An error in the product's own form; with `execute`, after the call was executed. */
        kind: 'error';
        status?: number;
        code?: string;
        message?: string;
        execute?: boolean;
        headers?: Record<string, string>;
      }
    | { /** Something else than JSON. */ kind: 'html'; status?: number; body?: string; execute?: boolean }
    | {
        /** A well-formed answer of one's own. */ kind: 'answer';
        status?: number;
        body: string;
        execute?: boolean;
      }
    | { kind: 'delay'; delayMs: number }
    | { /** Never answers; with `execute`, after the call was executed. */ kind: 'hang'; execute?: boolean }
  );

export interface FaultHandle {
  /** Calls hit so far. */
  readonly hits: number;
  remove(): void;
}

interface Armed {
  fault: Fault;
  left: number;
  hits: number;
}

export class Faults {
  #armed: Armed[] = [];

  add(fault: Fault): FaultHandle {
    const armed: Armed = { fault, left: fault.times ?? 1, hits: 0 };
    this.#armed.push(armed);
    const remove = () => {
      this.#armed = this.#armed.filter((one) => one !== armed);
    };
    return {
      get hits() {
        return armed.hits;
      },
      remove,
    };
  }

  clear(): void {
    this.#armed = [];
  }

  /** The first fault that is due for the call; it is used up by one. */
  take(call: FaultTarget): Fault | undefined {
    const armed = this.#armed.find((one) => one.left > 0 && one.fault.match(call));
    if (!armed) return undefined;
    armed.left -= 1;
    armed.hits += 1;
    return armed.fault;
  }
}
