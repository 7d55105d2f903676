import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callsOneAfterAnother, type FunctionCompute } from '../../packages/local-alibaba-cloud/index';
import { statusFixture } from '../support/status-fixture';
import { deployed } from './compute';

const user = 'svc-orders';
const emergency = ['invoke', 'rotate', '--emergency', '--user', user];

const fixture = statusFixture('rotate-keys', 'emergency');
const { keyturn, keyturnProcess, writes } = fixture;
let compute: FunctionCompute;
let leaked: string;

beforeEach(async () => {
  const { account } = fixture;
  account.createUser('operator');
  account.attachUserPolicy('operator', {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: 'fc:InvokeFunction', Resource: '*' }],
  });
  fixture.operator = account.createKey('operator');
  account.createUser(user);
  leaked = account.createKey(user).accessKeyId;
  compute = await deployed(fixture.cloud, fixture.fixture, config());
  useCompute(compute.url);
});
afterEach(() => compute.stop());

const config = (more: object = {}) => ({
  ...fixture.config,
  rotation: { users: { names: [user] } },
  exempt: [{ user: 'break-glass', reason: 'emergency access' }],
  ...more,
});
/** All that the operator's machine needs to know. */
const useCompute = (fc: string) => fixture.fixture.configure({ endpoints: { sts: fixture.cloud.url, fc } });
const redeploy = async (more: object, deployment: object = {}) => {
  await compute.stop();
  compute = await deployed(fixture.cloud, fixture.fixture, config(more), deployment);
  useCompute(compute.url);
};
const keys = () =>
  Object.fromEntries([...fixture.account.user(user).keys.values()].map(({ id, status }) => [id, status]));

describe('an emergency', () => {
  test('kills the leaked key, prints the report and ends with 0, the key dead after at most 8 calls', async () => {
    fixture.cloud.latencyMs = 60;
    const { code, stdout, stderr } = await keyturn(...emergency, '--reason', 'leaked');
    expect(stdout).toMatch(new RegExp(`DisableAccessKey +${leaked} +done`));
    expect(stderr).toMatch(/It answered after \d+\.\d s\./);
    expect(code).toBe(0);
    expect(keys()[leaked]).toBe('Inactive');
    expect(Object.values(keys())).toContain('Active');
    const calls = fixture.cloud.calls.filter(({ principalArn }) => !principalArn?.endsWith('user/operator'));
    const end = calls.find(
      ({ action, params }) => action === 'UpdateAccessKey' && params.UserAccessKeyId === leaked,
    );
    if (!end) throw new Error(`${leaked} was not disabled`);
    expect(callsOneAfterAnother(calls, end)).toBeLessThanOrEqual(8);
  });

  test('through Function Compute 2.0', async () => {
    const arn = `acs:fc:cn-hangzhou:${fixture.account.id}:services/ops.LATEST/functions/keyturn-rotate-keys`;
    const { code, stdout } = await keyturn(...emergency, '--function', arn);
    expect(stdout).toContain('EmergencyReplaced');
    expect(code).toBe(0);
    expect(keys()[leaked]).toBe('Inactive');
  });

  test('--contain-only issues nothing', async () => {
    const { code } = await keyturn(...emergency, '--contain-only', '--key-id', leaked);
    expect(code).toBe(0);
    expect(keys()).toEqual({ [leaked]: 'Inactive' });
  });

  test('said again, it ends with 0 and changes nothing', async () => {
    await keyturn(...emergency);
    const after = keys();
    const { code, stdout } = await keyturn(...emergency);
    expect(stdout).toContain('AlreadyReplaced');
    expect(code).toBe(0);
    expect(keys()).toEqual(after);
  });

  test('waits for the end of another run', async () => {
    fixture.cloud.latencyMs = 100;
    const first = keyturnProcess('invoke', 'rotate');
    while (!compute.lanes.some((lane) => lane.busy)) await new Promise((resolve) => setTimeout(resolve, 20));
    const { code, stderr } = await keyturn(...emergency);
    expect(stderr).toContain('keyturn-rotate-keys is busy');
    expect(code).toBe(0);
    expect((await first).code).toBe(0);
  });
});

describe('is not proven to have worked', () => {
  test('a foreign second key takes the room: the report comes from the log, and a person has to act', async () => {
    await keyturn(...emergency);
    const { account } = fixture;
    account.deleteKey(account.key(account.user(user), leaked));
    const [current = ''] = Object.keys(keys());
    const foreign = account.createKey(user).accessKeyId;
    const { code, stdout, stderr } = await keyturn(...emergency, '--key-id', current);
    expect(stdout).toMatch(/svc-orders +ForeignSecondKey \(failed\) +DisableAccessKey +\S+ +done/);
    expect(stdout).toContain(foreign);
    expect(stderr).toContain('The emergency is not over');
    expect(code).toBe(1);
    expect(keys()).toEqual({ [current]: 'Inactive', [foreign]: 'Active' });
  });

  test.each([
    ['an unknown user', ['--user', 'nobody'], 'no RAM user nobody'],
    ['an exempt user', ['--user', 'break-glass'], 'is exempt'],
  ])('%s', async (_, args, message) => {
    fixture.account.createUser('break-glass');
    fixture.account.createKey('break-glass');
    const { code, stdout, stderr } = await keyturn('invoke', 'rotate', '--emergency', ...args);
    expect(stdout).toContain(message);
    expect(stderr).toContain('npx --no-install keyturn rotate --emergency');
    expect(code).toBe(1);
    expect(writes()).toEqual([]);
  });

  test('a user whom the policy protects, even with --force', async () => {
    fixture.account.createUser('break-glass');
    const { accessKeyId } = fixture.account.createKey('break-glass');
    const { code, stdout } = await keyturn(
      'invoke',
      'rotate',
      '--emergency',
      '--user',
      'break-glass',
      '--force',
    );
    expect(stdout).toContain('NoPermission');
    expect(stdout).toContain(`${accessKeyId} of user break-glass may still be enabled`);
    expect(code).toBe(1);
    const written = writes().filter(({ executed }) => executed);
    expect(written.filter(({ action }) => !/^(Tag|Untag)Resources$/.test(action))).toEqual([]);
  });

  test('the function runs out of time', async () => {
    await redeploy({}, { timeout: 1 });
    fixture.cloud.latencyMs = 700;
    const { code, stderr } = await keyturn(...emergency);
    expect(stderr).toContain('timed out');
    expect(code).toBe(1);
  });
});

