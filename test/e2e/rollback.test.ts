import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { releaseUser } from '../../src/rotation/hold';
import type { UserStatus } from '../../src/status/account-status';
import { readRosters, survey } from '../../src/status/survey-accounts';
import { type Answer, type Receiver, receiver } from '../support/receiver';
import { RotationFixture } from '../support/rotation-fixture';

let fixture: RotationFixture;
const receivers: Receiver[] = [];
const user = 'svc-orders';
const rollback = { users: [user], rollback: true, reason: 'cannot sign' };

beforeEach(async () => {
  fixture = await RotationFixture.open({ rotation: { users: { names: [user] } } });
  fixture.account.createUser(user);
});
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((each) => each.close()));
  await fixture.close();
});

const current = () => fixture.stages(user).ACSCurrent ?? '';
const tags = () => fixture.account.user(user).tags;
const writes = () => fixture.cloud.calls.filter((call) => call.write && call.executed);
const reportOf = async (event: unknown = {}) => (await fixture.run(event)).report.users[0];

async function reasonAfter(duration: string): Promise<string | undefined> {
  fixture.advance(duration);
  return (await reportOf())?.reason;
}

async function rotated(): Promise<{ old: string; fresh: string }> {
  await fixture.run();
  const old = current();
  await reasonAfter('P90D');
  return { old, fresh: current() };
}

/** The old key is disabled for two days. */
async function inRecovery(): Promise<{ old: string; fresh: string }> {
  const keys = await rotated();
  expect(await reasonAfter('P3D')).toBe('OldKeyQuiet');
  expect(await reasonAfter('P2D')).toBe('InRecovery');
  expect(fixture.keys(user)[keys.old]).toBe('Inactive');
  return keys;
}

/** A webhook that answers in turn with these statuses, the last of them for ever. */
async function hook(...statuses: number[]): Promise<Receiver> {
  const answers: Answer[] = statuses.map((status) => ({ status }));
  const each = await receiver(...answers);
  receivers.push(each);
  const channel = { type: 'webhook', url: `${each.origin}/hook`, secret: 'secret-of-the-channel' };
  fixture.config = { ...fixture.config, notify: [channel] };
  return each;
}

const events = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body));

/** The run is struck down at its first call that matches. */
function refuse(action: string, matches: (params: Readonly<Record<string, string>>) => boolean = () => true) {
  return fixture.cloud.faults.add({
    match: (call) => call.action === action && matches(call.params),
    kind: 'error',
    status: 403,
    code: 'Forbidden.NoPermission',
  });
}

async function status(): Promise<UserStatus | undefined> {
  const opening = fixture.opening('plan');
  return (await survey(opening, await readRosters(opening), {})).accounts[0]?.users[0];
}

const release = async () => releaseUser(await fixture.operator(), fixture.clock, user);

