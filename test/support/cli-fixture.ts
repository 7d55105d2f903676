import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { stringify } from 'yaml';
import { built } from './built';
import { type Ended, runInProcess } from './in-process';

const root = resolve(__dirname, '../..');
const require = createRequire(__filename);

export type { Ended };

export interface Surroundings {
  /** The whole environment besides PATH and HOME. */
  env?: Record<string, string>;
  cwd?: string;
  /** On standard input; without it there is none. */
  input?: string;
}

export interface Local {
  readonly url: string;
  /** What it printed. */
  readonly text: string;
  /** What it says to export. */
  readonly env: Record<string, string>;
  stop(): Promise<unknown[]>;
}

/** A copy of the project as `npm run build` leaves it, and an empty folder to work in. */
export class CliFixture {
  readonly folder = mkdtempSync(join(tmpdir(), 'keyturn-'));
  readonly desk = join(this.folder, 'desk');

  static async open(...bundles: string[]): Promise<CliFixture> {
    const fixture = new CliFixture();
    const { folder, desk } = fixture;
    mkdirSync(desk);
    mkdirSync(join(folder, 'bin'));
    for (const file of ['bin/keyturn.js', 's.yaml', 'package.json']) {
      copyFileSync(join(root, file), join(folder, file));
    }
    for (const name of bundles) {
      cpSync(await built(name), join(folder, 'dist', name), { recursive: true });
    }
    return fixture;
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  get command(): string {
    return join(this.folder, 'bin/keyturn.js');
  }

  configure(config: unknown): void {
    writeFileSync(join(this.desk, 'keyturn.yaml'), typeof config === 'string' ? config : stringify(config));
  }

  /** `keyturn local`, its configuration put on the desk. */
  async local(...args: string[]): Promise<Local> {
    const child = spawn(process.execPath, [this.command, 'local', ...args], {
      env: { PATH: process.env.PATH },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      lines.push(line);
      if (line.includes('reason: emergency access')) break;
    }
    const text = lines.join('\n');
    this.configure(text.slice(text.indexOf('mode:')));
    return {
      url: /http:\S+/.exec(text)?.[0] ?? '',
      text,
      env: Object.fromEntries(
        [...text.matchAll(/^export (\w+)=(\S+)$/gm)].map(([, name, value]) => [name, value]),
      ),
      stop: async () => {
        child.kill('SIGTERM');
        return once(child, 'exit');
      },
    };
  }

  /** `keyturn …` at the desk, to its end: the built program, run in this process. */
  async keyturn(args: readonly string[], { env, cwd = this.desk, input }: Surroundings = {}): Promise<Ended> {
    const { main } = require(join(this.folder, 'dist/keyturn/index.js'));
    return runInProcess(() => main(args), { cwd, env: this.#environment(env), input });
  }

  /** The same in a process of its own, as a shell starts it. */
  async keyturnProcess(
    args: readonly string[],
    { env, cwd = this.desk, input }: Surroundings = {},
  ): Promise<Ended> {
    const child = spawn(process.execPath, [this.command, ...args], { cwd, env: this.#environment(env) });
    // A command that refuses does not read to the end.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
    const [stdout, stderr, [code]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { code, stdout, stderr };
  }

  #environment(env: Surroundings['env']): Record<string, string> {
    const { PATH = '' } = process.env;
    return { PATH, HOME: this.folder, ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'true', ...env };
  }
}

/** The environment of an operator with this key. */
export const operatorEnv = (pair: {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}) => ({
  ALIBABA_CLOUD_ACCESS_KEY_ID: pair.accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: pair.accessKeySecret,
  ...(pair.securityToken && { ALIBABA_CLOUD_SECURITY_TOKEN: pair.securityToken }),
});
