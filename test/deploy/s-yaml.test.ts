import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployedSchema } from '../../deploy/deployed-schema';
import { readDeployments } from '../../packages/local-alibaba-cloud/index';
import { jobs, nameOfJob } from '../../src/cli/deployed/names';
import { parseConfig } from '../../src/config/load';
import { rolesFor } from '../../src/setup/roles';
import { ServerlessDevs } from './serverless-devs';

const root = resolve(__dirname, '../..');
const file = join(root, 's.yaml');
const account = '1234567890123456';
const required = { ALIYUN_ACCOUNT_ID: account, SLS_PROJECT: 'operations' };

interface Preview {
  vars: Record<string, string>;
  resources: Record<string, { component: string; props: Record<string, unknown> }>;
  [section: string]: unknown;
}

let s: ServerlessDevs;
let preview: Preview;

beforeAll(async () => {
  s = new ServerlessDevs();
  preview = await previewWith(required);
});
afterAll(() => s.close());

async function previewWith(env: Record<string, string>): Promise<Preview> {
  const { code, output } = await s.run(['preview', '-o', 'json'], env);
  expect(code, output).toBe(0);
  return JSON.parse(output.slice(output.indexOf('{')));
}

const problemsOf = (document: unknown): string[] =>
  deployedSchema
    .safeParse(document)
    .error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

/** The preview with one thing changed, by its path. */
function changed(path: string, value: unknown): unknown {
  const copy = structuredClone(preview);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const holder = keys.reduce<Record<string, unknown>>(
    (inner, key) => inner[key] as Record<string, unknown>,
    copy,
  );
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
}

test('s preview makes of it what Function Compute takes', () => {
  expect(problemsOf(preview)).toEqual([]);
});

test('what .env may say arrives', async () => {
  const { resources } = await previewWith({
    ...required,
    FC_DEPLOY_REGION: 'cn-shanghai',
    KEYTURN_TIMEZONE: 'Europe/Berlin',
    MNS_TOPIC: 'alarms',
    KEYTURN_DEPLOYMENT: 'team-a',
    SLS_LOGSTORE: 'functions',
    HOOK_SECRET: 'given',
  });
  for (const [name, { props }] of Object.entries(resources)) {
    expect(props).toMatchObject({
      region: 'cn-shanghai',
      logConfig: { project: 'operations', logstore: 'functions' },
      environmentVariables: {
        HOOK_SECRET: 'given',
        KEYTURN_DEPLOYMENT: 'team-a',
        KEYTURN_TIMEZONE: 'Europe/Berlin',
      },
      functionName: expect.stringMatching(/^team-a-/),
      role: expect.stringMatching(/:role\/team-a-/),
      asyncInvokeConfig: {
        destinationConfig: {
          onFailure: { destination: `acs:mns:cn-shanghai:${account}:/topics/alarms/messages` },
        },
      },
    });
    if (name === 'emergency') continue;
    expect(props.triggers).toMatchObject([
      {
        triggerConfig: {
          cronExpression: expect.stringMatching(/^CRON_TZ=Europe\/Berlin 0 (0 \d|\*\/5 \*) /),
        },
      },
    ]);
  }
});

test.each(Object.keys(required))('without %s it stops, and names it', async (name) => {
  const { code, output } = await s.run(['preview', '-o', 'json'], {
    ...required,
    [name]: undefined as never,
  });
  expect(code).not.toBe(0);
  expect(output).toContain(name);
});

