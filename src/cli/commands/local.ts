import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Command, InvalidArgumentError } from 'commander';
import {
  type Deployment,
  FunctionCompute,
  type Invoked,
  LocalCloud,
  readDeployments,
  Timers,
} from '../../../packages/local-alibaba-cloud/index';
import { CommandError, exitCode } from '../exit-code';
import { withManual } from '../help';
import { createRoles, seedAccount } from '../local/account';
import { introduction, localConfig } from '../local/config';

interface LocalOptions {
  port?: number;
  seed?: number;
}

/** The folder of s.yaml, seen from the built command line. */
const project = join(__dirname, '..', '..');

export function localCommand(): Command {
  const command = new Command('local')
    .description('Serve an Alibaba Cloud of your own on this machine, until stopped.')
    .option(
      '-p, --port <number>',
      'the port; Function Compute has the next one (default: any free ones)',
      port,
    )
    .option('--seed <number>', 'the same seed gives the same ids', seedOf)
    .action(async ({ port: wanted = 0, seed }: LocalOptions) => {
      const cloud = await LocalCloud.start({ port: wanted, seed, recordCalls: false }).catch(portTaken);
      const key = seedAccount(cloud);
      await createRoles(cloud, key, localConfig(cloud));
      const deployments = deploymentsIn(cloud);
      const compute =
        deployments.length > 0 &&
        (await FunctionCompute.start(cloud, deployments, { port: wanted && wanted + 1, watch: tell }).catch(
          async (error) => {
            await cloud.stop();
            return portTaken(error);
          },
        ));
      const fc = compute ? compute.url : undefined;
      const functions = deployments.map(({ name }) => name);
      console.log(introduction({ cloud, key, config: localConfig(cloud, fc), fc, functions }));
      const ticking = compute ? startTimers(compute, cloud) : undefined;
      const stop = () => {
        clearInterval(ticking);
        if (compute) void compute.stop();
        void cloud.stop();
      };
      process.once('SIGINT', stop).once('SIGTERM', stop);
    });
  return withManual(command, {
    examples: [
      ['local', 'prints what to export and the configuration to work with'],
      ['local --port 8899 --seed 5', 'always at the same place, with the same ids'],
    ],
    ends: { 0: 'it was stopped' },
  });
}

/** The functions that s.yaml deploys, as far as they are built, configured for this cloud. */
function deploymentsIn(cloud: LocalCloud): Deployment[] {
  const env = {
    ALIYUN_ACCOUNT_ID: cloud.account().id,
    FC_DEPLOY_REGION: cloud.region,
    SLS_PROJECT: 'local',
  };
  return readDeployments(join(project, 's.yaml'), project, env)
    .filter(({ codeDir }) => existsSync(codeDir))
    .map((deployment) => ({ ...deployment, env: { KEYTURN_CONFIG: localConfig(cloud) } }));
}

function startTimers({ lanes }: FunctionCompute, cloud: LocalCloud): NodeJS.Timeout {
  const timers = new Timers(lanes, () => cloud.clock.now());
  return setInterval(() => timers.tick(), 1_000);
}

function tell({ function: name, outcome, lost }: Invoked): void {
  const took = `${outcome.ms.toFixed(0)} ms, ${outcome.coldStart ? 'cold' : 'warm'}`;
  const fate = outcome.ok ? 'ok' : `${outcome.error.errorMessage}${lost ? ' (given up)' : ''}`;
  console.log(`${name} ${outcome.requestId} (${took}): ${fate}`);
}

function portTaken(error: unknown): never {
  if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
  const taken = 'port' in error ? error.port : '';
  throw new CommandError(
    `Port ${taken} is taken: choose another with --port, or leave it out.`,
    exitCode.refused,
  );
}

function seedOf(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It must be a whole number.');
}

function port(text: string): number {
  const number = Number(text);
  if (/^\d{1,5}$/.test(text) && number < 65_535) return number;
  throw new InvalidArgumentError('It must be a port, 0 to 65534.');
}
