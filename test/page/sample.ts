import type { AccountAudit } from '../../src/audit/finding';
import type { PageModel } from '../../src/page/model';
import type { RunReport } from '../../src/report/run-report';
import type { AccountStatus, KeyStatus, UserStatus } from '../../src/status/account-status';

export const now = '2026-11-24T03:00:00Z';
const DAY = 86_400_000;

/** So many days from now; negative is the past. */
export const days = (count: number): string =>
  `${new Date(Date.parse(now) + count * DAY).toISOString().slice(0, 19)}Z`;

let issued = 0;
export function key(ageDays: number, more: Partial<KeyStatus> = {}): KeyStatus {
  issued += 1;
  return {
    keyId: `LTAI5tSample${String(issued).padStart(12, '0')}`,
    role: 'current',
    status: 'Active',
    createdAt: days(-ageDays),
    ageDays,
    lastUse: { kind: 'at', at: days(-0.2), service: 'Oss' },
    ...more,
  };
}

export function user(name: string, more: Partial<UserStatus> = {}): UserStatus {
  return {
    user: name,
    state: 'current',
    reason: 'Current',
    message: `The key of user ${name} is current.`,
    next: 'a new key is issued',
    nextAt: days(40),
    keys: [key(50, { currentSince: days(-50) })],
    secret: { name: `keyturn/${name}`, state: 'present' },
    ...more,
  };
}

/** One user in every state. */
export const everyState = (): UserStatus[] => [
  user('svc-billing', {
    state: 'blocked',
    reason: 'SecondKeyNotOurs',
    message:
      'User svc-billing has a second key that keyturn neither issued nor replaced, so there is no room for a new one: delete it, or hand its consumers the current one.',
    next: undefined,
    nextAt: undefined,
    keys: [
      key(131, { currentSince: days(-130) }),
      key(402, { role: 'other', lastUse: { kind: 'unread', why: 'NoPermission: denied' } }),
    ],
  }),
  user('svc-catalog', {
    state: 'emergency',
    reason: 'EmergencyReplaced',
    message: 'The leaked key of user svc-catalog is disabled; its successor is not proven yet.',
    next: 'the new key is proven',
    nextAt: undefined,
    keys: [
      key(0, { role: 'standby', lastUse: { kind: 'never' } }),
      key(61, {
        role: 'old',
        status: 'Inactive',
        replacedAt: days(-0.1),
        disabledAt: days(-0.1),
        deletedFrom: days(6.9),
      }),
    ],
  }),
  user('svc-dunning', {
    state: 'failed',
    reason: 'Failed',
    message: 'The keys of user svc-dunning could not be read.',
    next: undefined,
    nextAt: undefined,
    keys: [],
    secret: { name: 'keyturn/svc-dunning', state: 'unusable' },
    error: { code: 'Throttling.User', message: 'Request was denied due to user flow control.' },
  }),
  user('svc-export', {
    state: 'due',
    reason: 'Due',
    message: 'The key of user svc-export is 93 days old, and the limit is 90.',
    next: 'a new key is issued',
    nextAt: undefined,
    keys: [key(93, { currentSince: days(-93) })],
  }),
  user('svc-feed', {
    state: 'standby',
    reason: 'StandbyStored',
    message: 'A new key of user svc-feed is stored and waits for its proof.',
    next: 'the new key is proven and made current',
    nextAt: undefined,
    keys: [key(91, { currentSince: days(-91) }), key(1, { role: 'standby', lastUse: { kind: 'never' } })],
  }),
  user('svc-orders', {
    state: 'waiting',
    reason: 'InGrace',
    message: 'The old key of user svc-orders stays enabled until its consumers had time to take the new one.',
    next: 'the old key is disabled',
    nextAt: days(1.2),
    keys: [
      key(2, { currentSince: days(-1) }),
      key(92, {
        role: 'old',
        replacedAt: days(-0.8),
        graceEndsAt: days(1.2),
        lastUse: { kind: 'at', at: days(-0.5), service: 'Ecs' },
        usedBy: {
          services: [
            { what: 'Ecs', at: days(-0.5) },
            { what: 'Oss', at: days(-2) },
          ],
          addresses: [{ what: '203.0.113.7', at: days(-0.5) }],
          events: [{ what: 'DescribeInstances', at: days(-0.5) }],
        },
      }),
    ],
  }),
  user('svc-payments', {
    state: 'recovery',
    reason: 'InRecovery',
    message: 'The old key of user svc-payments is disabled and can be enabled again until it is deleted.',
    next: 'the old key is deleted',
    nextAt: days(4),
    keys: [
      key(13, { currentSince: days(-12) }),
      key(104, {
        role: 'old',
        status: 'Inactive',
        replacedAt: days(-12),
        disabledAt: days(-3),
        deletedFrom: days(4),
        lastUse: { kind: 'at', at: days(-6), service: 'Log' },
      }),
    ],
  }),
  user('svc-quotes', {
    state: 'hold',
    reason: 'OnHold',
    message: 'User svc-quotes is on hold.',
    next: undefined,
    nextAt: undefined,
    hold: { until: days(20) },
    keys: [
      key(77, { currentSince: days(-77) }),
      key(310, { role: 'other', status: 'Inactive', lastUse: { kind: 'never' } }),
    ],
  }),
  user('break-glass', {
    state: 'exempt',
    reason: 'Exempt',
    message: 'User break-glass is exempt.',
    next: undefined,
    nextAt: undefined,
    exemption: {
      who: 'user break-glass',
      reason: 'emergency access',
      endsAt: '2027-06-30T23:59:59Z',
      over: false,
    },
    keys: [key(700, { role: 'other', lastUse: { kind: 'never' } })],
    secret: { name: 'keyturn/break-glass', state: 'absent' },
  }),
  user('svc-retired', {
    state: 'inactive',
    reason: 'DisabledForInactivity',
    message: 'User svc-retired is disabled for inactivity.',
    next: undefined,
    nextAt: undefined,
    keys: [
      key(260, {
        status: 'Inactive',
        currentSince: days(-255),
        disabledAt: days(-30),
        lastUse: { kind: 'at', at: days(-130) },
      }),
      key(3, { role: 'orphan', lastUse: { kind: 'never' } }),
    ],
  }),
  user('svc-search'),
  user('svc-tracking', { keys: [key(12, { currentSince: days(-11) })], nextAt: days(78) }),
];

