import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { secretName } from '../../src/users/secret-name';
import { AccountToCheck, allowing, everythingNeeded, texts } from '../support/account-to-check';

const MINUTE = 60_000;
const DAY = 86_400_000;

let it: AccountToCheck;
beforeEach(async () => {
  it = await AccountToCheck.open();
});
afterEach(() => it.close());

const managing = (users: object, more: object = {}) => ({ rotation: { users }, ...more });

describe('the clock', () => {
  test.each([
    [0, 'ok', 'agrees'],
    [-50_000, 'ok', 'agrees'],
    [2 * MINUTE, 'warning', '2 min slow'],
    [-2 * MINUTE, 'warning', '2 min fast'],
    [12 * MINUTE, 'failure', '12 min slow'],
    [60 * MINUTE, 'failure', '60 min slow'],
  ])('%d ms behind: %s', async (skew, state, words) => {
    it.cloud.clock.skewMs = skew;
    const [line = ''] = texts(await it.check(), 'clock');
    expect(line).toContain(`${state}: `);
    expect(line).toContain(words);
  });

  test('is named as the reason where calls are refused for it', async () => {
    it.cloud.clock.skewMs = 20 * MINUTE;
    const credentials = (await it.check()).find(({ id }) => id === 'credentials');
    expect(credentials).toMatchObject({ state: 'failure', remedy: expect.stringContaining('clock') });
  });

  test('that nobody tells is a warning', async () => {
    it.cloud.faults.add({ match: ({ action }) => action === '', kind: 'drop-before' });
    expect(texts(await it.check(), 'clock')).toEqual([expect.stringMatching(/^warning: .*not be compared/)]);
  });
});

describe('the credentials', () => {
  test.each([
    ['a secret of another key', { accessKeySecret: 'x' }, 'does not belong'],
    ['an unknown key', { accessKeyId: 'LTAI0' }, 'does not exist'],
    ['an odd token', { securityToken: 'x' }, 'security token'],
  ])('%s', async (_, wrong, words) => {
    Object.assign(it.operator, wrong);
    const lines = await it.check();
    expect(texts(lines, 'credentials')).toEqual([expect.stringMatching(`^failure: .*${words}`)]);
    expect(lines.map(({ account }) => account)).toEqual(lines.map(() => undefined));
  });

  test('a disabled key', async () => {
    const [key] = it.account.user('operator').keys.values();
    if (key) it.account.setKeyStatus(key, 'Inactive');
    expect(texts(await it.check(), 'credentials')).toEqual([expect.stringContaining('is disabled')]);
  });
});

describe('KMS', () => {
  test('unreachable: told once as a failure, the rest of the account is checked all the same', async () => {
    it.cloud.faults.add({
      match: ({ product }) => product === 'kms',
      kind: 'error',
      status: 503,
      times: 1000,
    });
    const lines = await it.check();
    expect(texts(lines, 'kms')).toEqual([
      expect.stringMatching(/^failure: KMS in cn-hangzhou cannot be asked/),
    ]);
    expect(lines.filter(({ state }) => state === 'failure')).toHaveLength(1);
    expect(texts(lines, 'permissions-unknown')).toEqual([expect.stringContaining('kms:GetSecretValue')]);
    expect(texts(lines, 'idle-rule')).toHaveLength(2);
    expect(texts(lines, 'managed')).toEqual([expect.stringMatching(/^ok/)]);
  }, 20_000);

  test('not activated', async () => {
    it.cloud.faults.add({
      match: ({ product }) => product === 'kms',
      kind: 'error',
      status: 403,
      code: 'Forbidden.KmsServiceNotEnabled',
      times: 1000,
    });
    const line = (await it.check()).find(({ id }) => id === 'kms');
    expect(line).toMatchObject({ state: 'failure', remedy: expect.stringContaining('Activate it') });
  });

  test.each([
    ['the configured instance is there', 'kst-hzz1', ['kst-hzz1'], 'ok', 'is there'],
    ['another is there', 'kst-hzz1', ['kst-hzz2'], 'failure', 'kst-hzz2'],
    ['none is there', 'kst-hzz1', [], 'failure', 'none at all'],
    ['none is configured, and one is there', undefined, ['kst-hzz2'], 'warning', 'kst-hzz2'],
    ['none is configured, none is there', undefined, [], 'warning', '2022-03-31'],
  ])('%s', async (_, configured, there, state, words) => {
    it.account.kmsInstances.clear();
    for (const id of there) it.account.kmsInstances.add(id);
    const rotation = { users: { names: ['svc-orders'] }, secret: { kmsInstanceId: configured } };
    const lines = await it.check({ rotation });
    expect(texts(lines, 'kms-instance')).toEqual([expect.stringMatching(`^${state}: .*${words}`)]);
  });

  test('that instances may not be listed is a warning that names the permission', async () => {
    it.allow(everythingNeeded().filter((action) => action !== 'kms:ListKmsInstances'));
    expect(texts(await it.check(), 'kms-instance')).toEqual([
      expect.stringMatching(/^warning: .*kms:ListKmsInstances/),
    ]);
  });
});

