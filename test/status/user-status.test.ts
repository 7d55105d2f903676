import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isoSeconds } from '../../src/base/time';
import type { Exemption } from '../../src/config/schema';

import { type State, states } from '../../src/rotation/decide/reasons';
import type { UserStatus } from '../../src/status/account-status';
import { outlook } from '../../src/status/outlook';
import { failedStatusOf, userStatusOf } from '../../src/status/user-status';
import { config, key, later, now, rotated, settled, type UserBuilder, user } from '../rotation/user';

function statusOf({ observation }: UserBuilder, exemption?: Exemption): UserStatus {
  const decision = outlook(observation, exemption, config, now);
  return userStatusOf(observation, decision, observation.lastUse, {
    config,
    now,
    ...(exemption && { exemption }),
  });
}

const at = (duration: string): string => isoSeconds(later(duration));
const rolesOf = ({ keys }: UserStatus) => keys.map(({ role, keyId }) => `${role} ${keyId}`).join(', ');

const inGrace = rotated(key('A')).noted('B', 'P1D');
const inUse = rotated(key('A')).usedAgo('A', 'PT2H', 'ecs');
const disabled = rotated(key('A').inactive('P3D')).old('A', 'disabled', 'P3D');

interface Row {
  readonly where: UserBuilder;
  readonly state: State;
  readonly reason: string;
  readonly next?: string;
  readonly nextAt?: string;
  readonly roles: string;
}

