import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Pair } from '../credentials';

export interface FunctionOptions {
  /** The folder of the built code; it holds the handler's module. */
  codeDir: string;
  name: string;
  accountId: string;
  region: string;
  /** Default `index.handler`. */
  handler?: string;
  /** Megabytes; default 512. */
  memory?: number;
  /** Seconds; default 600. */
  timeout?: number;
  /** The function's own variables. The instance sees these, the platform's, and nothing of this process. */
  env?: Record<string, string>;
}

export interface InvokeOptions {
  /** Of the function's role, as they go into the context. */
  credentials: Pair & { securityToken: string };
  /** Milliseconds since the epoch: the instance's clock is fixed there. Default: real time. */
  now?: number;
  requestId?: string;
  /** How often the platform has repeated this invocation. */
  retryCount?: number;
}

/** What Function Compute answers for a function that failed, with the header `x-fc-error-type`. */
export interface FunctionError {
  errorMessage: string;
  errorType?: string;
  stackTrace?: string[];
}

interface Common {
  requestId: string;
  /** Lines of standard output and standard error. */
  logs: string[];
  /** Real time, the start of the instance included. */
  ms: number;
  coldStart: boolean;
}

export type Outcome =
  | (Common & { ok: true; result: Buffer })
  | (Common & {
      ok: false;
      /** The instance is gone: it ended by itself, was killed, or ran out of time. */
      crashed: boolean;
      error: FunctionError;
    });

type Answer = { result: Uint8Array } | { error: FunctionError };

/**
 * Runs one built function as the nodejs20 runtime of Function Compute does, in a process of its own: event as Buffer,
 * context, environment, warm and cold starts, time limit. One invocation at a time.
 */
export class FunctionHost {
  readonly #options: Required<FunctionOptions>;
  #instance: Instance | undefined;
  #busy = false;

