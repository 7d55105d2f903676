import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { PolicyDocument } from '../../packages/local-alibaba-cloud/index';
import { operatorEnv } from '../support/cli-fixture';
import { statusFixture } from '../support/status-fixture';

const fixture = statusFixture();
const { keyturn, writes } = fixture;

beforeEach(() => {
  const { account } = fixture;
  account.createUser('operator');
  account.attachUserPolicy('operator', administrator);
  fixture.operator = account.createKey('operator');
  account.createUser('svc-orders');
  configure();
});

const administrator: PolicyDocument = {
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};
const configure = (more: object = {}) =>
  fixture.fixture.configure({
    ...fixture.config,
    rotation: { users: { names: ['svc-orders'] } },
    exempt: [{ user: 'break-glass', reason: 'emergency access' }],
    ...more,
  });
const keys = (user: string) =>
  Object.fromEntries([...fixture.account.user(user).keys.values()].map(({ id, status }) => [id, status]));

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
  expect(fixture.cloud.calls).toEqual([]);
});

describe('rotate', () => {
  test('issues a first key and reports it as a table', async () => {
    const { code, stdout, stderr } = await keyturn('rotate');
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const [id = ''] = Object.keys(keys('svc-orders'));
    expect(stdout).toMatch(/^rotate-keys: ok \(mode enforce, /);
    expect(stdout).toContain(`CreateAccessKey  ${id}  done`);
    expect(fixture.account.secret('keyturn/svc-orders')?.versions.get(id)?.stages).toContain('ACSCurrent');
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
    for (const secret of fixture.cloud.issuedSecrets()) expect(stdout).not.toContain(secret);
  });

  test('--emergency kills the key', async () => {
    const { accessKeyId } = fixture.account.createKey('svc-orders');
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
    const { cloud, account } = fixture;
    cloud.faults.add({ match: ({ product }) => product === 'kms', kind: 'error', status: 503, times: 99 });
    const { accessKeyId } = account.createKey('svc-orders');
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
    fixture.account.createUser('break-glass');
    fixture.account.createKey('break-glass');
    const { code, stdout, stderr } = await keyturn('rotate', ...args);
    expect(stdout + stderr).toContain(message);
    expect(code).toBe(expected);
    expect(writes()).toEqual([]);
  });

  test('refuses an emergency in mode plan, before any call', async () => {
    configure({ mode: 'plan' });
    const { code, stderr } = await keyturn('rotate', '--emergency', '--user', 'svc-orders');
    expect(stderr).toContain('mode: plan');
    expect(code).toBe(2);
    expect(fixture.cloud.calls).toEqual([]);
  });

  test.each([
    ['a typo', { rotaton: {} }, 'did you mean rotation?'],
    ['a short grace', { rotation: { grace: 'PT1H' } }, 'rotation.grace'],
    ['plain http', { endpoints: { ram: 'http://ram.aliyuncs.com' } }, 'endpoints.ram'],
  ])('refuses a configuration with %s in one line, before any call', async (_, more, message) => {
    configure(more);
    const { code, stderr } = await keyturn('rotate');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(fixture.cloud.calls).toEqual([]);
  });

  test('takes another configuration with --config', async () => {
    writeFileSync(join(fixture.fixture.desk, 'other.yaml'), 'mode: enforcing');
    const { code, stderr } = await keyturn('rotate', '--config', 'other.yaml');
    expect(stderr).toContain('mode');
    expect(code).toBe(2);
  });
});

describe('credentials', () => {
  test('are missing: says where they can come from', async () => {
    const { code, stderr } = await fixture.fixture.keyturn(['rotate']);
    expect(stderr).toContain('ALIBABA_CLOUD_ACCESS_KEY_ID');
    expect(stderr).toContain('aliyun configure');
    expect(code).toBe(2);
  });

  test('are not even looked for where the request cannot be meant', async () => {
    const { code, stderr } = await fixture.fixture.keyturn(['rotate', '--emergency']);
    expect(stderr).toContain('needs users');
    expect(code).toBe(2);
  });

  test('come from the profile of the aliyun CLI', async () => {
    const home = join(fixture.fixture.folder, 'home');
    mkdirSync(join(home, '.aliyun'), { recursive: true });
    const profile = {
      name: 'work',
      mode: 'AK',
      access_key_id: fixture.operator.accessKeyId,
      access_key_secret: fixture.operator.accessKeySecret,
    };
    writeFileSync(
      join(home, '.aliyun/config.json'),
      JSON.stringify({ current: 'work', profiles: [profile] }),
    );
    const { code, stderr } = await fixture.fixture.keyturn(['rotate', '--dry-run'], { env: { HOME: home } });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('of a session come with their token, and .env may hold them', async () => {
    const { account } = fixture;
    account.createRole('admin', { policies: [administrator] });
    const cwd = join(fixture.fixture.folder, 'with-env');
    mkdirSync(cwd, { recursive: true });
    const lines = Object.entries(operatorEnv(account.assume('admin'))).map(
      ([name, value]) => `${name}=${value}`,
    );
    writeFileSync(join(cwd, '.env'), lines.join('\n'));
    const env = { KEYTURN_CONFIG: join(fixture.fixture.desk, 'keyturn.yaml') };
    const { code, stderr } = await fixture.fixture.keyturn(['rotate', '--dry-run'], { cwd, env });
    expect(stderr).toBe('');
    expect(code).toBe(0);
  });

  test('without permission fail, and say which is missing', async () => {
    fixture.account.createUser('weak');
    fixture.operator = fixture.account.createKey('weak');
    const { code, stdout } = await keyturn('rotate');
    // Both are asked for at once, and the first refusal ends the run.
    expect(stdout).toMatch(/The permission that is missing: (ram:ListUsers|kms:ListSecrets)/);
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
  const local = await fixture.fixture.local('--seed', '5');
  const { code, stdout, stderr } = await fixture.fixture.keyturn(['rotate'], { env: local.env });
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
