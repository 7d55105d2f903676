import { afterEach, beforeEach, expect, test } from 'vitest';
import { ago, House, reasonOf } from './house';

let house: House;
let key: string;

/** A user whose key is idle by what RAM tells, and whose warning is over. */
beforeEach(async () => {
  house = await House.open();
  [key = ''] = house.user('idle', {}, { lastUsed: ago(100) });
  await house.run();
  house.stage.advance('P8D');
});
afterEach(() => house.close());

const laterThanRamTells = () => {
  house.cloud.switches.lastUsedLagMs = 90 * 86_400_000;
  house.account.markUsed(key, { at: Number(ago(2)), service: 'Oss' });
};

test('a use that only ActionTrail tells of keeps a key and its user', async () => {
  laterThanRamTells();
  const ran = await house.run({ users: ['idle'] });
  expect(ran.error).toBeUndefined();
  expect(reasonOf(ran, 'idle')).toBe('Active');
  expect(ran.report.notes).toContainEqual(expect.stringContaining(`disagree on the last use of key ${key}`));
  expect(house.standing('idle')).toBe('Active');
});

test('where ActionTrail cannot be read in time, the key counts as in use', async () => {
  house.cloud.faults.add({
    match: ({ action }) => action === 'GetAccessKeyLastUsedInfo',
    kind: 'error',
    status: 503,
    times: 100,
  });
  const ran = await house.run({ users: ['idle'] });
  expect(ran.error).toBeUndefined();
  expect(reasonOf(ran, 'idle')).toBe('LastActivityUnknown');
  expect(house.standing('idle')).toBe('Active');
});

test('where there is no ActionTrail, RAM decides, and the run says so once', async () => {
  house.cloud.switches.actionTrailKnown = false;
  const ran = await house.run();
  expect(ran.error).toBeUndefined();
  expect(house.standing('idle')).toBe('Inactive');
  expect(ran.report.notes?.filter((note) => note.includes('ActionTrail'))).toHaveLength(1);
});

test('it is not asked about keys that RAM knows to be in use', async () => {
  house.user('busy', {}, { lastUsed: ago(1) });
  const asked = house.cloud.calls.length;
  await house.run({ users: ['busy'] });
  const actions = house.cloud.calls.slice(asked).map(({ action }) => action);
  expect(actions).not.toContain('GetAccessKeyLastUsedInfo');
});
