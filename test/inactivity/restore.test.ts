import { afterEach, expect, test } from 'vitest';
import { openCloud } from '../../src/cloud/cloud';
import { Gate, type Mode } from '../../src/cloud/gate';
import { Secret } from '../../src/cloud/secret';
import { loadConfig } from '../../src/config/load';
import { restoreUser } from '../../src/inactivity/restore';
import { ago, House, reasonOf } from './house';

let house: House;
afterEach(() => house.close());

function restore(userName: string, mode: Mode = 'enforce') {
  const { account, cloud, stage } = house;
  const { accessKeyId, accessKeySecret } = account.rootKey;
  const gate = new Gate({
    account: account.id,
    mode,
    readsPerSecond: 500,
    writesPerSecond: 200,
    clock: stage.clock,
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
    clock: stage.clock,
    rotation: loadConfig({ env: process.env, codeDir: '/nowhere' }).rotation,
    userName,
  });
}

test('brings back keys and logon that keyturn disabled, and nothing else', async () => {
  house = await House.open();
  const [ours, others] = house.user(
    'back',
    { consoleLogin: true },
    {},
    { status: 'Inactive', updatedAt: ago(300) },
  );
  await house.days(7);
  const planned = await restore('back', 'plan');
  expect(planned.actions.map(({ action, outcome }) => `${action} ${outcome}`)).toEqual([
    'EnableAccessKey planned',
    'EnableLogin planned',
  ]);
  expect(house.standing('back')).toBe('Inactive Inactive | Inactive');
  const restored = await restore('back');
  expect(restored).toMatchObject({
    reason: 'Restored',
    actions: [
      { action: 'EnableAccessKey', keyId: ours, outcome: 'done' },
      { action: 'EnableLogin', outcome: 'done' },
    ],
    left: [],
  });
  expect(house.stage.keys('back')).toEqual({ [ours ?? '']: 'Active', [others ?? '']: 'Inactive' });
  expect(Object.keys(house.tags('back'))).toEqual(['keyturn:restored']);
  expect((await restore('back')).reason).toBe('NothingToRestore');
});

test.each([true, false])(
  'counts as activity, whether IMS tells dates of change or not (%s)',
  async (updateDate) => {
    house = await House.open({}, { switches: { updateDate } });
    house.user('back', {}, {});
    await house.days(7);
    await restore('back');
    await house.days(80);
    expect(house.standing('back')).toBe('Active');
    expect(house.tags('back')['keyturn:warned']).toBeUndefined();
    await house.days(4);
    expect(house.tags('back')['keyturn:warned']).toBeDefined();
  },
);

test('fetches deleted keys from the recycle bin, as long as they are there', async () => {
  house = await House.open({ inactivity: { keys: { deleteAfter: 'P5D' } } });
  const [idle] = house.user('busy', { consoleLogin: true }, {});
  for (let day = 0; day < 13; day++) {
    house.account.markLogin('busy');
    await house.run();
    house.stage.advance('P1D');
  }
  expect(house.stage.keys('busy')).toEqual({});
  const restored = await restore('busy');
  expect(restored.actions.map(({ action }) => action)).toEqual(['RestoreAccessKey', 'EnableAccessKey']);
  expect(house.stage.keys('busy')).toEqual({ [idle ?? '']: 'Active' });
});

test('a key that is gone for good is told, and the rest comes back', async () => {
  house = await House.open({ inactivity: { keys: { deleteAfter: 'P5D' } } });
  const [idle] = house.user('busy', { consoleLogin: true }, {});
  for (let day = 0; day < 13; day++) {
    house.account.markLogin('busy');
    await house.run();
    house.stage.advance('P1D');
  }
  house.account.purgeKey(house.account.user('busy'), idle ?? '');
  const restored = await restore('busy');
  expect(restored.reason).toBe('Restored');
  expect(restored.left).toEqual([`Key ${idle} was deleted and is no longer in RAM's recycle bin.`]);
});

test('what somebody else disabled again stays disabled', async () => {
  house = await House.open();
  const [key] = house.user('twice', { consoleLogin: true }, {});
  await house.days(7);
  house.stage.advance('P2D');
  const user = house.account.user('twice');
  house.account.setKeyStatus(house.account.key(user, key ?? ''), 'Active');
  house.stage.advance('PT1H');
  house.account.setKeyStatus(house.account.key(user, key ?? ''), 'Inactive');
  const restored = await restore('twice');
  expect(restored.left).toEqual([`Key ${key} stays disabled: somebody else disabled it after keyturn did.`]);
  expect(house.standing('twice')).toBe('Inactive | Active');
});

test('a failure keeps the record, so that restoring again finishes it', async () => {
  house = await House.open();
  house.user('back', { consoleLogin: true }, {});
  await house.days(7);
  house.cloud.faults.add({
    match: ({ action }) => action === 'UpdateAccessKey',
    kind: 'error',
    code: 'NoPermission',
    status: 403,
  });
  expect(await restore('back')).toMatchObject({ reason: 'Failed', error: { code: 'NoPermission' } });
  expect(house.standing('back')).toBe('Inactive | Active');
  expect(await restore('back')).toMatchObject({ reason: 'Restored' });
  expect(house.standing('back')).toBe('Active | Active');
});

test('a user that is not there, or in the recycle bin', async () => {
  house = await House.open({ inactivity: { users: { deleteAfter: 'P5D' } } });
  house.user('gone', { consoleLogin: true });
  await house.days(12);
  expect(await restore('gone')).toMatchObject({ reason: 'UserInRecycleBin', actions: [] });
  expect(await restore('nobody')).toMatchObject({ reason: 'UserNotFound', actions: [] });
});

test('a managed user: rotation goes on', async () => {
  house = await House.open({ rotation: { users: { names: ['svc'] } } });
  house.account.createUser('svc', { createdAt: ago(400) });
  await house.rotate();
  await house.days(7);
  expect(house.standing('svc')).toBe('Inactive');
  expect(house.account.secret('keyturn/svc')?.tags.has('keyturn:inactive')).toBe(true);
  expect(reasonOf(await house.rotate(), 'svc')).toBe('DisabledForInactivity');
  await restore('svc');
  expect(house.account.secret('keyturn/svc')?.tags.has('keyturn:inactive')).toBe(false);
  expect(reasonOf(await house.rotate(), 'svc')).toBe('Current');
  expect(house.standing('svc')).toBe('Active');
});