test('.env.example names exactly the variables that s.yaml asks for', () => {
  const asked = [...readFileSync(file, 'utf8').matchAll(/env\('(\w+)'/g)].map(([, name]) => name);
  const named = [...readFileSync(join(root, '.env.example'), 'utf8').matchAll(/^(?:# )?([A-Z_]+)=/gm)].map(
    ([, name]) => name,
  );
  expect(new Set(named)).toEqual(new Set(asked));
});

test('what runs before a deployment asks nothing of the cloud, which may not know the roles yet', () => {
  expect(readFileSync(file, 'utf8')).toContain('- run: node bin/keyturn.js check --offline\n');
});

test('the local Function Compute reads it as Serverless Devs does', () => {
  const deployments = readDeployments(file, root, required);
  const previewed = Object.values(preview.resources).map(({ props }) => props);
  expect(deployments).toHaveLength(4);
  for (const [index, deployment] of deployments.entries()) {
    const { functionName, region, code, memorySize, timeout, environmentVariables } = previewed[index] ?? {};
    expect(deployment).toMatchObject({ name: functionName, region, account, memory: memorySize, timeout });
    expect(deployment.codeDir).toBe(resolve(root, String(code)));
    expect(deployment.env).toEqual(environmentVariables);
    expect(previewed[index]?.role).toBe(`acs:ram::${account}:role/${deployment.role}`);
    expect(previewed[index]?.triggers ?? []).toMatchObject(
      deployment.timers.map(({ name, cron, payload }) => ({
        triggerName: name,
        triggerConfig: { cronExpression: cron, payload },
      })),
    );
  }
});

test('its roles are those that setup creates, and its names those that invoke calls', () => {
  const site = {
    account,
    region: 'cn-hangzhou',
    logProject: 'p',
    logStore: 'l',
    failureTopic: 't',
    userPrefix: '',
    protect: [],
  };
  const created = rolesFor(parseConfig('{}', {}), site).map(({ name }) => `acs:ram::${account}:role/${name}`);
  const previewed = Object.values(preview.resources).map(({ props }) => props);
  expect(previewed.map(({ role }) => role)).toEqual(created);
  expect(previewed.map(({ functionName }) => functionName)).toEqual(
    jobs.map((job) => nameOfJob('keyturn', job)),
  );
});

const rotate = 'resources.rotate.props';
const emergency = 'resources.emergency.props';

test.each([
  ['a misspelled property', `${rotate}.timeOut`, 600],
  ['a misspelled property of the timer', `${rotate}.triggers.0.triggerConfig.cronExpresion`, '0 0 3 * * *'],
  ['a timer without its cron expression', `${rotate}.triggers.0.triggerConfig.cronExpression`, undefined],
  ['five cron fields', `${rotate}.triggers.0.triggerConfig.cronExpression`, '0 3 * * *'],
  ['a cron field out of range', `${rotate}.triggers.0.triggerConfig.cronExpression`, '0 0 24 * * *'],
  [
    'an unknown time zone',
    `${rotate}.triggers.0.triggerConfig.cronExpression`,
    'CRON_TZ=Asia/Hangzhou 0 0 3 * * *',
  ],
  ['a payload that is no JSON', `${rotate}.triggers.0.triggerConfig.payload`, 'daily'],
  ['a timer switched off', `${rotate}.triggers.0.triggerConfig.enable`, false],
  ['no timer', `${rotate}.triggers`, []],
  ['an emergency that is one at a time', `${emergency}.concurrencyConfig`, { reservedConcurrency: 1 }],
  ['an emergency with a timer', `${emergency}.triggers`, []],
  ['no function for emergencies', 'resources.emergency', undefined],
  ['a trigger of another type', `${rotate}.triggers.0.triggerType`, 'http'],
  ['an odd timer name', `${rotate}.triggers.0.triggerName`, '3am'],
  ['a role without account', `${rotate}.role`, 'acs:ram:::role/keyturn-rotate-keys'],
  ['a role in capitals, which fc3 would change', `${rotate}.role`, `acs:ram::${account}:role/Keyturn`],
  ['no role', `${rotate}.role`, undefined],
  ['too little memory per core', `${rotate}.cpu`, 1],
  ['too much memory per core', `${rotate}.cpu`, 0.05],
  ['a cpu between two steps', `${rotate}.cpu`, 0.37],
  ['memory between two steps', `${rotate}.memorySize`, 500],
  ['an old runtime', `${rotate}.runtime`, 'nodejs16'],
  ['a reserved variable', `${rotate}.environmentVariables.FC_REGION`, 'cn-hangzhou'],
  ['no failure destination', `${rotate}.asyncInvokeConfig.destinationConfig`, undefined],
  ['more than one run at a time', `${rotate}.concurrencyConfig.reservedConcurrency`, 2],
  ['an odd function name', `${rotate}.functionName`, '1-rotate'],
  ['two functions of one name', `${rotate}.functionName`, 'keyturn-disable-inactive'],
  [
    'both timers at once',
    `${rotate}.triggers.0.triggerConfig.cronExpression`,
    'CRON_TZ=Asia/Shanghai 0 0 4 * * *',
  ],
  ['a component that is not pinned', 'resources.rotate.component', 'fc3'],
  ['no build before the deployment', 'actions', {}],
  ['properties that are not validated', 'validation', false],
  [
    'an asynchronous configuration that fc3 would complete',
    `${rotate}.asyncInvokeConfig.qualifier`,
    undefined,
  ],
  [
    'keys of the log in another order than the service has',
    `${rotate}.logConfig`,
    {
      project: 'operations',
      logstore: 'keyturn',
      logBeginRule: 'None',
      enableInstanceMetrics: true,
      enableRequestMetrics: true,
    },
  ],
  ['another edition', 'edition', '1.0.0'],
])('refuses %s', (_, path, value) => {
  expect(problemsOf(changed(path, value))).not.toEqual([]);
});

describe('after the build', () => {
  const out = mkdtempSync(join(tmpdir(), 'keyturn-build-'));
  beforeAll(async () => {
    const script = join(root, 'scripts/build.mjs');
    await promisify(execFile)(
      process.execPath,
      [script, '--outdir', out, 'rotate-keys', 'disable-inactive', 'respond-to-leaks', 'emergency'],
      {
        cwd: root,
      },
    );
  }, 60_000);
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  test('the code of every function is there, and its handler loads with no node_modules near it', async () => {
    for (const { props } of Object.values(preview.resources)) {
      const code = join(out, String(props.code).replace('./dist/', ''));
      const [module, exported] = String(props.handler).split('.');
      const program = `console.log(typeof require(${JSON.stringify(join(code, module ?? ''))})[${JSON.stringify(exported)}])`;
      const { stdout } = await promisify(execFile)(process.execPath, ['-e', program], { cwd: code });
      expect(stdout.trim()).toBe('function');
    }
  });
});