describe('goes back to the old key', () => {
  test('in its grace: proven, current, and the user on hold', async () => {
    const { old, fresh } = await rotated();
    const report = await reportOf(rollback);
    expect(report).toMatchObject({ reason: 'RolledBack' });
    expect(report?.actions.map(({ action, keyId, outcome }) => [action, keyId, outcome])).toEqual([
      ['ProveKey', old, 'done'],
      ['PromoteSecret', old, 'done'],
      ['NotifyConsumers', old, 'done'],
    ]);
    expect(fixture.stages(user)).toEqual({ ACSCurrent: old, ACSPrevious: fresh });
    expect(fixture.keys(user)).toEqual({ [old]: 'Active', [fresh]: 'Active' });
    expect(await reasonAfter('P30D')).toBe('OnHold');
    expect(fixture.keys(user)).toEqual({ [old]: 'Active', [fresh]: 'Active' });
    expect(tags().has('keyturn:rollback')).toBe(false);
    expect(await status()).toMatchObject({ state: 'hold', reason: 'OnHold' });
  });

  test.each(['aws', 'plain'] as const)(
    'in its recovery, enabled first (stages move as in %s)',
    async (how) => {
      fixture.cloud.switches.stageMove = how;
      const { old, fresh } = await inRecovery();
      const report = await reportOf(rollback);
      expect(report?.actions[0]).toEqual({ action: 'EnableAccessKey', keyId: old, outcome: 'done' });
      expect(fixture.stages(user)).toEqual({ ACSCurrent: old, ACSPrevious: fresh });
      expect(fixture.keys(user)).toEqual({ [old]: 'Active', [fresh]: 'Active' });
    },
  );

  test('where tags are read late, and nobody tells when a key was disabled', async () => {
    const { old, fresh } = await inRecovery();
    fixture.cloud.switches.tagReadLagMs = 5_000;
    fixture.cloud.switches.updateDate = false;
    expect(await reportOf(rollback)).toMatchObject({ reason: 'RolledBack' });
    expect(fixture.stages(user)).toEqual({ ACSCurrent: old, ACSPrevious: fresh });
    expect(await reasonAfter('PT1M')).toBe('OnHold');
  });

  test('said again, it stays there', async () => {
    const { old } = await rotated();
    await fixture.run(rollback);
    const before = writes().length;
    const again = await fixture.run(rollback);
    expect(again.error).toBeUndefined();
    expect(again.report.users[0]).toMatchObject({ reason: 'RolledBack', actions: [] });
    expect(current()).toBe(old);
    expect(writes()).toHaveLength(before);
  });

  test('of a secret that a person made, under a version of another name', async () => {
    const { accessKeyId: old, accessKeySecret } = fixture.account.createKey(user, {
      createdAt: new Date('2026-01-01'),
    });
    const pair = JSON.stringify({ AccessKeyId: old, AccessKeySecret: accessKeySecret });
    fixture.account.createSecret(`keyturn/${user}`, 'v1', pair);
    await fixture.run();
    const fresh = current();
    expect(fixture.stages(user)).toMatchObject({ ACSCurrent: fresh, ACSPrevious: 'v1' });
    const told = await hook(200);
    expect(await reportOf(rollback)).toMatchObject({ reason: 'RolledBack' });
    expect(fixture.stages(user)).toMatchObject({ ACSCurrent: 'v1', ACSPrevious: fresh });
    expect(events(told)[0].data).toMatchObject({ keyId: old, versionId: 'v1', oldKeyId: fresh });
  });

  test('of a user who is not managed any more, and is exempt', async () => {
    const { old } = await rotated();
    const failing = refuse('UpdateSecretVersionStage');
    fixture.config = {
      ...fixture.config,
      rotation: { users: { names: [] } },
      exempt: [{ user, reason: 'break glass' }],
    };
    expect(await reportOf(rollback)).toMatchObject({ error: { code: 'Forbidden.NoPermission' } });
    expect(failing.hits).toBe(1);
    expect(await reportOf()).toMatchObject({ reason: 'RolledBack' });
    expect(current()).toBe(old);
  });
});

test('a key that keyturn took over is enabled again, and the secret keeps the new one', async () => {
  const { accessKeyId } = fixture.account.createKey(user);
  await fixture.run();
  const fresh = current();
  expect(await reasonAfter('P3D')).toBe('OldKeyQuiet');
  fixture.advance('P1D');
  expect(await reportOf(rollback)).toMatchObject({
    reason: 'OldKeyHandedBack',
    actions: [{ action: 'EnableAccessKey', keyId: accessKeyId, outcome: 'done' }],
  });
  expect(fixture.keys(user)).toEqual({ [accessKeyId]: 'Active', [fresh]: 'Active' });
  expect(current()).toBe(fresh);
  expect(await reasonAfter('P30D')).toBe('OnHold');
  expect(await release()).toMatchObject({ reason: 'Released' });
  expect(await reasonAfter('PT1H')).toBe('OldKeyQuiet');
});

