import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { progressBar } from '../src/cli/text/progress-bar';
import { demo } from './demo';

const USAGE = 'npm run demo -- [--days 200] [--seed 7]';

function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && value <= 10_000) return value;
  throw new TypeError(`--${name} must be a whole number from ${least} to 10000, not '${text}'`);
}

function readArguments(): { days: number; seed: number } {
  const { values } = parseArgs({
    options: { days: { type: 'string', default: '200' }, seed: { type: 'string', default: '7' } },
  });
  return { days: wholeNumber('days', values.days, 1), seed: wholeNumber('seed', values.seed, 0) };
}

async function main(): Promise<number> {
  let given: ReturnType<typeof readArguments>;
  try {
    given = readArguments();
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nUsage: ${USAGE}`);
    return 2;
  }
  return demo({
    ...given,
    built: join(__dirname, '..'),
    write: (text) => process.stdout.write(text),
    progress: progressBar('Days'),
  });
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  },
);
