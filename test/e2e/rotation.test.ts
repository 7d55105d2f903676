import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tagKeys } from '../../src/record/tags';
import { RotationFixture } from '../support/rotation-fixture';

let fixture: RotationFixture;
const user = 'svc-orders';
const rotation = { users: { names: [user] } };

beforeEach(async () => {
  fixture = await RotationFixture.open({ rotation });
});
afterEach(() => fixture.close());

const current = () => fixture.stages(user).ACSCurrent ?? '';
const writes = () => fixture.cloud.calls.filter((call) => call.write && call.executed);

async function reasonAfter(duration: string): Promise<string | undefined> {
  fixture.advance(duration);
  return (await fixture.run()).report.users[0]?.reason;
}

/** A secret as keyturn writes it. */
function stored(name: string): Record<string, string> {
  const secret = fixture.account.secret(`keyturn/${name}`);
  const version = secret?.versions.get(fixture.stages(name).ACSCurrent ?? '');
  return JSON.parse(version?.data ?? '{}');
}

describe('the two-key procedure', () => {
  test('a first key, then every 90 days a successor, grace, quiet, recovery, end', async () => {
    fixture.account.createUser(user);
    const first = await fixture.run();
    expect(first.error).toBeUndefined();
    expect(first.report).toMatchObject({
      function: 'rotate-keys',
      trigger: 'manual',
      mode: 'enforce',
      status: 'ok',
      users: [
        {
          account: fixture.account.id,
          user,
          reason: 'FirstKey',
          actions: ['CreateAccessKey', 'StoreSecret', 'ProveKey', 'NotifyConsumers'].map((action) => ({
            action,
            keyId: current(),
            outcome: 'done',
          })),
        },
      ],
      summary: { users: 1, failed: 0 },
    });
    const old = current();
    expect(stored(user)).toEqual({
      AccessKeyId: old,
      AccessKeySecret: fixture.account.user(user).keys.get(old)?.secret,
      GenerateTimestamp: '2026-11-23T03:00:00Z',
    });

    expect(await reasonAfter('P89D')).toBe('Current');
    expect(await reasonAfter('P1D')).toBe('Due');
    const fresh = current();
    expect(fixture.stages(user)).toEqual({ ACSCurrent: fresh, ACSPrevious: old });
    expect(fixture.keys(user)).toEqual({ [old]: 'Active', [fresh]: 'Active' });

    expect(await reasonAfter('P1D')).toBe('InGrace');
    expect(await reasonAfter('P1D')).toBe('OldKeyQuiet');
    expect(fixture.keys(user)).toEqual({ [old]: 'Inactive', [fresh]: 'Active' });
    expect(await reasonAfter('P6DT23H')).toBe('InRecovery');
    expect(await reasonAfter('PT1H')).toBe('RecoveryOver');
    expect(fixture.keys(user)).toEqual({ [fresh]: 'Active' });
    expect(await reasonAfter('P1D')).toBe('Current');
  });

  test('a key that was never managed is taken over at once and goes the usual way', async () => {
    fixture.account.createUser(user);
    const { accessKeyId: old } = fixture.account.createKey(user, { createdAt: new Date('2026-11-22') });
    expect(await reasonAfter('PT1H')).toBe('TakeOver');
    expect(fixture.keys(user)).toEqual({ [old]: 'Active', [current()]: 'Active' });
    expect(await reasonAfter('P2D')).toBe('OldKeyQuiet');
    expect(await reasonAfter('P7D')).toBe('RecoveryOver');
    expect(fixture.keys(user)).toEqual({ [current()]: 'Active' });
  });

  test("a person's own secret is adopted, and rotated when its key is old", async () => {
    fixture.account.createUser(user);
    const pair = fixture.account.createKey(user, { createdAt: new Date('2026-11-20T03:00:00Z') });
    const data = { AccessKeyId: pair.accessKeyId, AccessKeySecret: pair.accessKeySecret };
    fixture.account.createSecret(`keyturn/${user}`, 'v1', JSON.stringify(data));
    expect(await reasonAfter('PT1H')).toBe('Adopted');
    expect(fixture.stages(user)).toEqual({ ACSCurrent: 'v1' });
    expect(await reasonAfter('P86D')).toBe('Current');
    expect(await reasonAfter('P1D')).toBe('Due');
    expect(fixture.stages(user)).toEqual({ ACSCurrent: current(), ACSPrevious: 'v1' });
    expect(await reasonAfter('P2D')).toBe('OldKeyQuiet');
    expect(await reasonAfter('P7D')).toBe('RecoveryOver');
    expect(fixture.keys(user)).toEqual({ [current()]: 'Active' });
  });

  test.each(['aws', 'plain'] as const)(
    'ACSPrevious follows where KMS moves stages the %s way',
    async (stageMove) => {
      fixture.cloud.switches.stageMove = stageMove;
      fixture.account.createUser(user);
      const seen: string[] = [];
      for (let turn = 0; turn < 3; turn++) {
        await fixture.run();
        const before = seen.at(-1);
        if (before) expect(fixture.stages(user)).toEqual({ ACSCurrent: current(), ACSPrevious: before });
        seen.push(current());
        for (const wait of ['P2D', 'P7D', 'P81D']) await reasonAfter(wait);
        await fixture.run();
      }
      expect(new Set(seen).size).toBe(3);
    },
  );
});