export function account(more: Partial<AccountStatus> = {}): AccountStatus {
  return {
    account: '1234567890123456',
    region: 'cn-hangzhou',
    mode: 'enforce',
    rotation: { maxAge: 'P90D', grace: 'P2D', quiet: 'PT24H', recovery: 'P7D' },
    usersInAccount: 64,
    users: everyState(),
    exemptions: [
      { who: 'user break-glass', reason: 'emergency access', endsAt: '2027-06-30T23:59:59Z', over: false },
      { who: 'group auditors', reason: 'keys live in the auditors’ own vault', over: false },
      { who: 'tag keyturn=exempt', reason: 'migration of the warehouse', endsAt: days(-9), over: true },
    ],
    missing: ['svc-orderz'],
    ...more,
  };
}

export const audit = (account_ = '1234567890123456'): AccountAudit => ({
  account: account_,
  checks: [
    {
      id: 'main-account-keys',
      title: 'The main account has no AccessKey',
      severity: 'high',
      cis: '1.2',
      result: 'passed',
      evidence: ['The main account has no AccessKey.'],
    },
    {
      id: 'console-mfa',
      title: 'Console users have MFA',
      severity: 'high',
      cis: '1.4',
      result: 'failed',
      evidence: [
        'User ann can log on to the console and has no MFA device.',
        'User ben can log on to the console and has no MFA device.',
      ],
      remedy: 'Let them bind an MFA device at their next logon, or take the console logon away.',
    },
    {
      id: 'direct-policies',
      title: 'Policies are attached to groups, not to users',
      severity: 'low',
      cis: '1.16',
      result: 'failed',
      evidence: Array.from(
        { length: 14 },
        (_, index) => `User svc-${index + 1} has 2 policies attached directly.`,
      ),
      remedy: 'Attach the policies to a group and put the user into it.',
    },
    {
      id: 'wildcard-policies',
      title: 'No policy allows everything',
      severity: 'medium',
      cis: '1.15',
      result: 'failed',
      evidence: ['Custom policy ops-all allows * on *; attached to group ops.'],
      remedy: 'List the actions that are needed.',
    },
    {
      id: 'network-policies',
      title: 'Keys have a network policy',
      severity: 'medium',
      result: 'unknown',
      evidence: ['NoPermission: ims:GetAccessKeyPolicy was denied.'],
      remedy: 'Grant ims:GetAccessKeyPolicy to whoever runs the audit.',
    },
    {
      id: 'password-policy',
      title: 'The password policy is strong',
      severity: 'low',
      cis: '1.7',
      result: 'passed',
      evidence: [],
    },
  ],
});

