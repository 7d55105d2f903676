import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { policyFor } from '../support/rotation-fixture';
import { statusFixture } from '../support/status-fixture';
import { furnishEveryState } from '../support/users-in-every-state';

const fixture = statusFixture();
const { keyturn, writes } = fixture;

beforeEach(() => {
  const { account } = fixture;
  account.createUser('operator');
  account.attachUserPolicy('operator', policyFor(account.id));
  fixture.operator = account.createKey('operator');
  account.createGroup('auditors');
  configure();
});

const configure = (more: object = {}) =>
  fixture.fixture.configure({
    ...fixture.config,
    rotation: { users: { names: ['svc-gone'], tag: { key: 'keyturn', value: 'rotate' } } },
    exempt: [
      { user: 'svc-exempt', reason: '手动审计\u001b[31m', until: '2099-12-31' },
      { group: 'auditors', reason: 'they audit us', until: '2020-06-30' },
    ],
    ...more,
  });

const instant = z.iso.datetime({ precision: 0 });
const duration = z.iso.duration();
const error = z.strictObject({ code: z.string(), message: z.string() });
const exemption = z.strictObject({
  who: z.string(),
  reason: z.string(),
  endsAt: instant.optional(),
  over: z.boolean(),
});
const sightings = z.array(z.strictObject({ what: z.string(), at: instant }));
const key = z.strictObject({
  keyId: z.string(),
  role: z.enum(['current', 'standby', 'old', 'orphan', 'other']),
  status: z.enum(['Active', 'Inactive']),
  createdAt: instant,
  ageDays: z.int().min(0),
  lastUse: z.discriminatedUnion('kind', [
    z.strictObject({ kind: z.literal('at'), at: instant, service: z.string().optional() }),
    z.strictObject({ kind: z.literal('never') }),
    z.strictObject({ kind: z.literal('unread'), why: z.string() }),
  ]),
  usedBy: z.strictObject({ services: sightings, addresses: sightings, events: sightings }).optional(),
  currentSince: instant.optional(),
  replacedAt: instant.optional(),
  graceEndsAt: instant.optional(),
  disabledAt: instant.optional(),
  deletedFrom: instant.optional(),
});
const states = [
  ...['current', 'due', 'standby', 'waiting', 'recovery', 'hold'],
  ...['exempt', 'inactive', 'emergency', 'blocked', 'failed'],
];
const user = z.strictObject({
  user: z.string(),
  state: z.enum(states),
  reason: z.string().regex(/^[A-Z][A-Za-z]+$/),
  message: z.string(),
  next: z.string().optional(),
  nextAt: instant.optional(),
  keys: z.array(key),
  secret: z.strictObject({
    name: z.string(),
    state: z.enum(['absent', 'deleting', 'unusable', 'present', 'unread']),
  }),
  hold: z.strictObject({ until: instant.optional() }).optional(),
  exemption: exemption.optional(),
  error: error.optional(),
});
/** What docs/status.md promises. */
const promised = z.strictObject({
  version: z.literal(1),
  at: instant,
  accounts: z.array(
    z.strictObject({
      account: z.string(),
      region: z.string(),
      mode: z.enum(['plan', 'enforce']),
      rotation: z.strictObject({ maxAge: duration, grace: duration, quiet: duration, recovery: duration }),
      usersInAccount: z.int(),
      users: z.array(user),
      exemptions: z.array(exemption),
      missing: z.array(z.string()),
      notes: z.array(z.string()).optional(),
      error: error.optional(),
    }),
  ),
});

test('the documented example is one', () => {
  const text = readFileSync(new URL('../../docs/status.md', import.meta.url), 'utf8');
  const [, example = ''] = /```json\n([\s\S]*?)```/.exec(text) ?? [];
  expect(promised.parse(JSON.parse(example))).toEqual(JSON.parse(example));
  for (const state of states) expect(text).toContain(`| \`${state}\``);
});

const statusOf = async (...args: string[]) => {
  const { code, stdout, stderr } = await keyturn('status', '--json', ...args);
  expect(stderr).toBe('');
  return { code, status: promised.parse(JSON.parse(stdout)), stdout };
};

