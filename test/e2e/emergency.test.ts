import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callsOneAfterAnother } from '../../packages/local-alibaba-cloud/src/depth';
import { unproven } from '../../src/cli/text/emergency-proof';
import { type Ran, Stage } from './stage';

let stage: Stage;
const user = 'svc-orders';
const emergency = { users: [user], emergency: true, reason: 'found in a public repository' };

beforeEach(async () => {
  stage = await Stage.open({ rotation: { users: { names: [user] } } });
  stage.account.createUser(user);
});
afterEach(() => stage.close());

const current = () => stage.stages(user).ACSCurrent ?? '';
const writes = () => stage.cloud.calls.filter((call) => call.write && call.executed);

/** The calls of a run up to the one that disabled this key. */
async function untilDisabled(keyId: string, run: () => Promise<Ran>) {
  const before = stage.cloud.calls.length;
  stage.cloud.latencyMs = 80;
  const ran = await run();
  stage.cloud.latencyMs = 0;
  const calls = stage.cloud.calls.slice(before);
  const end = calls.find(
    ({ action, params }) => action === 'UpdateAccessKey' && params.UserAccessKeyId === keyId,
  );
  if (!end) throw new Error(`${keyId} was not disabled`);
  return { ran, depth: callsOneAfterAnother(calls, end) };
}

async function rotated(): Promise<{ old: string; fresh: string }> {
  await stage.run();
  const old = current();
  stage.advance('P90D');
  await stage.run();
  return { old, fresh: current() };
}

