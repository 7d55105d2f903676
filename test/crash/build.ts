import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Builds the function and sets it apart, so that it runs as it is deployed: with nothing near it. */
export default function setup(project: TestProject): () => void {
  execFileSync(process.execPath, ['scripts/build.mjs']);
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-crash-'));
  const bundle = join(folder, 'index.js');
  copyFileSync('dist/rotate-keys/index.js', bundle);
  project.provide('bundle', bundle);
  return () => rmSync(folder, { recursive: true });
}