describe('an old key that is still in use', () => {
  test('waits, with the date and service of its last use, until it is quiet', async () => {
    fixture.account.createUser(user);
    await fixture.run();
    const old = current();
    await reasonAfter('P90D');
    fixture.advance('P1D');
    fixture.account.markUsed(old, { service: 'Ecs' });
    fixture.advance('P1D');
    const ran = await fixture.run();
    expect(ran.report.users[0]).toMatchObject({ reason: 'OldKeyInUse', nextCheckAt: '2027-02-23T06:00:00Z' });
    expect(ran.report.users[0]?.message).toContain('2027-02-22T03:00Z by Ecs');
    expect(fixture.keys(user)[old]).toBe('Active');
    expect(await reasonAfter('PT2H59M')).toBe('OldKeyInUse');
    expect(await reasonAfter('PT2M')).toBe('OldKeyQuiet');
  });

  test('is disabled after grace all the same where the configuration says so', async () => {
    fixture.config = { ...fixture.config, rotation: { ...rotation, stillUsed: 'disable' } };
    fixture.account.createUser(user);
    await fixture.run();
    const old = current();
    await reasonAfter('P90D');
    fixture.advance('P2D');
    fixture.account.markUsed(old);
    expect(await reasonAfter('PT3H')).toBe('OldKeyStillUsed');
    expect(fixture.keys(user)[old]).toBe('Inactive');
  });

  test("with requireAdoption the new key must be used first; keyturn's own proof is no use", async () => {
    fixture.config = { ...fixture.config, rotation: { ...rotation, requireAdoption: true } };
    fixture.account.createUser(user);
    await fixture.run();
    await reasonAfter('P90D');
    expect(await reasonAfter('P3D')).toBe('NotAdopted');
    fixture.account.markUsed(current(), { service: 'Oss' });
    expect(await reasonAfter('PT3H')).toBe('OldKeyQuiet');
  });
});

describe('blocked: said, and nothing touched', () => {
  const cases: [string, () => void][] = [
    ['SecondKeyNotOurs', () => [0, 1].map(() => fixture.account.createKey(user))],
    [
      'ManagedByKms',
      () => fixture.account.createSecret(`acs/ram/user/${user}`, 'v1', '{}', { type: 'RAMCredentials' }),
    ],
    [
      'SecretPlannedForDeletion',
      () => {
        const secret = fixture.account.createSecret(`keyturn/${user}`, 'v1', '{}');
        secret.plannedDeleteTime = Date.now() + 7 * 86_400_000;
      },
    ],
    ['SecretUnusable', () => fixture.account.createSecret(`keyturn/${user}`, 'v1', 'no key pair')],
    [
      'SecretKeyUnknown',
      () => {
        const data = { AccessKeyId: 'LTAIgone', AccessKeySecret: 'x' };
        fixture.account.createSecret(`keyturn/${user}`, 'v1', JSON.stringify(data));
      },
    ],
  ];

  test.each(cases)('%s', async (reason, arrange) => {
    fixture.account.createUser(user);
    arrange();
    const ran = await fixture.run();
    expect(ran.error).toBeUndefined();
    expect(ran.report.users[0]).toMatchObject({ reason, actions: [] });
    expect(writes()).toEqual([]);
  });

  test.each([
    [20, 'NoRoomForTags'],
    [16, 'NoRoomForTags'],
    [15, 'TakeOver'],
  ])('with %i tags of others: %s', async (tags, reason) => {
    fixture.account.createUser(user);
    fixture.account.createKey(user);
    const others = Array.from({ length: tags }, (_, index): [string, string] => [`team-${index}`, 'x']);
    fixture.account.tagUser(fixture.account.user(user), others);
    const ran = await fixture.run();
    expect(ran.error).toBeUndefined();
    expect(ran.report.users[0]?.reason).toBe(reason);
    expect(fixture.account.user(user).keys.size).toBe(reason === 'TakeOver' ? 2 : 1);
  });

  test('with 15 tags of others and 3 that keyturn wrote for another job, nothing is issued', async () => {
    fixture.account.createUser(user);
    fixture.account.createKey(user);
    const others = Array.from({ length: 15 }, (_, index): [string, string] => [`team-${index}`, 'x']);
    const ownOtherwise = [
      [tagKeys.warned, 'user/20261120T030000Z'],
      [tagKeys.retiredUse, '-/LTAIold'],
      [tagKeys.leak, '389357/found:20261101T030000Z'],
    ] as const;
    fixture.account.tagUser(fixture.account.user(user), [
      ...others,
      ...ownOtherwise.map(([k, v]) => [k, v] as [string, string]),
    ]);
    const ran = await fixture.run();
    expect(ran.error).toBeUndefined();
    expect(ran.report.users[0]).toMatchObject({ reason: 'NoRoomForTags', actions: [] });
    expect(ran.report.users[0]?.message).toContain('leave 12 at most');
    expect(fixture.account.user(user).keys.size).toBe(1);
  });

  test('a second key that somebody makes in between is named', async () => {
    fixture.account.createUser(user);
    await fixture.run();
    const { accessKeyId } = fixture.account.createKey(user);
    const ran = await fixture.run();
    expect(ran.report.users[0]).toMatchObject({ reason: 'SecondKeyNotOurs' });
    expect(ran.report.users[0]?.message).toContain(accessKeyId);
  });
});

