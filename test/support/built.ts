import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';

const root = resolve(__dirname, '../..');

/** The folder in which these bundles lie side by side, each built once in a run of the tests. */
export async function builtTogether(...names: string[]): Promise<string> {
  for (const name of names) await built(name);
  return inject('builds');
}

/** The folder of a bundle of scripts/build.mjs, built once in a run of the tests: read it, but leave it as it is. */
export async function built(name: string): Promise<string> {
  const builds = inject('builds');
  const folder = join(builds, name);
  if (existsSync(folder)) return folder;
  mkdirSync(builds, { recursive: true });
  const own = mkdtempSync(join(builds, 'unfinished-'));
  const script = join(root, 'scripts/build.mjs');
  await promisify(execFile)(process.execPath, [script, '--outdir', own, name], { cwd: root });
  try {
    renameSync(join(own, name), folder);
  } catch (error) {
    // Another worker was first.
    if (!existsSync(folder)) throw error;
  }
  rmSync(own, { recursive: true });
  return folder;
}

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where built bundles are shared. */
    builds: string;
  }
}
