import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FunctionCompute } from '../../packages/local-alibaba-cloud/index';
import { AccountToCheck, everythingNeeded } from '../support/account-to-check';
import { CliFixture, operatorEnv } from '../support/cli-fixture';

let fixture: CliFixture;
let it: AccountToCheck;
let receiver: Server;
/** Nothing is deployed yet. */
let compute: FunctionCompute;

beforeAll(async () => {
  fixture = await CliFixture.open('keyturn');
  receiver = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  fixture.close();
  await new Promise((resolve) => receiver.close(resolve));
});
beforeEach(async () => {
  it = await AccountToCheck.open();
  it.allow([...everythingNeeded(), 'fc:InvokeFunction']);
  compute = await FunctionCompute.start(it.cloud, []);
  configure();
});
afterEach(async () => {
  await compute.stop();
  await it.close();
});

const hook = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
const configure = (more: object = {}) => {
  const { endpoints, ...config } = it.config({
    mode: 'enforce',
    notify: [{ type: 'webhook', url: hook(), secret: 'signs-what-is-sent' }],
    ...more,
  });
  fixture.configure({ ...config, endpoints: { ...(endpoints as object), fc: compute.url } });
};
const env = (more: Record<string, string> = {}) => ({
  ...operatorEnv(it.operator),
  SLS_PROJECT: 'operations',
  ...more,
});
const check = (args: string[] = [], more: Record<string, string> = {}) =>
  fixture.keyturn(['check', ...args], { env: env(more) });
const setUp = () => fixture.keyturn(['setup', '--yes'], { env: env(operatorEnv(it.account.rootKey)) });

interface Printed {
  summary: Record<string, number>;
  lines: { id: string; account?: string; state: string; text: string; remedy?: string }[];
}
const parsed = async (args: string[] = []): Promise<Printed> =>
  JSON.parse((await check(['--json', ...args])).stdout);
const failures = ({ lines }: Printed) =>
  lines.filter(({ state }) => state === 'failure').map(({ text }) => text);

describe('before the first run on an account', () => {
  test('where all is fine: one line each, exit 0, and nothing was changed', async () => {
    await setUp();
    const before = { calls: it.cloud.calls.length, users: [...it.account.users.keys()] };
    const { code, stdout, stderr } = await check();
    expect(stderr).toBe('');
    expect(stdout).not.toMatch(/^failure/m);
    expect(stdout.match(/^warning .*/gm)).toEqual([expect.stringContaining('Not probed: kms:CreateSecret')]);
    for (const words of [
      'The configuration is sound: mode enforce',
      'user/operator (RAMUser), account 1234567890123456',
      'The clock of this machine agrees',
      'The role keyturn-rotate-keys has the policy',
      'The role keyturn-disable-inactive has the policy',
      'webhook #1: 127.0.0.1 takes connections',
      'KMS in cn-hangzhou answers',
      'The KMS instance kst-hzz1 is there',
      "keyturn comes before RAM's own idle rule for AccessKeys",
      'keyturn manages 1 of the 2 users',
      '0 failures, 1 warning.',
    ]) {
      expect(stdout).toContain(words);
    }
    expect(code).toBe(0);
    const since = it.cloud.calls.slice(before.calls);
    expect(since.filter(({ write, executed }) => write && executed)).toEqual([]);
    expect([...it.account.users.keys()]).toEqual(before.users);
    expect(it.account.user('svc-orders').keys.size).toBe(1);
    expect(it.account.secrets.size).toBe(0);
    expect(it.account.report).toBeUndefined();
  });

  test('the first run after it works', async () => {
    await setUp();
    expect((await check()).code).toBe(0);
    expect((await fixture.keyturn(['rotate'], { env: env() })).code).toBe(0);
    const after = await check();
    expect(after.stdout).not.toMatch(/^failure/m);
    expect(after.code).toBe(0);
  });

  test('--json says the same, each line with its state, and no secret', async () => {
    await setUp();
    const { stdout, code } = await check(['--json']);
    const { summary, lines } = JSON.parse(stdout) as Printed;
    expect(code).toBe(0);
    expect(summary).toEqual({ ok: expect.any(Number), warning: expect.any(Number), failure: 0 });
    for (const { state, remedy } of lines) expect(remedy === undefined).toBe(state === 'ok');
    for (const secret of it.cloud.issuedSecrets()) expect(stdout).not.toContain(secret);
  });
});