describe('somebody meddled with the current key', () => {
  test.each([
    ['disabled', 'CurrentKeyDisabled'],
    ['deleted', 'CurrentKeyDeleted'],
  ])('%s: a successor is issued, nothing is enabled', async (how, reason) => {
    fixture.account.createUser(user);
    await fixture.run();
    const dead = fixture.account.user(user).keys.get(current());
    if (!dead) throw new Error('no key');
    if (how === 'disabled') fixture.account.setKeyStatus(dead, 'Inactive');
    else fixture.account.deleteKey(dead);
    expect(await reasonAfter('P1D')).toBe(reason);
    expect(current()).not.toBe(dead.id);
    expect(fixture.keys(user)[current()]).toBe('Active');
    if (how === 'disabled') expect(fixture.keys(user)[dead.id]).toBe('Inactive');
  });
});

describe('who is managed', () => {
  test('names, a tag and a group; a name that nobody has is reported and fails nothing', async () => {
    for (const name of ['by-name', 'by-tag', 'by-group', 'other']) fixture.account.createUser(name);
    fixture.account.tagUser(fixture.account.user('by-tag'), [['keyturn', 'rotate']]);
    fixture.account.createGroup('rotated');
    fixture.account.addToGroup('by-group', 'rotated');
    const users = { names: ['by-name', 'gone'], tag: { key: 'keyturn', value: 'rotate' }, group: 'rotated' };
    const ran = await fixture.run({}, { config: { ...fixture.config, rotation: { users } } });
    expect(ran.error).toBeUndefined();
    expect(Object.fromEntries(ran.report.users.map(({ user, reason }) => [user, reason]))).toEqual({
      'by-name': 'FirstKey',
      'by-tag': 'FirstKey',
      'by-group': 'FirstKey',
      gone: 'UserNotFound',
    });
    expect(fixture.account.user('other').keys.size).toBe(0);
  });

  test('an exemption holds to the end of its last day', async () => {
    fixture.account.createUser(user);
    const config = { ...fixture.config, exempt: [{ user, reason: 'migration', until: '2026-11-24' }] };
    const during = await fixture.run({}, { config });
    expect(during.report.users[0]).toMatchObject({ reason: 'Exempt', nextCheckAt: '2026-11-25T00:00:00Z' });
    fixture.advance('PT44H59M59S');
    expect((await fixture.run({}, { config })).report.users[0]?.reason).toBe('Exempt');
    fixture.advance('PT1S');
    expect((await fixture.run({}, { config })).report.users[0]?.reason).toBe('FirstKey');
  });

  test.each([
    ['an exempt group that cannot be read', 'ListUsersForGroup'],
    ['the list of users', 'ListUsers'],
  ])('%s fails the run before any write', async (_, action) => {
    fixture.account.createUser(user);
    fixture.account.createGroup('auditors');
    fixture.cloud.faults.add({
      match: (call) => call.action === action,
      kind: 'error',
      status: 403,
      code: 'NoPermission',
      times: 99,
    });
    const config = { ...fixture.config, exempt: [{ group: 'auditors', reason: 'audit' }] };
    const ran = await fixture.run({}, { config });
    expect(ran.report).toMatchObject({ status: 'failed', users: [], error: { code: 'NoPermission' } });
    expect(writes()).toEqual([]);
  });

  test('a request for a user who is not managed is refused', async () => {
    fixture.account.createUser('other');
    const ran = await fixture.run({ users: ['other'] });
    expect(ran.error?.message).toContain('other is not a managed user');
    expect(() => ran.report).toThrow();
    expect(writes()).toEqual([]);
  });
});

