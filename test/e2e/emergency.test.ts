import { DateTime } from 'luxon';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callsOneAfterAnother } from '../../packages/local-alibaba-cloud/index';
import { unproven } from '../../src/cli/text/emergency-proof';
import { type Ran, RotationFixture } from '../support/rotation-fixture';

let fixture: RotationFixture;
const user = 'svc-orders';
const emergency = { users: [user], emergency: true, reason: 'found in a public repository' };

beforeEach(async () => {
  fixture = await RotationFixture.open({ rotation: { users: { names: [user] } } });
  fixture.account.createUser(user);
});
afterEach(() => fixture.close());

const current = () => fixture.stages(user).ACSCurrent ?? '';
const writes = () => fixture.cloud.calls.filter((call) => call.write && call.executed);

/** The calls of a run up to the one that disabled this key. */
async function untilDisabled(keyId: string, run: () => Promise<Ran>) {
  const before = fixture.cloud.calls.length;
  fixture.cloud.latencyMs = 80;
  const ran = await run();
  fixture.cloud.latencyMs = 0;
  const calls = fixture.cloud.calls.slice(before);
  const end = calls.find(
    ({ action, params }) => action === 'UpdateAccessKey' && params.UserAccessKeyId === keyId,
  );
  if (!end) throw new Error(`${keyId} was not disabled`);
  return { ran, depth: callsOneAfterAnother(calls, end) };
}

async function rotated(): Promise<{ old: string; fresh: string }> {
  await fixture.run();
  const old = current();
  fixture.advance('P90D');
  await fixture.run();
  return { old, fresh: current() };
}

