import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from '../account/account';
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

/**
 * One function with its reserved concurrency: an asynchronous invocation waits for a free instance, a synchronous one
 * is refused where there is none.
 */
export class Lane {
  readonly #hosts: readonly FunctionHost[];
  readonly #free: FunctionHost[];
  readonly #waiting: ((host: FunctionHost) => void)[] = [];
  readonly #account: Account;
  readonly #watch: (invoked: Invoked) => void;
  readonly #retryPauseMs: number;
  readonly #tasks = new Set<string>();
  #inLine = 0;

  static async open(deployment: Deployment, account: Account, options: LaneOptions): Promise<Lane> {
    const { name, codeDir, handler, memory, timeout, region, env, reservedConcurrency = 1 } = deployment;
    const host = { accountId: account.id, name, codeDir, handler, memory, timeout, region, env };
    const hosts = Array.from({ length: reservedConcurrency }, () => FunctionHost.start(host));
    return new Lane(deployment, await Promise.all(hosts), account, options);
  }

  private constructor(
    readonly deployment: Deployment,
    hosts: readonly FunctionHost[],
    account: Account,
    { watch, retryPauseMs }: LaneOptions,
  ) {
    this.#hosts = hosts;
    this.#free = [...hosts];
    this.#account = account;
    this.#watch = watch;
    this.#retryPauseMs = retryPauseMs;
  }

  /** @throws CloudError where the function is at work, or its role cannot be assumed */
  async invoke(event: Buffer, requestId: string): Promise<Outcome> {
    if (this.#free.length === 0) throw refusal('ResourceThrottled');
    const outcome = await this.#inTurn((host) => this.#run(host, event, requestId, 0));
    this.#watch({ function: this.deployment.name, outcome, lost: false });
    return outcome;
  }

  /**
   * Puts it in line; it runs once, and again as often as it fails and is allowed to.
   * @returns false where a task of that id is known already
   */
  enqueue(event: Buffer, requestId: string, taskId?: string): boolean {
    if (this.deployment.asyncTask && taskId) {
      if (this.#tasks.has(taskId)) return false;
      this.#tasks.add(taskId);
    }
    void this.#untilDone(event, requestId);
    return true;
  }

  get busy(): boolean {
    return this.#inLine > 0;
  }

  /** Ends every instance at once, as the platform may at any moment. */
  kill(): void {
    for (const host of this.#hosts) host.kill();
  }

  async stop(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.stop()));
  }

  async #untilDone(event: Buffer, requestId: string): Promise<void> {
    const { retries, name } = this.deployment;
    for (let attempt = 0; attempt <= retries; attempt++) {
      if (attempt > 0) await delay(this.#retryPauseMs * 2 ** (attempt - 1));
      const outcome = await this.#inTurn((host) => this.#run(host, event, requestId, attempt)).catch(
        notRun(requestId),
      );
      this.#watch({ function: name, outcome, lost: !outcome.ok && attempt === retries });
      if (outcome.ok) return;
    }
  }

  async #inTurn(work: (host: FunctionHost) => Promise<Outcome>): Promise<Outcome> {
    this.#inLine++;
    const host = this.#free.pop() ?? (await new Promise<FunctionHost>((turn) => this.#waiting.push(turn)));
    try {
      return await work(host);
    } finally {
      const next = this.#waiting.shift();
      if (next) next(host);
      else this.#free.push(host);
      this.#inLine--;
    }
  }

  async #run(host: FunctionHost, event: Buffer, requestId: string, retryCount: number): Promise<Outcome> {
    const credentials = this.#credentials();
    return host.invoke(event, { credentials, requestId, retryCount });
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
