import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseConfig } from '../../src/config/load';
import { rolesFor } from '../../src/setup/roles';
import { CHANNEL_SECRET } from '../notify/fixtures';
import { type Vendor, vendors } from '../notify/vendors';
import { type Answer, type Receiver, receiver } from '../support/receiver';
import { policyFor, RotationFixture } from '../support/rotation-fixture';

let fixture: RotationFixture;
const receivers: Receiver[] = [];
const user = 'svc-orders';
const site = {
  region: 'cn-hangzhou',
  logProject: 'logs',
  logStore: 'keyturn',
  failureTopic: 'failures',
  userPrefix: '',
  protect: [],
};

beforeEach(async () => {
  fixture = await RotationFixture.open({ rotation: { users: { names: [user] } } });
  fixture.account.createUser(user);
});
afterEach(async () => {
  await Promise.all(receivers.splice(0).map((each) => each.close()));
  await fixture.close();
});

/** A webhook that answers in turn with these statuses, the last of them for ever. */
async function hook(...statuses: number[]): Promise<Receiver> {
  const answers: Answer[] = statuses.map((status) => ({ status }));
  const each = await receiver(...answers);
  receivers.push(each);
  return each;
}

function channels(...hooks: Receiver[]): void {
  const notify = hooks.map(({ origin }) => ({
    type: 'webhook',
    url: `${origin}/hook`,
    secret: 'secret-of-the-channel',
  }));
  fixture.config = { ...fixture.config, notify };
}

const current = () => fixture.stages(user).ACSCurrent ?? '';
const events = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body));
const types = (hook: Receiver) => events(hook).map(({ type }) => type.replace('keyturn.', ''));

async function reasonAfter(duration: string): Promise<string | undefined> {
  fixture.advance(duration);
  return (await fixture.run()).report.users[0]?.reason;
}

test('a first key is told without an old one; a successor with the old one and when it ends', async () => {
  const told = await hook(200);
  channels(told);
  await fixture.run();
  const first = current();
  await reasonAfter('P90D');
  const [one, two] = events(told);
  expect(one).toMatchObject({
    specversion: '1.0',
    type: 'keyturn.accesskey.rotated',
    source: `acs:ram::${fixture.account.id}`,
    subject: user,
    data: {
      account: fixture.account.id,
      user,
      secretName: `keyturn/${user}`,
      versionId: first,
      keyId: first,
    },
  });
  expect(one.data).not.toHaveProperty('oldKeyId');
  expect(two.data).toMatchObject({
    keyId: current(),
    oldKeyId: first,
    oldKeyDisabledFrom: '2027-02-23T03:00:00Z',
  });
});

test('grace counts from the run that delivered, and no rotation passes it undelivered', async () => {
  const told = await hook(200);
  channels(told);
  await fixture.run();
  const old = current();
  const down = await hook(500);
  channels(told, down);
  expect(await reasonAfter('P90D')).toBe('NoticeUndelivered');
  for (let hour = 0; hour < 20; hour++) expect(await reasonAfter('PT1H')).toBe('NoticeUndelivered');
  expect(events(told).filter(({ data }) => data.oldKeyId === old)).toHaveLength(1);
  expect(new Set(events(down).map(({ id }) => id)).size).toBe(1);

  const up = await hook(200);
  fixture.config = {
    ...fixture.config,
    notify: [
      { type: 'webhook', url: `${told.origin}/hook`, secret: 'secret-of-the-channel' },
      { type: 'webhook', url: `${up.origin}/hook`, secret: 'secret-of-the-channel' },
    ],
  };
  expect(await reasonAfter('PT1H')).toBe('InGrace');
  expect(await reasonAfter('PT47H')).toBe('InGrace');
  expect(fixture.keys(user)[old]).toBe('Active');
  expect(await reasonAfter('PT1H')).toBe('OldKeyQuiet');
});

