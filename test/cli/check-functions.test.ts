import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  type Deployment,
  FunctionCompute,
  type PolicyDocument,
} from '../../packages/local-alibaba-cloud/index';
import type { Findings } from '../../src/check/check';
import { deployedName, functions } from '../../src/setup/roles';
import { AccountToCheck, everythingNeeded } from '../support/account-to-check';
import { builtTogether } from '../support/built';
import { CliFixture, operatorEnv } from '../support/cli-fixture';

const names = functions.map(({ name }) => deployedName('keyturn', name));

let builds: string;
let fixture: CliFixture;
let it: AccountToCheck;
let compute: FunctionCompute;

beforeAll(async () => {
  builds = await builtTogether(...functions.map(({ name }) => name));
  fixture = await CliFixture.open('keyturn');
});
afterAll(() => fixture.close());

beforeEach(async () => {
  it = await AccountToCheck.open();
  it.allow([...everythingNeeded(), 'fc:InvokeFunction']);
  fixture.configure(it.config({ notify: hook() }));
  await fixture.keyturn(['setup', '--yes'], { env: env(operatorEnv(it.account.rootKey)) });
  await deploy(names);
});
afterEach(async () => {
  await compute.stop();
  await it.close();
});

/** Something that takes connections. */
const hook = () => [{ type: 'webhook', url: it.cloud.url, secret: 'signs-what-is-sent', allowPrivate: true }];
const env = (more: Record<string, string> = {}) => ({
  ...operatorEnv(it.operator),
  SLS_PROJECT: 'operations',
  ...more,
});

async function deploy(deployed: readonly string[], more: object = {}): Promise<void> {
  const deployments = functions
    .map(({ name: job }) => ({ job, name: deployedName('keyturn', job) }))
    .filter(({ name }) => deployed.includes(name))
    .map(
      ({ job, name }): Deployment => ({
        name,
        account: it.account.id,
        region: it.cloud.region,
        role: name,
        codeDir: `${builds}/${job}`,
        handler: 'index.handler',
        memory: 512,
        timeout: 600,
        env: { KEYTURN_CONFIG: JSON.stringify(it.config({ notify: hook(), ...more })) },
        retries: 2,
        timers: [],
      }),
    );
  compute = await FunctionCompute.start(it.cloud, deployments);
  const { endpoints, ...rest } = it.config({ notify: hook() });
  fixture.configure({ ...rest, endpoints: { ...(endpoints as object), fc: compute.url } });
}

const check = () => fixture.keyturn(['check'], { env: env() });
const parsed = async (): Promise<Findings> =>
  JSON.parse((await fixture.keyturn(['check', '--json'], { env: env() })).stdout);

/** Takes an action out of the policy of a deployed role. */
function takeFrom(name: string, action: string): PolicyDocument {
  const policy = it.account.policy(name, 'Custom');
  const { Version, Statement } = policy.current.policy.document;
  const rest = Statement.map((one) => ({
    ...one,
    Action: [one.Action ?? []].flat().filter((each) => each !== action),
  })).filter(({ Action }) => Action.length > 0);
  const document = { Version, Statement: rest };
  it.account.addPolicyVersion(policy, document, true);
  return document;
}

test('with everything as setup makes it, every function says so, and nothing is changed', async () => {
  const before = it.cloud.calls.length;
  const { code, stdout } = await check();
  expect(stdout).not.toMatch(/^failure/m);
  for (const name of names)
    expect(stdout).toMatch(new RegExp(`^ok +${name} has \\d+ of the \\d+ permissions`, 'm'));
  expect(stdout).not.toContain('PERMISSION');
  expect(code).toBe(0);
  const since = it.cloud.calls.slice(before).filter(({ write, executed }) => write && executed);
  expect(since.map(({ action }) => action)).toEqual([]);
});

test('a permission that a function lacks: two columns, and a statement that mends it as it is', async () => {
  const document = takeFrom('keyturn-rotate-keys', 'ram:CreateAccessKey');
  const { code, stdout } = await check();
  expect(stdout).toMatch(/^failure +keyturn-rotate-keys lacks ram:CreateAccessKey on acs:ram:/m);
  expect(stdout).toMatch(/^ACCOUNT +PERMISSION +YOU +rotate-keys /m);
  expect(stdout).toMatch(/^\d{16} +ram:CreateAccessKey +allowed +denied +- +allowed +allowed$/m);
  expect(code).toBe(1);
  const printed = stdout.split('\n').find((line) => line.trim().startsWith('{"Effect"'));
  const { Version, Statement } = document;
  const mended = { Version, Statement: [...Statement, JSON.parse(printed ?? '')] };
  it.account.addPolicyVersion(it.account.policy('keyturn-rotate-keys', 'Custom'), mended, true);
  expect((await check()).stdout).not.toMatch(/^failure +keyturn-rotate-keys lacks/m);
});

test('what you lack and the functions have is a warning', async () => {
  it.allow([...everythingNeeded(), 'fc:InvokeFunction'].filter((one) => one !== 'ram:DeleteAccessKey'));
  const { code, stdout } = await check();
  expect(stdout).toMatch(/^warning +acs:ram::\d+:user\/operator lacks ram:DeleteAccessKey/m);
  expect(stdout).toMatch(/^\d{16} +ram:DeleteAccessKey +denied +allowed/m);
  expect(code).toBe(0);
});

test('--json has both columns, whole', async () => {
  const { permissions } = await parsed();
  expect(permissions).toContainEqual({
    account: it.account.id,
    action: 'ram:CreateAccessKey',
    you: 'allowed',
    functions: { 'rotate-keys': 'allowed', 'respond-to-leaks': 'allowed', emergency: 'allowed' },
  });
});

describe('a function that does not answer', () => {
  const lines = async () =>
    (await parsed()).lines
      .filter(({ id }) => id === 'function')
      .map(({ state, text }) => `${state}: ${text}`);

  test('since it is not deployed', async () => {
    await compute.stop();
    await deploy(['keyturn-rotate-keys']);
    expect(await lines()).toEqual([
      expect.stringMatching(/^ok: keyturn-rotate-keys has/),
      `ok: Not deployed here, and so not asked what they may do: ${names.slice(1).join(', ')}.`,
    ]);
  });

  test('since you may not call it', async () => {
    it.allow(everythingNeeded());
    expect(await lines()).toEqual([
      expect.stringMatching(/^warning: What they may do could not be asked of /),
    ]);
  });

  test('since its configuration cannot be used', async () => {
    await compute.stop();
    await deploy(['keyturn-emergency'], { mode: 'no mode' });
    expect((await lines())[1]).toMatch(
      /^failure: Asked to check itself, keyturn-emergency failed: keyturn configuration: mode/,
    );
  });
});
