import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LocalCloud, type PolicyDocument } from '../../packages/local-alibaba-cloud/index';
import type { FunctionContext } from '../../src/accounts/function-context';
import { needs } from '../../src/check/needs';
import { probes, unprobed } from '../../src/check/probes';
import { selfCheck } from '../../src/check/self-check';
import { parseConfig } from '../../src/config/load';
import { disableInactiveFunction } from '../../src/inactivity/disable-inactive';
import { respondToLeaksFunction } from '../../src/leaks/respond-to-leaks';
import type { PermissionReport } from '../../src/report/check-report';
import type { FunctionName, RunReport } from '../../src/report/run-report';
import { emergencyFunction } from '../../src/rotation/emergency/function';
import { rotateKeysFunction } from '../../src/rotation/rotate-keys';
import { handlerOf } from '../../src/run/handler';
import { rolesFor } from '../../src/setup/roles';

const surroundings = { write: (line: string) => void logged.push(line), selfCheck };
const handlers = {
  'rotate-keys': handlerOf(rotateKeysFunction(__dirname), surroundings),
  'disable-inactive': handlerOf(disableInactiveFunction(__dirname), surroundings),
  'respond-to-leaks': handlerOf(respondToLeaksFunction(__dirname), surroundings),
  emergency: handlerOf(emergencyFunction(__dirname), surroundings),
};
const jobs = Object.keys(handlers) as FunctionName[];

const products = ['ram', 'ims', 'kms', 'sts', 'actionTrail', 'resourceManager', 'sas'];
let cloud: LocalCloud;
let logged: string[];

beforeEach(async () => {
  logged = [];
  cloud = await LocalCloud.start();
  cloud.account().createUser('svc-orders');
  cloud.account().createKey('svc-orders');
  configure();
});
afterEach(async () => {
  delete process.env.KEYTURN_CONFIG;
  await cloud.stop();
});

const configure = (more: object = {}) => {
  process.env.KEYTURN_CONFIG = JSON.stringify({
    region: 'cn-hangzhou',
    endpoints: Object.fromEntries(products.map((product) => [product, cloud.url])),
    rotation: { users: { names: ['svc-orders'] } },
    limits: { readsPerSecond: 500, writesPerSecond: 200 },
    ...more,
  });
};

/** The policy that setup gives the function, without some actions. */
function policyOf(job: FunctionName, without: readonly string[] = []): PolicyDocument {
  const role = rolesFor(parseConfig(process.env.KEYTURN_CONFIG ?? '', {}), {
    account: cloud.account().id,
    region: 'cn-hangzhou',
    logProject: 'p',
    logStore: 'l',
    failureTopic: 't',
    userPrefix: '',
    protect: [],
  }).find(({ name }) => name === `keyturn-${job}`);
  if (!role) throw new Error(`setup knows no role for ${job}`);
  const { Version, Statement } = role.policy;
  const rest = Statement.map((one) => ({
    ...one,
    Action: [one.Action].flat().filter((action) => !without.includes(action)),
  }));
  return { Version, Statement: rest.filter(({ Action }) => Action.length > 0) } as PolicyDocument;
}

async function invoke(job: FunctionName, event: unknown, without: string[] = []): Promise<RunReport> {
  const account = cloud.account();
  account.createRole(`keyturn-${job}`, { policies: [policyOf(job, without)] });
  const context: FunctionContext = {
    requestId: 'check',
    credentials: account.assume(`keyturn-${job}`),
    function: { name: `keyturn-${job}`, timeout: 600 },
    region: 'cn-hangzhou',
    accountId: account.id,
  };
  return handlers[job](Buffer.from(JSON.stringify(event)), context);
}

async function permissionsOf(job: FunctionName, without: string[] = []) {
  const { check } = await invoke(job, { check: true }, without);
  return check?.permissions ?? [];
}

const having = (result: PermissionReport['result'], permissions: readonly PermissionReport[]) =>
  permissions.filter((permission) => permission.result === result).map(({ action }) => action);
const changes = () => cloud.calls.filter(({ write, executed }) => write && executed);