test('a channel that stays down for a day fails the run, and the others hear of it', async () => {
  const [up, down] = [await hook(200), await hook(500)];
  channels(up, down);
  const first = await fixture.run();
  expect(first.error).toBeUndefined();
  fixture.advance('P1D');
  const second = await fixture.run();
  expect(second.report.users[0]).toMatchObject({
    reason: 'NoticeUndelivered',
    error: { code: 'NoticeUndelivered' },
  });
  expect(types(up)).toEqual(['accesskey.rotated', 'run.failed']);
});

test('a crash between the delivery and its record repeats the same id', async () => {
  const told = await hook(200);
  channels(told);
  await fixture.run();
  fixture.advance('P90D');
  const lost = fixture.cloud.faults.add({
    match: ({ action, params }) =>
      action === 'TagResources' &&
      Object.values(params).some((value) => /\/20\d{6}T\d{6}Z\/20\d{6}T\d{6}Z$/.test(value)) &&
      Object.values(params).includes('keyturn:notice'),
    kind: 'drop-before',
    times: 99,
  });
  await fixture.run();
  expect(lost.hits).toBeGreaterThan(0);
  lost.remove();
  fixture.advance('P1D');
  await fixture.run();
  const ids = events(told)
    .filter(({ data }) => data.keyId === current())
    .map(({ id }) => id);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

test('stillused goes out once a day at most, with the last use', async () => {
  const told = await hook(200);
  channels(told);
  await fixture.run();
  const old = current();
  await reasonAfter('P90D');
  fixture.advance('P2D');
  for (let look = 0; look < 17; look++) {
    fixture.account.markUsed(old, { service: 'Ecs' });
    expect(await reasonAfter('PT3H')).toBe('OldKeyInUse');
  }
  const reminders = events(told).filter(({ type }) => type === 'keyturn.accesskey.stillused');
  expect(reminders).toHaveLength(3);
  expect(reminders[0].data).toMatchObject({ keyId: old, lastUsed: { service: 'Ecs' } });
});

test('blocked goes out once a day at most', async () => {
  const told = await hook(200);
  channels(told);
  fixture.account.createKey(user);
  fixture.account.createKey(user);
  for (let hour = 0; hour < 25; hour++) await reasonAfter('PT1H');
  expect(types(told)).toEqual(['accesskey.blocked', 'accesskey.blocked']);
});

test('an emergency does not wait for a channel that hangs', async () => {
  await fixture.run();
  const leaked = current();
  const down = await hook(500);
  channels(down);
  const ran = await fixture.run({ users: [user], emergency: true });
  expect(ran.error).toBeUndefined();
  expect(fixture.keys(user)[leaked]).toBe('Inactive');
});

test('a channel whose secret lies in KMS: the role that setup grants reads exactly that', async () => {
  const told = await hook(200);
  const { account } = fixture;
  account.createSecret('hooks/signing', 'v1', 'kept-in-kms-and-nowhere-else');
  const notify = [{ type: 'webhook', url: `${told.origin}/hook`, secret: '${kms:hooks/signing}' }];
  fixture.config = { ...fixture.config, notify };
  expect((await fixture.run()).report.users[0]?.reason).toBe('NoticeUndelivered');
  expect(told.received).toEqual([]);

  const [role] = rolesFor(parseConfig(stringify(fixture.config), {}), { ...site, account: account.id });
  const granted = role?.policy.Statement.filter(({ Resource }) => `${Resource}`.includes('hooks/')) ?? [];
  expect(granted).toEqual([
    {
      Effect: 'Allow',
      Action: 'kms:GetSecretValue',
      Resource: [`acs:kms:cn-hangzhou:${account.id}:secret/hooks/signing`],
    },
  ]);
  const policy = policyFor(account.id);
  const whole = { ...policy, Statement: [...policy.Statement, ...granted] };
  account.addPolicyVersion(account.policy('role-keyturn-rotate-keys-1', 'Custom'), whole, true);
  expect((await fixture.run()).error).toBeUndefined();
  const [request] = told.received;
  const mac = createHmac('sha256', 'kept-in-kms-and-nowhere-else').update(request?.body ?? '');
  expect(request?.headers['x-keyturn-signature']).toBe(`sha256=${mac.digest('hex')}`);
  expect(fixture.lines.join('')).not.toContain('kept-in-kms');
});

describe('many users at once', () => {
  const users = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map((letter) => `svc-${letter}`);
  let robot: Vendor;

  beforeEach(async () => {
    robot = await vendors.dingtalk(() => Date.now());
    for (const name of users) fixture.account.createUser(name);
    const rotation = { users: { names: users } };
    fixture.config = { ...fixture.config, rotation, limits: { readsPerSecond: 500, writesPerSecond: 200 } };
  });
  afterEach(() => robot.close());

  const notify = (...hooks: Receiver[]) => [
    { type: 'dingtalk', url: `${robot.origin}/robot/send?access_token=TOKEN`, secret: CHANNEL_SECRET },
    ...hooks.map(({ origin }) => ({ type: 'webhook', url: `${origin}/hook`, secret: CHANNEL_SECRET })),
  ];
  const reasons = async () => (await fixture.run()).report.users.map(({ reason }) => reason);
  const titles = () => robot.taken.map(({ body }) => JSON.parse(body).markdown.title);

  test('a chat gets one message for each thing that happened, a webhook each event; all are delivered', async () => {
    const told = await hook(200);
    fixture.config = { ...fixture.config, notify: notify(told) };
    const { report } = await fixture.run();
    expect(report.users.map(({ reason, actions }) => [reason, actions.at(-1)])).toEqual(
      users.map(() => [
        'FirstKey',
        { action: 'NotifyConsumers', outcome: 'done', keyId: expect.stringMatching(/^LTAI/) },
      ]),
    );
    expect(titles()).toEqual(['8 AccessKeys rotated']);
    expect(
      events(told)
        .map(({ subject }) => subject)
        .toSorted(),
    ).toEqual(users);

    fixture.advance('P90D');
    expect(await reasons()).toEqual(users.map(() => 'Due'));
    fixture.advance('P3D');
    for (const name of users) {
      const old = Object.keys(fixture.keys(name)).find((id) => id !== fixture.stages(name).ACSCurrent);
      fixture.account.markUsed(old ?? '', { service: 'Ecs' });
    }
    fixture.advance('PT4H');
    expect(await reasons()).toEqual(users.map(() => 'OldKeyInUse'));
    fixture.advance('P3D');
    expect(await reasons()).toEqual(users.map(() => 'OldKeyQuiet'));
    fixture.advance('P8D');
    expect(await reasons()).toEqual(users.map(() => 'RecoveryOver'));
    expect(titles()).toEqual([
      '8 AccessKeys rotated',
      '8 AccessKeys rotated',
      '8 old AccessKeys are still in use',
      '8 old AccessKeys disabled',
      '8 old AccessKeys deleted',
    ]);
    expect(types(told).slice(8)).toEqual(
      ['rotated', 'stillused', 'disabled', 'deleted'].flatMap((what) => users.map(() => `accesskey.${what}`)),
    );
  });

  test('what a channel did not take is told again, under the same ids, and waits meanwhile', async () => {
    const down = await hook(500);
    fixture.config = { ...fixture.config, notify: notify(down) };
    expect(await reasons()).toEqual(users.map(() => 'NoticeUndelivered'));
    expect(titles()).toEqual(['8 AccessKeys rotated']);
    const first = events(down).map(({ id }) => id);
    fixture.advance('PT1H');
    expect(await reasons()).toEqual(users.map(() => 'NoticeUndelivered'));
    expect(titles()).toHaveLength(1);
    expect(new Set(events(down).map(({ id }) => id))).toEqual(new Set(first));
  });

  test('five are five messages', async () => {
    fixture.config = {
      ...fixture.config,
      rotation: { users: { names: users.slice(0, 5) } },
      notify: notify(),
    };
    await fixture.run();
    expect(titles().toSorted()).toEqual(users.slice(0, 5).map((name) => `First AccessKey of ${name} issued`));
  });
});

test('mode plan sends nothing', async () => {
  const told = await hook(200);
  channels(told);
  await fixture.run({ dryRun: true });
  expect(told.received).toEqual([]);
});
