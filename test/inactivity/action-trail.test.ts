import { afterEach, beforeEach, expect, test } from 'vitest';
import { ago, InactivityFixture, reasonOf } from './inactivity-fixture';

let fixture: InactivityFixture;
let key: string;

/** A user whose key is idle by what RAM tells, and whose warning is over. */
beforeEach(async () => {
  fixture = await InactivityFixture.open();
  [key = ''] = fixture.user('idle', {}, { lastUsed: ago(100) });
  await fixture.run();
  fixture.rotation.advance('P8D');
});
afterEach(() => fixture.close());

const laterThanRamTells = () => {
  fixture.cloud.switches.lastUsedLagMs = 90 * 86_400_000;
  fixture.account.markUsed(key, { at: Number(ago(2)), service: 'Oss' });
};

test('a use that only ActionTrail tells of keeps a key and its user', async () => {
  laterThanRamTells();
  const ran = await fixture.run({ users: ['idle'] });
  expect(ran.error).toBeUndefined();
  expect(reasonOf(ran, 'idle')).toBe('Active');
  expect(ran.report.notes).toContainEqual(expect.stringContaining(`disagree on the last use of key ${key}`));
  expect(fixture.standing('idle')).toBe('Active');
});

test('where ActionTrail cannot be read in time, the key counts as in use', async () => {
  fixture.cloud.faults.add({
    match: ({ action }) => action === 'GetAccessKeyLastUsedInfo',
    kind: 'error',
    status: 503,
    times: 100,
  });
  const ran = await fixture.run({ users: ['idle'] });
  expect(ran.error).toBeUndefined();
  expect(reasonOf(ran, 'idle')).toBe('LastActivityUnknown');
  expect(fixture.standing('idle')).toBe('Active');
});

test('where there is no ActionTrail, RAM decides, and the run says so once', async () => {
  fixture.cloud.switches.actionTrailKnown = false;
  const ran = await fixture.run();
  expect(ran.error).toBeUndefined();
  expect(fixture.standing('idle')).toBe('Inactive');
  expect(ran.report.notes?.filter((note) => note.includes('ActionTrail'))).toHaveLength(1);
});

test('it is not asked about keys that RAM knows to be in use', async () => {
  fixture.user('busy', {}, { lastUsed: ago(1) });
  const asked = fixture.cloud.calls.length;
  await fixture.run({ users: ['busy'] });
  const actions = fixture.cloud.calls.slice(asked).map(({ action }) => action);
  expect(actions).not.toContain('GetAccessKeyLastUsedInfo');
});
