import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';

/** A folder in which what one test file has built is there for the others, until the run ends or its code changes. */
export default function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-builds-'));
  const empty = () => rmSync(folder, { recursive: true, force: true });
  project.provide('builds', folder);
  project.onTestsRerun(empty);
  return empty;
}