describe.each(jobs)('%s, with the role of setup', (job) => {
  test('has every permission that can be tried, says why of the others, and changes nothing', async () => {
    const permissions = await permissionsOf(job);
    expect(permissions.map(({ action }) => action)).toEqual(needs(job).map(({ action }) => action));
    expect(having('denied', permissions)).toEqual([]);
    expect(having('unknown', permissions)).toEqual([]);
    const open = having('unprobed', permissions);
    expect(open.filter((action) => !(action in unprobed))).toEqual(
      job === 'disable-inactive'
        ? // It may not ask whether the secret exists, so nothing is tried on one.
          ['ram:GenerateCredentialReport', 'kms:TagResource', 'kms:UntagResource']
        : [],
    );
    for (const { result, why } of permissions) expect(why !== undefined).toBe(result === 'unprobed');
    expect(changes()).toEqual([]);
  });

  test('a permission that is missing is told, with the resources to grant it on', async () => {
    const [reading, writing] = ['ram:ListUsers', 'ram:UpdateAccessKey'];
    const permissions = await permissionsOf(job, [reading, writing]);
    expect(having('denied', permissions)).toEqual([reading, writing]);
    for (const { result, resources } of permissions) {
      if (result === 'denied') expect(resources).toEqual([`acs:ram:*:${cloud.account().id}:user/*`]);
    }
    expect(logged.filter((line) => line.includes('"denied"')).length).toBe(2);
    expect(changes()).toEqual([]);
  });

  test.each([
    ['users', { check: true, users: ['svc-orders'] }, /users: cannot stand beside check/],
    ['dryRun', { check: true, dryRun: true }, /dryRun: cannot stand beside check/],
    ['no', { check: false }, /check: must be true/],
    ['a text', { check: 'yes' }, /check: must be true/],
    [
      'outside of the payload',
      { triggerTime: '2026-01-01T00:00:00Z', triggerName: 't', check: true, payload: '' },
      /check: belongs inside payload/,
    ],
  ])('refuses it with %s, before any call', async (_, event, message) => {
    await expect(invoke(job, event)).rejects.toThrow(message);
    expect(cloud.calls).toEqual([]);
  });
});

test('it is a run of mode plan that looks at no user, and its last log line is its report', async () => {
  configure({ mode: 'enforce' });
  const report = await invoke('rotate-keys', { check: true });
  expect(report).toMatchObject({
    function: 'rotate-keys',
    trigger: 'manual',
    mode: 'plan',
    status: 'ok',
    users: [],
  });
  const { report: last } = JSON.parse(logged.at(-1) ?? '');
  expect(last).toMatchObject({ function: 'rotate-keys', status: 'ok' });
  expect(last.check).toBeUndefined();
});

test('a timer may ask', async () => {
  const event = { triggerTime: '2026-01-01T00:00:00Z', triggerName: 't', payload: '{"check":true}' };
  expect(await invoke('disable-inactive', event)).toMatchObject({ trigger: 'timer', status: 'ok' });
});

test('the function for emergencies and the plan mode do not exclude it', async () => {
  configure({ mode: 'plan' });
  expect((await invoke('emergency', { check: true })).check?.permissions.length).toBeGreaterThan(10);
});

describe('other accounts', () => {
  const member = '1234567890123999';
  const accounts = [{ id: '1234567890123456' }, { id: member, roleArn: `acs:ram::${member}:role/keyturn` }];

  test('one that cannot be entered is told, and the other is checked', async () => {
    configure({ accounts });
    const permissions = await permissionsOf('rotate-keys');
    expect(permissions.filter(({ account }) => account === member)).toEqual([
      expect.objectContaining({ action: 'sts:AssumeRole' }),
    ]);
    expect(having('allowed', permissions).length).toBeGreaterThan(20);
  });

  test('no more of them are checked than a run works on, and that is said', async () => {
    configure({ accounts, fanOut: { accountsPerRun: 1 } });
    const { check, notes } = await invoke('rotate-keys', { check: true });
    expect([...new Set(check?.permissions.map(({ account }) => account))]).toEqual(['1234567890123456']);
    expect(notes?.join()).toContain('1 of 2 accounts');
  });
});

describe('the channels', () => {
  test('one that cannot be reached from the function is told', async () => {
    configure({ notify: [{ type: 'webhook', url: 'http://127.0.0.1:9/', secret: 'signs-what-is-sent' }] });
    const { check } = await invoke('rotate-keys', { check: true });
    expect(check?.lines).toEqual([expect.objectContaining({ id: 'channel', state: 'failure' })]);
  });

  test('what one keeps in KMS is read, and never told', async () => {
    cloud.account().createSecret('hooks/slack', 'v1', `${cloud.url}/services/T0/B0/hidden-token`);
    configure({ notify: [{ type: 'slack', url: '${kms:hooks/slack}', allowPrivate: true }] });
    const report = await invoke('rotate-keys', { check: true });
    expect(report.check?.lines).toMatchObject([{ id: 'channel', state: 'ok' }]);
    expect(JSON.stringify(report)).not.toContain('hidden-token');
    expect(logged.join('')).not.toContain('hidden-token');
  });

  test('that what one keeps in KMS cannot be read is told', async () => {
    configure({ notify: [{ type: 'slack', url: '${kms:hooks/slack}' }] });
    const { check } = await invoke('rotate-keys', { check: true }, ['kms:GetSecretValue']);
    expect(check?.lines).toMatchObject([
      { state: 'failure', text: expect.stringContaining('hooks/slack cannot be read (Forbidden') },
    ]);
  });
});

test('every probe that there is belongs to a function', () => {
  const needed = new Set(jobs.flatMap((job) => needs(job).map(({ action }) => action)));
  expect(Object.keys(probes).filter((action) => !needed.has(action))).toEqual([]);
});
