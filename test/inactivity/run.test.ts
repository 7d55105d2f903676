import { afterEach, describe, expect, test } from 'vitest';
import { actionsOf, ago, House, reasonOf, reportOn } from './house';

let house: House;
afterEach(() => house.close());

const deleting = { keys: { deleteAfter: 'P30D' }, users: { deleteAfter: 'P30D' } };

describe('from the warning to the end', () => {
  test('an idle user is warned, disabled after the warning, and left so where nothing is to be deleted', async () => {
    house = await House.open();
    const [key] = house.user('idle', { consoleLogin: true, lastLogin: ago(200) }, { lastUsed: ago(100) });
    const first = await house.run();
    expect(reportOn(first, 'idle')).toMatchObject({ reason: 'Inactive', actions: [] });
    expect(reportOn(first, 'idle').message).toContain(`use of key ${key} for Ecs`);
    expect(house.standing('idle')).toBe('Active | Active');
    const sixth = await house.days(6);
    expect(reasonOf(sixth, 'idle')).toBe('Warned');
    house.stage.advance('P1D');
    const seventh = await house.run();
    expect(reportOn(seventh, 'idle').actions).toEqual([
      { action: 'DisableLogin', outcome: 'done' },
      { action: 'DisableAccessKey', keyId: key, outcome: 'done' },
    ]);
    expect(house.standing('idle')).toBe('Inactive | Inactive');
    expect(house.tags('idle')).toEqual({
      'keyturn:disabled-user': expect.stringMatching(new RegExp(`^20261130T0300\\d\\dZ/logon\\+${key}$`)),
      'keyturn:inactive': expect.stringMatching(/^20261130T0300\d\dZ$/),
    });
    const last = await house.days(60);
    expect(reasonOf(last, 'idle')).toBe('Disabled');
    expect(house.standing('idle')).toBe('Inactive | Inactive');
  });

  test('the idle key of a busy user is disabled by itself, and then deleted', async () => {
    house = await House.open({ inactivity: deleting });
    const [idle, used] = house.user(
      'busy',
      { consoleLogin: true },
      { lastUsed: ago(100) },
      { lastUsed: ago(1) },
    );
    for (let week = 0; week < 8; week++) {
      house.account.markUsed(used ?? '');
      await house.run();
      house.stage.advance('P7D');
    }
    expect([...house.account.user('busy').keys.keys()]).toEqual([used]);
    expect(house.account.recycledKeys(house.account.user('busy')).map(({ id }) => id)).toEqual([idle]);
    expect(house.standing('busy')).toBe('Active | Active');
  });

  test('a disabled user is deleted with everything that is attached, which the log tells first', async () => {
    house = await House.open({ inactivity: deleting });
    house.user('gone', { consoleLogin: true, groups: ['g1', 'g2'], mfa: true }, {}, {});
    house.account.attachUserPolicy('gone', {
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    const ran = await house.days(37);
    expect(house.account.users.has('gone')).toBe(false);
    const report = reportOn(ran, 'gone');
    expect(report.reason).toBe('DeletionDue');
    expect(report.actions.map(({ action }) => action)).toEqual([
      'DetachPolicy',
      'RemoveFromGroup',
      'RemoveFromGroup',
      'UnbindMfaDevice',
      'DeleteAccessKey',
      'DeleteAccessKey',
      'DeleteLogin',
      'DeleteUser',
    ]);
    const line = ran.lines.map((text) => JSON.parse(text)).find(({ attached }) => attached);
    expect(line.attached).toMatchObject({
      policies: [{ name: 'user-gone-1', type: 'Custom' }],
      groups: ['g1', 'g2'],
      logon: true,
    });
    expect(line.attached.mfaDevice).toContain('gone-mfa');
    expect(line.attached.keyIds).toHaveLength(2);
  });

  test('what is kept, missed or void of a warning', async () => {
    house = await House.open();
    house.user('missed', { consoleLogin: true });
    house.user('awake', { consoleLogin: true });
    await house.run();
    house.stage.advance('P3D');
    house.account.markLogin('awake');
    house.stage.advance('P40D');
    await house.run();
    expect(house.standing('missed')).toBe(' | Inactive');
    expect(house.standing('awake')).toBe(' | Active');
    house.stage.advance('P50D');
    expect(reasonOf(await house.run(), 'awake')).toBe('Inactive');
    expect(house.standing('awake')).toBe(' | Active');
    house.stage.advance('P7D');
    await house.run();
    expect(house.standing('awake')).toBe(' | Inactive');
  });
});

describe('never touched', () => {
  test('frozen, kept elsewhere, exempt by name, group and tag', async () => {
    house = await House.open({
      inactivity: { warn: 'P1D' },
      exempt: [
        { user: 'break-glass', reason: 'emergencies', until: '2026-12-31' },
        { group: 'auditors', reason: 'audit' },
        { tag: { key: 'keyturn', value: 'exempt' }, reason: 'by tag' },
      ],
    });
    house.user('frozen', { status: 'freeze' }, {});
    house.user('scim', { provisionType: 'SCIM' }, {});
    house.user('sso', { provisionType: 'CloudSSO', consoleLogin: true });
    house.user('break-glass', {}, {});
    house.user('auditor', { groups: ['auditors'] }, {});
    house.user('tagged', { tags: { keyturn: 'exempt' } }, {});
    const names = ['frozen', 'scim', 'sso', 'break-glass', 'auditor', 'tagged'];
    const before = names.map((name) => house.standing(name));
    const ran = await house.days(10);
    expect(names.map((name) => house.standing(name))).toEqual(before);
    expect(names.map((name) => reasonOf(ran, name))).toEqual([
      'UserFrozen',
      'KeptElsewhere',
      'KeptElsewhere',
      'Exempt',
      'Exempt',
      'Exempt',
    ]);
    expect(
      names.flatMap((name) => Object.keys(house.tags(name)).filter((tag) => tag.startsWith('keyturn:'))),
    ).toEqual([]);
    house.stage.advance('P30D');
    expect(reasonOf(await house.run(), 'break-glass')).toBe('Inactive');
  });

  test('a group of the exemptions that cannot be read stops the run before any write', async () => {
    house = await House.open({ exempt: [{ group: 'nowhere', reason: 'r' }] });
    house.user('idle', {}, {});
    const ran = await house.run();
    expect(ran.report).toMatchObject({ status: 'failed', error: { code: 'EntityNotExist.Group' } });
    expect(house.writesSince(0)).toEqual([]);
  });

  test('whoever runs it with keys of a RAM user', async () => {
    house = await House.open({ inactivity: { warn: 'P1D' } });
    house.user('operator', {}, {});
    const [key] = house.account.user('operator').keys.values();
    house.account.attachUserPolicy('operator', {
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    if (!key) throw new Error('no key');
    const credentials = { accessKeyId: key.id, accessKeySecret: key.secret };
    for (let day = 0; day < 5; day++) {
      const ran = await house.runAs(credentials);
      expect(reasonOf(ran, 'operator')).toBe('RunsKeyturn');
      house.stage.advance('P1D');
    }
    expect(house.standing('operator')).toBe('Active');
  });

  test('a user with nothing to disable is neither warned, counted nor listed', async () => {
    house = await House.open({ inactivity: { ...deleting, warn: 'P1D' }, limits: { disablesPerRun: 1 } });
    house.user('empty');
    house.user('off', {}, { status: 'Inactive', updatedAt: ago(300) });
    const ran = await house.days(60);
    expect(ran.report.users).toEqual([]);
    expect(house.standing('off')).toBe('Inactive');
    expect(house.account.users.size).toBe(2);
  });

  test.each(['text', 'future', 'no-object'] as const)(
    'unreadable last use (%s) is not unused',
    async (lastUsedAnswer) => {
      house = await House.open({ inactivity: { warn: 'P1D' } }, { switches: { lastUsedAnswer } });
      house.user('unclear', {}, {});
      const ran = await house.days(5);
      expect(reasonOf(ran, 'unclear')).toBe('LastActivityUnknown');
      expect(ran.report.status).toBe('ok');
      expect(house.standing('unclear')).toBe('Active');
    },
  );

  test.each(['text', 'future'] as const)(
    'unreadable last logon (%s) is not unused',
    async (lastLoginAnswer) => {
      house = await House.open({ inactivity: { warn: 'P1D' } }, { switches: { lastLoginAnswer } });
      house.user('unclear', { consoleLogin: true });
      const ran = await house.days(5);
      expect(reasonOf(ran, 'unclear')).toBe('LastActivityUnknown');
      expect(house.standing('unclear')).toBe(' | Active');
    },
  );

  test('an error on a last-use read fails that user and no other', async () => {
    house = await House.open();
    house.user('failing', {}, {});
    house.user('idle', {}, {});
    house.cloud.faults.add({
      match: ({ action, params }) =>
        action === 'GetAccessKeyLastUsed' && params.UserPrincipalName?.startsWith('failing') === true,
      kind: 'error',
      status: 500,
      code: 'InternalError',
      times: 10,
    });
    const ran = await house.run();
    expect(ran.report.status).toBe('failed');
    expect(reportOn(ran, 'failing').error?.code).toBe('InternalError');
    expect(reasonOf(ran, 'idle')).toBe('Inactive');
  });
});

describe('the limit', () => {
  const idleUsers = (count: number) => {
    for (let n = 0; n < count; n++) house.user(`idle-${n}`, { consoleLogin: true }, {}, {});
  };

  test('exactly the limit is done, a user counting once with all its keys', async () => {
    house = await House.open({ limits: { disablesPerRun: 3 } });
    idleUsers(3);
    const ran = await house.days(7);
    expect(ran.report.status).toBe('ok');
    expect(ran.report.summary.actions).toEqual({ DisableLogin: 3, DisableAccessKey: 6 });
  });

  test.each(['enforce', 'plan'])('one more halts everything, in mode %s too', async (mode) => {
    house = await House.open({ limits: { disablesPerRun: 3 } });
    idleUsers(4);
    await house.days(6);
    house.user('late', { consoleLogin: true });
    house.stage.advance('P1D');
    const from = house.cloud.calls.length;
    const ran = await house.run(mode === 'plan' ? { dryRun: true } : {});
    expect(ran.report.status).toBe('halted');
    expect(ran.error?.message).toContain('limits.disablesPerRun allows 3');
    expect(actionsOf(ran).filter((action) => !action.endsWith('planned'))).toEqual([]);
    expect(actionsOf(ran)).toHaveLength(12);
    expect(reasonOf(ran, 'idle-0')).toBe('LimitExceeded');
    expect(new Set(house.writesSince(from))).toEqual(new Set(mode === 'plan' ? [] : ['TagResources']));
    expect(house.tags('late')['keyturn:warned'] === undefined).toBe(mode === 'plan');
  });

  test.each([
    ['10%', 'ok'],
    ['9.9%', 'halted'],
  ])('%s of 20 users with two due: %s', async (disablesPerRun, status) => {
    house = await House.open({ limits: { disablesPerRun } });
    idleUsers(2);
    for (let n = 0; n < 18; n++) house.user(`empty-${n}`);
    expect((await house.days(7)).report.status).toBe(status);
  });

  test('deletions count too', async () => {
    house = await House.open({
      limits: { disablesPerRun: 2 },
      inactivity: { users: { deleteAfter: 'P2D' } },
    });
    idleUsers(2);
    await house.days(7);
    house.user('other', { consoleLogin: true });
    house.stage.config = { ...house.stage.config, inactivity: { users: { deleteAfter: 'P7D' } } };
    const ran = await house.days(8);
    expect(ran.report.status).toBe('halted');
    expect(house.account.users.size).toBe(3);
  });
});

describe('mode plan', () => {
  test('tells what would be done and why, and writes nothing', async () => {
    house = await House.open({ inactivity: deleting });
    house.user('gone', { consoleLogin: true, groups: ['g'] }, {});
    house.user('idle', { consoleLogin: true }, {});
    const from = house.cloud.calls.length;
    const first = await house.run({ dryRun: true });
    expect(house.writesSince(from)).toEqual([]);
    expect(reportOn(first, 'idle').message).toContain('last activity 2025-10-19T03:00Z, creation of');
    await house.days(36);
    house.stage.advance('P1D');
    const last = await house.run({ dryRun: true, users: ['gone'] });
    expect(last.report.mode).toBe('plan');
    expect(actionsOf(last)).toEqual([
      'RemoveFromGroup planned',
      'DeleteAccessKey planned',
      'DeleteLogin planned',
      'DeleteUser planned',
    ]);
    expect(house.account.users.has('gone')).toBe(true);
  });
});

describe('somebody else', () => {
  test('enables a user again by hand: keyturn goes by that', async () => {
    house = await House.open({ inactivity: deleting });
    const [key] = house.user('back', { consoleLogin: true }, {});
    await house.days(7);
    expect(house.standing('back')).toBe('Inactive | Inactive');
    house.stage.advance('P1D');
    const user = house.account.user('back');
    house.account.setKeyStatus(house.account.key(user, key ?? ''), 'Active');
    const ran = await house.run();
    expect(reasonOf(ran, 'back')).toBe('EnabledAgain');
    await house.days(60);
    expect(house.standing('back')).toBe('Active | Inactive');
  });

  test("a key that was disabled by others is neither deleted nor keyturn's, and keeps the user from deletion", async () => {
    house = await House.open({ inactivity: deleting });
    house.user('mixed', {}, {}, { status: 'Inactive', updatedAt: ago(300) });
    const ran = await house.days(60);
    expect(reasonOf(ran, 'mixed')).toBe('KeyNotOurs');
    expect(house.standing('mixed')).toBe('Inactive Inactive');
  });

  test("Alibaba Cloud's own idle rule is told beside keyturn's", async () => {
    house = await House.open({
      inactivity: { users: { disableAfter: 'P800D' }, keys: { disableAfter: 'P800D' } },
    });
    house.account.preference.maxIdleDaysForAccessKeys = 365;
    house.user(
      'old',
      { consoleLogin: true, createdAt: ago(900), lastLogin: ago(795) },
      { createdAt: ago(900) },
    );
    house.account.enforceIdleRule();
    const ran = await house.run({ users: ['old'] });
    expect(ran.report.notes?.join()).toContain('AccessKeys after 365 days, console logons after 730 days');
    expect(reportOn(ran, 'old').message).toContain("Alibaba Cloud's own idle rule");
  });

  test('deletes a user in the middle of a run: no failure', async () => {
    house = await House.open();
    house.user('fleeting', { consoleLogin: true });
    await house.days(6);
    house.stage.advance('P1D');
    house.cloud.onCall(({ action }) => {
      const user = house.account.users.get('fleeting');
      if (action === 'GetLoginProfile' && user)
        house.account.deleteUser(Object.assign(user, { login: undefined }));
    });
    const ran = await house.run();
    expect(ran.report.status).toBe('ok');
    expect(reasonOf(ran, 'fleeting')).toBe('UserVanished');
  });

  test('acts between the look and the disabling: left alone', async () => {
    house = await House.open();
    house.user('just', { consoleLogin: true }, {});
    await house.days(6);
    house.stage.advance('P1D');
    house.cloud.onCall(({ action }) => {
      if (action === 'GetAccessKeyLastUsed') house.account.markLogin('just');
    });
    const ran = await house.run();
    expect(reasonOf(ran, 'just')).toBe('ChangedMeanwhile');
    expect(house.standing('just')).toBe('Active | Active');
  });
});

test('users named in the event: only these, and one unknown to RAM is told', async () => {
  house = await House.open();
  house.user('one', { consoleLogin: true });
  house.user('two', { consoleLogin: true });
  house.user('fine', { lastLogin: ago(1) });
  const ran = await house.run({ users: ['one', 'fine', 'nobody'] });
  expect(ran.report.users.map(({ user, reason }) => [user, reason])).toEqual([
    ['fine', 'Active'],
    ['one', 'Inactive'],
    ['nobody', 'UserNotFound'],
  ]);
  expect(house.tags('two')).toEqual({});
});

test('no room for tags: nothing is done, and the failure says so', async () => {
  house = await House.open();
  house.user('full', {
    consoleLogin: true,
    tags: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`t${n}`, 'v'])),
  });
  const ran = await house.days(8);
  expect(reportOn(ran, 'full').error?.code).toBe('NoRoomForTags');
  expect(house.standing('full')).toBe(' | Active');
});

test('two runs at once do it once', async () => {
  house = await House.open({ inactivity: deleting });
  house.user('idle', { consoleLogin: true, groups: ['g'] }, {}, {});
  for (let week = 0; week < 7; week++) {
    const both = await Promise.all([house.run(), house.run()]);
    expect(both.map(({ report }) => report.status)).toEqual(['ok', 'ok']);
    house.stage.advance('P7D');
  }
  expect(house.standing('idle')).toBe('deleted');
});
