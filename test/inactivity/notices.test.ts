import { afterEach, expect, test } from 'vitest';
import { type Receiver, receiver } from '../support/receiver';
import { ago, InactivityFixture, reasonOf, reportOn } from './inactivity-fixture';

let fixture: InactivityFixture;
const receivers: Receiver[] = [];
afterEach(async () => {
  await fixture.close();
  await Promise.all(receivers.splice(0).map((each) => each.close()));
});

async function hook(...statuses: number[]): Promise<Receiver> {
  const each = await receiver(...statuses.map((status) => ({ status })));
  receivers.push(each);
  return each;
}

const notify = (...hooks: Receiver[]) =>
  hooks.map(({ origin }) => ({ type: 'webhook', url: `${origin}/hook`, secret: 'secret-of-the-channel' }));

function channels(...hooks: Receiver[]): void {
  fixture.rotation.config = { ...fixture.rotation.config, notify: notify(...hooks) };
}

const events = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body));

test('a user is told once when it is warned, disabled and deleted, with every key', async () => {
  const told = await hook(200);
  fixture = await InactivityFixture.open({
    inactivity: { users: { deleteAfter: 'P30D' } },
    notify: notify(told),
  });
  const keys = fixture.user('idle', { consoleLogin: true, lastLogin: ago(150) }, {}, {});
  await fixture.days(42);
  const about = {
    account: '1234567890123456',
    user: 'idle',
    keyIds: keys,
    lastActiveAt: '2026-06-26T03:00:00Z',
  };
  expect(events(told)).toMatchObject([
    {
      type: 'keyturn.inactive.warning',
      subject: 'idle',
      source: 'acs:ram::1234567890123456',
      data: {
        ...about,
        logon: true,
        lastActivity: 'console logon',
        disabledFrom: expect.stringMatching(/^2026-11-30T/),
      },
    },
    {
      type: 'keyturn.inactive.disabled',
      data: { ...about, logon: true, deletedFrom: expect.stringMatching(/^2026-12-30T/) },
    },
    { type: 'keyturn.inactive.deleted', data: about },
  ]);
  for (const { data } of events(told)) expect(data).not.toHaveProperty('keyId');
});

test('a key that is judged by itself is named by itself', async () => {
  const told = await hook(200);
  fixture = await InactivityFixture.open({ notify: notify(told) });
  const [idle] = fixture.user('busy', { lastLogin: ago(1) }, {});
  await fixture.run();
  expect(events(told)).toMatchObject([
    { type: 'keyturn.inactive.warning', data: { keyId: idle, keyIds: [idle] } },
  ]);
});

test('a warning that was not delivered is given again and disables nothing; after a day it is a failure', async () => {
  const [told, down] = [await hook(200), await hook(500)];
  fixture = await InactivityFixture.open({ notify: notify(told, down) });
  fixture.user('idle', { consoleLogin: true });
  const first = await fixture.run();
  expect(reasonOf(first, 'idle')).toBe('WarningUndelivered');
  expect(first.report.status).toBe('ok');
  fixture.rotation.advance('P1D');
  const second = await fixture.run();
  expect(second.report.status).toBe('failed');
  expect(reportOn(second, 'idle').error?.code).toBe('WarningUndelivered');
  expect(
    new Set(
      events(told)
        .filter(({ type }) => type.endsWith('warning'))
        .map(({ id }) => id),
    ).size,
  ).toBe(1);
  await fixture.days(21);
  expect(fixture.standing('idle')).toBe(' | Active');
  channels(told, await hook(200));
  expect(reasonOf(await fixture.run(), 'idle')).toBe('Inactive');
  fixture.rotation.advance('P6D');
  expect(reasonOf(await fixture.run(), 'idle')).toBe('Warned');
  fixture.rotation.advance('P1D');
  expect(reasonOf(await fixture.run(), 'idle')).toBe('Due');
});

test('a halted run is told, with what is due and what is allowed', async () => {
  const told = await hook(200);
  fixture = await InactivityFixture.open({ limits: { disablesPerRun: 1 }, notify: notify(told) });
  fixture.user('one', { consoleLogin: true });
  fixture.user('two', { consoleLogin: true });
  await fixture.days(7);
  expect(events(told).at(-1)).toMatchObject({
    type: 'keyturn.run.halted',
    subject: '1234567890123456',
    data: { function: 'disable-inactive', due: 2, limit: 1 },
  });
});

test('in mode plan nobody is told', async () => {
  const told = await hook(200);
  fixture = await InactivityFixture.open({ mode: 'plan', notify: notify(told) });
  fixture.user('idle', { consoleLogin: true });
  await fixture.days(14);
  expect(events(told)).toEqual([]);
});

test('no secret is in a log line or a notice', async () => {
  const told = await hook(200);
  fixture = await InactivityFixture.open({
    inactivity: { users: { deleteAfter: 'P30D' } },
    notify: notify(told),
  });
  fixture.user('idle', { consoleLogin: true, groups: ['g'] }, {}, {});
  await fixture.days(42);
  const said = [...fixture.rotation.lines, ...told.received.map(({ body }) => body)].join('\n');
  expect(fixture.cloud.issuedSecrets().filter((secret) => said.includes(secret))).toEqual([]);
});
