import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Receiver, receiver } from '../notify/receiver';
import { Stage } from './stage';

const user = 'svc-orders';
let stage: Stage;
let hook: Receiver;
let old: string;

/** A user whose key was replaced, and the grace of the old one is over. */
beforeEach(async () => {
  hook = await receiver({ status: 200 });
  stage = await Stage.open({
    rotation: { users: { names: [user] } },
    notify: [{ type: 'webhook', url: `${hook.origin}/hook`, secret: 'channel-secret' }],
  });
  stage.account.createUser(user);
  await stage.run();
  old = stage.stages(user).ACSCurrent ?? '';
  stage.advance('P90D');
  await stage.run();
  stage.advance('P3D');
});
afterEach(async () => {
  await hook.close();
  await stage.close();
});

const reminders = () =>
  hook.received
    .map(({ body }) => JSON.parse(body))
    .filter(({ type }) => type === 'keyturn.accesskey.stillused');

const hoursAgo = (hours: number) => Date.now() - hours * 3_600_000;
const reasonOf = async () => (await stage.run()).report.users[0]?.reason;

test('a use that only ActionTrail tells of keeps the old key enabled', async () => {
  stage.cloud.switches.lastUsedLagMs = 300 * 24 * 3_600_000;
  stage.account.markUsed(old, { at: hoursAgo(10), service: 'Oss' });
  const { report } = await stage.run();
  expect(report.users[0]).toMatchObject({ reason: 'OldKeyInUse' });
  expect(report.notes).toEqual([expect.stringContaining(`disagree on the last use of key ${old}`)]);
  stage.advance('P2D');
  expect(await reasonOf()).toBe('OldKeyQuiet');
});

test('the reminder tells where: services, addresses and calls, newest first', async () => {
  stage.account.markUsed(old, {
    at: hoursAgo(9),
    service: 'Oss',
    event: 'ListBuckets',
    address: '203.0.113.7',
  });
  stage.account.markUsed(old, {
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
  stage.cloud.switches.actionTrailKnown = false;
  stage.account.markUsed(old, { at: hoursAgo(5) });
  const waiting = await stage.run();
  expect(waiting.error).toBeUndefined();
  expect(waiting.report.users[0]).toMatchObject({ reason: 'OldKeyInUse' });
  const absent = waiting.report.notes?.filter((note) => note.includes('LastUsedInfo'));
  expect(absent).toEqual([expect.stringContaining('ActionTrail is not read')]);
  expect(reminders()[0].data).not.toHaveProperty('usedBy');
  stage.advance('P2D');
  expect(await reasonOf()).toBe('OldKeyQuiet');
});

test('an answer of ActionTrail that does not come counts as in use', async () => {
  const faults = stage.cloud.faults.add({
    match: ({ action }) => action === 'GetAccessKeyLastUsedInfo',
    kind: 'error',
    status: 503,
    times: 100,
  });
  const { report, error } = await stage.run();
  expect(error).toBeUndefined();
  expect(report.users[0]).toMatchObject({ reason: 'OldKeyUseUnknown' });
  faults.remove();
  expect(await reasonOf()).toBe('OldKeyQuiet');
});

test('a reminder goes out although where the key was used cannot be read', async () => {
  stage.account.markUsed(old, { at: hoursAgo(5) });
  stage.cloud.faults.add({
    match: ({ action }) => action === 'GetAccessKeyLastUsedIps',
    kind: 'error',
    status: 503,
    times: 100,
  });
  const { error } = await stage.run();
  expect(error).toBeUndefined();
  expect(reminders()).toHaveLength(1);
  expect(reminders()[0].data).not.toHaveProperty('usedBy');
});
