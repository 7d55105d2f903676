import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Builds into a folder of the test's own. */
export async function build(...names: string[]): Promise<{ folder: string; remove: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-'));
  await run(process.execPath, ['scripts/build.mjs', '--outdir', folder, ...names]);
  return { folder, remove: () => rm(folder, { recursive: true }) };
}

/** What a program prints, and its exit code. */
export async function outcomeOf(file: string, ...args: string[]) {
  return run(process.execPath, [file, ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }) =>
      ({ code, stdout, stderr }) as { code: number; stdout: string; stderr: string },
  );
}
