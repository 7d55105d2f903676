import type { Clock } from '../base/clock';
import type { Channel, Facts } from './channel';
import { DeliveryError } from './delivery-error';
import type { Fact } from './fact';
import { nextParcel } from './parcel';
import { SendRate } from './send-rate';
import { compareUrgency, type Urgency, urgencyOf } from './urgency';

const attempts = 3;
const firstPauseMs = 1_000;
/** A receiver that asks again and again to wait is asked in the next run. */
const mostHolds = 3;
/** A wait is looked at so often, since an alarm may come meanwhile. */
const longestSleepMs = 1_000;
/** After so many messages in a row that nobody took, the receiver is down for this run. */
const downAfter = 3;

export interface LaneOptions {
  readonly clock: Clock;
  /** Milliseconds for one attempt. */
  readonly timeoutMs: number;
  /** On the scale of `clock.elapsed()`: no attempt begins or lasts beyond it. */
  readonly deadlineFor: (urgency: Urgency) => number;
}

/** What came of a fact: what the receiver answered, or why it has not taken it, in words without a secret. */
export type Outcome =
  | { readonly taken: true; readonly answer: string }
  | { readonly taken: false; readonly error: string };

interface Waiting {
  readonly fact: Fact;
  readonly urgency: Urgency;
  readonly holds: number;
  readonly settle: (outcome: Outcome) => void;
}

/** One message that goes out now. */
interface Turn {
  readonly first: Waiting;
  readonly parcel: readonly Waiting[];
  readonly answered: () => void;
}

/**
 * The way to one channel: what waits goes out by urgency, no faster than the receiver takes it, and several facts in
 * one message where the channel packs them.
 */
export class Lane {
  readonly #channel: Channel;
  readonly #options: LaneOptions;
  readonly #rate: SendRate;
  #queue: Waiting[] = [];
  #workers = 0;
  #failedInARow = 0;

  constructor(channel: Channel, options: LaneOptions) {
    this.#channel = channel;
    this.#options = options;
    this.#rate = new SendRate(channel.limit, options.clock);
  }

  /** Never rejects. Facts that are sent in one go, without an await between them, may be one message. */
  send(fact: Fact): Promise<Outcome> {
    return new Promise((settle) => {
      this.#queue = inOrder([...this.#queue, { fact, urgency: urgencyOf(fact), holds: 0, settle }]);
      if (this.#workers < this.#channel.atOnce) {
        this.#workers += 1;
        queueMicrotask(() => void this.#work());
      }
    });
  }

  async #work(): Promise<void> {
    for (let turn = await this.#next(); turn; turn = await this.#next()) await this.#deliver(turn);
    this.#workers -= 1;
  }

  /** Waits until the most urgent may be sent; undefined where nothing waits any more. */
  async #next(): Promise<Turn | undefined> {
    const { clock, deadlineFor } = this.#options;
    for (let [first] = this.#queue; first; [first] = this.#queue) {
      const { urgency } = first;
      const wait = this.#rate.waitFor(urgency);
      if (this.#failedInARow >= downAfter && urgency !== 'alarm') {
        this.#give(urgency, 'not tried: the notices before it were not taken');
      } else if (clock.elapsed() + wait >= deadlineFor(urgency)) {
        this.#give(urgency, 'no time left in this run');
      } else if (wait > 0) {
        await clock.sleep(Math.min(wait, longestSleepMs));
      } else {
        const parcel = nextParcel(this.#queue, this.#channel.packing);
        this.#queue = this.#queue.filter((waiting) => !parcel.includes(waiting));
        return { first, parcel, answered: this.#rate.take() };
      }
    }
    return undefined;
  }

  /** Gives up on what is this urgent, and on what is less. */
  #give(urgency: Urgency, error: string): void {
    const given = this.#queue.filter((waiting) => compareUrgency(waiting.urgency, urgency) >= 0);
    this.#queue = this.#queue.filter((waiting) => !given.includes(waiting));
    for (const { settle } of given) settle({ taken: false, error });
  }

  async #deliver(turn: Turn): Promise<void> {
    const { first, parcel } = turn;
    try {
      const answer = await this.#persist(turn);
      this.#failedInARow = 0;
      for (const { settle } of parcel) settle({ taken: true, answer });
    } catch (error) {
      if (error instanceof DeliveryError && this.#mayWait(error, first)) {
        this.#rate.hold(error.laterMs ?? 0);
        const held = parcel.map((waiting) => ({ ...waiting, holds: waiting.holds + 1 }));
        this.#queue = inOrder([...held, ...this.#queue]);
        return;
      }
      if (error instanceof DeliveryError && error.retryable) this.#failedInARow += 1;
      for (const { settle } of parcel) settle({ taken: false, error: describe(error) });
    }
  }

  #mayWait({ laterMs }: DeliveryError, { urgency, holds }: Waiting): boolean {
    const { clock, deadlineFor } = this.#options;
    if (laterMs === undefined || holds >= mostHolds) return false;
    return clock.elapsed() + laterMs < deadlineFor(urgency);
  }

  async #persist({ first, parcel, answered: firstAnswered }: Turn): Promise<string> {
    const { clock, timeoutMs, deadlineFor } = this.#options;
    const { urgency } = first;
    const deadline = deadlineFor(urgency);
    const facts: Facts = [first.fact, ...parcel.slice(1).map(({ fact }) => fact)];
    let answered = firstAnswered;
    for (let attempt = 1; ; attempt += 1) {
      const left = Math.min(timeoutMs, deadline - clock.elapsed());
      try {
        return await withTimeout(left, (signal) => this.#channel.deliver(facts, signal)).finally(answered);
      } catch (error) {
        const again = error instanceof DeliveryError && error.retryable && error.laterMs === undefined;
        if (!again || attempt === attempts) throw error;
        let pause = firstPauseMs * 3 ** (attempt - 1);
        do {
          if (clock.elapsed() + pause >= deadline) throw error;
          await clock.sleep(pause);
          pause = this.#rate.waitFor(urgency);
        } while (pause > 0);
        answered = this.#rate.take();
      }
    }
  }
}

/** The most urgent first, and of those the first that came. */
const inOrder = (queue: readonly Waiting[]): Waiting[] =>
  queue.toSorted((a, b) => compareUrgency(a.urgency, b.urgency));

async function withTimeout<T>(ms: number, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), ms);
  try {
    return await attempt(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}

function describe(error: unknown): string {
  if (error instanceof DeliveryError) return error.message;
  return `unexpected ${error instanceof Error ? error.name : typeof error}`;
}
