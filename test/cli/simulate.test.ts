import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DAY, LocalCloud } from '../../packages/local-alibaba-cloud/index';
import type { Simulation } from '../../src/simulate/result';
import type { Status, UserStatus } from '../../src/status/account-status';
import { CliFixture, operatorEnv } from '../support/cli-fixture';
import { everyState, idleUser, statusOf } from '../support/status-in-every-state';

let fixture: CliFixture;

beforeAll(async () => {
  fixture = await CliFixture.open('keyturn', 'rotate-keys', 'disable-inactive');
});
afterAll(() => fixture.close());
beforeEach(() => fixture.configure(config()));

const managed = { tag: { key: 'keyturn', value: 'rotate' } };
const config = ({ rotation = {}, ...more }: Record<string, object> = {}) => ({
  rotation: { users: managed, ...rotation },
  ...more,
});
const start = ['--start', '2027-01-04'];
const promoted = ['StoreSecret', 'ProveKey', 'PromoteSecret', 'NotifyConsumers'];

async function simulated(...args: string[]): Promise<{ code: number; simulation: Simulation }> {
  const { code, stdout, stderr } = await fixture.keyturn(['simulate', '--json', ...args]);
  expect(stderr).toBe('');
  return { code, simulation: JSON.parse(stdout) };
}

function put(status: Status | object): string {
  const file = join(fixture.desk, 'status.json');
  writeFileSync(file, JSON.stringify(status));
  return file;
}
const from = (users: readonly UserStatus[], others?: number) => ['--from', put(statusOf(users, others))];