  /** Rejects where nothing is built. The process itself starts with the first invocation. */
  static async start(options: FunctionOptions): Promise<FunctionHost> {
    const host = new FunctionHost(options);
    await access(host.#options.codeDir);
    return host;
  }

  private constructor(options: FunctionOptions) {
    const defaults = { handler: 'index.handler', memory: 512, timeout: 600, env: {} };
    this.#options = { ...defaults, ...options, codeDir: resolve(options.codeDir) };
  }

  /** @param event bytes as they are, a string as text, everything else as JSON */
  async invoke(event: unknown, options: InvokeOptions): Promise<Outcome> {
    if (this.#busy) throw new Error(`${this.#options.name} runs one invocation at a time`);
    this.#busy = true;
    const startedAt = performance.now();
    const { requestId = randomUUID(), now } = options;
    const warm = this.#instance?.alive ? this.#instance : undefined;
    const coldStart = warm === undefined;
    const instance = warm ?? new Instance(this.#options, options.credentials);
    this.#instance = instance;
    try {
      const context = this.#context(requestId, options);
      const ended = await instance.run({ event: bytesOf(event), context, now });
      return { ...ended, requestId, coldStart, ms: performance.now() - startedAt };
    } finally {
      this.#busy = false;
    }
  }

  /** Ends the instance at once, as the platform may at any moment. The next invocation starts a new one. */
  kill(): void {
    this.#instance?.kill();
  }

  async stop(): Promise<void> {
    await this.#instance?.stop();
  }

  #context(requestId: string, { credentials, retryCount = 0 }: InvokeOptions) {
    const { name, handler, memory, timeout, region, accountId } = this.#options;
    const { accessKeyId, accessKeySecret, securityToken } = credentials;
    return {
      requestId,
      credentials: { accessKeyId, accessKeySecret, securityToken },
      function: { name, handler, memory, timeout },
      service: { name: '', logProject: '', logStore: '', qualifier: 'LATEST', versionId: '' },
      region,
      accountId,
      retryCount,
    };
  }
}

interface Invocation {
  event: Buffer;
  context: unknown;
  now: number | undefined;
}

type Unlogged = { ok: true; result: Buffer } | { ok: false; crashed: boolean; error: FunctionError };
type Ended = Unlogged & { logs: string[] };

/** What is known of an invocation that is under way; it is over when the answer and the last line are here. */
interface UnderWay {
  readonly endMark: string;
  readonly settle: (ended: Ended) => void;
  logs: string[];
  answer?: Answer;
  lastLineSeen?: true;
}

class Instance {
  readonly #process: ChildProcess;
  readonly #timeoutSeconds: number;
  #underWay: UnderWay | undefined;
  #timedOut = false;

  constructor(options: Required<FunctionOptions>, credentials: InvokeOptions['credentials']) {
    this.#timeoutSeconds = options.timeout;
    this.#process = fork(join(__dirname, 'instance.cjs'), [options.codeDir], {
      cwd: options.codeDir,
      env: environmentOf(options, credentials),
      execArgv: [`--max-old-space-size=${options.memory}`],
      serialization: 'advanced',
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for (const input of [this.#process.stdout, this.#process.stderr]) {
      if (input) createInterface({ input }).on('line', (line) => this.#read(line));
    }
    this.#process.on('message', (answer) => this.#receive(answer as Answer));
    this.#process.on('close', () => this.#settle({ ok: false, crashed: true, error: this.#crash() }));
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  async run(invocation: Invocation): Promise<Ended> {
    const limit = setTimeout(() => {
      this.#timedOut = true;
      this.kill();
    }, this.#timeoutSeconds * 1000);
    try {
      return await new Promise<Ended>((settle) => {
        const endMark = `end of ${randomUUID()}`;
        this.#underWay = { endMark, settle, logs: [] };
        // Its 'close' event reports an instance that is gone.
        this.#process.send({ ...invocation, endMark }, () => undefined);
      });
    } finally {
      clearTimeout(limit);
    }
  }

  kill(): void {
    this.#process.kill('SIGKILL');
  }

  async stop(): Promise<void> {
    if (!this.alive) return;
    const exited = once(this.#process, 'exit');
    this.#process.disconnect();
    const killTimer = setTimeout(() => this.kill(), 1000);
    await exited;
    clearTimeout(killTimer);
  }

  #read(line: string): void {
    const underWay = this.#underWay;
    if (line !== underWay?.endMark) {
      underWay?.logs.push(line);
      return;
    }
    underWay.lastLineSeen = true;
    this.#finish(underWay);
  }

  #receive(answer: Answer): void {
    if (!this.#underWay) return;
    this.#underWay.answer = answer;
    this.#finish(this.#underWay);
  }

  #finish({ answer, lastLineSeen }: UnderWay): void {
    if (!answer || !lastLineSeen) return;
    if ('error' in answer) this.#settle({ ok: false, crashed: false, error: answer.error });
    else this.#settle({ ok: true, result: Buffer.from(answer.result) });
  }

  #settle(ended: Unlogged): void {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    underWay?.settle({ ...ended, logs: underWay.logs });
  }

  #crash(): FunctionError {
    if (this.#timedOut) return { errorMessage: `Function timed out after ${this.#timeoutSeconds} seconds` };
    return { errorMessage: 'Process exited unexpectedly before completing request' };
  }
}

function bytesOf(event: unknown): Buffer {
  if (event instanceof Uint8Array) return Buffer.from(event);
  return Buffer.from(typeof event === 'string' ? event : JSON.stringify(event));
}

/** The platform's variables and the function's own; `FC_` is reserved. */
function environmentOf(
  { name, handler, memory, region, accountId, codeDir, env }: Required<FunctionOptions>,
  credentials: InvokeOptions['credentials'],
): Record<string, string> {
  return {
    ...env,
    TZ: 'UTC',
    FC_ACCOUNT_ID: accountId,
    FC_FUNC_CODE_PATH: codeDir,
    FC_FUNCTION_HANDLER: handler,
    FC_FUNCTION_MEMORY_SIZE: String(memory),
    FC_FUNCTION_NAME: name,
    FC_INSTANCE_ID: `c-${randomUUID()}`,
    FC_REGION: region,
    FC_VER_ID: '',
    ALIBABA_CLOUD_ACCESS_KEY_ID: credentials.accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: credentials.accessKeySecret,
    ALIBABA_CLOUD_SECURITY_TOKEN: credentials.securityToken,
  };
}