describe('is refused', () => {
  test.each([
    ['without a user', ['--emergency'], 'Say whose key leaked with --user'],
    ['a key without emergency', ['--key-id', 'LTAI1'], 'are for `invoke emergency`'],
    ['an odd function name', [...emergency.slice(2), '--function', 'a/b'], '--function'],
  ])('%s, before any call', async (_, args, message) => {
    const { code, stderr } = await keyturn('invoke', 'rotate', ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(writes()).toEqual([]);
  });

  test('in mode plan, unless it is a dry run', async () => {
    await redeploy({ mode: 'plan' });
    const refused = await keyturn(...emergency);
    expect(refused.stderr).toContain('mode: plan');
    expect(refused.code).toBe(2);
    const planned = await keyturn(...emergency, '--dry-run');
    expect(planned.stdout).toMatch(new RegExp(`DisableAccessKey +${leaked} +planned`));
    expect(planned.code).toBe(0);
    expect(writes()).toEqual([]);
  });

  test('an unknown function: says where it looked, and the line that does it from here', async () => {
    const { code, stderr } = await keyturn(...emergency, '--function', 'rotate', '--reason', "it's out");
    expect(stderr).toContain(`no function rotate in cn-hangzhou of account ${fixture.account.id}`);
    expect(stderr).toContain(
      `npx --no-install keyturn rotate --emergency --user ${user} --reason 'it'\\''s out'`,
    );
    expect(code).toBe(1);
  });

  test('a caller without permission: names it', async () => {
    fixture.account.createUser('weak');
    fixture.operator = fixture.account.createKey('weak');
    const { code, stderr } = await keyturn(...emergency);
    expect(stderr).toContain('fc:InvokeFunction');
    expect(code).toBe(1);
  });

  test.each(['functions', 'services/ops/functions'])('Function Compute is down (%s)', async (path) => {
    await compute.stop();
    const arn = `acs:fc:cn-hangzhou:${fixture.account.id}:${path}/keyturn-rotate-keys`;
    const { code, stderr } = await keyturn(...emergency, '--function', arn);
    expect(stderr).toContain('ECONNREFUSED');
    expect(stderr).toContain(`npx --no-install keyturn rotate --emergency --user ${user}`);
    expect(code).toBe(1);
  });
});

test('an ordinary run is reported too, as JSON if that is asked for', async () => {
  const { code, stdout } = await keyturn('invoke', 'rotate', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ trigger: 'manual', status: 'ok' });
  expect(code).toBe(0);
});

test('no secret is printed', async () => {
  const { stdout, stderr } = await keyturn(...emergency);
  for (const secret of fixture.cloud.issuedSecrets()) expect(stdout + stderr).not.toContain(secret);
});

test('keyturn local serves the function as s.yaml has it, and the emergency works against it as it is documented', async () => {
  const local = await fixture.fixture.local();
  expect(local.text).toContain('Function Compute at http://127.0.0.1:');
  const { env } = local;
  const { code, stdout } = await fixture.fixture.keyturn([...emergency, '--reason', 'leaked'], { env });
  expect(stdout).toContain('EmergencyReplaced');
  expect(code).toBe(0);
  expect(await local.stop()).toEqual([0, null]);
});

describe('the function for emergencies', () => {
  test('is called by its own name, with a key id alone, and never waits for a rotation', async () => {
    await compute.stop();
    compute = await deployed(fixture.cloud, fixture.fixture, config(), {}, 'emergency');
    useCompute(compute.url);
    const { code, stdout, stderr } = await keyturn('invoke', 'emergency', '--key-id', leaked);
    expect(stderr).toContain('Calling keyturn-emergency');
    expect(stdout).toMatch(new RegExp(`DisableAccessKey +${leaked} +done`));
    expect(code).toBe(0);
    expect(keys()[leaked]).toBe('Inactive');
  });

  test('in mode plan it says so in one line, and takes --enforce', async () => {
    await compute.stop();
    compute = await deployed(fixture.cloud, fixture.fixture, config({ mode: 'plan' }), {}, 'emergency');
    useCompute(compute.url);
    const refused = await keyturn('invoke', 'emergency', '--user', user);
    expect(refused.stderr).toContain('--enforce');
    expect(refused.code).toBe(2);
    expect(keys()[leaked]).toBe('Active');
    const { code } = await keyturn('invoke', 'emergency', '--user', user, '--enforce');
    expect(code).toBe(0);
    expect(keys()[leaked]).toBe('Inactive');
  });
});