describe('replaces the current key', () => {
  test('with one key: issued, stored, proven, promoted, and the leaked one dead, at most 8 calls deep', async () => {
    await stage.run();
    const leaked = current();
    const { ran, depth } = await untilDisabled(leaked, () => stage.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(ran.report).toMatchObject({ trigger: 'emergency', status: 'ok' });
    expect(ran.report.users[0]).toMatchObject({ reason: 'EmergencyReplaced' });
    expect(stage.keys(user)).toEqual({ [leaked]: 'Inactive', [current()]: 'Active' });
    expect(current()).not.toBe(leaked);
    expect(stage.stages(user)).toEqual({ ACSCurrent: current(), ACSPrevious: leaked });
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('a user whose only key was never managed gets a secret', async () => {
    const { accessKeyId } = stage.account.createKey(user, { createdAt: new Date('2020-01-01') });
    const { ran, depth } = await untilDisabled(accessKeyId, () => stage.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(stage.keys(user)).toEqual({ [accessKeyId]: 'Inactive', [current()]: 'Active' });
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('the predecessor in grace makes room', async () => {
    const { old, fresh } = await rotated();
    const { ran, depth } = await untilDisabled(fresh, () => stage.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(stage.keys(user)).toEqual({ [fresh]: 'Inactive', [current()]: 'Active' });
    expect(stage.account.recycledKeys(stage.account.user(user)).map((key) => key.id)).toEqual([old]);
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('the predecessor in recovery makes room', async () => {
    const { fresh } = await rotated();
    stage.advance('P3D');
    await stage.run();
    const { ran, depth } = await untilDisabled(fresh, () => stage.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(stage.keys(user)).toEqual({ [fresh]: 'Inactive', [current()]: 'Active' });
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('a stored standby is used instead of a new key', async () => {
    await stage.run();
    const leaked = current();
    stage.advance('P90D');
    stage.cloud.faults.add({
      match: ({ action }) => action === 'UpdateSecretVersionStage',
      kind: 'error',
      status: 403,
      code: 'Forbidden.NoPermission',
      times: 1,
    });
    await stage.run();
    const standby = Object.keys(stage.keys(user)).find((id) => id !== leaked);
    stage.advance('P1D');
    const ran = await stage.run(emergency);
    expect(ran.error).toBeUndefined();
    expect(stage.keys(user)).toEqual({ [leaked]: 'Inactive', [standby ?? '']: 'Active' });
    expect(current()).toBe(standby);
  });

  test.each([
    ['with the old key in the way', 'P1D'],
    ['alone', 'P30D'],
  ])('a leaked key that has a network policy of its own, %s', async (_, age) => {
    await stage.run();
    stage.advance('P90D');
    await stage.run();
    if (age === 'P30D') {
      stage.advance('P3D');
      await stage.run();
      stage.advance('P8D');
      await stage.run();
    }
    const leaked = current();
    const networkPolicy = JSON.stringify({
      Version: 1,
      Status: 'Active',
      Statements: [{ Type: 'ClassicWhiteList', IPList: ['203.0.113.0/24'] }],
    });
    const key = stage.account.user(user).keys.get(leaked);
    if (key) key.networkPolicy = networkPolicy;
    stage.advance(age === 'P30D' ? 'P1D' : 'PT1H');
    const { ran, depth } = await untilDisabled(leaked, () => stage.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(current()).not.toBe(leaked);
    expect(stage.account.user(user).keys.get(current())?.networkPolicy).toBe(networkPolicy);
    expect(depth).toBeLessThanOrEqual(8);
  });

  test("a person's own secret", async () => {
    const { accessKeyId, accessKeySecret } = stage.account.createKey(user);
    stage.account.createSecret(
      `keyturn/${user}`,
      'v1',
      JSON.stringify({ AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret }),
    );
    const { ran, depth } = await untilDisabled(accessKeyId, () => stage.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(stage.keys(user)).toEqual({ [accessKeyId]: 'Inactive', [current()]: 'Active' });
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('said twice, it replaces once', async () => {
    await stage.run();
    const leaked = current();
    await stage.run(emergency);
    const fresh = current();
    const again = await stage.run(emergency);
    expect(again.error).toBeUndefined();
    expect(again.report.users[0]?.reason).toBe('AlreadyReplaced');
    const named = await stage.run({ ...emergency, keyId: leaked });
    expect(named.report.users[0]?.reason).toBe('AlreadyDisabled');
    expect(current()).toBe(fresh);
    stage.advance('P1D');
    await stage.run(emergency);
    expect(current()).not.toBe(fresh);
  });

  test('later runs go on as after any rotation', async () => {
    await stage.run();
    const leaked = current();
    await stage.run(emergency);
    const reasons: (string | undefined)[] = [];
    for (let day = 0; day < 9; day++) {
      stage.advance('P1D');
      reasons.push((await stage.run()).report.users[0]?.reason);
    }
    expect(reasons.slice(0, 6)).toEqual(Array(6).fill('InRecovery'));
    expect(stage.keys(user)).toEqual({ [current()]: 'Active' });
    expect(current()).not.toBe(leaked);
  });
});

describe('keyId', () => {
  test('an old key in grace is disabled and nothing is issued', async () => {
    const { old, fresh } = await rotated();
    const ran = await stage.run({ ...emergency, keyId: old });
    expect(ran.error).toBeUndefined();
    expect(ran.report.summary.actions).toEqual({ DisableAccessKey: 1 });
    expect(stage.keys(user)).toEqual({ [old]: 'Inactive', [fresh]: 'Active' });
  });

  test.each([
    ['unknown to RAM', 'LTAI5tNobodysKey00000000'],
    ["another user's", 'other'],
  ])('%s is refused', async (_, given) => {
    await stage.run();
    stage.account.createUser('other');
    const other = stage.account.createKey('other').accessKeyId;
    const before = writes().length;
    const ran = await stage.run({ ...emergency, keyId: given === 'other' ? other : given });
    expect(ran.error?.message).toContain('is not a key of user svc-orders');
    expect(writes()).toHaveLength(before);
  });
});

describe('containOnly', () => {
  test('disables every Active key, with KMS down, and the next timer run issues a successor', async () => {
    await stage.run();
    const leaked = current();
    const down = stage.cloud.faults.add({
      match: ({ product }) => product === 'kms',
      kind: 'error',
      status: 503,
      code: 'ServiceUnavailableTemporary',
      times: 1000,
    });
    const ran = await stage.run({ ...emergency, containOnly: true });
    expect(ran.error).toBeUndefined();
    expect(stage.keys(user)).toEqual({ [leaked]: 'Inactive' });
    down.remove();
    stage.advance('P1D');
    const next = await stage.run();
    expect(next.error).toBeUndefined();
    expect(stage.keys(user)).toEqual({ [leaked]: 'Inactive', [current()]: 'Active' });
    expect(current()).not.toBe(leaked);
  });

  test('goes on where the intent cannot be written, and says so', async () => {
    await stage.run();
    const leaked = current();
    stage.cloud.faults.add({
      match: ({ action }) => action === 'TagResources',
      kind: 'error',
      status: 403,
      code: 'NoPermission',
      times: 1000,
    });
    const ran = await stage.run({ ...emergency, containOnly: true });
    expect(ran.report.users[0]?.error?.code).toBe('NoPermission');
    expect(stage.keys(user)).toEqual({ [leaked]: 'Inactive' });
  });
});

describe('a key that was dead before', () => {
  const kills = (ran: Ran) =>
    ran.report.users[0]?.actions.filter(({ action }) => action === 'DisableAccessKey');

  test('contained: it is replaced, and the report proves that it is dead', async () => {
    await stage.run();
    const leaked = current();
    await stage.run({ ...emergency, containOnly: true });
    const ran = await stage.run(emergency);
    expect(ran.report.users[0]?.reason).toBe('EmergencyReplaced');
    expect(kills(ran)).toEqual([{ action: 'DisableAccessKey', keyId: leaked, outcome: 'done' }]);
    expect(unproven(ran.report, [user])).toEqual([]);
    expect(stage.keys(user)).toEqual({ [leaked]: 'Inactive', [current()]: 'Active' });
  });

  test('deleted by somebody: the same', async () => {
    await stage.run();
    const leaked = current();
    const someone = stage.account.user(user);
    stage.account.setKeyStatus(stage.account.key(someone, leaked), 'Inactive');
    stage.account.deleteKey(stage.account.key(someone, leaked));
    const ran = await stage.run(emergency);
    expect(kills(ran)).toEqual([{ action: 'DisableAccessKey', keyId: leaked, outcome: 'done' }]);
    expect(unproven(ran.report, [user])).toEqual([]);
    expect(stage.keys(user)).toEqual({ [current()]: 'Active' });
  });

  test('a run stopped after it was disabled: it is known to be keyturn that did it', async () => {
    await stage.run();
    const leaked = current();
    stage.cloud.faults.add({
      match: ({ action, params }) =>
        action === 'TagResources' && Object.values(params).includes('keyturn:current'),
      kind: 'error',
      status: 403,
      code: 'NoPermission',
    });
    await stage.run(emergency);
    expect(stage.keys(user)[leaked]).toBe('Inactive');
    stage.advance('PT1H');
    expect((await stage.run()).report.users[0]?.reason).toBe('EmergencyReplaced');
    expect(stage.account.user(user).tags.get('keyturn:old')).toContain(`${leaked}/disabled/`);
  });
});

test('two containments one after another: the adopted current key still gets a successor', async () => {
  const first = stage.account.createKey(user, { createdAt: new Date('2026-10-01') });
  stage.account.createSecret(
    `keyturn/${user}`,
    'v1',
    JSON.stringify({ AccessKeyId: first.accessKeyId, AccessKeySecret: first.accessKeySecret }),
  );
  await stage.run();
  const second = stage.account.createKey(user).accessKeyId;
  await stage.run({ ...emergency, containOnly: true, keyId: first.accessKeyId });
  await stage.run({ ...emergency, containOnly: true, keyId: second });
  expect(stage.keys(user)).toEqual({ [first.accessKeyId]: 'Inactive', [second]: 'Inactive' });
  const someone = stage.account.user(user);
  stage.account.deleteKey(stage.account.key(someone, second));
  const ran = await stage.run();
  expect(ran.report.users[0]?.reason).toBe('CurrentKeyDisabled');
  expect(stage.keys(user)).toEqual({ [first.accessKeyId]: 'Inactive', [current()]: 'Active' });
});

describe('refused, and nothing is written', () => {
  test('two enabled keys of which none is known to be current', async () => {
    const keys = [stage.account.createKey(user), stage.account.createKey(user)];
    const ran = await stage.run(emergency);
    for (const { accessKeyId } of keys) expect(ran.error?.message).toContain(accessKeyId);
    expect(writes()).toEqual([]);
  });

  test.each([
    ['by name', { user }],
    ['by group', { group: 'auditors' }],
    ['by tag', { tag: { key: 'keyturn', value: 'exempt' } }],
  ])('an exempt user %s, unless forced', async (_, rule) => {
    stage.account.createUser('exempt');
    stage.account.createGroup('auditors');
    stage.account.addToGroup(user, 'auditors');
    stage.account.tagUser(stage.account.user(user), [['keyturn', 'exempt']]);
    const { accessKeyId } = stage.account.createKey(user);
    const config = { ...stage.config, exempt: [{ ...rule, reason: 'break glass' }] };
    const refused = await stage.run(emergency, { config });
    expect(refused.error?.message).toContain('exempt');
    expect(writes()).toEqual([]);
    const forced = await stage.run({ ...emergency, force: true }, { config });
    expect(forced.error).toBeUndefined();
    expect(stage.keys(user)[accessKeyId]).toBe('Inactive');
  });

  test('mode plan', async () => {
    stage.account.createKey(user);
    const ran = await stage.run(emergency, { config: { ...stage.config, mode: 'plan' } });
    expect(ran.error?.message).toContain('mode');
    expect(stage.cloud.calls).toEqual([]);
  });

  test('mode plan with dryRun tells the plan', async () => {
    const { accessKeyId } = stage.account.createKey(user);
    const ran = await stage.run(
      { ...emergency, dryRun: true },
      { config: { ...stage.config, mode: 'plan' } },
    );
    expect(ran.report.users[0]?.actions.map(({ action, outcome }) => `${action} ${outcome}`)).toContain(
      'DisableAccessKey planned',
    );
    expect(stage.keys(user)).toEqual({ [accessKeyId]: 'Active' });
    expect(writes()).toEqual([]);
  });

  test('a user who does not exist', async () => {
    const ran = await stage.run({ ...emergency, users: ['nobody'] });
    expect(ran.error?.message).toContain('nobody');
  });
});

test('a foreign second key stays, the leaked one dies, and a person is told what to do', async () => {
  await stage.run();
  const leaked = current();
  const foreign = stage.account.createKey(user).accessKeyId;
  const ran = await stage.run(emergency);
  expect(ran.error?.message).toContain(foreign);
  expect(stage.keys(user)).toEqual({ [leaked]: 'Inactive', [foreign]: 'Active' });
  expect(ran.report.summary.actions).toEqual({ DisableAccessKey: 1 });
});
