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

describe('a name of more than 64 characters', () => {
  const long = 'svc-'.padEnd(60, 'x');

  beforeEach(() => {
    fixture.account.createUser(long);
    fixture.config = { ...fixture.config, rotation: { users: { names: [long] } } };
  });

  test('that KMS refuses is found out before a key is issued', async () => {
    fixture.cloud.switches.secretNameLength = 64;
    const { report } = await fixture.run();
    expect(report.users[0]).toMatchObject({
      reason: 'Failed',
      error: { code: 'InvalidParameter', message: expect.stringContaining('SecretName') },
    });
    expect(calls('CreateAccessKey')).toEqual([]);
  });

  test('that KMS takes is used, and asking left no secret behind', async () => {
    fixture.cloud.switches.secretNameLength = 192;
    expect((await fixture.run()).report.users[0]?.reason).toBe('FirstKey');
    expect([...fixture.account.secrets.keys()]).toEqual([`keyturn/${long}`]);
  });
});

describe('a key that could not be stored all the same', () => {
  const refusal = {
    match: ({ action, params }: { action: string; params: Readonly<Record<string, string>> }) =>
      action === 'CreateSecret' || (action === 'PutSecretValue' && params.VersionStages !== undefined),
    kind: 'error',
    status: 403,
    code: 'Forbidden.NoPermission',
    times: 9999,
  } as const;
  const tag = () => fixture.account.user(user).tags.get('keyturn:refused');

  test('is deleted, and the pause before the next one grows to a week', async () => {
    fixture.cloud.faults.add(refusal);
    const days: number[] = [];
    for (let day = 0; day < 30; day++) {
      const issued = calls('CreateAccessKey').length;
      const { report } = await fixture.run();
      if (calls('CreateAccessKey').length > issued) days.push(day);
      else {
        expect(report.users[0]).toMatchObject({
          reason: 'RefusedBefore',
          message: expect.stringContaining('Forbidden.NoPermission'),
        });
      }
      expect(fixture.keys(user)).toEqual({});
      fixture.advance('P1D');
    }
    expect(days).toEqual([0, 2, 5, 10, 18, 26]);
  });

  test('an emergency ignores the pause, and a success ends it', async () => {
    fixture.account.createKey(user);
    const fault = fixture.cloud.faults.add(refusal);
    await fixture.run();
    expect(tag()).toMatch(/^1\/\d{8}T\d{6}Z\/Forbidden\.NoPermission$/);
    fault.remove();
    expect((await fixture.run()).report.users[0]?.reason).toBe('RefusedBefore');
    const { report } = await fixture.run({ emergency: true, users: [user] });
    expect(report.users[0]?.reason).toBe('EmergencyReplaced');
    expect(tag()).toBeUndefined();
  });

  test('is not written down where nothing was issued, but that it failed is, so that others come first', async () => {
    refuse('CreateAccessKey', 'NoPermission');
    for (let run = 0; run < 3; run++) await fixture.run();
    expect(tag()).toMatch(/^0\//);
    expect(calls('CreateAccessKey')).toHaveLength(3);
  });

  test('that it cannot be written down fails nothing else', async () => {
    fixture.cloud.faults.add(refusal);
    fixture.cloud.faults.add({
      match: ({ action, params }) =>
        action === 'TagResources' && Object.values(params).includes('keyturn:refused'),
      kind: 'error',
      status: 403,
      code: 'NoPermission',
      times: 99,
    });
    const { report, lines } = await fixture.run();
    expect(report.users[0]).toMatchObject({ reason: 'Failed', error: { code: 'Forbidden.NoPermission' } });
    expect(lines.join()).toContain('could not be written down');
    expect(fixture.keys(user)).toEqual({});
  });
});
