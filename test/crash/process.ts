import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { built } from '../support/built';

interface Invocation {
  readonly config: string;
  readonly event: string;
  readonly context: unknown;
}

/** A real process with the built function, loaded and waiting; a few stand by, since loading takes its time. */
export class FunctionProcess {
  static readonly #waiting: FunctionProcess[] = [];
  readonly lines: string[] = [];
  readonly #child: ChildProcess;
  readonly #ready: Promise<unknown>;
  readonly #ended: Promise<unknown>;

  /** Its working folder, empty at first. */
  readonly #folder = mkdtempSync(join(tmpdir(), 'keyturn-'));

  private constructor(bundle: string) {
    const preload = new URL('./clock-preload.cjs', import.meta.url).pathname;
    const program = new URL('./child.cjs', import.meta.url).pathname;
    this.#child = fork(program, [bundle], {
      execArgv: ['-r', preload],
      stdio: 'pipe',
      cwd: this.#folder,
    });
    this.#ready = once(this.#child, 'message');
    this.#ended = once(this.#child, 'close');
    this.#child.stdout?.setEncoding('utf8');
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => this.lines.push(text));
    let rest = '';
    this.#child.stdout?.on('data', (text: string) => {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      this.lines.push(...lines);
    });
  }

  /** Takes the folder away, and tells which files the process left in it. */
  clearFiles(): string[] {
    const files = readdirSync(this.#folder);
    rmSync(this.#folder, { recursive: true });
    return files;
  }

  static async take(): Promise<FunctionProcess> {
    const bundle = join(await built('rotate-keys'), 'index.js');
    while (FunctionProcess.#waiting.length < 2) FunctionProcess.#waiting.push(new FunctionProcess(bundle));
    const next = FunctionProcess.#waiting.shift() ?? new FunctionProcess(bundle);
    FunctionProcess.#waiting.push(new FunctionProcess(bundle));
    await next.#ready;
    return next;
  }

  static endAll(): void {
    for (const waiting of FunctionProcess.#waiting.splice(0)) {
      waiting.#child.kill('SIGKILL');
      waiting.clearFiles();
    }
  }

  /** Ends when the process has ended, by itself or not. */
  async invoke(invocation: Invocation): Promise<void> {
    const clockOffsetMs = Date.now() - (performance.timeOrigin + performance.now());
    this.#child.send({ clockOffsetMs, ...invocation });
    await this.#ended;
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
