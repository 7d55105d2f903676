import { afterEach, expect, test } from 'vitest';
import { ago, InactivityFixture, reasonOf, reportOn } from './inactivity-fixture';

let fixture: InactivityFixture;
afterEach(() => fixture.close());

const managed = { rotation: { users: { names: ['svc'] } } };

test('rotation does not keep a dead user alive', async () => {
  fixture = await InactivityFixture.open(managed);
  fixture.account.createUser('svc', { createdAt: ago(0) });
  await fixture.daysOfBoth(82);
  expect(fixture.tags('svc')['keyturn:warned']).toBeUndefined();
  await fixture.daysOfBoth(15);
  expect(fixture.standing('svc')).toMatch(/^Inactive( Inactive)?$/);
  expect(fixture.account.secret('keyturn/svc')?.tags.has('keyturn:inactive')).toBe(true);
  expect(reasonOf(await fixture.rotate(), 'svc')).toBe('DisabledForInactivity');
});

test('short rotations neither', async () => {
  fixture = await InactivityFixture.open({ rotation: { users: { names: ['svc'] }, maxAge: 'P20D' } });
  fixture.account.createUser('svc', { createdAt: ago(0) });
  await fixture.daysOfBoth(125);
  expect(reasonOf(await fixture.rotate(), 'svc')).toBe('DisabledForInactivity');
});

test('who last acted through a key that rotation deleted since is not idle for longer than that', async () => {
  fixture = await InactivityFixture.open(managed);
  const created = ago(1000);
  fixture.account.createUser('svc', { createdAt: created });
  await fixture.rotate();
  const [first] = fixture.account.user('svc').keys.keys();
  await fixture.daysOfBoth(168, (day) => {
    if (day <= 88) fixture.account.markUsed(first ?? '');
    if (day > 6) expect(fixture.tags('svc')['keyturn:warned'], `day ${day}`).toBeUndefined();
  });
  expect(fixture.account.user('svc').keys.has(first ?? '')).toBe(false);
  await fixture.rotate();
  const ran = await fixture.days(2);
  expect(reportOn(ran, 'svc').message).toContain(`use of the rotated key ${first}`);
  expect(fixture.tags('svc')['keyturn:warned']).toBeDefined();
});

test('its current key is judged only with the user', async () => {
  fixture = await InactivityFixture.open({
    ...managed,
    inactivity: { keys: { disableAfter: 'P10D' }, warn: 'P1D' },
  });
  fixture.account.createUser('svc', { createdAt: ago(0), lastLogin: ago(0) });
  fixture.account.createKey('svc', { createdAt: ago(30) });
  await fixture.rotate();
  await fixture.daysOfBoth(40);
  expect(fixture.standing('svc')).toBe('Active | Active');
});

test('a rotation under way comes first', async () => {
  fixture = await InactivityFixture.open({ ...managed, inactivity: { warn: 'P1D' } });
  fixture.user('svc', {}, {});
  await fixture.run();
  fixture.rotation.advance('P1D');
  const claim = `timer/${new Date(Date.now() + 30_000).toISOString().replace(/[-:]|\.\d+/g, '')}`;
  fixture.account.tagUser(fixture.account.user('svc'), [['keyturn:run:other', claim]]);
  expect(reasonOf(await fixture.run(), 'svc')).toBe('Busy');
  expect(fixture.standing('svc')).toBe('Active');
});

test('a mark on a secret goes when somebody enables the user again by hand', async () => {
  fixture = await InactivityFixture.open(managed);
  fixture.account.createUser('svc', { createdAt: ago(400) });
  await fixture.rotate();
  await fixture.days(7);
  const [key] = fixture.account.user('svc').keys.values();
  if (!key) throw new Error('no key');
  fixture.rotation.advance('P1D');
  fixture.account.setKeyStatus(key, 'Active');
  await fixture.run();
  expect(fixture.account.secret('keyturn/svc')?.tags.has('keyturn:inactive')).toBe(false);
  expect(reasonOf(await fixture.rotate(), 'svc')).toBe('Current');
});

test('the record of a rotation that cannot be read: nothing is done', async () => {
  fixture = await InactivityFixture.open({ ...managed, inactivity: { warn: 'P1D' } });
  fixture.user('svc', { tags: { 'keyturn:old': 'what?' } }, {});
  expect(reasonOf(await fixture.days(5), 'svc')).toBe('RecordUnreadable');
  expect(fixture.standing('svc')).toBe('Active');
});