describe('in every state', () => {
  beforeEach(() => furnishEveryState(fixture.cloud));

  test('--json tells each user as documented, in the order of names, and writes nothing', async () => {
    const { code, status } = await statusOf();
    const [account] = status.accounts;
    expect(account?.users.map(({ user, state, reason }) => [user, state, reason])).toEqual([
      ['svc-blocked', 'blocked', 'SecondKeyNotOurs'],
      ['svc-current', 'current', 'Current'],
      ['svc-due', 'due', 'Due'],
      ['svc-emergency', 'emergency', 'EmergencyReplaced'],
      ['svc-exempt', 'exempt', 'Exempt'],
      ['svc-failed', 'failed', 'Failed'],
      ['svc-frozen', 'inactive', 'UserFrozen'],
      ['svc-hold', 'hold', 'OnHold'],
      ['svc-kms', 'blocked', 'ManagedByKms'],
      ['svc-new', 'due', 'FirstKey'],
      ['svc-recovery', 'recovery', 'InRecovery'],
      ['svc-standby', 'standby', 'StandbyStored'],
      ['svc-waiting', 'waiting', 'InGrace'],
    ]);
    expect(account).toMatchObject({ usersInAccount: 14, missing: ['svc-gone'], mode: 'enforce' });
    expect(account?.exemptions.map(({ who, over }) => [who, over])).toEqual([
      ['user svc-exempt', false],
      ['group auditors', true],
    ]);
    expect(code).toBe(1);
    expect(writes()).toEqual([]);
  });

  test('the last use is told of every key, also where the chain does not need it', async () => {
    const { status } = await statusOf();
    const keys = status.accounts[0]?.users.flatMap((each) => each.keys) ?? [];
    expect(keys.length).toBeGreaterThan(12);
    for (const { lastUse } of keys) expect(lastUse.kind).not.toBe('unread');
    expect(keys.map(({ lastUse }) => lastUse)).toContainEqual({ kind: 'never' });
    const inUse = keys.filter(({ role, status }) => role === 'old' && status === 'Active');
    expect(inUse.length).toBeGreaterThan(0);
    for (const { usedBy } of keys)
      expect(usedBy !== undefined).toBe(inUse.some((old) => old.usedBy === usedBy));
  });

  test('what is told is what the function does', async () => {
    const { status } = await statusOf();
    const { stdout } = await keyturn('rotate', '--dry-run', '--json');
    const decided = new Map(
      JSON.parse(stdout).users.map(({ user, reason }: { user: string; reason: string }) => [user, reason]),
    );
    for (const { user, reason } of status.accounts[0]?.users ?? []) {
      expect([user, decided.get(user)]).toEqual([user, reason]);
    }
  });

  test('the table tells those first of whom a person must take care', async () => {
    const { code, stdout, stderr } = await keyturn('status');
    expect(stderr).toBe('');
    expect(code).toBe(1);
    const lines = stdout.split('\n');
    const table = lines.slice(lines.findIndex((line) => line.startsWith('USER')) + 1);
    const users = table.flatMap((line) => /^(svc-\w+) {2,}(\w+)/.exec(line)?.slice(1, 3).join(' ') ?? []);
    expect(users.slice(0, 4)).toEqual([
      'svc-blocked blocked',
      'svc-emergency emergency',
      'svc-failed failed',
      'svc-kms blocked',
    ]);
    expect(users).toHaveLength(13);
    expect(stdout).toMatch(
      /^svc-current +current +LTAI\w+ +current +10 of 90 d +\S+ oss +a successor is issued +20/m,
    );
    expect(stdout).toMatch(/^svc-due .* a successor is issued +next run$/m);
    expect(stdout).toMatch(/^ +LTAI\w+ +old, disabled +200 d/m);
    expect(stdout).toMatch(/^svc-blocked: .*delete the one that is not in use/m);
    expect(stdout).toContain('The configuration names user svc-gone, whom RAM does not know.');
    expect(stdout).toContain('The exemption of group auditors ended at 2020-07-01T00:00:00Z.');
    expect(stdout).not.toContain('\u001b');
  });

  test('the same state gives the same text, the times and request ids apart', async () => {
    const timeless = (text: string) => text.replace(/"[\d-]+T[\d:]+Z"|[\dA-F]{8}(-[\dA-F]{4,12}){4}/g, '');
    const { stdout } = await statusOf();
    expect(timeless((await statusOf()).stdout)).toBe(timeless(stdout));
    expect(Object.keys(JSON.parse(stdout).accounts[0].users[1])).toEqual([
      ...['user', 'state', 'reason', 'message', 'next', 'nextAt', 'keys', 'secret'],
    ]);
  });

  test('--user narrows, and may be repeated', async () => {
    const { code, status } = await statusOf('--user', 'svc-due', '-u', 'svc-current');
    expect(status.accounts[0]?.users.map(({ user }) => user)).toEqual(['svc-current', 'svc-due']);
    expect(code).toBe(0);
    const asked = fixture.cloud.calls.filter(({ action }) => action === 'GetAccessKeyLastUsed');
    expect(asked).toHaveLength(2);
  });

  test.each([
    ['an unknown user', ['--user', 'svc-duo'], 'There is no RAM user svc-duo. Did you mean svc-due?'],
    ['a user that is not managed', ['--user', 'operator'], 'User operator is not managed'],
    ['an unknown account', ['--account', '999'], 'none of the accounts'],
    ['an unknown option', ['--jsn'], 'Did you mean --json?'],
    ['a missing configuration', ['--config', 'nowhere.yaml'], 'nowhere.yaml'],
  ])('%s ends with 2, and no user is looked at', async (_, args, message) => {
    const { code, stdout, stderr } = await keyturn('status', ...args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(
      fixture.cloud.calls.filter(({ product, action }) => product === 'ims' && action === 'ListAccessKeys'),
    ).toEqual([]);
  });
});

const outage = (action: string) =>
  fixture.cloud.faults.add({
    kind: 'error',
    status: 403,
    code: 'NoPermission',
    times: Number.POSITIVE_INFINITY,
    match: (call) => call.action === action,
  });

test.each([
  ['managed users', 'ListUsers'],
  ['exemptions', 'ListUsersForGroup'],
  ['users of KMS', 'ListSecrets'],
])('where %s cannot be read, the account is unread and the command ends with 1', async (_, action) => {
  furnishEveryState(fixture.cloud);
  outage(action);
  const { code, status } = await statusOf('--user', 'svc-current');
  expect(status.accounts).toMatchObject([
    { users: [], error: { code: expect.stringMatching(/NoPermission$/) } },
  ]);
  expect(code).toBe(1);
  const { stdout } = await keyturn('status');
  expect(stdout).toMatch(/It could not be read\. [\w.]*NoPermission: /);
});

test('a last use that the chain does not need and that cannot be read is unread, and says why', async () => {
  furnishEveryState(fixture.cloud);
  outage('GetAccessKeyLastUsed');
  const { status, code } = await statusOf('--user', 'svc-current');
  expect(status.accounts[0]?.users).toMatchObject([
    {
      state: 'current',
      keys: [{ lastUse: { kind: 'unread', why: expect.stringContaining('GetAccessKeyLastUsed') } }],
    },
  ]);
  expect(code).toBe(0);
});

test('an account without managed users is no failure', async () => {
  const { code, stdout } = await keyturn('status');
  expect(stdout).toContain('0 of 1 users');
  expect(code).toBe(0);
});

test('mode plan is said', async () => {
  furnishEveryState(fixture.cloud);
  configure({ mode: 'plan' });
  const { stdout } = await keyturn('status', '-u', 'svc-due');
  expect(stdout).toContain('until the configuration says mode: enforce');
});

test('one account that cannot be opened is that account alone', async () => {
  furnishEveryState(fixture.cloud);
  const own = fixture.account.id;
  configure({ accounts: [{ id: own }, { id: '9999999999999999' }] });
  const { code, status } = await statusOf();
  expect(status.accounts.map(({ account, users, error }) => [account, users.length, error?.code])).toEqual([
    [own, 13, undefined],
    ['9999999999999999', 0, 'ConfigurationError'],
  ]);
  expect(code).toBe(1);
  expect((await statusOf('--account', own)).status.accounts).toHaveLength(1);
});

test('every configured account is told, through its role', async () => {
  furnishEveryState(fixture.cloud);
  const own = fixture.account;
  const member = fixture.cloud.account('2222222222222222');
  const trust = {
    Effect: 'Allow',
    Action: 'sts:AssumeRole',
    Principal: { RAM: `acs:ram::${own.id}:root` },
  } as const;
  member.createRole('keyturn', {
    policies: [policyFor(member.id)],
    trust: { Version: '1', Statement: [trust] },
  });
  member.createGroup('auditors');
  member.createUser('svc-member', { tags: { keyturn: 'rotate' } });
  own.attachUserPolicy('operator', {
    Version: '1',
    Statement: [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `acs:ram:*:${member.id}:role/keyturn` },
    ],
  });
  const roleArn = `acs:ram::${member.id}:role/keyturn`;
  configure({ accounts: [{ id: own.id }, { id: member.id, roleArn }] });

  const { status } = await statusOf();
  expect(status.accounts.map(({ account, users, error }) => [account, users.length, error])).toEqual([
    [own.id, 13, undefined],
    [member.id, 1, undefined],
  ]);
  const narrowed = await statusOf('--user', 'svc-member');
  expect(narrowed.code).toBe(0);
  expect(narrowed.status.accounts.map(({ users }) => users.map(({ user }) => user))).toEqual([
    [],
    ['svc-member'],
  ]);

  member.roles.delete('keyturn');
  const { code, status: without } = await statusOf();
  expect(without.accounts[0]?.users).toHaveLength(13);
  expect(without.accounts[1]?.error?.message).toContain(`The role ${roleArn} does not exist`);
  expect(code).toBe(1);
});