export function plan(account_ = '1234567890123456'): RunReport {
  return {
    function: 'disable-inactive',
    requestId: 'cli-1',
    trigger: 'manual',
    mode: 'plan',
    status: 'ok',
    startedAt: days(0),
    finishedAt: days(0),
    users: [
      {
        account: account_,
        user: 'old-laptop',
        reason: 'Due',
        message:
          'User old-laptop has shown no activity since 2026-05-02 and was warned on 2026-11-17: its logon and one key are disabled.',
        actions: [
          { action: 'DisableAccessKey', keyId: 'LTAI5tOldLaptop0000000001', outcome: 'planned' },
          { action: 'DisableLogin', outcome: 'planned' },
        ],
      },
      {
        account: account_,
        user: 'intern-2025',
        reason: 'Inactive',
        message:
          'User intern-2025 has shown no activity since 2026-08-20; it would be warned now and disabled from 2026-12-01 on.',
        actions: [],
        nextCheckAt: days(7),
      },
      {
        account: account_,
        user: 'break-glass',
        reason: 'Exempt',
        message: 'User break-glass is exempt: emergency access.',
        actions: [],
      },
    ],
    summary: { users: 3, actions: { DisableAccessKey: 1, DisableLogin: 1 }, failed: 0 },
    notes: [
      `41 users of account ${account_} are in use or have nothing to disable, and are not listed.`,
      `Alibaba Cloud's own idle rule of account ${account_}: AccessKeys after 730 days, console logons after 365 days; keyturn disables keys after P90D and users after P90D.`,
    ],
  };
}

export const runs = (): RunReport[] => [
  {
    function: 'rotate-keys',
    requestId: '1-6562a0b1-0f3c',
    trigger: 'timer',
    mode: 'enforce',
    status: 'failed',
    startedAt: days(-0.5),
    finishedAt: days(-0.4995),
    users: [
      {
        account: '1234567890123456',
        user: 'svc-payments',
        reason: 'OldKeyQuiet',
        message: 'The old key of user svc-payments has been quiet and is disabled.',
        actions: [{ action: 'DisableAccessKey', keyId: 'LTAI5tPayments00000000001', outcome: 'done' }],
      },
      {
        account: '1234567890123456',
        user: 'svc-dunning',
        reason: 'Failed',
        message: 'User svc-dunning failed.',
        actions: [{ action: 'CreateAccessKey', outcome: 'failed' }],
        error: { code: 'NoPermission', message: 'ram:CreateAccessKey was denied.' },
      },
      {
        account: '1234567890123456',
        user: 'svc-search',
        reason: 'Current',
        message: 'The key is current.',
        actions: [],
      },
    ],
    summary: { users: 3, actions: { DisableAccessKey: 1 }, failed: 1 },
  },
  {
    function: 'disable-inactive',
    requestId: '1-6562a0b1-0f3d',
    trigger: 'timer',
    mode: 'enforce',
    status: 'ok',
    startedAt: days(-0.9),
    finishedAt: days(-0.8999),
    users: [],
    summary: { users: 0, actions: {}, failed: 0 },
    notes: ['64 users are in use.'],
  },
];

export const model = (more: Partial<PageModel> = {}): PageModel => ({
  version: 1,
  at: now,
  status: { version: 1, at: now, accounts: [account()] },
  audit: { version: 1, at: now, accounts: [audit()] },
  inactivity: plan(),
  runs: runs(),
  unread: [],
  ...more,
});
