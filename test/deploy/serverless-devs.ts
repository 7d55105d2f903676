import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '../..');

/** Serverless Devs' own command line, in a folder and a home of its own. */
export class ServerlessDevs {
  readonly folder = mkdtempSync(join(tmpdir(), 'keyturn-s-'));

  constructor() {
    const settings = join(this.folder, 'home/.s');
    mkdirSync(settings, { recursive: true });
    // Its telemetry sends the whole command line.
    writeFileSync(join(settings, 'set-config.yml'), 'analysis: disable\n');
    cpSync(join(root, 's.yaml'), join(this.folder, 's.yaml'));
  }

  /** Lets a stub that records everything take the place of fc3, and of what s.yaml runs before it deploys. */
  stubAll(): void {
    const { folder } = this;
    cpSync(join(__dirname, 'stub-component'), join(folder, 'component'), { recursive: true });
    const yaml = readFileSync(join(folder, 's.yaml'), 'utf8').replaceAll(
      /component: fc3@[\d.]+/g,
      'component: ./component',
    );
    writeFileSync(join(folder, 's.yaml'), yaml);
    const record = (what: string) => `require('node:fs').appendFileSync(process.env.RECORD, '"${what}"\\n')`;
    writeFileSync(join(folder, 'build.js'), record('build'));
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ scripts: { build: 'node build.js' } }));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(
      join(folder, 'bin/keyturn.js'),
      `${record('check')};process.exit(Number(process.env.CHECK ?? 0))`,
    );
  }

  /** What the stub has written down since the last time. */
  recorded(): unknown[] {
    const file = this.#record;
    if (!existsSync(file)) return [];
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    rmSync(file);
    return lines.map((line) => JSON.parse(line));
  }

  get #record(): string {
    return join(this.folder, 'record.jsonl');
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  run(args: readonly string[], env: Record<string, string>): Promise<{ code: number; output: string }> {
    const entry = join(root, 'node_modules/@serverless-devs/s/bin/s');
    const all = {
      PATH: process.env.PATH,
      HOME: join(this.folder, 'home'),
      CI: 'true',
      NODE_ENV: 'test',
      RECORD: this.#record,
      ...env,
    };
    return new Promise((settle) => {
      execFile(process.execPath, [entry, ...args], { cwd: this.folder, env: all }, (error, stdout, stderr) =>
        settle({ code: error ? Number(error.code ?? -1) : 0, output: stdout + stderr }),
      );
    });
  }
}
