import { DAY, HOUR, wireTime } from '../../packages/local-alibaba-cloud/index';
import type { KeyStatus, Status, UserStatus } from '../../src/status/account-status';

const at = Date.parse('2027-01-04T00:00:00Z');
const ago = (ms: number) => wireTime(at - ms);
let keys = 0;

function key(
  role: KeyStatus['role'],
  ageDays: number,
  more: Partial<Omit<KeyStatus, 'role' | 'ageDays'>> = {},
): KeyStatus {
  keys += 1;
  return {
    keyId: `LTAI5tReal${String(keys).padStart(14, '0')}`,
    role,
    status: 'Active',
    createdAt: ago(ageDays * DAY),
    ageDays,
    lastUse: { kind: 'at', at: ago(3 * HOUR), service: 'Ecs' },
    ...more,
  };
}

function user(
  name: string,
  [state, reason]: readonly [UserStatus['state'], UserStatus['reason']],
  ofUser: readonly KeyStatus[],
  more: Partial<UserStatus> = {},
): UserStatus {
  const secret = ofUser.some(({ role }) => role === 'current') ? 'present' : 'absent';
  return {
    user: name,
    state,
    reason,
    message: `${name} is ${state}.`,
    keys: ofUser,
    secret: { name: `keyturn/${name}`, state: secret },
    ...more,
  };
}

const since = (ageDays: number) => ({ currentSince: ago(ageDays * DAY) });
const unused = { lastUse: { kind: 'never' } } as const;
const secret = (name: string, state: UserStatus['secret']['state']) => ({
  secret: { name: `keyturn/${name}`, state },
});

/** A user in every state that a status tells of, by hand. */
export const everyState: readonly UserStatus[] = [
  user('adopted', ['due', 'Adopted'], [key('current', 40)]),
  user('by-hand', ['blocked', 'CurrentChangedByHand'], [key('current', 40), key('other', 50, unused)]),
  user('current', ['current', 'Current'], [key('current', 10, since(10))]),
  user('dead', ['blocked', 'CurrentKeyDead'], [key('current', 40, { status: 'Inactive', ...since(40) })]),
  user('deleted-key', ['due', 'CurrentKeyDeleted'], [], secret('deleted-key', 'present')),
  user(
    'deleting',
    ['blocked', 'SecretPlannedForDeletion'],
    [key('current', 10, since(10))],
    secret('deleting', 'deleting'),
  ),
  user('due', ['due', 'Due'], [key('current', 91, since(91))]),
  user('first', ['due', 'FirstKey'], []),
  user('frozen', ['inactive', 'UserFrozen'], [key('current', 10, since(10))]),
  user('gone', ['blocked', 'SecretKeyUnknown'], [key('other', 10)], secret('gone', 'present')),
  user(
    'grace',
    ['waiting', 'InGrace'],
    [key('current', 1, since(1)), key('old', 91, { replacedAt: ago(DAY), graceEndsAt: wireTime(at + DAY) })],
  ),
  user('held', ['hold', 'OnHold'], [key('current', 100, since(100))], {
    hold: { until: wireTime(at + 10 * DAY) },
  }),
  user(
    'idle',
    ['inactive', 'DisabledForInactivity'],
    [key('current', 300, { status: 'Inactive', ...unused, ...since(300) })],
  ),
  user(
    'in-use',
    ['waiting', 'OldKeyInUse'],
    [
      key('current', 9, { ...since(9), lastUse: { kind: 'at', at: ago(9 * DAY), service: 'Sts' } }),
      key('old', 99, { replacedAt: ago(9 * DAY), graceEndsAt: ago(7 * DAY) }),
    ],
  ),
  user('kms', ['blocked', 'ManagedByKms'], [key('other', 10)], secret('kms', 'unread')),
  user('orphaned', ['standby', 'Orphan'], [key('current', 91, since(91)), key('orphan', 1, unused)]),
  user(
    'recovery',
    ['recovery', 'InRecovery'],
    [
      key('current', 6, since(6)),
      key('old', 96, { status: 'Inactive', replacedAt: ago(6 * DAY), disabledAt: ago(3 * DAY) }),
    ],
  ),
  user('standby', ['standby', 'StandbyStored'], [key('current', 91, since(91)), key('standby', 1, unused)]),
  user('takeover', ['due', 'TakeOver'], [key('other', 400)]),
  user('tags', ['blocked', 'NoRoomForTags'], [key('other', 400)]),
  user('two-keys', ['blocked', 'SecondKeyNotOurs'], [key('other', 400), key('other', 300)]),
  user('unconfirmed', ['due', 'CurrentUnconfirmed'], [key('current', 1, unused)]),
  user(
    'undelivered',
    ['waiting', 'NoticeUndelivered'],
    [key('current', 1, since(1)), key('old', 91, { replacedAt: ago(DAY) })],
  ),
  user('unreadable', ['blocked', 'RecordUnreadable'], [key('current', 10, since(10))]),
  user('unusable', ['blocked', 'SecretUnusable'], [key('other', 10)], secret('unusable', 'unusable')),
];

/** Their keys are taken away in the next run, so that their applications are refused. */
export const emergencies: readonly UserStatus[] = [
  user('leaked', ['emergency', 'EmergencyReplaced'], [key('current', 10, since(10))]),
  user('leaked-too', ['emergency', 'EmergencyContained'], [key('current', 10, since(10))]),
];

export const statusOf = (users: readonly UserStatus[], others = 0): Status => ({
  version: 1,
  at: wireTime(at),
  accounts: [
    {
      account: '1111222233334444',
      region: 'cn-shanghai',
      mode: 'plan',
      rotation: { maxAge: 'P90D', grace: 'P2D', quiet: 'PT24H', recovery: 'P7D' },
      usersInAccount: users.length + others,
      users,
      exemptions: [],
      missing: [],
    },
  ],
});

/** Whose key nobody has used for so many days, and who is exempt from nothing. */
export const idleUser = (name: string, days: number): UserStatus =>
  user(
    name,
    ['hold', 'OnHold'],
    [key('current', 100, { ...since(100), lastUse: { kind: 'at', at: ago(days * DAY), service: 'Ecs' } })],
    { hold: {} },
  );
