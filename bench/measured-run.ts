import { spawn } from 'node:child_process';
import { once } from 'node:events';

export interface MeasuredRun {
  readonly ok: boolean;
  /** From the invocation to the answer, loading the code included. */
  readonly seconds: number;
  /** The most memory that the process ever held. */
  readonly peakMegabytes: number;
  readonly failure: string;
}

/** As s.yaml sets it: a function's memory is what it costs. */
const nodeOptions = '--max-old-space-size=128 --max-semi-space-size=2';

/** Loads the bundle, calls the handler once, and tells what it took. Runs in the process that is measured. */
const script = `
const [codeDir, event, context] = process.argv.slice(1);
const began = process.hrtime.bigint();
const { handler } = require(codeDir + '/index.js');
const done = (failure) => {
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  process.send({ ok: !failure, failure, seconds, peakMegabytes: process.resourceUsage().maxRSS / 1024 });
  process.disconnect();
};
handler(Buffer.from(event), JSON.parse(context)).then(() => done(''), (error) => done(error.message));
`;

/** One invocation of a built function in a process of its own. */
export async function measuredRun(
  codeDir: string,
  event: unknown,
  context: unknown,
  config: unknown,
): Promise<MeasuredRun> {
  const child = spawn(
    process.execPath,
    ['-e', script, codeDir, JSON.stringify(event), JSON.stringify(context)],
    {
      env: { PATH: process.env.PATH, NODE_OPTIONS: nodeOptions, KEYTURN_CONFIG: JSON.stringify(config) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );
  const [measured] = await once(child, 'message');
  await once(child, 'exit');
  return measured as MeasuredRun;
}
