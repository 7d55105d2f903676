import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { promisify } from 'node:util';

export interface ColdStart {
  readonly bundle: string;
  readonly kilobytes: number;
  /** From the start of the process to the loaded module; the median. */
  readonly milliseconds: number;
  /** To the same of RAM's and KMS's SDKs bundled alone. */
  readonly ratio: number;
}

const rounds = 21;
const run = promisify(execFile);

/** How long the built functions take to load. In turns, since a machine is not as fast at one moment as at the next. */
export async function benchColdStart(dist: string): Promise<ColdStart[]> {
  const files = {
    'the SDKs of RAM and KMS alone': resolve(dist, 'bench/sdks.js'),
    'rotate-keys': resolve(dist, 'rotate-keys/index.js'),
    'disable-inactive': resolve(dist, 'disable-inactive/index.js'),
  };
  const times = new Map<string, number[]>(Object.keys(files).map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const [name, file] of Object.entries(files)) times.get(name)?.push(await loadTime(file));
  }
  const medians = Object.entries(files).map(([bundle, file]) => ({
    bundle,
    kilobytes: Math.round(statSync(file).size / 1024),
    milliseconds: Math.round(median(times.get(bundle) ?? [])),
  }));
  const alone = medians[0]?.milliseconds ?? 1;
  return medians.map((each) => ({ ...each, ratio: Math.round((100 * each.milliseconds) / alone) / 100 }));
}

async function loadTime(file: string): Promise<number> {
  const startedAt = performance.now();
  await run(process.execPath, ['-e', `require(${JSON.stringify(file)})`]);
  return performance.now() - startedAt;
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
