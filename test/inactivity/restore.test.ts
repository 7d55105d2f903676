import { afterEach, expect, test } from 'vitest';
import { openCloud } from '../../src/cloud/cloud';
import { Gate, type Mode } from '../../src/cloud/gate';
import { Secret } from '../../src/cloud/secret';
import { loadConfig } from '../../src/config/load';
import { restoreUser } from '../../src/inactivity/restore';
import { ago, InactivityFixture, reasonOf } from './inactivity-fixture';

let fixture: InactivityFixture;
afterEach(() => fixture.close());

function restore(userName: string, mode: Mode = 'enforce') {
  const { account, cloud, rotation } = fixture;
  const { accessKeyId, accessKeySecret } = account.rootKey;
  const gate = new Gate({
    account: account.id,
    mode,
    readsPerSecond: 500,
    writesPerSecond: 200,
    clock: rotation.clock,
  });
  const endpoint = { protocol: 'http' as const, host: cloud.endpoint };
  return restoreUser({
    cloud: openCloud({
      account: account.id,
      region: 'cn-hangzhou',
      credentials: { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
      endpoints: { ram: endpoint, ims: endpoint, kms: endpoint, sts: endpoint },
      gate,
    }),
    clock: rotation.clock,
    rotation: loadConfig({ env: process.env, codeDir: '/nowhere' }).rotation,
    userName,
  });
}

test('brings back keys and logon that keyturn disabled, and nothing else', async () => {
  fixture = await InactivityFixture.open();
  const [ours, others] = fixture.user(
    'back',
    { consoleLogin: true },
    {},
    { status: 'Inactive', updatedAt: ago(300) },
  );
  await fixture.days(7);
  const planned = await restore('back', 'plan');
  expect(planned.actions.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'EnableAccessKey planned',
    'EnableLogin planned',
  ]);
  expect(fixture.standing('back')).toBe('Inactive Inactive | Inactive');
  const restored = await restore('back');
  expect(restored).toMatchObject({
    reason: 'Restored',
    actions: [
      { action: 'EnableAccessKey', keyId: ours, outcome: 'done' },
      { action: 'EnableLogin', outcome: 'done' },
    ],
    left: [],
  });
  expect(fixture.rotation.keys('back')).toEqual({ [ours ?? '']: 'Active', [others ?? '']: 'Inactive' });
  expect(Object.keys(fixture.tags('back'))).toEqual(['keyturn:restored']);
  expect((await restore('back')).reason).toBe('NothingToRestore');
});

test.each([true, false])(
  'counts as activity, whether IMS tells dates of change or not (%s)',
  async (updateDate) => {
    fixture = await InactivityFixture.open({}, { switches: { updateDate } });
    fixture.user('back', {}, {});
    await fixture.days(7);
    await restore('back');
    await fixture.days(80);
    expect(fixture.standing('back')).toBe('Active');
    expect(fixture.tags('back')['keyturn:warned']).toBeUndefined();
    await fixture.days(4);
    expect(fixture.tags('back')['keyturn:warned']).toBeDefined();
  },
);

test('fetches deleted keys from the recycle bin, as long as they are there', async () => {
  fixture = await InactivityFixture.open({ inactivity: { keys: { deleteAfter: 'P5D' } } });
  const [idle] = fixture.user('busy', { consoleLogin: true }, {});
  for (let day = 0; day < 13; day++) {
    fixture.account.markLogin('busy');
    await fixture.run();
    fixture.rotation.advance('P1D');
  }
  expect(fixture.rotation.keys('busy')).toEqual({});
  const restored = await restore('busy');
  expect(restored.actions.map(({ action }) => action)).toEqual(['RestoreAccessKey', 'EnableAccessKey']);
  expect(fixture.rotation.keys('busy')).toEqual({ [idle ?? '']: 'Active' });
});

