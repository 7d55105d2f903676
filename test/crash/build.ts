import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** Builds the function and sets it apart, so that it runs as it is deployed: with nothing near it. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-crash-'));
  execFileSync(process.execPath, ['scripts/build.mjs', '--outdir', folder, 'rotate-keys']);
  project.provide('bundle', join(folder, 'rotate-keys', 'index.js'));
  return () => rmSync(folder, { recursive: true });
}
