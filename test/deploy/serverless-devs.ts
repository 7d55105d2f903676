import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
      ...env,
    };
    return new Promise((settle) => {
      execFile(process.execPath, [entry, ...args], { cwd: this.folder, env: all }, (error, stdout, stderr) =>
        settle({ code: error ? Number(error.code ?? -1) : 0, output: stdout + stderr }),
      );
    });
  }
}
