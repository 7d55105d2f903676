import { afterEach, expect, test } from 'vitest';
import { InactivityFixture, reasonOf } from './inactivity-fixture';

let fixture: InactivityFixture;
afterEach(() => fixture.close());

const marked = (): string[] =>
  [...fixture.account.users.values()]
    .filter(({ tags }) => tags.has('keyturn:looked-inactive'))
    .map(({ name }) => name);

/** Every look at a user's keys takes a while of the function's time. */
function slow(ms: number): void {
  fixture.cloud.onCall(({ action }) => {
    if (action === 'ListAccessKeys') fixture.rotation.clock.advance(ms);
  });
}

async function manyIdle(count: number, config: Record<string, unknown> = {}): Promise<void> {
  fixture = await InactivityFixture.open({ limits: { readsPerSecond: 1, writesPerSecond: 200 }, ...config });
  fixture.cloud.faults.add({
    match: ({ action }) => action === 'GenerateCredentialReport',
    kind: 'error',
    status: 403,
    code: 'NoPermission',
    times: Number.POSITIVE_INFINITY,
  });
  for (let n = 0; n < count; n++) fixture.user(`user-${String(n).padStart(2, '0')}`, {}, {});
}

test('a run whose time is over says how far it came, and the next goes on from there', async () => {
  await manyIdle(30);
  slow(2_000);
  const first = await fixture.run({}, { timeout: 60 });
  expect(first.report.status).toBe('failed');
  expect(first.report.error?.code).toBe('TimeLimitReached');
  expect(first.report.error?.message).toMatch(/sufficed for \d+ of 30 users, up to user-\d\d/);
  const looked = first.report.users.length;
  expect(looked).toBeGreaterThan(0);
  expect(looked).toBeLessThan(30);
  expect(marked()).toHaveLength(1);
  let runs = 1;
  let ran = first;
  const seen = new Set(first.report.users.map(({ user }) => user));
  while (ran.report.status === 'failed' && runs < 20) {
    ran = await fixture.run({}, { timeout: 60 });
    for (const { user } of ran.report.users) seen.add(user);
    runs += 1;
  }
  expect(ran.report.status).toBe('ok');
  expect(ran.report.notes?.join()).toContain('began behind user');
  expect(seen.size).toBe(30);
  expect(marked()).toEqual([]);
  for (const { name, tags } of fixture.account.users.values())
    expect(tags.has('keyturn:warned'), name).toBe(true);
});

test('in mode plan every run starts over, and writes nothing', async () => {
  await manyIdle(30);
  slow(2_000);
  const from = fixture.cloud.calls.length;
  const one = await fixture.run({ dryRun: true }, { timeout: 60 });
  const two = await fixture.run({ dryRun: true }, { timeout: 60 });
  expect(one.report.status).toBe('failed');
  expect(two.report.users[0]?.user).toBe('user-00');
  expect(fixture.writesSince(from)).toEqual([]);
});

test('the tag is put on nobody who must not be touched', async () => {
  await manyIdle(30, { exempt: [{ group: 'spared', reason: 'r' }] });
  for (let n = 0; n < 30; n += 2) fixture.account.addToGroup(`user-${String(n).padStart(2, '0')}`, 'spared');
  slow(2_000);
  await fixture.run({}, { timeout: 60 });
  const [name] = marked();
  expect(Number(name?.slice(-2)) % 2).toBe(1);
  expect(reasonOf(await fixture.run({ users: ['user-00'] }), 'user-00')).toBe('Exempt');
});

test('what is due and was not reached is done by later runs', async () => {
  fixture = await InactivityFixture.open({ limits: { readsPerSecond: 500, writesPerSecond: 1 } });
  for (let n = 0; n < 20; n++) fixture.user(`user-${String(n).padStart(2, '0')}`, {}, {});
  await fixture.run();
  fixture.rotation.advance('P7D');
  const first = await fixture.run({}, { timeout: 24 });
  expect(first.report.error?.code).toBe('TimeLimitReached');
  expect(first.report.users.map(({ reason }) => reason)).toContain('TimeLimitReached');
  expect(first.report.summary.actions.DisableAccessKey).toBeGreaterThan(0);
  let runs = 1;
  for (let ran = first; ran.report.status === 'failed' && runs < 10; runs++)
    ran = await fixture.run({}, { timeout: 24 });
  await fixture.run();
  for (const name of fixture.account.users.keys()) expect(fixture.standing(name), name).toBe('Inactive');
  expect(runs).toBeLessThan(6);
});
