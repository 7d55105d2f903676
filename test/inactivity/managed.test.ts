import { afterEach, expect, test } from 'vitest';
import { ago, House, reasonOf, reportOn } from './house';

let house: House;
afterEach(() => house.close());

const managed = { rotation: { users: { names: ['svc'] } } };

test('rotation does not keep a dead user alive', async () => {
  house = await House.open(managed);
  house.account.createUser('svc', { createdAt: ago(0) });
  await house.daysOfBoth(82);
  expect(house.tags('svc')['keyturn:warned']).toBeUndefined();
  await house.daysOfBoth(15);
  expect(house.standing('svc')).toMatch(/^Inactive( Inactive)?$/);
  expect(house.account.secret('keyturn/svc')?.tags.has('keyturn:inactive')).toBe(true);
  expect(reasonOf(await house.rotate(), 'svc')).toBe('DisabledForInactivity');
});

test('short rotations neither', async () => {
  house = await House.open({ rotation: { users: { names: ['svc'] }, maxAge: 'P20D' } });
  house.account.createUser('svc', { createdAt: ago(0) });
  await house.daysOfBoth(125);
  expect(reasonOf(await house.rotate(), 'svc')).toBe('DisabledForInactivity');
});

test('who last acted through a key that rotation deleted since is not idle for longer than that', async () => {
  house = await House.open(managed);
  const created = ago(1000);
  house.account.createUser('svc', { createdAt: created });
  await house.rotate();
  const [first] = house.account.user('svc').keys.keys();
  await house.daysOfBoth(168, (day) => {
    if (day <= 88) house.account.markUsed(first ?? '');
    if (day > 6) expect(house.tags('svc')['keyturn:warned'], `day ${day}`).toBeUndefined();
  });
  expect(house.account.user('svc').keys.has(first ?? '')).toBe(false);
  await house.rotate();
  const ran = await house.days(2);
  expect(reportOn(ran, 'svc').message).toContain(`use of the rotated key ${first}`);
  expect(house.tags('svc')['keyturn:warned']).toBeDefined();
});

test('its current key is judged only with the user', async () => {
  house = await House.open({ ...managed, inactivity: { keys: { disableAfter: 'P10D' }, warn: 'P1D' } });
  house.account.createUser('svc', { createdAt: ago(0), lastLogin: ago(0) });
  house.account.createKey('svc', { createdAt: ago(30) });
  await house.rotate();
  await house.daysOfBoth(40);
  expect(house.standing('svc')).toBe('Active | Active');
});

test('a rotation under way comes first', async () => {
  house = await House.open({ ...managed, inactivity: { warn: 'P1D' } });
  house.user('svc', {}, {});
  await house.run();
  house.stage.advance('P1D');
  const claim = `timer/${new Date(Date.now() + 30_000).toISOString().replace(/[-:]|\.\d+/g, '')}`;
  house.account.tagUser(house.account.user('svc'), [['keyturn:run:other', claim]]);
  expect(reasonOf(await house.run(), 'svc')).toBe('Busy');
  expect(house.standing('svc')).toBe('Active');
});

test('a mark on a secret goes when somebody enables the user again by hand', async () => {
  house = await House.open(managed);
  house.account.createUser('svc', { createdAt: ago(400) });
  await house.rotate();
  await house.days(7);
  const [key] = house.account.user('svc').keys.values();
  if (!key) throw new Error('no key');
  house.stage.advance('P1D');
  house.account.setKeyStatus(key, 'Active');
  await house.run();
  expect(house.account.secret('keyturn/svc')?.tags.has('keyturn:inactive')).toBe(false);
  expect(reasonOf(await house.rotate(), 'svc')).toBe('Current');
});

test('the record of a rotation that cannot be read: nothing is done', async () => {
  house = await House.open({ ...managed, inactivity: { warn: 'P1D' } });
  house.user('svc', { tags: { 'keyturn:old': 'what?' } }, {});
  expect(reasonOf(await house.days(5), 'svc')).toBe('RecordUnreadable');
  expect(house.standing('svc')).toBe('Active');
});
