import { dirname, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { LocalCloud } from './cloud';
import { readDeployments } from './fc/deployment';
import { FunctionCompute } from './fc/function-compute';
import { Timers } from './fc/timers';
import { parseSwitches, SWITCHES, valuesOf } from './switches';

const TICK_MS = 1_000;

const HELP = `local-alibaba-cloud [options]

Serves Alibaba Cloud on 127.0.0.1 until it is stopped.

  --port <number>        default: any free one
  --seed <number>        the same seed gives the same ids and secrets
  --region <id>          of KMS; default: cn-hangzhou
  --latency <ms>         that each call takes
  --quotas               keep the documented rates
  --functions <s.yaml>   run these functions and their timers; Function Compute has the next port
  --switch <name=value>  as often as needed
  --help

Switches:
${Object.entries(SWITCHES)
  .map(([name, entry]) => `  ${name.padEnd(26)}${entry.about}\n${' '.repeat(28)}${valuesOf(entry)}`)
  .join('\n')}`;

/** What runs until it is stopped. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * The command line: `local-alibaba-cloud --port 8899 --switch neverUsed=absent`.
 * @returns undefined where help was wanted
 * @throws a TypeError for options that are none
 */
export async function run(argv: string[], print: (text: string) => void): Promise<Running | undefined> {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string', default: '0' },
      seed: { type: 'string' },
      region: { type: 'string' },
      latency: { type: 'string', default: '0' },
      quotas: { type: 'boolean', default: false },
      functions: { type: 'string' },
      switch: { type: 'string', multiple: true, default: [] },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    print(HELP);
    return undefined;
  }
  const port = numberOf('--port', values.port);
  const cloud = await LocalCloud.start({
    port,
    seed: values.seed === undefined ? undefined : numberOf('--seed', values.seed),
    region: values.region,
    latencyMs: numberOf('--latency', values.latency),
    quotas: values.quotas,
    switches: parseSwitches(values.switch),
    recordCalls: false,
  });
  const { accessKeyId, accessKeySecret } = cloud.account().rootKey;
  print(`Alibaba Cloud: ${cloud.url}, account ${cloud.account().id}`);
  print(`export ALIBABA_CLOUD_ACCESS_KEY_ID=${accessKeyId}`);
  print(`export ALIBABA_CLOUD_ACCESS_KEY_SECRET=${accessKeySecret}`);
  const functions = values.functions
    ? await serveFunctions(cloud, values.functions, port && port + 1).catch(async (error) => {
        await cloud.stop();
        throw error;
      })
    : undefined;
  if (functions) print(`Function Compute: ${functions.url}`);
  return {
    url: cloud.url,
    stop: async () => {
      await functions?.stop();
      await cloud.stop();
    },
  };
}

async function serveFunctions(cloud: LocalCloud, file: string, port: number): Promise<Running> {
  const deployments = readDeployments(file, dirname(resolve(file)), process.env);
  const compute = await FunctionCompute.start(cloud, deployments, { port });
  const timers = new Timers(compute.lanes, () => cloud.clock.now());
  const ticking = setInterval(() => timers.tick(), TICK_MS);
  return {
    url: compute.url,
    stop: async () => {
      clearInterval(ticking);
      await compute.stop();
    },
  };
}

function numberOf(option: string, text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new TypeError(`${option} must be a whole number, not "${text}"`);
  return Number(text);
}
