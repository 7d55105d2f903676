import { afterEach, describe, expect, test } from 'vitest';
import { actionsOf, ago, InactivityFixture, reasonOf, reportOn } from './inactivity-fixture';

let fixture: InactivityFixture;
afterEach(() => fixture.close());

const deleting = { keys: { deleteAfter: 'P30D' }, users: { deleteAfter: 'P30D' } };

describe('from the warning to the end', () => {
  test('an idle user is warned, disabled after the warning, and left so where nothing is to be deleted', async () => {
    fixture = await InactivityFixture.open();
    const [key] = fixture.user('idle', { consoleLogin: true, lastLogin: ago(200) }, { lastUsed: ago(100) });
    const first = await fixture.run();
    expect(reportOn(first, 'idle')).toMatchObject({ reason: 'Inactive', actions: [] });
    expect(reportOn(first, 'idle').message).toContain(`use of key ${key} for Ecs`);
    expect(fixture.standing('idle')).toBe('Active | Active');
    const sixth = await fixture.days(6);
    expect(reasonOf(sixth, 'idle')).toBe('Warned');
    fixture.rotation.advance('P1D');
    const seventh = await fixture.run();
    expect(reportOn(seventh, 'idle').actions).toEqual([
      { action: 'DisableLogin', outcome: 'done' },
      { action: 'DisableAccessKey', keyId: key, outcome: 'done' },
    ]);
    expect(fixture.standing('idle')).toBe('Inactive | Inactive');
    expect(fixture.tags('idle')).toEqual({
      'keyturn:disabled-user': expect.stringMatching(new RegExp(`^20261130T0300\\d\\dZ/logon\\+${key}$`)),
      'keyturn:inactive': expect.stringMatching(/^20261130T0300\d\dZ$/),
    });
    const last = await fixture.days(60);
    expect(reasonOf(last, 'idle')).toBe('Disabled');
    expect(fixture.standing('idle')).toBe('Inactive | Inactive');
  });

  test('the idle key of a busy user is disabled by itself, and then deleted', async () => {
    fixture = await InactivityFixture.open({ inactivity: deleting });
    const [idle, used] = fixture.user(
      'busy',
      { consoleLogin: true },
      { lastUsed: ago(100) },
      { lastUsed: ago(1) },
    );
    for (let week = 0; week < 8; week++) {
      fixture.account.markUsed(used ?? '');
      await fixture.run();
      fixture.rotation.advance('P7D');
    }
    expect([...fixture.account.user('busy').keys.keys()]).toEqual([used]);
    expect(fixture.account.recycledKeys(fixture.account.user('busy')).map(({ id }) => id)).toEqual([idle]);
    expect(fixture.standing('busy')).toBe('Active | Active');
  });

  test('a disabled user is deleted with everything that is attached, which the log tells first', async () => {
    fixture = await InactivityFixture.open({ inactivity: deleting });
    fixture.user('gone', { consoleLogin: true, groups: ['g1', 'g2'], mfa: true }, {}, {});
    fixture.account.attachUserPolicy('gone', {
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    const ran = await fixture.days(37);
    expect(fixture.account.users.has('gone')).toBe(false);
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
    fixture = await InactivityFixture.open();
    fixture.user('missed', { consoleLogin: true });
    fixture.user('awake', { consoleLogin: true });
    await fixture.run();
    fixture.rotation.advance('P3D');
    fixture.account.markLogin('awake');
    fixture.rotation.advance('P40D');
    await fixture.run();
    expect(fixture.standing('missed')).toBe(' | Inactive');
    expect(fixture.standing('awake')).toBe(' | Active');
    fixture.rotation.advance('P50D');
    expect(reasonOf(await fixture.run(), 'awake')).toBe('Inactive');
    expect(fixture.standing('awake')).toBe(' | Active');
    fixture.rotation.advance('P7D');
    await fixture.run();
    expect(fixture.standing('awake')).toBe(' | Inactive');
  });
});

describe('never touched', () => {
  test('frozen, kept elsewhere, exempt by name, group and tag', async () => {
    fixture = await InactivityFixture.open({
      inactivity: { warn: 'P1D' },
      exempt: [
        { user: 'break-glass', reason: 'emergencies', until: '2026-12-31' },
        { group: 'auditors', reason: 'audit' },
        { tag: { key: 'keyturn', value: 'exempt' }, reason: 'by tag' },
      ],
    });
    fixture.user('frozen', { status: 'freeze' }, {});
    fixture.user('scim', { provisionType: 'SCIM' }, {});
    fixture.user('sso', { provisionType: 'CloudSSO', consoleLogin: true });
    fixture.user('break-glass', {}, {});
    fixture.user('auditor', { groups: ['auditors'] }, {});
    fixture.user('tagged', { tags: { keyturn: 'exempt' } }, {});
    const names = ['frozen', 'scim', 'sso', 'break-glass', 'auditor', 'tagged'];
    const before = names.map((name) => fixture.standing(name));
    const ran = await fixture.days(10);
    expect(names.map((name) => fixture.standing(name))).toEqual(before);
    expect(names.map((name) => reasonOf(ran, name))).toEqual([
      'UserFrozen',
      'KeptElsewhere',
      'KeptElsewhere',
      'Exempt',
      'Exempt',
      'Exempt',
    ]);
    expect(
      names.flatMap((name) => Object.keys(fixture.tags(name)).filter((tag) => tag.startsWith('keyturn:'))),
    ).toEqual([]);
    fixture.rotation.advance('P30D');
    expect(reasonOf(await fixture.run(), 'break-glass')).toBe('Inactive');
  });

  test('a group of the exemptions that cannot be read stops the run before any write', async () => {
    fixture = await InactivityFixture.open({ exempt: [{ group: 'nowhere', reason: 'r' }] });
    fixture.user('idle', {}, {});
    const ran = await fixture.run();
    expect(ran.report).toMatchObject({ status: 'failed', error: { code: 'EntityNotExist.Group' } });
    expect(fixture.writesSince(0)).toEqual([]);
  });

  test('whoever runs it with keys of a RAM user', async () => {
    fixture = await InactivityFixture.open({ inactivity: { warn: 'P1D' } });
    fixture.user('operator', {}, {});
    const [key] = fixture.account.user('operator').keys.values();
    fixture.account.attachUserPolicy('operator', {
      Version: '1',
      Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
    });
    if (!key) throw new Error('no key');
    const credentials = { accessKeyId: key.id, accessKeySecret: key.secret };
    for (let day = 0; day < 5; day++) {
      const ran = await fixture.runAs(credentials);
      expect(reasonOf(ran, 'operator')).toBe('RunsKeyturn');
      fixture.rotation.advance('P1D');
    }
    expect(fixture.standing('operator')).toBe('Active');
  });

  test('a user with nothing to disable is neither warned, counted nor listed', async () => {
    fixture = await InactivityFixture.open({
      inactivity: { ...deleting, warn: 'P1D' },
      limits: { disablesPerRun: 1 },
    });
    fixture.user('empty');
    fixture.user('off', {}, { status: 'Inactive', updatedAt: ago(300) });
    const ran = await fixture.days(60);
    expect(ran.report.users).toEqual([]);
    expect(fixture.standing('off')).toBe('Inactive');
    expect(fixture.account.users.size).toBe(2);
  });

  test.each(['text', 'future', 'no-object'] as const)(
    'unreadable last use (%s) is not unused',
    async (lastUsedAnswer) => {
      fixture = await InactivityFixture.open(
        { inactivity: { warn: 'P1D' } },
        { switches: { lastUsedAnswer } },
      );
      fixture.user('unclear', {}, {});
      const ran = await fixture.days(5);
      expect(reasonOf(ran, 'unclear')).toBe('LastActivityUnknown');
      expect(ran.report.status).toBe('ok');
      expect(fixture.standing('unclear')).toBe('Active');
    },
  );

  test.each(['text', 'future'] as const)(
    'unreadable last logon (%s) is not unused',
    async (lastLoginAnswer) => {
      fixture = await InactivityFixture.open(
        { inactivity: { warn: 'P1D' } },
        { switches: { lastLoginAnswer } },
      );
      fixture.user('unclear', { consoleLogin: true });
      const ran = await fixture.days(5);
      expect(reasonOf(ran, 'unclear')).toBe('LastActivityUnknown');
      expect(fixture.standing('unclear')).toBe(' | Active');
    },
  );

  test('an error on a last-use read fails that user and no other', async () => {
    fixture = await InactivityFixture.open();
    fixture.user('failing', {}, {});
    fixture.user('idle', {}, {});
    fixture.cloud.faults.add({
      match: ({ action, params }) =>
        action === 'GetAccessKeyLastUsed' && params.UserPrincipalName?.startsWith('failing') === true,
      kind: 'error',
      status: 500,
      code: 'InternalError',
      times: 10,
    });
    const ran = await fixture.run();
    expect(ran.report.status).toBe('failed');
    expect(reportOn(ran, 'failing').error?.code).toBe('InternalError');
    expect(reasonOf(ran, 'idle')).toBe('Inactive');
  });
});

describe('the limit', () => {
  const idleUsers = (count: number) => {
    for (let n = 0; n < count; n++) fixture.user(`idle-${n}`, { consoleLogin: true }, {}, {});
  };

  test('exactly the limit is done, a user counting once with all its keys', async () => {
    fixture = await InactivityFixture.open({ limits: { disablesPerRun: 3 } });
    idleUsers(3);
    const ran = await fixture.days(7);
    expect(ran.report.status).toBe('ok');
    expect(ran.report.summary.actions).toEqual({ DisableLogin: 3, DisableAccessKey: 6 });
  });

  test.each(['enforce', 'plan'])('one more halts everything, in mode %s too', async (mode) => {
    fixture = await InactivityFixture.open({ limits: { disablesPerRun: 3 } });
    idleUsers(4);
    await fixture.days(6);
    fixture.user('late', { consoleLogin: true });
    fixture.rotation.advance('P1D');
    const from = fixture.cloud.calls.length;
    const ran = await fixture.run(mode === 'plan' ? { dryRun: true } : {});
    expect(ran.report.status).toBe('halted');
    expect(ran.error?.message).toContain('limits.disablesPerRun allows 3');
    expect(actionsOf(ran).filter((action) => !action.endsWith('planned'))).toEqual([]);
    expect(actionsOf(ran)).toHaveLength(12);
    expect(reasonOf(ran, 'idle-0')).toBe('LimitExceeded');
    expect(new Set(fixture.writesSince(from))).toEqual(new Set(mode === 'plan' ? [] : ['TagResources']));
    expect(fixture.tags('late')['keyturn:warned'] === undefined).toBe(mode === 'plan');
  });

  test.each([
    ['10%', 'ok'],
    ['9.9%', 'halted'],
  ])('%s of 20 users with two due: %s', async (disablesPerRun, status) => {
    fixture = await InactivityFixture.open({ limits: { disablesPerRun } });
    idleUsers(2);
    for (let n = 0; n < 18; n++) fixture.user(`empty-${n}`);
    expect((await fixture.days(7)).report.status).toBe(status);
  });

  test('deletions count too', async () => {
    fixture = await InactivityFixture.open({
      limits: { disablesPerRun: 2 },
      inactivity: { users: { deleteAfter: 'P2D' } },
    });
    idleUsers(2);
    await fixture.days(7);
    fixture.user('other', { consoleLogin: true });
    fixture.rotation.config = { ...fixture.rotation.config, inactivity: { users: { deleteAfter: 'P7D' } } };
    const ran = await fixture.days(8);
    expect(ran.report.status).toBe('halted');
    expect(fixture.account.users.size).toBe(3);
  });
});

describe('mode plan', () => {
  test('tells what would be done and why, and writes nothing', async () => {
    fixture = await InactivityFixture.open({ inactivity: deleting });
    fixture.user('gone', { consoleLogin: true, groups: ['g'] }, {});
    fixture.user('idle', { consoleLogin: true }, {});
    const from = fixture.cloud.calls.length;
    const first = await fixture.run({ dryRun: true });
    expect(fixture.writesSince(from)).toEqual([]);
    expect(reportOn(first, 'idle').message).toContain('last activity 2025-10-19T03:00Z, creation of');
    await fixture.days(36);
    fixture.rotation.advance('P1D');
    const last = await fixture.run({ dryRun: true, users: ['gone'] });
    expect(last.report.mode).toBe('plan');
    expect(actionsOf(last)).toEqual([
      'RemoveFromGroup planned',
      'DeleteAccessKey planned',
      'DeleteLogin planned',
      'DeleteUser planned',
    ]);
    expect(fixture.account.users.has('gone')).toBe(true);
  });
});

describe('somebody else', () => {
  test('enables a user again by hand: keyturn goes by that', async () => {
    fixture = await InactivityFixture.open({ inactivity: deleting });
    const [key] = fixture.user('back', { consoleLogin: true }, {});
    await fixture.days(7);
    expect(fixture.standing('back')).toBe('Inactive | Inactive');
    fixture.rotation.advance('P1D');
    const user = fixture.account.user('back');
    fixture.account.setKeyStatus(fixture.account.key(user, key ?? ''), 'Active');
    const ran = await fixture.run();
    expect(reasonOf(ran, 'back')).toBe('EnabledAgain');
    await fixture.days(60);
    expect(fixture.standing('back')).toBe('Active | Inactive');
  });

  test("a key that was disabled by others is neither deleted nor keyturn's, and keeps the user from deletion", async () => {
    fixture = await InactivityFixture.open({ inactivity: deleting });
    fixture.user('mixed', {}, {}, { status: 'Inactive', updatedAt: ago(300) });
    const ran = await fixture.days(60);
    expect(reasonOf(ran, 'mixed')).toBe('KeyNotOurs');
    expect(fixture.standing('mixed')).toBe('Inactive Inactive');
  });

  test("Alibaba Cloud's own idle rule is told beside keyturn's", async () => {
    fixture = await InactivityFixture.open({
      inactivity: { users: { disableAfter: 'P800D' }, keys: { disableAfter: 'P800D' } },
    });
    fixture.account.preference.maxIdleDaysForAccessKeys = 365;
    fixture.user(
      'old',
      { consoleLogin: true, createdAt: ago(900), lastLogin: ago(795) },
      { createdAt: ago(900) },
    );
    fixture.account.enforceIdleRule();
    const ran = await fixture.run({ users: ['old'] });
    expect(ran.report.notes?.join()).toContain('AccessKeys after 365 days, console logons after 730 days');
    expect(reportOn(ran, 'old').message).toContain("Alibaba Cloud's own idle rule");
  });

  test('deletes a user in the middle of a run: no failure', async () => {
    fixture = await InactivityFixture.open();
    fixture.user('fleeting', { consoleLogin: true });
    await fixture.days(6);
    fixture.rotation.advance('P1D');
    fixture.cloud.onCall(({ action }) => {
      const user = fixture.account.users.get('fleeting');
      if (action === 'GetLoginProfile' && user)
        fixture.account.deleteUser(Object.assign(user, { login: undefined }));
    });
    const ran = await fixture.run();
    expect(ran.report.status).toBe('ok');
    expect(reasonOf(ran, 'fleeting')).toBe('UserVanished');
  });

  test('acts between the look and the disabling: left alone', async () => {
    fixture = await InactivityFixture.open();
    fixture.user('just', { consoleLogin: true }, {});
    await fixture.days(6);
    fixture.rotation.advance('P1D');
    fixture.cloud.onCall(({ action }) => {
      if (action === 'GetAccessKeyLastUsed') fixture.account.markLogin('just');
    });
    const ran = await fixture.run();
    expect(reasonOf(ran, 'just')).toBe('ChangedMeanwhile');
    expect(fixture.standing('just')).toBe('Active | Active');
  });
});

test('users named in the event: only these, and one unknown to RAM is told', async () => {
  fixture = await InactivityFixture.open();
  fixture.user('one', { consoleLogin: true });
  fixture.user('two', { consoleLogin: true });
  fixture.user('fine', { lastLogin: ago(1) });
  const ran = await fixture.run({ users: ['one', 'fine', 'nobody'] });
  expect(ran.report.users.map(({ user, reason }) => [user, reason])).toEqual([
    ['fine', 'Active'],
    ['one', 'Inactive'],
    ['nobody', 'UserNotFound'],
  ]);
  expect(fixture.tags('two')).toEqual({});
});

test('no room for tags: nothing is done, and the failure says so', async () => {
  fixture = await InactivityFixture.open();
  fixture.user('full', {
    consoleLogin: true,
    tags: Object.fromEntries(Array.from({ length: 20 }, (_, n) => [`t${n}`, 'v'])),
  });
  const ran = await fixture.days(8);
  expect(reportOn(ran, 'full').error?.code).toBe('NoRoomForTags');
  expect(fixture.standing('full')).toBe(' | Active');
});

test('two runs at once do it once', async () => {
  fixture = await InactivityFixture.open({ inactivity: deleting });
  fixture.user('idle', { consoleLogin: true, groups: ['g'] }, {}, {});
  for (let week = 0; week < 7; week++) {
    const both = await Promise.all([fixture.run(), fixture.run()]);
    expect(both.map(({ report }) => report.status)).toEqual(['ok', 'ok']);
    fixture.rotation.advance('P7D');
  }
  expect(fixture.standing('idle')).toBe('deleted');
});