describe('replaces the current key', () => {
  test('with one key: issued, stored, proven, promoted, and the leaked one dead, at most 8 calls deep', async () => {
    await fixture.run();
    const leaked = current();
    const { ran, depth } = await untilDisabled(leaked, () => fixture.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(ran.report).toMatchObject({ trigger: 'emergency', status: 'ok' });
    expect(ran.report.users[0]).toMatchObject({ reason: 'EmergencyReplaced' });
    expect(fixture.keys(user)).toEqual({ [leaked]: 'Inactive', [current()]: 'Active' });
    expect(current()).not.toBe(leaked);
    expect(fixture.stages(user)).toEqual({ ACSCurrent: current(), ACSPrevious: leaked });
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('a user whose only key was never managed gets a secret', async () => {
    const { accessKeyId } = fixture.account.createKey(user, { createdAt: new Date('2020-01-01') });
    const { ran, depth } = await untilDisabled(accessKeyId, () => fixture.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(fixture.keys(user)).toEqual({ [accessKeyId]: 'Inactive', [current()]: 'Active' });
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('the predecessor in grace makes room', async () => {
    const { old, fresh } = await rotated();
    const { ran, depth } = await untilDisabled(fresh, () => fixture.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(fixture.keys(user)).toEqual({ [fresh]: 'Inactive', [current()]: 'Active' });
    expect(fixture.account.recycledKeys(fixture.account.user(user)).map((key) => key.id)).toEqual([old]);
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('the predecessor in recovery makes room', async () => {
    const { fresh } = await rotated();
    fixture.advance('P3D');
    await fixture.run();
    const { ran, depth } = await untilDisabled(fresh, () => fixture.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(fixture.keys(user)).toEqual({ [fresh]: 'Inactive', [current()]: 'Active' });
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('a stored standby is used instead of a new key', async () => {
    await fixture.run();
    const leaked = current();
    fixture.advance('P90D');
    fixture.cloud.faults.add({
      match: ({ action }) => action === 'UpdateSecretVersionStage',
      kind: 'error',
      status: 403,
      code: 'Forbidden.NoPermission',
      times: 1,
    });
    await fixture.run();
    const standby = Object.keys(fixture.keys(user)).find((id) => id !== leaked);
    fixture.advance('P1D');
    const ran = await fixture.run(emergency);
    expect(ran.error).toBeUndefined();
    expect(fixture.keys(user)).toEqual({ [leaked]: 'Inactive', [standby ?? '']: 'Active' });
    expect(current()).toBe(standby);
  });

  test.each([
    ['with the old key in the way', 'P1D'],
    ['alone', 'P30D'],
  ])('a leaked key that has a network policy of its own, %s', async (_, age) => {
    await fixture.run();
    fixture.advance('P90D');
    await fixture.run();
    if (age === 'P30D') {
      fixture.advance('P3D');
      await fixture.run();
      fixture.advance('P8D');
      await fixture.run();
    }
    const leaked = current();
    const networkPolicy = JSON.stringify({
      Version: 1,
      Status: 'Active',
      Statements: [{ Type: 'ClassicWhiteList', IPList: ['203.0.113.0/24'] }],
    });
    const key = fixture.account.user(user).keys.get(leaked);
    if (key) key.networkPolicy = networkPolicy;
    fixture.advance(age === 'P30D' ? 'P1D' : 'PT1H');
    const { ran, depth } = await untilDisabled(leaked, () => fixture.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(current()).not.toBe(leaked);
    expect(fixture.account.user(user).keys.get(current())?.networkPolicy).toBe(networkPolicy);
    expect(depth).toBeLessThanOrEqual(8);
  });

  test("a person's own secret", async () => {
    const { accessKeyId, accessKeySecret } = fixture.account.createKey(user);
    fixture.account.createSecret(
      `keyturn/${user}`,
      'v1',
      JSON.stringify({ AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret }),
    );
    const { ran, depth } = await untilDisabled(accessKeyId, () => fixture.run(emergency));
    expect(ran.error).toBeUndefined();
    expect(fixture.keys(user)).toEqual({ [accessKeyId]: 'Inactive', [current()]: 'Active' });
    expect(depth).toBeLessThanOrEqual(8);
  });

  test('said twice, it replaces once', async () => {
    await fixture.run();
    const leaked = current();
    await fixture.run(emergency);
    const fresh = current();
    const again = await fixture.run(emergency);
    expect(again.error).toBeUndefined();
    expect(again.report.users[0]?.reason).toBe('AlreadyReplaced');
    const named = await fixture.run({ ...emergency, keyId: leaked });
    expect(named.report.users[0]?.reason).toBe('AlreadyDisabled');
    expect(current()).toBe(fresh);
    fixture.advance('P1D');
    await fixture.run(emergency);
    expect(current()).not.toBe(fresh);
  });

  test('later runs go on as after any rotation', async () => {
    await fixture.run();
    const leaked = current();
    await fixture.run(emergency);
    const reasons: (string | undefined)[] = [];
    for (let day = 0; day < 9; day++) {
      fixture.advance('P1D');
      reasons.push((await fixture.run()).report.users[0]?.reason);
    }
    expect(reasons.slice(0, 6)).toEqual(Array(6).fill('InRecovery'));
    expect(fixture.keys(user)).toEqual({ [current()]: 'Active' });
    expect(current()).not.toBe(leaked);
  });
});

describe('keyId', () => {
  test('an old key in grace is disabled and nothing is issued', async () => {
    const { old, fresh } = await rotated();
    const ran = await fixture.run({ ...emergency, keyId: old });
    expect(ran.error).toBeUndefined();
    expect(ran.report.summary.actions).toEqual({ DisableAccessKey: 1 });
    expect(fixture.keys(user)).toEqual({ [old]: 'Inactive', [fresh]: 'Active' });
  });

  test.each([
    ['unknown to RAM', 'LTAI5tNobodysKey00000000'],
    ["another user's", 'other'],
  ])('%s is refused', async (_, given) => {
    await fixture.run();
    fixture.account.createUser('other');
    const other = fixture.account.createKey('other').accessKeyId;
    const before = writes().length;
    const ran = await fixture.run({ ...emergency, keyId: given === 'other' ? other : given });
    expect(ran.error?.message).toContain('is not a key of user svc-orders');
    expect(writes()).toHaveLength(before);
  });
});

describe('containOnly', () => {
  test('disables every Active key, with KMS down, and the next timer run issues a successor', async () => {
    await fixture.run();
    const leaked = current();
    const down = fixture.cloud.faults.add({
      match: ({ product }) => product === 'kms',
      kind: 'error',
      status: 503,
      code: 'ServiceUnavailableTemporary',
      times: 1000,
    });
    const ran = await fixture.run({ ...emergency, containOnly: true });
    expect(ran.error).toBeUndefined();
    expect(fixture.keys(user)).toEqual({ [leaked]: 'Inactive' });
    down.remove();
    fixture.advance('P1D');
    const next = await fixture.run();
    expect(next.error).toBeUndefined();
    expect(fixture.keys(user)).toEqual({ [leaked]: 'Inactive', [current()]: 'Active' });
    expect(current()).not.toBe(leaked);
  });

  test('goes on where the intent cannot be written, and says so', async () => {
    await fixture.run();
    const leaked = current();
    fixture.cloud.faults.add({
      match: ({ action }) => action === 'TagResources',
      kind: 'error',
      status: 403,
      code: 'NoPermission',
      times: 1000,
    });
    const ran = await fixture.run({ ...emergency, containOnly: true });
    expect(ran.report.users[0]?.error?.code).toBe('NoPermission');
    expect(fixture.keys(user)).toEqual({ [leaked]: 'Inactive' });
  });
});

describe('a key that was dead before', () => {
  const kills = (ran: Ran) =>
    ran.report.users[0]?.actions.filter(({ action }) => action === 'DisableAccessKey');

  test('contained: it is replaced, and the report proves that it is dead', async () => {
    await fixture.run();
    const leaked = current();
    await fixture.run({ ...emergency, containOnly: true });
    const ran = await fixture.run(emergency);
    expect(ran.report.users[0]?.reason).toBe('EmergencyReplaced');
    expect(kills(ran)).toEqual([{ action: 'DisableAccessKey', keyId: leaked, outcome: 'done' }]);
    expect(unproven(ran.report, [user])).toEqual([]);
    expect(fixture.keys(user)).toEqual({ [leaked]: 'Inactive', [current()]: 'Active' });
  });

  test('deleted by somebody: the same', async () => {
    await fixture.run();
    const leaked = current();
    const someone = fixture.account.user(user);
    fixture.account.setKeyStatus(fixture.account.key(someone, leaked), 'Inactive');
    fixture.account.deleteKey(fixture.account.key(someone, leaked));
    const ran = await fixture.run(emergency);
    expect(kills(ran)).toEqual([{ action: 'DisableAccessKey', keyId: leaked, outcome: 'done' }]);
    expect(unproven(ran.report, [user])).toEqual([]);
    expect(fixture.keys(user)).toEqual({ [current()]: 'Active' });
  });

  test('a run stopped after it was disabled: it is known to be keyturn that did it', async () => {
    await fixture.run();
    const leaked = current();
    fixture.cloud.faults.add({
      match: ({ action, params }) =>
        action === 'TagResources' && Object.values(params).includes('keyturn:current'),
      kind: 'error',
      status: 403,
      code: 'NoPermission',
    });
    await fixture.run(emergency);
    expect(fixture.keys(user)[leaked]).toBe('Inactive');
    fixture.advance('PT1H');
    expect((await fixture.run()).report.users[0]?.reason).toBe('EmergencyReplaced');
    expect(fixture.account.user(user).tags.get('keyturn:old')).toContain(`${leaked}/disabled/`);
  });
});

test('two containments one after another: the adopted current key still gets a successor', async () => {
  const first = fixture.account.createKey(user, { createdAt: new Date('2026-10-01') });
  fixture.account.createSecret(
    `keyturn/${user}`,
    'v1',
    JSON.stringify({ AccessKeyId: first.accessKeyId, AccessKeySecret: first.accessKeySecret }),
  );
  await fixture.run();
  const second = fixture.account.createKey(user).accessKeyId;
  await fixture.run({ ...emergency, containOnly: true, keyId: first.accessKeyId });
  await fixture.run({ ...emergency, containOnly: true, keyId: second });
  expect(fixture.keys(user)).toEqual({ [first.accessKeyId]: 'Inactive', [second]: 'Inactive' });
  const someone = fixture.account.user(user);
  fixture.account.deleteKey(fixture.account.key(someone, second));
  const ran = await fixture.run();
  expect(ran.report.users[0]?.reason).toBe('CurrentKeyDisabled');
  expect(fixture.keys(user)).toEqual({ [first.accessKeyId]: 'Inactive', [current()]: 'Active' });
});

describe('refused, and nothing is written', () => {
  test('two enabled keys of which none is known to be current', async () => {
    const keys = [fixture.account.createKey(user), fixture.account.createKey(user)];
    const ran = await fixture.run(emergency);
    for (const { accessKeyId } of keys) expect(ran.error?.message).toContain(accessKeyId);
    expect(writes()).toEqual([]);
  });

  test.each([
    ['by name', { user }],
    ['by group', { group: 'auditors' }],
    ['by tag', { tag: { key: 'keyturn', value: 'exempt' } }],
  ])('an exempt user %s, unless forced', async (_, rule) => {
    fixture.account.createUser('exempt');
    fixture.account.createGroup('auditors');
    fixture.account.addToGroup(user, 'auditors');
    fixture.account.tagUser(fixture.account.user(user), [['keyturn', 'exempt']]);
    const { accessKeyId } = fixture.account.createKey(user);
    const config = { ...fixture.config, exempt: [{ ...rule, reason: 'break glass' }] };
    const refused = await fixture.run(emergency, { config });
    expect(refused.error?.message).toContain('exempt');
    expect(writes()).toEqual([]);
    const forced = await fixture.run({ ...emergency, force: true }, { config });
    expect(forced.error).toBeUndefined();
    expect(fixture.keys(user)[accessKeyId]).toBe('Inactive');
  });

  test('mode plan', async () => {
    fixture.account.createKey(user);
    const ran = await fixture.run(emergency, { config: { ...fixture.config, mode: 'plan' } });
    expect(ran.error?.message).toContain('mode');
    expect(fixture.cloud.calls).toEqual([]);
  });

  test('mode plan with dryRun tells the plan', async () => {
    const { accessKeyId } = fixture.account.createKey(user);
    const ran = await fixture.run(
      { ...emergency, dryRun: true },
      { config: { ...fixture.config, mode: 'plan' } },
    );
    expect(ran.report.users[0]?.actions.map(({ action, outcome }) => `${action} ${outcome}`)).toContain(
      'DisableAccessKey planned',
    );
    expect(fixture.keys(user)).toEqual({ [accessKeyId]: 'Active' });
    expect(writes()).toEqual([]);
  });

  test('a user who does not exist', async () => {
    const ran = await fixture.run({ ...emergency, users: ['nobody'] });
    expect(ran.error?.message).toContain('nobody');
  });
});

test('a foreign second key stays, the leaked one dies, and a person is told what to do', async () => {
  await fixture.run();
  const leaked = current();
  const foreign = fixture.account.createKey(user).accessKeyId;
  const ran = await fixture.run(emergency);
  expect(ran.error?.message).toContain(foreign);
  expect(fixture.keys(user)).toEqual({ [leaked]: 'Inactive', [foreign]: 'Active' });
  expect(ran.report.summary.actions).toEqual({ DisableAccessKey: 1 });
});

/** Answers everything of this kind with an error, as a product that is down does. */
const failing = (match: (call: { product: string; action: string }) => boolean, status = 503) =>
  fixture.cloud.faults.add({
    match,
    kind: 'error',
    status,
    code: status === 503 ? 'ServiceUnavailable' : 'NoPermission',
    times: 1000,
  });

describe('nothing but RAM keeps the leaked key alive', () => {
  const kept: readonly [what: string, match: (call: { product: string; action: string }) => boolean][] = [
    ['KMS is down', ({ product }) => product === 'kms'],
    ['IMS is down', ({ product }) => product === 'ims'],
    ['STS is down', ({ product }) => product === 'sts'],
    ['the secret cannot be written', ({ action }) => action === 'PutSecretValue'],
    ['the successor cannot be promoted', ({ action }) => action === 'UpdateSecretVersionStage'],
    ['no key can be issued', ({ action }) => action === 'CreateAccessKey'],
    ['tags cannot be written', ({ action }) => action === 'TagResources'],
    ['tags cannot be read', ({ action }) => action === 'ListTagResources'],
    ['network policies cannot be read', ({ action }) => action === 'GetAccessKeyPolicy'],
    ['versions cannot be listed', ({ action }) => action === 'ListSecretVersionIds'],
    ['the user cannot be looked up', ({ action }) => action === 'GetUser'],
  ];

  for (const status of [503, 403]) {
    for (const containOnly of [false, true]) {
      test.each(kept)(`%s (${status}, containOnly: ${containOnly})`, async (_, match) => {
        await fixture.run();
        const leaked = current();
        failing(match, status);
        const since = fixture.clock.elapsed();
        const ran = await fixture.run({ ...emergency, ...(containOnly && { containOnly }) });
        const kill = fixture.cloud.calls.find(
          ({ action, params }) => action === 'UpdateAccessKey' && params.UserAccessKeyId === leaked,
        );
        expect(kill?.executed).toBe(true);
        expect(fixture.keys(user)[leaked]).toBe('Inactive');
        expect(fixture.clock.elapsed() - since).toBeLessThan(40_000);
        if (ran.error) expect(ran.report.users[0]?.message).toContain(leaked);
      });
    }
  }

  test('another run that renews its claim for ever is waited for, and then no more', async () => {
    await fixture.run();
    const leaked = current();
    const someone = fixture.account.user(user);
    fixture.cloud.faults.add({
      match: ({ action }) => {
        if (action !== 'ListTagResources') return false;
        const expires = fixture.now.plus({ seconds: 40 }).toFormat("yyyyLLdd'T'HHmmss'Z'");
        fixture.account.tagUser(someone, [['keyturn:run:other.1', `emergency/${expires}`]]);
        return false;
      },
      kind: 'error',
      times: 1000,
    });
    const since = fixture.clock.elapsed();
    const ran = await fixture.run(emergency);
    expect(fixture.keys(user)[leaked]).toBe('Inactive');
    expect(fixture.clock.elapsed() - since).toBeLessThan(40_000);
    expect(ran.error).toBeUndefined();
  });
});

describe('an emergency is about key ids', () => {
  test('a rotation that promotes between the look and the claim: the leaked key dies, not the one that took its place', async () => {
    await fixture.run();
    const leaked = current();
    fixture.advance('P90D');
    let timer: Ran | undefined;
    const handle = fixture.cloud.handle.bind(fixture.cloud);
    fixture.cloud.handle = async (request) => {
      if (!timer && decodeURIComponent(request.url).includes('keyturn:leaked')) {
        fixture.cloud.handle = handle;
        timer = await fixture.run();
      }
      return handle(request);
    };
    const ran = await fixture.run(emergency);
    expect(timer?.report.summary.actions).toMatchObject({ PromoteSecret: 1 });
    expect(ran.error).toBeUndefined();
    expect(fixture.keys(user)[leaked]).toBe('Inactive');
    expect(fixture.keys(user)[current()]).toBe('Active');
    expect(current()).not.toBe(leaked);
  });

  test('a key that an emergency named is never brought back by a rollback', async () => {
    const { old, fresh } = await rotated();
    fixture.advance('P3D');
    await fixture.run();
    expect(fixture.keys(user)).toEqual({ [old]: 'Inactive', [fresh]: 'Active' });
    expect((await fixture.run({ ...emergency, keyId: old })).report.users[0]?.reason).toBe('AlreadyDisabled');
    const back = await fixture.run({ users: [user], rollback: true });
    expect(back.report.users[0]?.error?.code).toBe('KeyLeaked');
    expect(fixture.keys(user)).toEqual({ [old]: 'Inactive', [fresh]: 'Active' });
  });

  test('it is finished only where RAM says so', async () => {
    await fixture.run();
    const leaked = current();
    fixture.cloud.faults.add({
      match: ({ action, params }) => action === 'UpdateAccessKey' && params.UserAccessKeyId === leaked,
      kind: 'answer',
      body: JSON.stringify({ RequestId: 'A' }),
      times: 1000,
    });
    const ran = await fixture.run(emergency);
    expect(fixture.keys(user)[leaked]).toBe('Active');
    expect(ran.error).toBeDefined();
    expect(ran.report.users[0]?.message).toContain(`${leaked} of user ${user} may still be enabled`);
    expect(ran.report.users[0]?.message).toContain('--contain-only');
    expect(fixture.account.user(user).tags.get('keyturn:emergency')).toContain('replace/');
  });

  test('two leaked keys, one after the other: both die, and that is no failure', async () => {
    const { old, fresh } = await rotated();
    expect((await fixture.run({ ...emergency, keyId: fresh })).error).toBeUndefined();
    const second = await fixture.run({ ...emergency, keyId: old });
    expect(second.error).toBeUndefined();
    expect(fixture.keys(user)).toEqual({ [fresh]: 'Inactive', [current()]: 'Active' });
  });

  test('what a stopped emergency named dies with what the next one names', async () => {
    const { old, fresh } = await rotated();
    const stopped = failing(({ action }) => action === 'UpdateAccessKey', 503);
    await fixture.run({ ...emergency, keyId: fresh });
    stopped.remove();
    const ran = await fixture.run({ ...emergency, keyId: old });
    expect(ran.error).toBeUndefined();
    expect(fixture.keys(user)[fresh]).not.toBe('Active');
    expect(fixture.keys(user)[old]).not.toBe('Active');
  });
});

test.each([14, -14])(
  'a claim tells the time of the service, on a machine whose clock is %i minutes off',
  async (minutes) => {
    await fixture.run();
    const { clock } = fixture;
    const off = {
      now: () => clock.now().plus({ minutes }),
      elapsed: () => clock.elapsed(),
      sleep: (ms: number) => clock.sleep(ms),
    };
    const ran = await fixture.run(emergency, { clock: off });
    expect(ran.error).toBeUndefined();
    const claims = fixture.cloud.calls.flatMap(({ action, params }) =>
      action === 'TagResources'
        ? Object.values(params).flatMap((value) => /^emergency\/(\d{8}T\d{6}Z)/.exec(value)?.[1] ?? [])
        : [],
    );
    expect(claims.length).toBeGreaterThan(0);
    for (const expires of claims) {
      const left = DateTime.fromFormat(expires, "yyyyLLdd'T'HHmmss'Z'", { zone: 'utc' }).diff(fixture.now);
      expect(Math.abs(left.as('seconds'))).toBeLessThan(90);
    }
  },
);