describe('is refused, and nothing is written', () => {
  const refused = async (code: string, event: unknown = rollback) => {
    const before = writes().length;
    const ran = await fixture.run(event);
    expect(ran.report.users[0]).toMatchObject({ reason: 'Refused', error: { code }, actions: [] });
    expect(ran.error?.message).toContain('Nothing was changed.');
    expect(writes()).toHaveLength(before);
  };

  test('after an emergency', async () => {
    await fixture.run();
    await fixture.run({ users: [user], emergency: true });
    await refused('KeyLeaked');
  });

  test('after a containment whose successor a later run issued', async () => {
    await fixture.run();
    const leaked = current();
    await fixture.run({ users: [user], emergency: true, containOnly: true });
    expect(await reasonAfter('P1D')).toBe('CurrentKeyDisabled');
    await refused('KeyLeaked');
    expect(fixture.keys(user)[leaked]).toBe('Inactive');
  });

  test.each([true, false])('a key that somebody disabled (its time told: %s)', async (updateDate) => {
    fixture.cloud.switches.updateDate = updateDate;
    const { old } = await rotated();
    const someone = fixture.account.user(user);
    fixture.account.setKeyStatus(fixture.account.key(someone, old), 'Inactive');
    await refused('DisabledByOthers');
  });

  test('a key that somebody enabled and disabled after keyturn had', async () => {
    const { old } = await inRecovery();
    const key = fixture.account.key(fixture.account.user(user), old);
    fixture.account.setKeyStatus(key, 'Active');
    fixture.account.setKeyStatus(key, 'Inactive');
    await refused('DisabledByOthers');
  });

  test('a user without an old key', async () => {
    await fixture.run();
    await refused('NoOldKey');
  });

  test('a user without room for tags', async () => {
    await rotated();
    const many = Array.from({ length: 13 }, (_, n): [string, string] => [`tag${n}`, 'x']);
    fixture.account.tagUser(fixture.account.user(user), many);
    await refused('NoRoomForTags');
  });

  test('a user who does not exist', async () => {
    const ran = await fixture.run({ ...rollback, users: ['nobody'] });
    expect(ran.report.users[0]).toMatchObject({ reason: 'UserNotFound', error: { code: 'UserNotFound' } });
    expect(writes()).toEqual([]);
  });

  test('mode plan, before any call', async () => {
    const ran = await fixture.run(rollback, { config: { ...fixture.config, mode: 'plan' } });
    expect(ran.error?.message).toContain('mode: plan');
    expect(fixture.cloud.calls).toEqual([]);
  });

  test('several accounts, of which none is named', async () => {
    const accounts = [{ id: fixture.account.id }, { id: '9999999999999999' }];
    const ran = await fixture.run(rollback, { config: { ...fixture.config, accounts } });
    expect(ran.error?.message).toContain('account: must be named in a rollback');
    expect(fixture.cloud.calls).toEqual([]);
  });

  test.each([
    ['nobody', { rollback: true }, 'rollback: needs users: say who goes back to the old key'],
    ['an emergency', { ...rollback, emergency: true }, 'rollback: cannot stand beside emergency'],
    ['several accounts', { ...rollback, accounts: ['1', '2'] }, 'accounts: cannot be named in a rollback'],
    ['a word', { ...rollback, rollback: 'yes' }, 'rollback: must be true or false'],
  ])('an event about %s', async (_, event, message) => {
    const ran = await fixture.run(event);
    expect(ran.error?.message).toContain(message);
    expect(fixture.cloud.calls).toEqual([]);
  });
});

describe('another run at work', () => {
  const occupy = (by: string) => {
    const until = fixture.now.plus({ minutes: 10 }).toFormat("yyyyLLdd'T'HHmmss'Z'");
    fixture.account.tagUser(fixture.account.user(user), [['keyturn:run:other.1', `${by}/${until}`]]);
  };

  test('a timer run that stands still has lost the user when its lease is over', async () => {
    const { old } = await rotated();
    occupy('timer');
    const before = fixture.now;
    expect(await reportOf(rollback)).toMatchObject({ reason: 'RolledBack' });
    expect(fixture.now.diff(before).as('seconds')).toBeGreaterThanOrEqual(40);
    expect(current()).toBe(old);
  });

  test('an emergency wins at once, and fails the wish of a person', async () => {
    const { fresh } = await rotated();
    occupy('emergency');
    const ran = await fixture.run(rollback);
    expect(ran.report.users[0]).toMatchObject({ reason: 'Busy', error: { code: 'Busy' }, actions: [] });
    expect(ran.error?.message).toContain('Run the rollback again.');
    expect(current()).toBe(fresh);
  });

  test('an emergency wins, and fails no timer, which comes again', async () => {
    const { old } = await rotated();
    refuse('UpdateSecretVersionStage');
    await fixture.run(rollback);
    occupy('emergency');
    const ran = await fixture.run();
    expect(ran.error).toBeUndefined();
    expect(ran.report.users[0]).toMatchObject({ reason: 'Busy' });
    expect(await reasonAfter('PT1H')).toBe('RolledBack');
    expect(current()).toBe(old);
  });
});