describe('a made-up account', () => {
  test('is the same for the same seed, and goes well; nothing outside is called', async () => {
    const outside = await LocalCloud.start();
    const url = outside.url;
    fixture.configure({
      ...config(),
      mode: 'plan',
      endpoints: { ram: url, ims: url, kms: url, sts: url, fc: url },
      notify: [
        { type: 'webhook', url, secret: '${env:NOT_SET_HERE}', allowPrivate: true },
        { type: 'slack', url, allowPrivate: true },
      ],
    });
    const args = ['--days', '20', '--users', '8', ...start];
    const [one, two] = await Promise.all([simulated(...args), simulated(...args)]);
    expect(two).toEqual(one);
    expect(one.code).toBe(0);
    const { simulation } = one;
    expect(simulation).toMatchObject({
      from: '2027-01-04T00:00:00Z',
      to: '2027-01-24T00:00:00Z',
      source: 'made-up',
      configuredMode: 'plan',
      ok: true,
      users: { inAccount: 8 },
      runs: { 'rotate-keys': { count: 20, failed: 0 }, 'disable-inactive': { count: 20, failed: 0 } },
    });
    expect(simulation.rotations.begun).toBeGreaterThan(0);
    expect(simulation.rotations.finished).toBeGreaterThan(0);
    expect(simulation.applications.calls).toBeGreaterThan(100);
    expect(simulation.notes).toContain('Not set here, and not needed: NOT_SET_HERE.');
    expect(outside.calls).toEqual([]);
    await outside.stop();
  });

  test('the text tells months, numbers and the verdict', async () => {
    const { code, stdout } = await fixture.keyturn(['simulate', '--days', '12', '--users', '4', ...start]);
    expect(code).toBe(0);
    expect(stdout).toContain('The configuration says mode: plan. The simulation enforces it all the same');
    expect(stdout).toMatch(/^2027-01 {2}\d/m);
    expect(stdout).toMatch(/^runs of rotate-keys +12, 0 failed$/m);
    expect(stdout).toMatch(/In 12 days every run did what was due, and no application's call failed\.\n$/);
  });

  test('another seed gives another account', async () => {
    const args = ['--days', '1', '--users', '6', ...start];
    const [one, two] = await Promise.all([simulated(...args), simulated(...args, '--seed', '2')]);
    expect(two.simulation.events).not.toEqual(one.simulation.events);
  });
});

describe('an account as in a status', () => {
  test('every state is played on, with the account, region and keys of the status', async () => {
    const { code, simulation } = await simulated('--days', '22', ...from(everyState, 3));
    const told = (user: string) =>
      simulation.events.filter((event) => event.user === user).map(({ reason }) => reason);
    expect(simulation).toMatchObject({
      account: '1111222233334444',
      source: 'status',
      users: { inAccount: everyState.length + 3, managed: everyState.length },
      failedRuns: [],
      halts: [],
    });
    expect(told('first')[0]).toBe('FirstKey');
    expect(told('takeover').slice(0, 5)).toEqual([
      'TakeOver',
      'InGrace',
      'OldKeyQuiet',
      'InRecovery',
      'RecoveryOver',
    ]);
    expect(told('recovery')[0]).toBe('InRecovery');
    expect(told('in-use')[0]).toBe('OldKeyInUse');
    expect(told('standby')[0]).toBe('StandbyStored');
    expect(simulation.events.find(({ user }) => user === 'orphaned')).toMatchObject({
      reason: 'Due',
      actions: ['DisableAccessKey', 'DeleteAccessKey', 'CreateAccessKey', ...promoted],
    });
    expect(told('held')).toEqual(['OnHold', 'Due', 'InGrace', 'OldKeyQuiet', 'InRecovery', 'RecoveryOver']);
    expect(told('idle')).toEqual(['DisabledForInactivity', 'Disabled']);
    expect(simulation.blocked.map(({ user }) => user)).toEqual(
      expect.arrayContaining([
        'by-hand',
        'dead',
        'gone',
        'kms',
        'tags',
        'two-keys',
        'unreadable',
        'unusable',
      ]),
    );
    expect(simulation.events.find(({ user }) => user === 'takeover')?.message).toMatch(
      /^Key LTAI5tReal\d+ of user/,
    );
    expect(simulation.applications.failed).toEqual([]);
    expect(code).toBe(0);
  });

  test('what keyturn status prints can be simulated', async () => {
    const cloud = await LocalCloud.start();
    const account = cloud.account();
    account.createUser('svc-orders', { tags: { keyturn: 'rotate' } });
    const createdAt = Date.now() - 100 * DAY;
    const { accessKeyId } = account.createKey('svc-orders', { createdAt, lastUsed: Date.now() - DAY });
    account.createUser('svc-new', { tags: { keyturn: 'rotate' } });
    const endpoints = { ram: cloud.url, ims: cloud.url, kms: cloud.url, sts: cloud.url };
    fixture.configure({ ...config(), region: 'cn-hangzhou', endpoints });
    const status = await fixture.keyturn(['status', '--json'], { env: operatorEnv(account.rootKey) });
    const calls = cloud.calls.length;
    const { code, simulation } = await simulated('--days', '2', '--from', put(JSON.parse(status.stdout)));
    expect(cloud.calls).toHaveLength(calls);
    await cloud.stop();
    expect(simulation.events.map(({ user, reason }) => [user, reason])).toEqual([
      ['svc-new', 'FirstKey'],
      ['svc-orders', 'TakeOver'],
      ['svc-orders', 'InGrace'],
    ]);
    expect(simulation.events[1]?.message).toContain(accessKeyId);
    expect(code).toBe(0);
  });

  test('more is due than the limit allows: the run is halted, and the verdict says when and how many', async () => {
    fixture.configure(config({ limits: { disablesPerRun: 2 } }));
    const users = ['ann', 'ben', 'cem'].map((name) => idleUser(name, 88));
    const { code, simulation } = await simulated('--days', '20', ...from(users));
    expect(code).toBe(1);
    expect(simulation.halts[0]).toEqual({ at: '2027-01-11T20:00:00Z', due: 3, limit: 2 });
    expect(simulation.runs['disable-inactive'].halted).toBe(simulation.halts.length);
    expect(simulation.inactive).toEqual([]);
    expect(simulation.verdict[0]).toMatch(
      /^On 2027-01-11 3 users and keys are due for disabling or deletion, more than limits\.disablesPerRun allows \(2\): the run is halted/,
    );
  });

  test('within the limit they are disabled, and the day is told', async () => {
    const { code, simulation } = await simulated('--days', '12', ...from([idleUser('ann', 88)]));
    expect(code).toBe(0);
    expect(simulation.inactive).toMatchObject([
      { user: 'ann', at: '2027-01-11T20:00:00Z', actions: ['DisableAccessKey'] },
    ]);
    expect(simulation.months).toMatchObject([{ month: '2027-01', warned: 1, inactiveKeysDisabled: 1 }]);
  });
});

describe('a careless application', () => {
  const user = everyState.filter(({ user: name }) => name === 'due');

  test('keeps the old key alive', async () => {
    const { code, simulation } = await simulated('--days', '20', '--careless', 'due', ...from(user));
    expect(code).toBe(0);
    expect(simulation.events.map(({ reason }) => reason)).toEqual(['Due', 'InGrace', 'OldKeyInUse']);
    expect(simulation.rotations).toMatchObject({ begun: 1, finished: 0 });
  });

  test('is refused where the configuration disables all the same', async () => {
    fixture.configure(config({ rotation: { stillUsed: 'disable' } }));
    const { code, simulation } = await simulated('--days', '8', '--careless', 'due', ...from(user));
    expect(code).toBe(1);
    expect(simulation.applications.failed).toMatchObject([
      {
        user: 'due',
        keyId: user[0]?.keys[0]?.keyId,
        code: 'InvalidAccessKeyId.Inactive',
        firstAt: '2027-01-06T19:01:00Z',
      },
    ]);
    expect(simulation.verdict.join()).toContain('which never reads its secret again');
  });
});

describe('what cannot be used is refused, and nothing is played', () => {
  const missing = '/nowhere/status.json';
  test.each<[string, () => string[], string]>([
    ['no such status', () => ['--from', missing], `${missing} cannot be simulated: there is no such file`],
    ['not a status', () => ['--from', put({ users: [] })], 'it is not what `keyturn status --json` prints'],
    ['another version', () => ['--from', put({ ...statusOf([]), version: 2 })], 'its version is not 1'],
    [
      'a broken status',
      () => ['--from', put({ version: 1, at: 'today', accounts: [] })],
      'cannot be simulated: at:',
    ],
    ['an account that it lacks', () => [...from([]), '--account', '999'], 'it has no account 999'],
    ['0 days', () => ['--days', '0'], 'It must be a whole number from 1 to 1000.'],
    ['1001 days', () => ['--days', '1001'], 'It must be a whole number from 1 to 1000.'],
    ['no days', () => ['--days', 'x'], 'It must be a whole number from 1 to 1000.'],
    ['no date', () => ['--start', '2027-02-30'], 'It must be a date such as 2027-01-31.'],
    ['--users with a status', () => [...from([]), '--users', '3'], "cannot be used with option '--from"],
    ['an unknown careless user', () => ['--careless', 'nobody'], '--careless names nobody'],
    ['an unknown option', () => ['--day', '3'], 'Did you mean --days?'],
  ])('%s', async (_, args, message) => {
    const { code, stdout, stderr } = await fixture.keyturn(['simulate', ...args()]);
    expect(stderr).toContain(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test('a status that is no JSON', async () => {
    writeFileSync(join(fixture.desk, 'status.json'), 'svc-orders  current');
    const { code, stderr } = await fixture.keyturn(['simulate', '--from', 'status.json']);
    expect(stderr).toContain('it is not JSON');
    expect(code).toBe(2);
  });

  test.each([
    ['an unknown key', { rotaton: {} }, 'did you mean rotation?'],
    ['a wrong value', { rotation: { maxAge: 'tomorrow' } }, 'rotation.maxAge'],
    ['a wrong channel', { notify: [{ type: 'pigeon' }] }, 'notify[0]'],
  ])('a configuration with %s', async (_, wrong, message) => {
    fixture.configure(wrong);
    const { code, stderr } = await fixture.keyturn(['simulate']);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

test('where the functions are not built, it says so', async () => {
  const bare = await CliFixture.open('keyturn');
  bare.configure(config());
  const { code, stderr } = await bare.keyturn(['simulate']);
  bare.close();
  expect(stderr).toContain('Run `npm run build` first');
  expect(code).toBe(2);
});