describe('the idle rule of RAM', () => {
  test.each([
    [730, 'P90D', 'ok'],
    [90, 'P90D', 'ok'],
    [90, 'P91D', 'warning'],
    [180, 'P365D', 'warning'],
  ])('%d days against %s: %s', async (days, disableAfter, state) => {
    it.account.preference.maxIdleDaysForAccessKeys = days;
    it.account.preference.maxIdleDaysForUsers = days;
    const inactivity = { keys: { disableAfter }, users: { disableAfter } };
    const lines = texts(await it.check({ inactivity }), 'idle-rule');
    expect(lines).toEqual([expect.stringMatching(`^${state}`), expect.stringMatching(`^${state}`)]);
  });
});

describe('the configuration against the users that there are', () => {
  const nobody = async (config: object) => texts(await it.check(config), 'matches-nobody');

  test('what matches somebody is not spoken of', async () => {
    it.account.createUser('ann', { tags: { keyturn: 'rotate' }, groups: ['rotated'] });
    const tag = { key: 'keyturn', value: 'rotate' };
    expect(await nobody(managing({ names: ['ann'], tag, group: 'rotated' }))).toEqual([]);
  });

  test.each([
    ['a name', { names: ['svc-order'] }, {}, 'no user svc-order, whom rotation.users.names'],
    ['a tag', { tag: { key: 'keyturn', value: 'yes' } }, {}, 'keyturn=yes'],
    ['a group', { group: 'empty' }, {}, 'group empty'],
    ['an exempt name', {}, { exempt: [{ user: 'bob', reason: 'r' }] }, 'no user bob, whom exempt[0] names'],
    ['an exempt group', {}, { exempt: [{ group: 'empty', reason: 'r' }] }, 'group empty of exempt[0]'],
    ['an exempt tag', {}, { exempt: [{ tag: { key: 'a', value: 'b' }, reason: 'r' }] }, 'a=b of exempt[0]'],
  ])('%s that matches nobody', async (_, users, more, words) => {
    it.account.createGroup('empty');
    const lines = await nobody(managing(users, more));
    expect(lines).toEqual([expect.stringContaining(words)]);
    expect(lines[0]).toMatch(/^warning/);
  });

  test('a group that does not exist is a failure, since it stops every run', async () => {
    const lines = await it.check(managing({ group: 'gone' }, { exempt: [{ group: 'away', reason: 'r' }] }));
    expect(texts(lines, 'group').sort()).toEqual([
      expect.stringMatching(/^failure: The group away of exempt\[0\]/),
      expect.stringMatching(/^failure: The group gone of rotation.users.group/),
    ]);
  });

  test('nobody managed at all', async () => {
    expect(texts(await it.check(managing({})), 'managed')).toEqual([
      expect.stringMatching(/^warning: keyturn manages none of the 2 users/),
    ]);
  });

  test('an exemption that is over, and one that is not', async () => {
    const exempt = [
      { user: 'svc-orders', reason: 'migration', until: '2020-06-30' },
      { user: 'operator', reason: 'us', until: '2099-06-30' },
    ];
    const lines = await it.check({ exempt });
    expect(texts(lines, 'exemption-over')).toEqual([
      'warning: The exemption of user svc-orders (migration) was over at the end of 2020-06-30, and holds no more.',
    ]);
    expect(texts(lines, 'managed-and-exempt')).toEqual([]);
  });

  test('managed and exempt at once', async () => {
    const lines = await it.check({ exempt: [{ user: 'svc-orders', reason: 'r' }] });
    expect(texts(lines, 'managed-and-exempt')).toEqual([expect.stringContaining('svc-orders')]);
  });

  test('a user whose keys KMS rotates', async () => {
    it.account.createSecret('acs/ram/user/svc-orders', 'v1', '{}', { type: 'RAMCredentials' });
    expect(texts(await it.check(), 'blocked')).toEqual([expect.stringContaining('acs/ram/user/svc-orders')]);
  });

  test('a secret whose name tells the account', async () => {
    const rotation = {
      users: { names: ['svc-orders'] },
      secret: { kmsInstanceId: 'kst-hzz1', name: 'keyturn/{account}/{userName}' },
    };
    const secret = it.account.createSecret(`keyturn/${it.account.id}/svc-orders`, 'v1', '{}');
    secret.plannedDeleteTime = it.cloud.clock.now() + DAY;
    const lines = await it.check({ rotation });
    expect(texts(lines, 'blocked')).toEqual([expect.stringContaining('planned for deletion')]);
    expect(texts(lines, 'unseen')).toEqual([]);
    expect(lines.filter(({ state }) => state === 'failure')).toEqual(
      (await it.check()).filter(({ state }) => state === 'failure'),
    );
  });

  test('users with too many keys, or with a second one that is not keyturn’s', async () => {
    for (const name of ['many', 'two']) {
      it.account.createUser(name);
      it.account.createKey(name, { createdAt: it.cloud.clock.now() - DAY });
      it.account.createKey(name);
    }
    it.account.createKey('many');
    const lines = texts(await it.check(managing({ names: ['svc-orders', 'two', 'many'] })), 'blocked');
    expect(lines).toEqual([expect.stringContaining('many'), expect.stringContaining('two')]);
  });
});

