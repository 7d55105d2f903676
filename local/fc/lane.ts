import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../account';
import { CloudError } from '../errors';
import { FunctionHost, type Outcome } from '../host/function-host';
import { refusal } from './answer';
import type { Deployment } from './deployment';

/** What happened to an invocation, for whoever watches. */
export interface Invoked {
  readonly function: string;
  readonly outcome: Outcome;
  /** Asynchronous and failed for the last time: it goes to the failure destination. */
  readonly lost: boolean;
}

export interface LaneOptions {
  readonly watch: (invoked: Invoked) => void;
  /** Before the first repetition of an asynchronous invocation; it doubles each time. */
  readonly retryPauseMs: number;
}

/** One function with a reserved concurrency of one: an asynchronous invocation waits for its turn, a synchronous one is refused. */
export class Lane {
  readonly #host: FunctionHost;
  readonly #account: Account;
  readonly #watch: (invoked: Invoked) => void;
  readonly #retryPauseMs: number;
  #tail: Promise<unknown> = Promise.resolve();
  #inLine = 0;

  static async open(deployment: Deployment, account: Account, options: LaneOptions): Promise<Lane> {
    const { name, codeDir, handler, memory, timeout, region, env } = deployment;
    const host = await FunctionHost.start({
      accountId: account.id,
      name,
      codeDir,
      handler,
      memory,
      timeout,
      region,
      env,
    });
    return new Lane(deployment, host, account, options);
  }

  private constructor(
    readonly deployment: Deployment,
    host: FunctionHost,
    account: Account,
    { watch, retryPauseMs }: LaneOptions,
  ) {
    this.#host = host;
    this.#account = account;
    this.#watch = watch;
    this.#retryPauseMs = retryPauseMs;
  }

  /** @throws CloudError where the function is at work, or its role cannot be assumed */
  async invoke(event: Buffer, requestId: string): Promise<Outcome> {
    if (this.busy) throw refusal('ResourceThrottled');
    const outcome = await this.#inTurn(() => this.#run(event, requestId, 0));
    this.#watch({ function: this.deployment.name, outcome, lost: false });
    return outcome;
  }

  /** Puts it in line; it runs once, and again as often as it fails and is allowed to. */
  enqueue(event: Buffer, requestId: string): void {
    void this.#untilDone(event, requestId);
  }

  get busy(): boolean {
    return this.#inLine > 0;
  }

  async stop(): Promise<void> {
    await this.#host.stop();
  }

  async #untilDone(event: Buffer, requestId: string): Promise<void> {
    const { retries, name } = this.deployment;
    for (let attempt = 0; attempt <= retries; attempt++) {
      if (attempt > 0) await delay(this.#retryPauseMs * 2 ** (attempt - 1));
      const outcome = await this.#inTurn(() => this.#run(event, requestId, attempt)).catch(notRun(requestId));
      this.#watch({ function: name, outcome, lost: !outcome.ok && attempt === retries });
      if (outcome.ok) return;
    }
  }

  async #inTurn(work: () => Promise<Outcome>): Promise<Outcome> {
    this.#inLine++;
    const turn = this.#tail.then(work);
    this.#tail = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#inLine--;
    }
  }

  async #run(event: Buffer, requestId: string, retryCount: number): Promise<Outcome> {
    const credentials = this.#credentials();
    return this.#host.invoke(event, { credentials, requestId, retryCount });
  }

  #credentials() {
    try {
      return this.#account.assume(this.deployment.role);
    } catch (error) {
      if (error instanceof CloudError) throw refusal('InvalidArgument');
      throw error;
    }
  }
}

const notRun =
  (requestId: string) =>
  (error: unknown): Outcome => ({
    ok: false,
    crashed: false,
    error: { errorMessage: error instanceof Error ? error.message : String(error) },
    requestId,
    logs: [],
    ms: 0,
    coldStart: false,
  });

/** Request ids of Function Compute: `1-…`. */
export const newRequestId = (): string => `1-${randomUUID()}`;