describe('limits and modes', () => {
  test('rotationsPerRun begins the oldest keys first, takeovers before them, and reports who waits', async () => {
    const names = ['a', 'b', 'c', 'd'];
    fixture.config = { ...fixture.config, rotation: { users: { names } }, limits: { rotationsPerRun: 2 } };
    names.forEach((name, index) => {
      fixture.account.createUser(name);
      if (name !== 'd') fixture.account.createKey(name, { createdAt: new Date(`2026-0${3 - index}-01`) });
    });
    const first = await fixture.run();
    expect(first.error).toBeUndefined();
    expect(first.report.users.map(({ user, reason }) => [user, reason])).toEqual([
      ['a', 'RotationsPerRunReached'],
      ['b', 'TakeOver'],
      ['c', 'TakeOver'],
      ['d', 'RotationsPerRunReached'],
    ]);
    fixture.advance('P1D');
    const second = await fixture.run();
    expect(second.report.users.map(({ reason }) => reason)).toEqual([
      'TakeOver',
      'InGrace',
      'InGrace',
      'FirstKey',
    ]);
  });

  test('takeovers and first keys come before keys that are long overdue', async () => {
    const { account } = fixture;
    const names = ['overdue', 'taken-over', 'without'];
    for (const name of names) account.createUser(name);
    const pair = account.createKey('overdue', { createdAt: new Date('2025-01-01') });
    const data = { AccessKeyId: pair.accessKeyId, AccessKeySecret: pair.accessKeySecret };
    account.createSecret('keyturn/overdue', 'v1', JSON.stringify(data));
    account.createKey('taken-over');
    fixture.config = { ...fixture.config, rotation: { users: { names } }, limits: { rotationsPerRun: 2 } };
    const reasons = async () => (await fixture.run()).report.users.map(({ reason }) => reason);
    expect(await reasons()).toEqual(['RotationsPerRunReached', 'TakeOver', 'FirstKey']);
    expect((await reasons())[0]).toBe('Due');
  });

  test.each([
    ['CreateAccessKey is refused', 'CreateAccessKey', 403, 'NoPermission'],
    ['the quota is used up', 'CreateAccessKey', 409, 'LimitExceeded.User.AccessKey'],
    ['the secret is refused', 'CreateSecret', 403, 'Forbidden.NoPermission'],
  ])('nobody waits behind those who fail: %s', async (_, action, status, code) => {
    const name = (index: number) => `svc-${String(index).padStart(2, '0')}`;
    const names = Array.from({ length: 30 }, (_, index) => name(index));
    const failing = names.slice(0, 6);
    for (const [index, each] of names.entries()) {
      fixture.account.createUser(each);
      fixture.account.createKey(each, { createdAt: new Date(Date.UTC(2025, 0, 1 + index)) });
    }
    fixture.cloud.faults.add({
      match: ({ action: called, params }) =>
        called === action &&
        failing.some((each) => params.UserName === each || params.SecretName?.endsWith(each)),
      kind: 'error',
      status,
      code,
      times: 9999,
    });
    fixture.config = { ...fixture.config, rotation: { users: { names } }, limits: { rotationsPerRun: 5 } };
    for (let day = 1; day <= 5; day++) {
      const { report } = await fixture.run();
      const begun = report.users.filter(({ reason }) => reason === 'TakeOver').map((each) => each.user);
      expect(begun).toEqual(names.slice(6 + (day - 1) * 5, 6 + day * 5));
      fixture.advance('P1D');
    }
  });

  test('the oldest comes first, adopted or not, and a plan tells the whole way', async () => {
    const names = ['a', 'b', 'c'];
    for (const [index, name] of names.entries()) {
      fixture.account.createUser(name);
      const pair = fixture.account.createKey(name, { createdAt: new Date(Date.UTC(2026, 2 - index, 1)) });
      const data = { AccessKeyId: pair.accessKeyId, AccessKeySecret: pair.accessKeySecret };
      fixture.account.createSecret(`keyturn/${name}`, 'v1', JSON.stringify(data));
    }
    fixture.config = { ...fixture.config, rotation: { users: { names } }, limits: { rotationsPerRun: 1 } };
    const summed = ({ report }: Awaited<ReturnType<typeof fixture.run>>) =>
      report.users.map(({ reason, actions }) => [reason, actions.map(({ action }) => action)]);
    const rotated = ['CreateAccessKey', 'StoreSecret', 'ProveKey', 'PromoteSecret', 'NotifyConsumers'];
    const whole = [
      ['RotationsPerRunReached', []],
      ['RotationsPerRunReached', []],
      ['Due', rotated],
    ];
    expect(summed(await fixture.run({ dryRun: true }))).toEqual(whole);
    expect(summed(await fixture.run())).toEqual(whole);
  });

  test('where looking alone would take all the time, half of it is left for work, and the rest comes first next time', async () => {
    const names = Array.from({ length: 80 }, (_, index) => `svc-${index}`);
    for (const name of names) fixture.account.createUser(name);
    fixture.config = { ...fixture.config, rotation: { users: { names } }, limits: { readsPerSecond: 2 } };
    const first = await fixture.run({}, { timeout: 60 });
    const named = (ran: typeof first, reason: string) =>
      ran.report.users.filter((each) => each.reason === reason).map((each) => each.user);
    const left = named(first, 'TimeLimitReached');
    expect(named(first, 'FirstKey')).not.toEqual([]);
    expect(left.length).toBeGreaterThan(20);
    fixture.advance('P1D');
    const second = named(await fixture.run({}, { timeout: 60 }), 'FirstKey');
    expect(second).not.toEqual([]);
    expect(left).toEqual(expect.arrayContaining(second));
  });

  test('mode plan writes nothing and tells what it would do', async () => {
    fixture.account.createUser(user);
    const ran = await fixture.run({}, { config: { ...fixture.config, mode: 'plan' } });
    expect(ran.report).toMatchObject({ mode: 'plan', status: 'ok' });
    expect(ran.report.users[0]?.actions).toContainEqual({ action: 'CreateAccessKey', outcome: 'planned' });
    expect(writes()).toEqual([]);
  });

  test("one user's failure stops no other, and the run rejects", async () => {
    const names = ['broken', 'fine'];
    for (const name of names) fixture.account.createUser(name);
    fixture.cloud.faults.add({
      match: ({ action, params }) => action === 'CreateAccessKey' && params.UserName === 'broken',
      kind: 'error',
      status: 403,
      code: 'NoPermission',
      times: 99,
    });
    const ran = await fixture.run({}, { config: { ...fixture.config, rotation: { users: { names } } } });
    expect(ran.error?.message).toContain('broken');
    expect(ran.report.users.map(({ user, reason, error }) => [user, reason, error?.code])).toEqual([
      ['broken', 'Failed', 'NoPermission'],
      ['fine', 'FirstKey', undefined],
    ]);
    const last = JSON.parse(ran.lines.at(-1) ?? '{}');
    expect(last.report).toEqual(JSON.parse(JSON.stringify(ran.report)));
  });
});

