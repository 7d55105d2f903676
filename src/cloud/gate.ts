import PQueue from 'p-queue';
import type { Clock } from '../base/clock';
import { type CloudError, isThrottling, timeout, toCloudError } from './error';
import { Pace } from './pace';

export type Mode = 'plan' | 'enforce';

export interface Kind {
  readonly write: boolean;
  /** Doing it twice is the same as doing it once. */
  readonly repeatable: boolean;
  /** For one attempt; default: the gate's. */
  readonly timeoutMs?: number;
}

export interface Call extends Kind {
  readonly product: string;
  readonly action: string;
}

export const read: Kind = { write: false, repeatable: true };
export const repeatableWrite: Kind = { write: true, repeatable: true };
export const singleWrite: Kind = { write: true, repeatable: false };

export interface GateOptions {
  readonly account: string;
  readonly mode: Mode;
  /** Per product and action, as the quotas of the cloud are. */
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly clock: Clock;
  /** For one attempt. Default 10 s. */
  readonly timeoutMs?: number;
  /** On `clock.elapsed()`: no call is begun after it. */
  readonly deadlineAt?: number;
}

/** A call that would write was asked for in mode plan. Nothing was sent. */
export class PlanModeError extends Error {
  override readonly name = 'PlanModeError';
  constructor(call: Call) {
    super(`${call.product} ${call.action} writes and was not sent, since the mode is plan.`);
  }
}

/** There was no time left to begin a call. Nothing was sent. */
export class DeadlineError extends Error {
  override readonly name = 'DeadlineError';
  constructor(call: Call) {
    super(
      `${call.product} ${call.action} was not sent, since the time for it is over. The next run goes on.`,
    );
  }
}

const ROUNDING_MS = 5_000;
const TIMEOUT_MS = 10_000;
const ATTEMPTS = 4;
const BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 5_000;
const LONGEST_WAIT_MS = 30_000;

/** What all gates of an account have in common. */
interface Shared {
  readonly lanes: Map<string, Lane>;
  /** How far the service's clock is before this machine's, as the latest answer told. */
  aheadMs: number;
}

interface Lane {
  readonly inFlight: PQueue;
  readonly pace: Pace;
}

/** The one way to the cloud of one account: mode, rate, deadlines, retries and errors are settled here. */
export class Gate {
  readonly account: string;
  readonly mode: Mode;
  readonly clock: Clock;
  /**
   * The service's wall clock, as its answers tell it (HTTP's `Date`, whole seconds): what two runs compare, whose
   * machines' clocks may be half an hour apart. Waits and deadlines are the machine's.
   */
  readonly serviceClock: Clock;
  readonly deadlineAt: number;
  readonly #options: GateOptions;
  readonly #shared: Shared;

  constructor(options: GateOptions, shared: Shared = { lanes: new Map(), aheadMs: 0 }) {
    this.account = options.account;
    this.mode = options.mode;
    this.clock = options.clock;
    this.deadlineAt = options.deadlineAt ?? Number.POSITIVE_INFINITY;
    this.#options = options;
    this.#shared = shared;
    this.serviceClock = {
      now: () => options.clock.now().plus(shared.aheadMs),
      elapsed: () => options.clock.elapsed(),
      sleep: (ms) => options.clock.sleep(ms),
    };
  }

  /** A gate with the same rates that closes at this moment of `clock.elapsed()`, or earlier if this one does. */
  until(deadlineAt: number): Gate {
    return new Gate({ ...this.#options, deadlineAt: Math.min(deadlineAt, this.deadlineAt) }, this.#shared);
  }

  /** @param date as the service wrote it into an answer that has just come */
  heardDate(date: string | undefined): void {
    const at = Date.parse(date ?? '');
    if (Number.isNaN(at)) return;
    const aheadMs = at - this.clock.now().toMillis();
    // Less is what an answer takes on its way, or the rounding to seconds.
    this.#shared.aheadMs = Math.abs(aheadMs) < ROUNDING_MS ? 0 : aheadMs;
  }

  /** As `until`, counted from now in milliseconds. */
  within(ms: number): Gate {
    return this.until(this.clock.elapsed() + ms);
  }

  /**
   * Sends a call, again where that is safe and may help.
   * @throws CloudError, PlanModeError, DeadlineError
   */
  async call<T>(call: Call, send: () => Promise<T>): Promise<T> {
    if (call.write && this.mode === 'plan') throw new PlanModeError(call);
    const lane = this.#lane(call);
    return lane.inFlight.add(() => this.#attempts(call, lane.pace, send));
  }

  async #attempts<T>(call: Call, pace: Pace, send: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      await this.#turn(call, pace);
      try {
        return await inTime(call.timeoutMs ?? this.#options.timeoutMs ?? TIMEOUT_MS, call, send);
      } catch (thrown) {
        const error = toCloudError(call.product, call.action, thrown);
        const wait = backoff(attempt, error);
        if (isThrottling(error)) pace.hold(Math.max(wait, longestBackoff(attempt)));
        if (attempt === ATTEMPTS || !mayRepeat(call, error) || !this.#hasTimeFor(wait)) throw error;
        await this.clock.sleep(wait);
      }
    }
  }

  async #turn(call: Call, pace: Pace): Promise<void> {
    do {
      if (!this.#hasTimeFor(0)) throw new DeadlineError(call);
      const wait = pace.reserve();
      if (!this.#hasTimeFor(wait)) throw new DeadlineError(call);
      if (wait > 0) await this.clock.sleep(wait);
    } while (pace.held);
    if (!this.#hasTimeFor(0)) throw new DeadlineError(call);
  }

  #hasTimeFor(ms: number): boolean {
    return this.clock.elapsed() + ms < this.deadlineAt;
  }

  /** At most one second's worth of calls is in flight, so that a slow cloud gets less and sockets stay few. */
  #lane({ product, action, write }: Call): Lane {
    const name = `${product} ${action}`;
    const known = this.#shared.lanes.get(name);
    if (known) return known;
    const perSecond = write ? this.#options.writesPerSecond : this.#options.readsPerSecond;
    const lane = {
      inFlight: new PQueue({ concurrency: Math.max(1, Math.ceil(perSecond)) }),
      pace: new Pace(perSecond, this.clock),
    };
    this.#shared.lanes.set(name, lane);
    return lane;
  }
}

/** A throttled call was not executed, so even one that is not repeatable may be sent again. */
function mayRepeat(call: Call, error: CloudError): boolean {
  if (isThrottling(error)) return (error.retryAfterMs ?? 0) <= LONGEST_WAIT_MS;
  return error.retryable && call.repeatable;
}

/** Exponential with full jitter, and no shorter than the cloud asks for. */
function backoff(attempt: number, error: CloudError): number {
  return Math.max(Math.random() * longestBackoff(attempt), error.retryAfterMs ?? 0);
}

function longestBackoff(attempt: number): number {
  return Math.min(LONGEST_BACKOFF_MS, BACKOFF_MS * 2 ** (attempt - 1));
}

/** The SDKs' own time-outs do not hold: on a reused socket one call's timer is cleared by another's. */
async function inTime<T>(ms: number, call: Call, send: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(timeout(call.product, call.action, ms)), ms);
  });
  try {
    return await Promise.race([send(), expiry]);
  } finally {
    clearTimeout(timer);
  }
}