describe('several accounts', () => {
  const other = '1111111111111111';
  const config = (roleName: string) => ({
    accounts: [{ id: '1234567890123456' }, { id: other, roleArn: `acs:ram::${other}:role/${roleName}` }],
  });

  test('one that cannot be entered is its own failure', async () => {
    it.cloud.account(other);
    const lines = await it.check(config('gone'));
    const failures = lines.filter(({ state }) => state === 'failure');
    expect(failures).toEqual([expect.objectContaining({ account: other, id: 'account' })]);
    expect(lines.filter(({ account }) => account === it.account.id).length).toBeGreaterThan(5);
  });

  test('--account checks one of them, and refuses any other', async () => {
    const lines = await it.check(config('gone'), it.account.id);
    expect(lines.flatMap(({ account }) => account ?? [])).not.toContain(other);
    await expect(it.check(config('gone'), '999')).rejects.toThrow('none of the accounts');
  });

  test('a name that one of them knows is no stranger; what matches nobody anywhere is told once', async () => {
    const there = it.cloud.account(other);
    there.createUser('svc-there');
    const trust = {
      Version: '1',
      Statement: [
        {
          Effect: 'Allow' as const,
          Action: 'sts:AssumeRole',
          Principal: { RAM: `acs:ram::${it.account.id}:root` },
        },
      ],
    };
    there.createRole('keyturn', { policies: [allowing(everythingNeeded())], trust });
    it.allow([...everythingNeeded(), 'sts:AssumeRole']);
    const rotation = { users: { names: ['svc-orders', 'svc-there', 'svc-nowhere'] } };
    const lines = await it.check({ ...config('keyturn'), rotation });
    expect(texts(lines, 'account')).toEqual([]);
    expect(lines.filter(({ id }) => id === 'matches-nobody')).toEqual([
      expect.objectContaining({ text: expect.stringContaining('svc-nowhere') }),
    ]);
    const [permissions] = lines.filter(({ id, account }) => id === 'permissions' && account === other);
    expect(permissions?.text).toContain(`acs:ram::${other}:role/keyturn has `);
  });

  test('one without a role says so', async () => {
    const lines = await it.check({ accounts: [{ id: other }] });
    expect(texts(lines, 'account')).toEqual([expect.stringContaining('needs roleArn')]);
  });
});

describe('names of secrets that KMS may refuse', () => {
  const name = `keyturn/${'x'.repeat(45)}/{userName}`;
  const rotation = { users: { names: ['svc-orders', 'svc-o'] }, secret: { name } };

  test('64 characters are fine, and 65 are told', async () => {
    it.account.createUser('svc-o');
    expect(secretName(rotation, it.account.id, 'svc-orders')).toHaveLength(64);
    expect(texts(await it.check({ rotation }), 'secret-name')).toEqual([]);
    const longer = { ...rotation, secret: { name: `x${name}` } };
    expect(texts(await it.check({ rotation: longer }), 'secret-name')).toEqual([
      expect.stringMatching(/^warning: The secrets of svc-orders would have names of more than 64 /),
    ]);
  });
});
