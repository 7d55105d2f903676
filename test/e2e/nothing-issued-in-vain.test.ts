import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Fault } from '../../packages/local-alibaba-cloud/index';
import { RotationFixture } from '../support/rotation-fixture';

let fixture: RotationFixture;
const user = 'svc-orders';
const networkPolicy =
  '{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["10.0.0.0/8"]}]}';

beforeEach(async () => {
  fixture = await RotationFixture.open({ rotation: { users: { names: [user] } } });
  fixture.account.createUser(user);
});
afterEach(() => fixture.close());

const current = () => fixture.stages(user).ACSCurrent ?? '';
const calls = (action: string) => fixture.cloud.calls.filter((call) => call.action === action);
const policyOf = (keyId: string) => fixture.account.user(user).keys.get(keyId)?.networkPolicy;

/** Every call of this action is refused, until the fault is removed. */
const refuse = (action: string, code: string, status = 403) =>
  fixture.cloud.faults.add({
    match: (call) => call.action === action,
    kind: 'error',
    status,
    code,
    times: 9999,
  });

const answer = (action: string, body: string): Fault => ({
  match: (call) => call.action === action,
  kind: 'answer',
  body,
  times: 9999,
});

describe('the network policy of the key that is replaced', () => {
  test.each(['empty-object', 'absent', 'empty', 'inactive', 'not-found'] as const)(
    'none, told as %s: a successor is issued without one',
    async (form) => {
      fixture.cloud.switches.accessKeyPolicyNone = form;
      fixture.account.createKey(user);
      const { error, report } = await fixture.run();
      expect(error).toBeUndefined();
      expect(report.users[0]?.reason).toBe('TakeOver');
      expect(calls('SetAccessKeyPolicy')).toEqual([]);
    },
  );

  test('is known before a key is issued', async () => {
    fixture.account.createKey(user, { networkPolicy });
    await fixture.run();
    const order = fixture.cloud.calls.map(({ action }) => action);
    expect(order.indexOf('GetAccessKeyPolicy')).toBeLessThan(order.indexOf('CreateAccessKey'));
    expect(policyOf(current())).toBe(networkPolicy);
  });

  test('may be read late: the one that was set long ago goes along', async () => {
    fixture.cloud.switches.accessKeyPolicyReadLagMs = 60_000;
    fixture.account.createKey(user, { networkPolicy });
    fixture.advance('PT1H');
    await fixture.run();
    expect(policyOf(current())).toBe(networkPolicy);
    for (const wait of ['P2D', 'P7D', 'P81D']) {
      fixture.advance(wait);
      expect((await fixture.run()).error).toBeUndefined();
    }
    expect(policyOf(current())).toBe(networkPolicy);
  });

  test.each([
    ['cannot be read', () => refuse('GetAccessKeyPolicy', 'NoPermission')],
    [
      'is not understood',
      () =>
        fixture.cloud.faults.add(
          answer('GetAccessKeyPolicy', '{"RequestId":"1","AccessKeyPolicy":"{\\"Statements\\":[{}]}"}'),
        ),
    ],
  ])('%s: nothing is issued, that is said, and later it goes on', async (_, spoil) => {
    fixture.account.createKey(user, { networkPolicy });
    const fault = spoil();
    const { report } = await fixture.run();
    expect(report.users[0]).toMatchObject({
      reason: 'Failed',
      error: { message: expect.stringContaining('GetAccessKeyPolicy') },
    });
    expect(calls('CreateAccessKey')).toEqual([]);
    fault.remove();
    expect((await fixture.run()).report.users[0]?.reason).toBe('TakeOver');
    expect(policyOf(current())).toBe(networkPolicy);
  });
});

describe('a secret that cannot be written', () => {
  const inBin = () => fixture.account.recycledKeys(fixture.account.user(user)).map(({ id }) => id);

  /** A successor is due, and the key before the current one lies in RAM's recycle bin. */
  async function dueBesideFullBin(): Promise<string> {
    const { accessKeyId } = fixture.account.createKey(user);
    for (const wait of ['PT0S', 'P2D', 'P7D']) {
      fixture.advance(wait);
      await fixture.run();
    }
    expect(inBin()).toEqual([accessKeyId]);
    fixture.config = { ...fixture.config, rotation: { users: { names: [user] }, maxAge: 'P9D' } };
    return accessKeyId;
  }

  test.each([
    ['is denied', 'PutSecretValue', 'Forbidden.NoPermission', 403, 30],
    ['cannot be encrypted', 'PutSecretValue', 'Rejected.Disabled', 409, 3],
    ['cannot be read', 'GetSecretValue', 'Forbidden.NoPermission', 403, 3],
    ['is out of order', 'PutSecretValue', 'InternalFailure', 500, 3],
  ])('%s, run after run: no key is issued, and the real old one stays in the recycle bin', async (...row) => {
    const [, action, code, status, runs] = row;
    const old = await dueBesideFullBin();
    const before = current();
    const issued = calls('CreateAccessKey').length;
    const fault = refuse(action, code, status);
    for (let run = 0; run < runs; run++) {
      const { report } = await fixture.run();
      expect(report.users[0]).toMatchObject({ reason: 'Failed', error: { code } });
      fixture.advance('PT8H');
    }
    expect(calls('CreateAccessKey')).toHaveLength(issued);
    expect(inBin()).toEqual([old]);
    fault.remove();
    expect((await fixture.run()).report.users[0]?.reason).toBe('Due');
    expect(current()).not.toBe(before);
  });

  test('that a secret can be written is asked without changing anything in it', async () => {
    await dueBesideFullBin();
    const secret = fixture.account.secret(`keyturn/${user}`);
    const before = structuredClone([...(secret?.versions ?? [])]);
    refuse('CreateAccessKey', 'NoPermission');
    await fixture.run();
    expect(calls('PutSecretValue').at(-1)).toMatchObject({ executed: true });
    expect([...(secret?.versions ?? [])]).toEqual(before);
  });

  test.each(['Rejected.ResourceExist', 'InvalidParameter'])(
    'a version that is there may be refused with %s, and shows the same',
    async (code) => {
      await dueBesideFullBin();
      fixture.cloud.faults.add({
        match: ({ action }) => action === 'PutSecretValue',
        kind: 'error',
        status: 409,
        code,
      });
      expect((await fixture.run()).report.users[0]?.reason).toBe('Due');
    },
  );
});