const rows: Record<string, Row> = {
  'nothing is due': {
    where: settled(),
    state: 'current',
    reason: 'Current',
    next: 'a successor is issued',
    nextAt: at('P80D'),
    roles: 'current B',
  },
  'the key is too old': {
    where: settled(key('B').createdDaysAgo(91)),
    state: 'due',
    reason: 'Due',
    next: 'a successor is issued',
    roles: 'current B',
  },
  'no key and no secret': {
    where: user(),
    state: 'due',
    reason: 'FirstKey',
    next: 'its first key is issued',
    roles: '',
  },
  'a key that is not in KMS': {
    where: user().with(key('A')),
    state: 'due',
    reason: 'TakeOver',
    next: 'a successor is issued',
    roles: 'other A',
  },
  "a person's secret": {
    where: user().with(key('A')).secretOf('A', { versionId: 'v1' }),
    state: 'due',
    reason: 'Adopted',
    next: 'the secret is adopted',
    roles: 'current A',
  },
  'the current key is disabled': {
    where: settled(key('B').inactive('P1D')),
    state: 'due',
    reason: 'CurrentKeyDisabled',
    next: 'a successor is issued',
    roles: 'current B',
  },
  'a standby is stored': {
    where: user()
      .with(key('A').createdDaysAgo(100), key('B'))
      .secretOf('A', { standby: 'B' })
      .current('A')
      .noted('A', 'P90D')
      .stopped(['A']),
    state: 'standby',
    reason: 'StandbyStored',
    next: 'the standby becomes current',
    roles: 'current A, standby B',
  },
  'an orphan is left': {
    where: user().with(key('O').created('PT50M')).stopped([]),
    state: 'standby',
    reason: 'Orphan',
    next: 'the orphan is removed and a new key issued',
    roles: 'orphan O',
  },
  'the notice is not delivered': {
    where: rotated(key('A')).noted('B', undefined),
    state: 'waiting',
    reason: 'NoticeUndelivered',
    next: 'the notice is sent again',
    roles: 'current B, old A',
  },
  'the old key is in grace': {
    where: inGrace,
    state: 'waiting',
    reason: 'InGrace',
    next: 'the old key is disabled',
    nextAt: at('P1D'),
    roles: 'current B, old A',
  },
  'the old key is in use': {
    where: inUse,
    state: 'waiting',
    reason: 'OldKeyInUse',
    next: 'the old key is disabled',
    nextAt: at('PT25H'),
    roles: 'current B, old A',
  },
  "the old key's use is unknown": {
    where: rotated(key('A')),
    state: 'waiting',
    reason: 'OldKeyUseUnknown',
    next: 'the old key is disabled, once its last use is known',
    roles: 'current B, old A',
  },
  'the old key is quiet': {
    where: rotated(key('A')).usedAgo('A', 'P3D'),
    state: 'waiting',
    reason: 'OldKeyQuiet',
    next: 'the old key is disabled',
    roles: 'current B, old A',
  },
  'the old key is disabled': {
    where: disabled,
    state: 'recovery',
    reason: 'InRecovery',
    next: 'the old key is deleted',
    nextAt: at('P4D'),
    roles: 'current B, old A',
  },
  'the recovery is over': {
    where: rotated(key('A').inactive('P8D')).old('A', 'disabled', 'P8D'),
    state: 'recovery',
    reason: 'RecoveryOver',
    next: 'the old key is deleted',
    roles: 'current B, old A',
  },
  'the old key is enabled, and the record says disabled': {
    where: rotated(key('A').changed('P1D')).old('A', 'disabled', 'P3D'),
    state: 'waiting',
    reason: 'OldKeyEnabled',
    next: 'the old key is disabled, once it is quiet again',
    roles: 'current B, old A',
  },
  'the old key was disabled by a person, and the record is behind': {
    where: rotated(key('A').inactive('P1D')),
    state: 'recovery',
    reason: 'RecordBehind',
    next: 'the record is brought up to date',
    roles: 'current B, old A',
  },
  'the old key was deleted, and the record is behind': {
    where: settled().old('A', 'disabled', 'P9D'),
    state: 'current',
    reason: 'RecordBehind',
    next: 'the record is brought up to date',
    roles: 'current B',
  },
  'on hold': { where: settled().onHold(), state: 'hold', reason: 'OnHold', roles: 'current B' },
  'on hold for a time': {
    where: settled().onHold(later('P3D')),
    state: 'hold',
    reason: 'OnHold',
    next: 'the hold ends',
    nextAt: at('P3D'),
    roles: 'current B',
  },
  frozen: { where: settled().frozen(), state: 'inactive', reason: 'UserFrozen', roles: 'current B' },
  'disabled for inactivity': {
    where: settled(key('B').inactive('P3D')).disabledForInactivity(),
    state: 'inactive',
    reason: 'DisabledForInactivity',
    roles: 'current B',
  },
  'managed by KMS': {
    where: settled().managedByKms().secretAbsent(),
    state: 'blocked',
    reason: 'ManagedByKms',
    roles: 'current B',
  },
  'the secret is being deleted': {
    where: settled().secretDeleting(),
    state: 'blocked',
    reason: 'SecretPlannedForDeletion',
    roles: 'current B',
  },
  'a second key of somebody': {
    where: settled().with(key('X')),
    state: 'blocked',
    reason: 'SecondKeyNotOurs',
    roles: 'current B, other X',
  },
  'a tag that cannot be read': {
    where: settled().unreadable('keyturn:old'),
    state: 'blocked',
    reason: 'RecordUnreadable',
    roles: 'current B',
  },
  'no room for a successor until the recovery is over': {
    where: rotated(key('A').inactive('P3D'), key('B').inactive('P1D')).old('A', 'disabled', 'P3D'),
    state: 'blocked',
    reason: 'NoRoomForSuccessor',
    next: 'the old key is deleted',
    nextAt: at('P4D'),
    roles: 'current B, old A',
  },
  'an emergency that was stopped': {
    where: settled().emergency('replace', ['B']),
    state: 'emergency',
    reason: 'EmergencyReplaced',
    next: 'the emergency is finished',
    roles: 'current B',
  },
  'a containment that was stopped': {
    where: settled().emergency('contain', ['B']),
    state: 'emergency',
    reason: 'EmergencyContained',
    next: 'the emergency is finished',
    roles: 'current B',
  },
  'an emergency that cannot go on without a person': {
    where: settled().with(key('X')).emergency('replace', ['B']),
    state: 'emergency',
    reason: 'ForeignSecondKey',
    roles: 'current B, other X',
  },
};

test.each(Object.entries(rows))('%s', (_, { where, roles, ...expected }) => {
  const status = statusOf(where);
  const { state, reason, next, nextAt } = status;
  expect({ state, reason, next, nextAt }).toEqual({ next: undefined, nextAt: undefined, ...expected });
  expect(rolesOf(status)).toBe(roles);
});

test('every state but failed has a row', () => {
  const shown = new Set<string>(Object.values(rows).map(({ state }) => state));
  expect(
    Object.keys(states)
      .filter((state) => !shown.has(state))
      .sort(),
  ).toEqual(['exempt', 'failed']);
});

