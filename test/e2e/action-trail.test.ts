import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Receiver, receiver } from '../support/receiver';
import { RotationFixture } from '../support/rotation-fixture';

const user = 'svc-orders';
let fixture: RotationFixture;
let hook: Receiver;
let old: string;

/** A user whose key was replaced, and the grace of the old one is over. */
beforeEach(async () => {
  hook = await receiver({ status: 200 });
  fixture = await RotationFixture.open({
    rotation: { users: { names: [user] } },
    notify: [{ type: 'webhook', url: `${hook.origin}/hook`, secret: 'secret-of-the-channel' }],
  });
  fixture.account.createUser(user);
  await fixture.run();
  old = fixture.stages(user).ACSCurrent ?? '';
  fixture.advance('P90D');
  await fixture.run();
  fixture.advance('P3D');
});
afterEach(async () => {
  await hook.close();
  await fixture.close();
});

const reminders = () =>
  hook.received
    .map(({ body }) => JSON.parse(body))
    .filter(({ type }) => type === 'keyturn.accesskey.stillused');

const hoursAgo = (hours: number) => Date.now() - hours * 3_600_000;
const reasonOf = async () => (await fixture.run()).report.users[0]?.reason;

test('a use that only ActionTrail tells of keeps the old key enabled', async () => {
  fixture.cloud.switches.lastUsedLagMs = 300 * 24 * 3_600_000;
  fixture.account.markUsed(old, { at: hoursAgo(10), service: 'Oss' });
  const { report } = await fixture.run();
  expect(report.users[0]).toMatchObject({ reason: 'OldKeyInUse' });
  expect(report.notes).toEqual([expect.stringContaining(`disagree on the last use of key ${old}`)]);
  fixture.advance('P2D');
  expect(await reasonOf()).toBe('OldKeyQuiet');
});

test('the reminder tells where: services, addresses and calls, newest first', async () => {
  fixture.account.markUsed(old, {
    at: hoursAgo(9),
    service: 'Oss',
    event: 'ListBuckets',
    address: '203.0.113.7',
  });
  fixture.account.markUsed(old, {
    at: hoursAgo(5),
    service: 'Ecs',
    event: 'DescribeInstances',
    address: '198.51.100.4',
  });
  expect(await reasonOf()).toBe('OldKeyInUse');
  const [{ data }] = reminders();
  const names = (list: { what: string }[]) => list.map(({ what }) => what).slice(0, 2);
  expect(names(data.usedBy.services)).toEqual(['Ecs', 'Oss']);
  expect(names(data.usedBy.addresses)).toEqual(['198.51.100.4', '203.0.113.7']);
  expect(names(data.usedBy.events)).toEqual(['DescribeInstances', 'ListBuckets']);
});

test('where ActionTrail is absent it is said once, nothing fails, and RAM decides', async () => {
  fixture.cloud.switches.actionTrailKnown = false;
  fixture.account.markUsed(old, { at: hoursAgo(5) });
  const waiting = await fixture.run();
  expect(waiting.error).toBeUndefined();
  expect(waiting.report.users[0]).toMatchObject({ reason: 'OldKeyInUse' });
  const absent = waiting.report.notes?.filter((note) => note.includes('LastUsedInfo'));
  expect(absent).toEqual([expect.stringContaining('ActionTrail is not read')]);
  expect(reminders()[0].data).not.toHaveProperty('usedBy');
  fixture.advance('P2D');
  expect(await reasonOf()).toBe('OldKeyQuiet');
});

test('an answer of ActionTrail that does not come counts as in use', async () => {
  const faults = fixture.cloud.faults.add({
    match: ({ action }) => action === 'GetAccessKeyLastUsedInfo',
    kind: 'error',
    status: 503,
    times: 100,
  });
  const { report, error } = await fixture.run();
  expect(error).toBeUndefined();
  expect(report.users[0]).toMatchObject({ reason: 'OldKeyUseUnknown' });
  faults.remove();
  expect(await reasonOf()).toBe('OldKeyQuiet');
});

test.each([
  ['GetAccessKeyLastUsedProducts', undefined],
  ['GetAccessKeyLastUsedIps', { addresses: [], events: expect.arrayContaining([expect.anything()]) }],
])('a reminder goes out although %s fails', async (failing, usedBy) => {
  fixture.account.markUsed(old, { at: hoursAgo(5) });
  fixture.cloud.faults.add({
    match: ({ action }) => action === failing,
    kind: 'error',
    status: 503,
    times: 100,
  });
  const { error } = await fixture.run();
  expect(error).toBeUndefined();
  expect(reminders()).toHaveLength(1);
  if (usedBy) expect(reminders()[0].data.usedBy).toMatchObject(usedBy);
  else expect(reminders()[0].data).not.toHaveProperty('usedBy');
});
