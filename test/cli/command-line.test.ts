import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { LocalCloud } from '../../local/cloud';
import type { Pair } from '../../local/seed';
import { operatorEnv, Workshop } from './workshop';

let workshop: Workshop;
let cloud: LocalCloud;
let operator: Pair;

beforeAll(async () => {
  workshop = await Workshop.open('keyturn');
});
afterAll(() => workshop.close());

beforeEach(async () => {
  cloud = await LocalCloud.start();
  const account = cloud.account();
  account.createUser('operator');
  account.attachUserPolicy('operator', {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  operator = account.createKey('operator');
  account.createUser('svc-orders');
  workshop.configure(config());
});
afterEach(() => cloud.stop());

const config = (more: object = {}) => ({
  mode: 'enforce',
  region: 'cn-hangzhou',
  endpoints: { ram: cloud.url, ims: cloud.url, kms: cloud.url, sts: cloud.url },
  rotation: { users: { names: ['svc-orders'] } },
  exempt: [{ user: 'break-glass', reason: 'emergency access' }],
  ...more,
});
const keyturn = (...args: string[]) => workshop.keyturn(args, { env: operatorEnv(operator) });
const writes = () => cloud.calls.filter(({ write, executed }) => write && executed);
const keys = (user: string) =>
  Object.fromEntries([...cloud.account().user(user).keys.values()].map(({ id, status }) => [id, status]));

test('what is typed wrong ends with 2 and a suggestion, before any call', async () => {
  const { code, stderr, stdout } = await keyturn('rotat');
  expect(stderr).toContain('Did you mean rotate?');
  expect(stdout).toBe('');
  expect(code).toBe(2);
  expect(await keyturn()).toMatchObject({ code: 2, stderr: expect.stringContaining('notify-test') });
  expect(await keyturn('setup', '--help')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('--print'),
  });
  expect(cloud.calls).toEqual([]);
});

describe('rotate', () => {
  test('issues a first key and reports it as a table', async () => {
    const { code, stdout, stderr } = await keyturn('rotate');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const [id = ''] = Object.keys(keys('svc-orders'));
    expect(stdout).toMatch(/^rotate-keys: ok \(mode enforce, /);
    expect(stdout).toContain(`CreateAccessKey  ${id}  done`);
    expect(cloud.account().secret('keyturn/svc-orders')?.versions.get(id)?.stages).toContain('ACSCurrent');
  });

  test('--dry-run writes nothing', async () => {
    const { code, stdout } = await keyturn('rotate', '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('planned');
    expect(writes()).toEqual([]);
  });

  test('--json prints the report, and no secret with it', async () => {
    const { stdout } = await keyturn('rotate', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      function: 'rotate-keys',
      status: 'ok',
      summary: { users: 1 },
    });
    for (const secret of cloud.issuedSecrets()) expect(stdout).not.toContain(secret);
  });

  test('--emergency kills the key', async () => {
    const { accessKeyId } = cloud.account().createKey('svc-orders');
    const { code, stdout } = await keyturn(
      'rotate',
      '--emergency',
      '--user',
      'svc-orders',
      '--reason',
      'leaked',
    );
    expect(stdout).toMatch(new RegExp(`DisableAccessKey +${accessKeyId} +done`));
    expect(keys('svc-orders')[accessKeyId]).toBe('Inactive');
    expect(code).toBe(0);
  });

  test('--contain-only with --key-id kills it with KMS down', async () => {
    cloud.faults.add({ match: ({ product }) => product === 'kms', kind: 'error', status: 503, times: 99 });
    const { accessKeyId } = cloud.account().createKey('svc-orders');
    const ended = await keyturn(
      ...['rotate', '--emergency', '--contain-only', '--user', 'svc-orders', '--key-id', accessKeyId],
    );
    expect(ended.code).toBe(0);
    expect(keys('svc-orders')).toEqual({ [accessKeyId]: 'Inactive' });
  });

  test.each([
    ['an emergency without users', ['--emergency'], 2, 'needs users'],
    ['a key without emergency', ['--user', 'svc-orders', '--key-id', 'LTAI1'], 2, 'needs emergency'],
    ['a user that is not managed', ['--user', 'stranger'], 2, 'not a managed user'],
    ['an unknown user', ['--emergency', '--user', 'nobody'], 1, 'no RAM user nobody'],
    ['an exempt user', ['--emergency', '--user', 'break-glass'], 1, 'is exempt'],
    ['an unknown account', ['--account', '999'], 2, 'none of the accounts'],
  ])('refuses %s, and writes nothing', async (_, args, expected, message) => {
    cloud.account().createUser('break-glass');
    cloud.account().createKey('break-glass');
    const { code, stdout, stderr } = await keyturn('rotate', ...args);
    expect(stdout + stderr).toContain(message);
    expect(code).toBe(expected);
    expect(writes()).toEqual([]);
  });

  test('refuses an emergency in mode plan, before any call', async () => {
    workshop.configure(config({ mode: 'plan' }));
    const { code, stderr } = await keyturn('rotate', '--emergency', '--user', 'svc-orders');
    expect(stderr).toContain('mode: plan');
    expect(code).toBe(2);
    expect(cloud.calls).toEqual([]);
  });

  test.each([
    ['a typo', { rotaton: {} }, 'did you mean rotation?'],
    ['a short grace', { rotation: { grace: 'PT1H' } }, 'rotation.grace'],
    ['plain http', { endpoints: { ram: 'http://ram.aliyuncs.com' } }, 'endpoints.ram'],
  ])('refuses a configuration with %s in one line, before any call', async (_, more, message) => {
    workshop.configure(config(more));
    const { code, stderr } = await keyturn('rotate');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(cloud.calls).toEqual([]);
  });

  test('takes another configuration with --config', async () => {
    writeFileSync(join(workshop.desk, 'other.yaml'), 'mode: enforcing');
    const { code, stderr } = await keyturn('rotate', '--config', 'other.yaml');
    expect(stderr).toContain('mode');
    expect(code).toBe(2);
  });
});

describe('credentials', () => {
  test('are missing: says where they can come from', async () => {
    const { code, stderr } = await workshop.keyturn(['rotate']);
    expect(stderr).toContain('ALIBABA_CLOUD_ACCESS_KEY_ID');
    expect(stderr).toContain('aliyun configure');
    expect(code).toBe(2);
  });

  test('are not even looked for where the request cannot be meant', async () => {
    const { code, stderr } = await workshop.keyturn(['rotate', '--emergency']);
    expect(stderr).toContain('needs users');
    expect(code).toBe(2);
  });

  test('come from the profile of the aliyun CLI', async () => {
    const home = join(workshop.folder, 'home');
    mkdirSync(join(home, '.aliyun'), { recursive: true });
    const profile = {
      name: 'work',
      mode: 'AK',
      access_key_id: operator.accessKeyId,
      access_key_secret: operator.accessKeySecret,
    };
    writeFileSync(
      join(home, '.aliyun/config.json'),
      JSON.stringify({ current: 'work', profiles: [profile] }),
    );
    const { code, stderr } = await workshop.keyturn(['rotate', '--dry-run'], { env: { HOME: home } });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('of a session come with their token, and .env may hold them', async () => {
    const account = cloud.account();
    account.createRole('admin', {
      policies: [{ Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
    });
    const cwd = join(workshop.folder, 'with-env');
    mkdirSync(cwd, { recursive: true });
    const lines = Object.entries(operatorEnv(account.assume('admin'))).map(
      ([name, value]) => `${name}=${value}`,
    );
    writeFileSync(join(cwd, '.env'), lines.join('\n'));
    const env = { KEYTURN_CONFIG: join(workshop.desk, 'keyturn.yaml') };
    const { code, stderr } = await workshop.keyturn(['rotate', '--dry-run'], { cwd, env });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('without permission fail, and say which is missing', async () => {
    cloud.account().createUser('weak');
    const env = operatorEnv(cloud.account().createKey('weak'));
    const { code, stdout } = await workshop.keyturn(['rotate'], { env });
    expect(stdout).toContain('The permission that is missing: ram:ListUsers');
    expect(code).toBe(1);
  });
});

test('disable-inactive reports', async () => {
  const { code, stdout } = await keyturn('disable-inactive', '--dry-run');
  expect(stdout).toMatch(/^disable-inactive: ok \(mode plan, /);
  expect(code).toBe(0);
  expect(writes().filter(({ action }) => action !== 'GenerateCredentialReport')).toEqual([]);
});

test('local serves a cloud with what it takes to use it, until stopped', async () => {
  const local = await workshop.local('--seed', '5');
  const { code, stdout, stderr } = await workshop.keyturn(['rotate'], { env: local.env });
  expect(stderr).toBe('');
  expect(stdout).toMatch(/svc-billing +FirstKey/);
  expect(stdout).toMatch(/svc-orders +TakeOver/);
  expect(code).toBe(0);
  const { port } = new URL(local.url);
  expect(await keyturn('local', '--port', port)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining(port),
  });
  expect(await local.stop()).toEqual([0, null]);
});