describe('times of keys', () => {
  const oldKeyOf = (where: UserBuilder) => statusOf(where).keys.find(({ role }) => role === 'old');

  test('of the current one: since when it is proven', () => {
    expect(statusOf(settled()).keys).toEqual([
      {
        keyId: 'B',
        role: 'current',
        status: 'Active',
        createdAt: at('-P10D'),
        ageDays: 10,
        lastUse: { kind: 'unread', why: 'it was not asked for' },
        currentSince: at('-P10D'),
      },
    ]);
  });

  test('of an old one in grace: when it was replaced and when the grace ends', () => {
    expect(oldKeyOf(inGrace)).toMatchObject({ replacedAt: at('-P10D'), graceEndsAt: at('P1D') });
    expect(oldKeyOf(inGrace)).not.toHaveProperty('disabledAt');
    expect(oldKeyOf(rotated(key('A')).noted('B', undefined))).not.toHaveProperty('graceEndsAt');
  });

  test('of a disabled one: since when, and from when on it is deleted', () => {
    expect(oldKeyOf(disabled)).toMatchObject({
      replacedAt: at('-P10D'),
      graceEndsAt: at('-P8D'),
      disabledAt: at('-P3D'),
      deletedFrom: at('P4D'),
    });
  });

  test('one that an emergency disabled had no grace', () => {
    const status = oldKeyOf(disabled.noted('B', 'P3D'));
    expect(status).toMatchObject({ disabledAt: at('-P3D') });
    expect(status).not.toHaveProperty('graceEndsAt');
  });

  test('one of which nobody tells when it was disabled: nothing is guessed', () => {
    const status = oldKeyOf(rotated(key('A').inactive()));
    expect(status).not.toHaveProperty('disabledAt');
    expect(status).not.toHaveProperty('deletedFrom');
  });
});

test('last uses: told, never, unread and why', () => {
  const uses = (where: UserBuilder) => statusOf(where).keys.map(({ lastUse }) => lastUse);
  expect(uses(settled().usedAgo('B', 'PT1H', 'oss'))).toEqual([
    { kind: 'at', at: at('-PT1H'), service: 'oss' },
  ]);
  expect(uses(settled().used('B', { kind: 'never' }))).toEqual([{ kind: 'never' }]);
  expect(uses(settled().used('B', { kind: 'unreadable', why: '"soon" is not a date' }))).toEqual([
    { kind: 'unread', why: '"soon" is not a date' },
  ]);
});

test('a hold is told while it holds', () => {
  expect(statusOf(settled().onHold(later('P1D'))).hold).toEqual({ until: at('P1D') });
  expect(statusOf(settled().onHold()).hold).toEqual({});
  expect(statusOf(settled().onHold(later('-P1D')))).not.toHaveProperty('hold');
});

test('an exemption comes before the chain, an unfinished emergency before the exemption', () => {
  const exemption = { user: 'svc', reason: 'audited by hand', endsAt: later('P30D') };
  const exempt = statusOf(settled(key('B').createdDaysAgo(91)), exemption);
  expect(exempt).toMatchObject({
    state: 'exempt',
    reason: 'Exempt',
    message: `User svc is exempt until ${at('P30D')}: audited by hand`,
    next: 'the exemption ends',
    nextAt: at('P30D'),
    exemption: { who: 'user svc', reason: 'audited by hand', endsAt: at('P30D'), over: false },
  });
  expect(exempt.keys).toHaveLength(1);
  expect(statusOf(settled().emergency('replace', ['B']), exemption)).toMatchObject({
    state: 'emergency',
    exemption: { who: 'user svc' },
  });
});

test('what a person must do about an emergency is its error', () => {
  const { error, message } = statusOf(settled().with(key('X')).emergency('replace', ['B']));
  expect(error?.code).toBe('ForeignSecondKey');
  expect(message).toMatch(/^An emergency is not finished\. /);
});

test('a secret that was not looked at is unread', () => {
  const stateOf = (where: UserBuilder) => statusOf(where).secret;
  expect(stateOf(settled())).toEqual({ name: 'keyturn/svc', state: 'present' });
  expect(stateOf(settled().managedByKms().secretAbsent()).state).toBe('unread');
  expect(
    failedStatusOf({ account: '1', name: 'svc' }, new Error('no answer'), { config, now }),
  ).toMatchObject({
    state: 'failed',
    reason: 'Failed',
    keys: [],
    secret: { state: 'unread' },
    error: { code: 'Error', message: 'no answer' },
  });
});

test('a secret that will block is told before a rotation is due', () => {
  expect(statusOf(settled().secretUnusable())).toMatchObject({ state: 'blocked', reason: 'SecretUnusable' });
});

test('keys come in the order of their roles, whatever the order of RAM', () => {
  const keys = fc.shuffledSubarray(['A', 'B', 'X'], { minLength: 3 });
  fc.assert(
    fc.property(keys, (ids) => {
      const { observation } = rotated(key('A')).with(key('X'));
      const shuffled = ids.flatMap((id) => observation.keys.filter((each) => each.id === id));
      const decision = outlook(observation, undefined, config, now);
      const status = userStatusOf({ ...observation, keys: shuffled }, decision, new Map(), { config, now });
      expect(rolesOf(status)).toBe('current B, old A, other X');
    }),
  );
});