test('a version that holds another pair than its name says is not made current', async () => {
  const { old, fresh } = await rotated();
  const versions = fixture.account.secret(`keyturn/${user}`)?.versions;
  const [stored, other] = [versions?.get(old), versions?.get(fresh)];
  if (!stored || !other) throw new Error('a version is missing');
  versions?.set(old, { ...stored, data: other.data });
  const ran = await fixture.run(rollback);
  expect(ran.report.users[0]).toMatchObject({ error: { code: 'KeyNotProven' } });
  expect(ran.error?.message).toContain(`holds key ${fresh} instead of ${old}`);
  expect(current()).toBe(fresh);
});

test('a plan of it tells the steps, and does nothing', async () => {
  const { old, fresh } = await inRecovery();
  const told = await hook(200);
  const before = writes().length;
  const config = { ...fixture.config, mode: 'plan' };
  const ran = await fixture.run({ ...rollback, dryRun: true }, { config });
  expect(ran.error).toBeUndefined();
  expect(ran.report.users[0]?.actions.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'EnableAccessKey planned',
    'ProveKey planned',
    'PromoteSecret planned',
    'NotifyConsumers planned',
  ]);
  expect(writes()).toHaveLength(before);
  expect(told.received).toEqual([]);
  expect(fixture.keys(user)).toEqual({ [old]: 'Inactive', [fresh]: 'Active' });
});

describe('the notice', () => {
  test('is news, tells the reason, and no end of the newer key', async () => {
    const told = await hook(200);
    const { old, fresh } = await rotated();
    await fixture.run(rollback);
    const all = events(told);
    const { type, data, id } = all.at(-1);
    expect(type).toBe('keyturn.accesskey.rotated');
    expect(data).toMatchObject({
      keyId: old,
      versionId: old,
      oldKeyId: fresh,
      rolledBack: true,
      reason: 'cannot sign',
    });
    expect(data).not.toHaveProperty('oldKeyDisabledFrom');
    expect(all.map((event) => event.id).filter((each) => each === id)).toHaveLength(1);
  });

  test('undelivered, is sent again although the user is on hold', async () => {
    const { old, fresh } = await rotated();
    const down = await hook(500);
    expect(await reportOf(rollback)).toMatchObject({ reason: 'NoticeUndelivered' });
    expect(current()).toBe(old);
    expect(await status()).toMatchObject({ state: 'emergency', reason: 'RollbackUnfinished' });
    expect(await reasonAfter('PT1H')).toBe('NoticeUndelivered');
    fixture.advance('P1D');
    expect(await reportOf()).toMatchObject({ error: { code: 'NoticeUndelivered' } });

    const up = await hook(200);
    expect(await reasonAfter('PT1H')).toBe('RolledBack');
    const [delivered] = events(up);
    expect(delivered.id).toBe(events(down)[0].id);
    expect(delivered.data).toMatchObject({ keyId: old, oldKeyId: fresh });
    expect(delivered.data).not.toHaveProperty('oldKeyDisabledFrom');
    expect(await reasonAfter('PT1H')).toBe('OnHold');
    expect(events(up)).toHaveLength(1);
  });
});

test('after the release the newer key goes the usual way, and then the old one is replaced', async () => {
  const { old, fresh } = await inRecovery();
  await fixture.run(rollback);
  expect(await reasonAfter('P1D')).toBe('OnHold');
  expect(await release()).toMatchObject({ reason: 'Released' });
  expect(await reasonAfter('PT1H')).toBe('InGrace');
  fixture.account.markUsed(fresh, { service: 'Ecs' });
  expect(await reasonAfter('P1D')).toBe('OldKeyInUse');
  expect(await reasonAfter('P1D')).toBe('OldKeyQuiet');
  expect(fixture.keys(user)).toEqual({ [old]: 'Active', [fresh]: 'Inactive' });
  expect(await reasonAfter('P6D')).toBe('InRecovery');
  expect(await reasonAfter('P1D')).toBe('Due');
  expect(fixture.keys(user)).toEqual({ [old]: 'Active', [current()]: 'Active' });
  expect([old, fresh]).not.toContain(current());
});