test("a key's own network policy goes along before the successor is promoted", async () => {
  fixture.account.createUser(user);
  const networkPolicy =
    '{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["10.0.0.0/8"]}]}';
  const { accessKeyId } = fixture.account.createKey(user, { networkPolicy });
  const ran = await fixture.run();
  expect(ran.error).toBeUndefined();
  expect(fixture.account.user(user).keys.get(current())?.networkPolicy).toBe(networkPolicy);
  expect(ran.report.summary.actions).toMatchObject({ CarryNetworkPolicy: 1 });
  expect(accessKeyId).not.toBe(current());
});

test('a plan tells of names of secrets that KMS may refuse', async () => {
  fixture.account.createUser(user);
  const secret = { name: `${'x'.repeat(60)}/{userName}` };
  const config = { ...fixture.config, rotation: { users: { names: [user] }, secret } };
  const { report } = await fixture.run({ dryRun: true }, { config });
  expect(report.notes).toEqual([
    `The secrets of ${user} would have names of more than 64 characters, which KMS may refuse.`,
  ]);
});

test('an account without network policies says so once, and fails nothing', async () => {
  fixture.cloud.switches.accessKeyPolicyKnown = false;
  const names = ['a', 'b'];
  for (const name of names) {
    fixture.account.createUser(name);
    fixture.account.createKey(name);
  }
  const ran = await fixture.run({}, { config: { ...fixture.config, rotation: { users: { names } } } });
  expect(ran.error).toBeUndefined();
  expect(ran.report.notes).toEqual([expect.stringContaining('network policies')]);
});
