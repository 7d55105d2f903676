import { Console } from 'node:console';
import { Readable } from 'node:stream';

export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface Surroundings {
  readonly cwd: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** On standard input; without it there is none. */
  readonly input: string | undefined;
}

let before: Promise<unknown> = Promise.resolve();

/**
 * Runs a program in this process as if it had one of its own: folder, environment, standard streams and exit code
 * are its own until it ends. One runs at a time.
 */
export function runInProcess(program: () => Promise<void>, surroundings: Surroundings): Promise<Ended> {
  const ended = before.then(() => run(program, surroundings));
  before = ended.catch(() => undefined);
  return ended;
}

async function run(program: () => Promise<void>, { cwd, env, input }: Surroundings): Promise<Ended> {
  const restorers = [
    workIn(cwd),
    replaceEnvironment(env),
    replace(process, 'stdin', Readable.from(input === undefined ? [] : [input])),
    forgetExitCode(),
  ];
  const stdout = capture(process.stdout);
  const stderr = capture(process.stderr);
  restorers.push(stdout.restore, stderr.restore);
  restorers.push(replace(globalThis, 'console', new Console(process.stdout, process.stderr)));
  try {
    await program();
    return { code: Number(process.exitCode ?? 0), stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    for (const restore of restorers.reverse()) restore();
  }
}

function workIn(folder: string): () => void {
  const from = process.cwd();
  process.chdir(folder);
  return () => process.chdir(from);
}

function replaceEnvironment(env: Readonly<Record<string, string>>): () => void {
  const saved = { ...process.env };
  const become = (next: NodeJS.ProcessEnv) => {
    for (const name of Object.keys(process.env)) if (!(name in next)) delete process.env[name];
    Object.assign(process.env, next);
  };
  become(env);
  return () => become(saved);
}

function forgetExitCode(): () => void {
  const saved = process.exitCode;
  process.exitCode = undefined;
  return () => {
    process.exitCode = saved;
  };
}

function replace(owner: object, name: string, value: unknown): () => void {
  const saved = Object.getOwnPropertyDescriptor(owner, name);
  Object.defineProperty(owner, name, { value, configurable: true, writable: true });
  return () => {
    if (saved) Object.defineProperty(owner, name, saved);
    else Reflect.deleteProperty(owner, name);
  };
}

function capture(stream: NodeJS.WriteStream): { text(): string; restore(): void } {
  let text = '';
  const write = (chunk: string | Uint8Array, ...rest: unknown[]) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    const done = rest.at(-1);
    if (typeof done === 'function') process.nextTick(done as () => void);
    return true;
  };
  return { text: () => text, restore: replace(stream, 'write', write) };
}