describe('stopped on the way', () => {
  test.each([
    ['it was enabled', 'UpdateAccessKey'],
    ['it was proven', 'GetSecretValue'],
    ['it was made current', 'UpdateSecretVersionStage'],
  ])('before %s, a later run goes on', async (_, action) => {
    const { old } = await inRecovery();
    const failing = refuse(action);
    expect(await reportOf(rollback)).toMatchObject({ error: { code: 'Forbidden.NoPermission' } });
    expect(failing.hits).toBe(1);
    expect(await status()).toMatchObject({ state: 'emergency', reason: 'RollbackUnfinished' });
    expect(await reasonAfter('P1D')).toBe('RolledBack');
    expect(current()).toBe(old);
    expect(await reasonAfter('P1D')).toBe('OnHold');
  });

  const confirming = (params: Readonly<Record<string, string>>) =>
    Object.values(params).includes('keyturn:current');

  test('before it was written down, an emergency wins, and the newer key makes room', async () => {
    const { old, fresh } = await rotated();
    refuse('TagResources', confirming);
    await fixture.run(rollback);
    expect(current()).toBe(old);
    const ran = await fixture.run({ users: [user], emergency: true });
    expect(ran.error).toBeUndefined();
    expect(fixture.keys(user)).toEqual({ [old]: 'Inactive', [current()]: 'Active' });
    expect([old, fresh]).not.toContain(current());
    expect(tags().has('keyturn:rollback')).toBe(false);
    expect(await reasonAfter('PT1H')).toBe('InRecovery');
  });

  test('before the old key was proven, it leaks: it stays dead, and the rollback is given up', async () => {
    const { old, fresh } = await inRecovery();
    refuse('GetSecretValue');
    await fixture.run(rollback);
    expect(fixture.keys(user)[old]).toBe('Active');
    await fixture.run({ users: [user], emergency: true, keyId: old });
    expect(await reportOf()).toMatchObject({ reason: 'Refused', error: { code: 'RollbackAbandoned' } });
    expect(current()).toBe(fresh);
    expect(fixture.keys(user)).toEqual({ [old]: 'Inactive', [fresh]: 'Active' });
    expect(await reasonAfter('PT1H')).toBe('InRecovery');
  });

  test('before it was written down, somebody disables the old key: the newer one is current again', async () => {
    const { old, fresh } = await rotated();
    refuse('TagResources', confirming);
    await fixture.run(rollback);
    fixture.advance('PT1H');
    fixture.account.setKeyStatus(fixture.account.key(fixture.account.user(user), old), 'Inactive');
    expect(await reportOf()).toMatchObject({ error: { code: 'RollbackAbandoned' } });
    expect(current()).toBe(fresh);
    expect(await reasonAfter('PT1H')).toBe('InRecovery');
  });

  test('a key that does not sign is given up at once, and the current one stays', async () => {
    const { old, fresh } = await inRecovery();
    const unknown = fixture.cloud.faults.add({
      match: ({ action }) => action === 'GetCallerIdentity',
      kind: 'error',
      status: 403,
      code: 'InvalidAccessKeyId.Inactive',
      times: 100,
    });
    expect(await reportOf(rollback)).toMatchObject({ error: { code: 'KeyNotProven' } });
    unknown.remove();
    expect(current()).toBe(fresh);
    expect([...tags().keys()]).not.toContain('keyturn:standby');
    expect([...tags().keys()]).not.toContain('keyturn:rollback');
    expect([...tags().keys()]).not.toContain('keyturn:hold');
    expect(await reasonAfter('PT1H')).toBe('OldKeyInUse');
    expect(await reasonAfter('P2D')).toBe('OldKeyQuiet');
    expect(fixture.keys(user)).toEqual({ [old]: 'Inactive', [fresh]: 'Active' });
  });
});