describe('failures, exit 1', () => {
  test('a permission that is missing, of the operator', async () => {
    it.allow(everythingNeeded().filter((action) => action !== 'ram:CreateAccessKey'));
    const { code, stdout } = await check();
    expect(stdout).toMatch(
      /^failure .*user\/operator lacks ram:CreateAccessKey on acs:ram:\*:1234567890123456:user\/\*/m,
    );
    expect(stdout).toMatch(/→ .*policies\/rotate-keys\.json/);
    expect(code).toBe(1);
    expect(it.changes).toEqual([]);
  });

  test('a statement that is missing, of the deployed role', async () => {
    await setUp();
    const name = 'keyturn-rotate-keys';
    const policy = it.account.policy(name, 'Custom');
    const { Version, Statement } = policy.current.policy.document;
    it.account.addPolicyVersion(policy, { Version, Statement: Statement.slice(3) }, true);
    expect(failures(await parsed())).toEqual([expect.stringContaining(`${name}: its policy does not grant`)]);
  });

  test('roles that do not exist yet', async () => {
    const { code, stdout } = await check();
    expect(code).toBe(1);
    expect(stdout).toContain('The role keyturn-rotate-keys does not exist');
    expect(stdout).toContain('keyturn setup');
  });

  test('credentials that are wrong, or of another account than the deployment', async () => {
    const wrong = await check([], { ALIBABA_CLOUD_ACCESS_KEY_SECRET: 'x' });
    expect(wrong.stdout).toContain('does not belong to the AccessKey');
    expect(wrong.code).toBe(1);
    const elsewhere = await check([], { ALIYUN_ACCOUNT_ID: '1111111111111111' });
    expect(elsewhere.stdout).toContain('ALIYUN_ACCOUNT_ID says 1111111111111111');
    expect(elsewhere.code).toBe(1);
  });

  test('no credentials at all: what needs none is checked all the same', async () => {
    const { code, stdout } = await fixture.keyturn(['check']);
    expect(stdout).toMatch(/^failure +No credentials were found.*\n +→ Set other credentials/m);
    expect(stdout).toContain('webhook #1: 127.0.0.1 takes connections');
    expect(code).toBe(1);
  });

  test('a clock that is wrong, a channel that is dead', async () => {
    it.cloud.clock.skewMs = 12 * 60_000;
    configure({ notify: [{ type: 'webhook', url: 'http://127.0.0.1:1/', secret: 'signs-what-is-sent' }] });
    const { code, stdout } = await check();
    expect(stdout).toMatch(/^failure +The clock of this machine is 12 min slow/m);
    expect(stdout).toMatch(
      /^failure +webhook #1: 127.0.0.1 cannot be reached from here: no connection \(ECONNREFUSED\)/m,
    );
    expect(code).toBe(1);
  });

  test('KMS that is down', async () => {
    it.cloud.faults.add({ match: ({ product }) => product === 'kms', kind: 'drop-before', times: 1000 });
    const { code, stdout } = await check();
    expect(stdout).toMatch(/^failure +KMS in cn-hangzhou cannot be asked/m);
    expect(stdout).toContain('endpoints in the configuration');
    expect(code).toBe(1);
  });
});

test('warnings alone end with 0: a tighter idle rule, a name that matches nobody, a user that KMS rotates', async () => {
  await setUp();
  it.account.preference.maxIdleDaysForAccessKeys = 90;
  it.account.createSecret('acs/ram/user/svc-orders', 'v1', '{}', { type: 'RAMCredentials' });
  configure({
    rotation: { users: { names: ['svc-orders', 'svc-order'] }, secret: { kmsInstanceId: 'kst-hzz1' } },
    inactivity: { keys: { disableAfter: 'P180D' } },
  });
  const { code, stdout } = await check();
  expect(stdout).toMatch(/^warning +RAM disables AccessKeys that are idle for 90 days by itself/m);
  expect(stdout).toMatch(/^warning +There is no user svc-order, whom rotation.users.names names/m);
  expect(stdout).toMatch(/^warning +A KMS secret of type RAMCredentials \(acs\/ram\/user\/svc-orders/m);
  expect(code).toBe(0);
});

test('a configuration or an account that cannot be meant ends with 2, before any call', async () => {
  configure({ mode: 'maybe' });
  expect(await check()).toMatchObject({ code: 2, stderr: expect.stringContaining('mode') });
  configure({ accounts: [{ id: it.account.id }] });
  expect(it.cloud.calls).toEqual([]);
  expect(await check(['--account', '999'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('999 is none of the accounts'),
  });
});

describe('--offline', () => {
  test('tells what the configuration amounts to, without a call', async () => {
    const { code, stdout } = await fixture.keyturn(['check', '--offline']);
    expect(stdout).toContain('mode enforce');
    expect(stdout).toContain('svc-orders');
    expect(code).toBe(0);
    expect(it.cloud.calls).toEqual([]);
  });

  test('tells of names of secrets that KMS may refuse', async () => {
    configure({
      rotation: { users: { names: ['svc-orders'] }, secret: { name: `${'x'.repeat(60)}/{userName}` } },
    });
    const { code, stdout } = await fixture.keyturn(['check', '--offline']);
    expect(stdout).toContain('The secrets of svc-orders would have names of more than 64 characters');
    expect(code).toBe(0);
  });

  test('sees what the deployed functions will see: the variables that s.yaml hands them, and no others', async () => {
    const cwd = join(fixture.folder, 'project');
    mkdirSync(cwd, { recursive: true });
    copyFileSync(join(fixture.folder, 's.yaml'), join(cwd, 's.yaml'));
    const hook = (name: string) =>
      writeFileSync(
        join(cwd, 'keyturn.yaml'),
        `notify: [{ type: webhook, url: "https://hooks.example.com", secret: "\${env:${name}}" }]`,
      );
    const deploying = { ALIYUN_ACCOUNT_ID: '1234567890123456', SLS_PROJECT: 'p' };
    const offline = (env: Record<string, string>) => fixture.keyturn(['check', '--offline'], { cwd, env });

    hook('HOOK_SECRET');
    expect((await offline({ ...deploying, HOOK_SECRET: 'given-to-the-receiver' })).code).toBe(0);
    expect(await offline(deploying)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('notify[0].secret'),
    });
    expect(await offline({})).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ALIYUN_ACCOUNT_ID'),
    });
    expect(await offline({ ...deploying, ALIYUN_ACCOUNT_ID: '' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('ALIYUN_ACCOUNT_ID'),
    });
    hook('OTHER_SECRET');
    expect(await offline({ ...deploying, OTHER_SECRET: 'given' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('OTHER_SECRET is not set'),
    });
  });

  test('refuses what the functions would refuse', async () => {
    fixture.configure('mode: maybe');
    expect(await fixture.keyturn(['check', '--offline'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('mode'),
    });
  });
});