test('a key that is gone for good is told, and the rest comes back', async () => {
  fixture = await InactivityFixture.open({ inactivity: { keys: { deleteAfter: 'P5D' } } });
  const [idle] = fixture.user('busy', { consoleLogin: true }, {});
  for (let day = 0; day < 13; day++) {
    fixture.account.markLogin('busy');
    await fixture.run();
    fixture.rotation.advance('P1D');
  }
  fixture.account.purgeKey(fixture.account.user('busy'), idle ?? '');
  const restored = await restore('busy');
  expect(restored.reason).toBe('Restored');
  expect(restored.left).toEqual([`Key ${idle} was deleted and is no longer in RAM's recycle bin.`]);
});

test('what somebody else disabled again stays disabled', async () => {
  fixture = await InactivityFixture.open();
  const [key] = fixture.user('twice', { consoleLogin: true }, {});
  await fixture.days(7);
  fixture.rotation.advance('P2D');
  const user = fixture.account.user('twice');
  fixture.account.setKeyStatus(fixture.account.key(user, key ?? ''), 'Active');
  fixture.rotation.advance('PT1H');
  fixture.account.setKeyStatus(fixture.account.key(user, key ?? ''), 'Inactive');
  const restored = await restore('twice');
  expect(restored.left).toEqual([`Key ${key} stays disabled: somebody else disabled it after keyturn did.`]);
  expect(fixture.standing('twice')).toBe('Inactive | Active');
});

test('a failure keeps the record, so that restoring again finishes it', async () => {
  fixture = await InactivityFixture.open();
  fixture.user('back', { consoleLogin: true }, {});
  await fixture.days(7);
  fixture.cloud.faults.add({
    match: ({ action }) => action === 'UpdateAccessKey',
    kind: 'error',
    code: 'NoPermission',
    status: 403,
  });
  expect(await restore('back')).toMatchObject({ reason: 'Failed', error: { code: 'NoPermission' } });
  expect(fixture.standing('back')).toBe('Inactive | Active');
  expect(await restore('back')).toMatchObject({ reason: 'Restored' });
  expect(fixture.standing('back')).toBe('Active | Active');
});

test('a user that is not there, or in the recycle bin', async () => {
  fixture = await InactivityFixture.open({ inactivity: { users: { deleteAfter: 'P5D' } } });
  fixture.user('gone', { consoleLogin: true });
  await fixture.days(12);
  expect(await restore('gone')).toMatchObject({ reason: 'UserInRecycleBin', actions: [] });
  expect(await restore('nobody')).toMatchObject({ reason: 'UserNotFound', actions: [] });
});

test('a managed user: rotation goes on', async () => {
  fixture = await InactivityFixture.open({ rotation: { users: { names: ['svc'] } } });
  fixture.account.createUser('svc', { createdAt: ago(400) });
  await fixture.rotate();
  await fixture.days(7);
  expect(fixture.standing('svc')).toBe('Inactive');
  expect(fixture.account.secret('keyturn/svc')?.tags.has('keyturn:inactive')).toBe(true);
  expect(reasonOf(await fixture.rotate(), 'svc')).toBe('DisabledForInactivity');
  await restore('svc');
  expect(fixture.account.secret('keyturn/svc')?.tags.has('keyturn:inactive')).toBe(false);
  expect(reasonOf(await fixture.rotate(), 'svc')).toBe('Current');
  expect(fixture.standing('svc')).toBe('Active');
});

test('a key that leaked stays disabled', async () => {
  fixture = await InactivityFixture.open();
  const [leaked = '', other] = fixture.user('leaky', {}, {}, {});
  await fixture.days(7);
  const { account } = fixture;
  account.tagUser(account.user('leaky'), [['keyturn:leaked', leaked]]);
  const restored = await restore('leaky');
  expect(restored.actions).toMatchObject([{ action: 'EnableAccessKey', keyId: other, outcome: 'done' }]);
  expect(restored.left).toEqual([
    `Key ${leaked} stays disabled: it leaked, and keyturn never enables it again.`,
  ]);
});
