import { describe, expect, test } from 'vitest';
import { decide, keyChain, profileChain, userChain } from '../../src/inactivity/decide/chain';
import { isDestructive, type Reason, type Step } from '../../src/inactivity/decision';
import type { Observation } from '../../src/inactivity/observation';
import {
  daysAgo,
  inactivity,
  key,
  logon,
  never,
  noLogon,
  now,
  off,
  profile,
  seen,
  stampOf,
  unreadable,
  used,
} from './observations';

const deleting = { keys: { deleteAfter: 'P30D' }, users: { deleteAfter: 'P30D' } };
/** Keys go long before users, so that a key is judged by itself. */
const keysFirst = { keys: { disableAfter: 'P30D', deleteAfter: 'P30D' } };
const exemption = { user: 'svc', reason: 'because', endsAt: daysAgo(-10) };

const brief = (step: Step): string => {
  switch (step.do) {
    case 'warn':
      return `warn ${step.about}: ${[...step.keyIds, ...(step.logon ? ['logon'] : [])].join(' ')}`;
    case 'disable':
      return `disable ${step.about}: ${[...step.keyIds, ...(step.logon ? ['logon'] : [])].join(' ')}`;
    case 'deleteKey':
      return `delete ${step.keyId}`;
    case 'deleteUser':
      return 'delete user';
    case 'note':
      return 'set' in step.change ? `set ${step.change.set}` : `drop ${step.change.drop}`;
  }
};

interface Row {
  readonly check: string;
  readonly when: string;
  readonly given: Observation;
  readonly config?: Record<string, unknown>;
  readonly reason: Reason;
  readonly steps?: readonly string[];
  readonly says?: string;
}

const disabledUser = (days: number, what = 'logon+K1') => ({
  'keyturn:disabled-user': `${stampOf(days)}/${what}`,
});
const claim = (minutes: number) => `timer/${now.plus({ minutes }).toFormat("yyyyLLdd'T'HHmmss'Z'")}`;

const profiles: Row[] = [
  {
    check: 'userFrozen',
    when: 'RAM has frozen the user',
    given: seen(profile({}, { frozen: true }), [key('K1')]),
    reason: 'UserFrozen',
  },
  {
    check: 'keptElsewhere',
    when: 'SCIM manages the user',
    given: seen(profile({}, { keptBy: 'SCIM' }), [key('K1')]),
    reason: 'KeptElsewhere',
    says: 'SCIM',
  },
  {
    check: 'runsKeyturn',
    when: 'the run signs as the user',
    given: seen(profile({}, { runsKeyturn: true }), [key('K1')]),
    reason: 'RunsKeyturn',
  },
  {
    check: 'exempt',
    when: 'the configuration says so',
    given: seen(profile({}, { exemption }), [key('K1')]),
    reason: 'Exempt',
    says: 'because',
  },
  {
    check: 'recordUnreadable',
    when: 'a tag of keyturn was changed',
    given: seen(profile({ 'keyturn:warned': 'soon' }), [key('K1')]),
    reason: 'RecordUnreadable',
    says: 'keyturn:warned',
  },
  {
    check: 'recordUnreadable',
    when: "the record of a managed user's rotation was",
    given: seen(profile({ 'keyturn:old': '?' }, { managed: true }), [key('K1')]),
    reason: 'RecordUnreadable',
  },
  {
    check: 'rotationAtWork',
    when: 'a run has claimed the user',
    given: seen(profile({ 'keyturn:run:r1': claim(1) }), [key('K1')]),
    reason: 'Busy',
  },
  {
    check: 'rotationAtWork',
    when: 'a run may have, by another clock',
    given: seen(profile({ 'keyturn:run:r1': claim(-14) }), [key('K1')]),
    reason: 'Busy',
  },
  {
    check: 'rotationAtWork',
    when: 'an emergency is not finished',
    given: seen(profile({ 'keyturn:emergency': `replace/K1/${stampOf(1)}` }), [key('K1')]),
    reason: 'Busy',
  },
  {
    check: 'rotationAtWork',
    when: 'a claim is dead: goes on',
    given: seen(profile({ 'keyturn:run:r1': claim(-16) }), [key('K1')]),
    reason: 'Inactive',
    steps: ['warn user: K1'],
  },
];

const users: Row[] = [
  {
    check: 'enabledAgain',
    when: 'somebody enabled one of its keys',
    given: seen(profile(disabledUser(10, 'K1+K2')), [key('K1', { updatedAt: daysAgo(2) }), off('K2', 10)]),
    reason: 'EnabledAgain',
    steps: ['set user', 'drop warning'],
  },
  {
    check: 'enabledAgain',
    when: 'and its logon, and nothing is left',
    given: seen(profile(disabledUser(10)), [key('K1', { updatedAt: daysAgo(2) })], logon('active', 2)),
    reason: 'EnabledAgain',
    steps: ['drop user', 'drop warning'],
  },
  {
    check: 'enabledAgain',
    when: 'and nobody can tell when',
    given: seen(profile(disabledUser(10, 'K1')), [key('K1', { updatedAt: undefined })]),
    reason: 'EnabledAgain',
    steps: ['drop user', 'drop warning'],
  },
  {
    check: 'enabledAgain',
    when: 'a run was stopped instead: goes on',
    given: seen(profile({ ...disabledUser(1, 'K1+K2'), 'keyturn:warned': `user/${stampOf(9)}` }), [
      key('K1'),
      off('K2', 1),
    ]),
    reason: 'Due',
    steps: ['disable user: K1'],
  },
  {
    check: 'actedSinceDisabled',
    when: 'a logon came after',
    given: seen(profile(disabledUser(60), { lastLogin: used(50) }), [off('K1', 60)], logon('inactive', 60)),
    config: deleting,
    reason: 'ActiveSinceDisabled',
  },
  {
    check: 'actedSinceDisabled',
    when: 'a use came after',
    given: seen(profile(disabledUser(60)), [off('K1', 60, { lastUse: used(59) })]),
    config: deleting,
    reason: 'ActiveSinceDisabled',
  },
  {
    check: 'actedSinceDisabled',
    when: 'somebody enabled and disabled it since',
    given: seen(profile(disabledUser(60)), [off('K1', 40)]),
    config: deleting,
    reason: 'ActiveSinceDisabled',
  },
  {
    check: 'keptDisabled',
    when: 'nothing is to be deleted',
    given: seen(profile(disabledUser(600)), [off('K1', 600)], logon('inactive', 600)),
    reason: 'Disabled',
  },
  {
    check: 'keptDisabled',
    when: 'deletion is not due yet',
    given: seen(profile(disabledUser(29)), [off('K1', 29)], logon('inactive', 29)),
    config: deleting,
    reason: 'Disabled',
  },
  {
    check: 'keptDisabled',
    when: 'the time counts from the last thing disabled',
    given: seen(profile({ 'keyturn:disabled-user': `${stampOf(30)}/K1` }), [
      off('K1', 30, { updatedAt: daysAgo(30).plus({ minutes: 5 }) }),
    ]),
    config: deleting,
    reason: 'Disabled',
  },
  {
    check: 'keptDisabled',
    when: 'without dates of change an hour more is waited',
    given: seen(profile(disabledUser(30, 'K1')), [off('K1', 0, { updatedAt: undefined })]),
    config: deleting,
    reason: 'Disabled',
  },
  {
    check: 'keyNotOurs',
    when: 'a key was disabled by others',
    given: seen(profile(disabledUser(31)), [off('K1', 31), off('K2', 200)]),
    config: deleting,
    reason: 'KeyNotOurs',
    says: 'K2',
  },
  {
    check: 'deletionDue',
    when: 'all is as keyturn left it',
    given: seen(profile(disabledUser(31)), [off('K1', 31)], logon('inactive', 31)),
    config: deleting,
    reason: 'DeletionDue',
    steps: ['delete user'],
  },
  {
    check: 'deletionDue',
    when: 'a key was disabled by itself before',
    given: seen(profile({ ...disabledUser(31), 'keyturn:disabled-keys': `K2/${stampOf(50)}` }), [
      off('K1', 31),
      off('K2', 50),
    ]),
    config: { users: { deleteAfter: 'P30D' } },
    reason: 'DeletionDue',
    steps: ['delete user'],
  },
  {
    check: 'deletionDue',
    when: 'its last logon cannot be read',
    given: seen(profile(disabledUser(31), { lastLogin: unreadable }), [off('K1', 31)], logon('inactive', 31)),
    config: deleting,
    reason: 'LastActivityUnknown',
    steps: [],
  },
  {
    check: 'userActive',
    when: 'it logged on',
    given: seen(profile({}, { lastLogin: used(82) }), [key('K1')], logon('active')),
    config: { keys: { disableAfter: 'P900D' } },
    reason: 'Active',
  },
  {
    check: 'userActive',
    when: 'a key was used',
    given: seen(profile(), [key('K1', { lastUse: used(82) })], logon('active')),
    reason: 'Active',
  },
  {
    check: 'userActive',
    when: 'a key was used that is Inactive now',
    given: seen(profile(), [off('K1', 5, { lastUse: used(82) })], logon('active')),
    reason: 'Active',
  },
  {
    check: 'userActive',
    when: 'a key was created',
    given: seen(profile(), [key('K1', { createdAt: daysAgo(82) })], logon('active')),
    reason: 'Active',
  },
  {
    check: 'userActive',
    when: 'a key was enabled',
    given: seen(profile(), [key('K1', { updatedAt: daysAgo(82) })], logon('active')),
    reason: 'Active',
  },
  {
    check: 'userActive',
    when: 'its logon profile was changed',
    given: seen(profile(), [], logon('active', 82)),
    reason: 'Active',
  },
  {
    check: 'userActive',
    when: 'it was created',
    given: seen(profile({}, { createdAt: daysAgo(82) }), [], logon('active')),
    reason: 'Active',
  },
  {
    check: 'userActive',
    when: 'it was restored',
    given: seen(profile({ 'keyturn:restored': stampOf(82) }), [key('K1')], logon('active')),
    reason: 'Active',
  },
  {
    check: 'userActive',
    when: 'it acted after a warning, which is void',
    given: seen(
      profile({ 'keyturn:warned': `user/${stampOf(9)}` }, { lastLogin: used(2) }),
      [],
      logon('active'),
    ),
    reason: 'Active',
    steps: ['drop warning'],
  },
  {
    check: 'userActive',
    when: 'a key was disabled: does not count',
    given: seen(profile(), [off('K1', 3)], logon('active')),
    reason: 'Inactive',
    steps: ['warn user: logon'],
  },
  {
    check: 'userActive',
    when: 'its logon was switched off: does not count',
    given: seen(profile(), [key('K1')], logon('inactive', 3)),
    reason: 'Inactive',
    steps: ['warn user: K1'],
  },
  {
    check: 'nothingToDisable',
    when: 'no key and no logon is active',
    given: seen(profile(), [off('K1', 200)], logon('inactive')),
    reason: 'NothingToDisable',
    steps: [],
  },
  {
    check: 'nothingToDisable',
    when: 'the logon alone is there, and off',
    given: seen(profile(), [], logon('inactive', 200)),
    reason: 'NothingToDisable',
    steps: [],
    says: 'has no active key and no active logon.',
  },
  {
    check: 'nothingToDisable',
    when: 'there is neither',
    given: seen(profile()),
    reason: 'NothingToDisable',
    steps: [],
  },
  {
    check: 'userUnknown',
    when: 'the last logon cannot be read',
    given: seen(profile({}, { lastLogin: unreadable }), [], logon('active')),
    reason: 'LastActivityUnknown',
    steps: [],
  },
  {
    check: 'userUnknown',
    when: 'a last use cannot be read',
    given: seen(profile(), [key('K1', { lastUse: unreadable })]),
    reason: 'LastActivityUnknown',
    steps: [],
  },
  {
    check: 'userUnknown',
    when: 'a last use was not read',
    given: seen(profile(), [key('K1', { lastUse: undefined })]),
    reason: 'LastActivityUnknown',
    steps: [],
  },
  {
    check: 'userUnknown',
    when: 'the logon was not read',
    given: seen(profile(), [key('K1')], { kind: 'unread' }),
    config: { keys: { disableAfter: 'P900D' } },
    reason: 'LastActivityUnknown',
    steps: [],
  },
  {
    check: 'userUnknown',
    when: 'what can be read shows activity: goes on',
    given: seen(profile({}, { lastLogin: unreadable }), [key('K1', { lastUse: used(1) })]),
    reason: 'Active',
  },
  {
    check: 'tooManyKeys',
    when: 'a user of old has more than a tag holds',
    given: seen(
      profile(),
      ['A', 'B', 'C', 'D', 'E'].map((id) => key(id.repeat(24))),
    ),
    reason: 'TooManyKeys',
    steps: [],
  },
  {
    check: 'userUnwarned',
    when: 'it has been idle long enough',
    given: seen(profile(), [key('K1'), key('K2')], logon('active')),
    reason: 'Inactive',
    steps: ['warn user: K1 K2 logon'],
  },
  {
    check: 'userUnwarned',
    when: 'a warning was before the last activity',
    given: seen(
      profile({ 'keyturn:warned': `user/${stampOf(95)}` }, { lastLogin: used(91) }),
      [],
      logon('active'),
    ),
    reason: 'Inactive',
    steps: ['warn user: logon'],
  },
  {
    check: 'userUnwarned',
    when: 'a warning was never delivered',
    given: seen(profile({ 'keyturn:warned': `user/${stampOf(20)}/due` }), [], logon('active')),
    reason: 'Inactive',
    steps: ['warn user: logon'],
  },
  {
    check: 'userWarned',
    when: 'the warning is too young',
    given: seen(profile({ 'keyturn:warned': `user/${stampOf(6)}` }), [], logon('active')),
    reason: 'Warned',
    steps: [],
  },
  {
    check: 'userWarned',
    when: 'the time is not over',
    given: seen(
      profile({ 'keyturn:warned': `user/${stampOf(7)}` }, { lastLogin: used(89) }),
      [],
      logon('active'),
    ),
    reason: 'Warned',
    steps: [],
  },
  {
    check: 'userDue',
    when: 'it was warned long enough ago',
    given: seen(
      profile({ 'keyturn:warned': `user/${stampOf(7)}` }, { lastLogin: used(90) }),
      [key('K1'), off('K2', 200)],
      logon('active'),
    ),
    reason: 'Due',
    steps: ['disable user: K1 logon'],
  },
];

const warned = (days: number, about = 'K1') => ({ 'keyturn:warned': `${about}/${stampOf(days)}` });
const alive = { lastLogin: used(1) };
const keys: Row[] = [
  {
    check: 'keyOfRotation',
    when: 'it is the current one of a managed user',
    given: seen(profile({ 'keyturn:current': `K1/adopted/${stampOf(300)}` }, { ...alive, managed: true }), [
      key('K1'),
    ]),
    config: keysFirst,
    reason: 'Active',
    steps: [],
  },
  {
    check: 'keyOfRotation',
    when: 'it is the old one',
    given: seen(profile({ 'keyturn:old': `K1/replaced/${stampOf(1)}` }, { ...alive, managed: true }), [
      key('K1'),
    ]),
    config: keysFirst,
    reason: 'Active',
    steps: [],
  },
  {
    check: 'keyOfRotation',
    when: 'it is the standby',
    given: seen(profile({ 'keyturn:standby': `K1/${stampOf(1)}/1/K0` }, { ...alive, managed: true }), [
      key('K1'),
    ]),
    config: keysFirst,
    reason: 'Active',
    steps: [],
  },
  {
    check: 'keyOfRotation',
    when: 'it was issued by a run that was stopped',
    given: seen(
      profile(
        { 'keyturn:run:r': `timer/${stampOf(399)}/${stampOf(400)}/${stampOf(399)}/K0` },
        { ...alive, managed: true },
      ),
      [key('K1')],
    ),
    config: keysFirst,
    reason: 'Active',
    steps: [],
  },
  {
    check: 'keyOfRotation',
    when: 'the user is no longer managed: goes on',
    given: seen(profile({ 'keyturn:current': `K1/issued/${stampOf(300)}` }, alive), [key('K1')]),
    config: keysFirst,
    reason: 'Inactive',
    steps: ['warn K1: K1'],
  },
  {
    check: 'disabledByOthers',
    when: 'somebody did',
    given: seen(profile({}, alive), [off('K1', 100)]),
    reason: 'Active',
    says: 'by somebody else',
  },
  {
    check: 'disabledByOthers',
    when: 'Alibaba Cloud did',
    given: seen(profile({}, alive), [off('K1', 20)]),
    reason: 'Active',
    says: "Alibaba Cloud's own idle rule",
  },
  {
    check: 'keyActedSinceDisabled',
    when: 'it was used after',
    given: seen(profile({ 'keyturn:disabled-keys': `K1/${stampOf(60)}` }, alive), [
      off('K1', 60, { lastUse: used(59) }),
    ]),
    config: deleting,
    reason: 'ActiveSinceDisabled',
    steps: [],
  },
  {
    check: 'keyActedSinceDisabled',
    when: 'somebody enabled and disabled it since',
    given: seen(profile({ 'keyturn:disabled-keys': `K1/${stampOf(60)}` }, alive), [off('K1', 40)]),
    config: deleting,
    reason: 'EnabledAgain',
    steps: ['drop key'],
  },
  {
    check: 'keyKeptDisabled',
    when: 'nothing is to be deleted',
    given: seen(profile({ 'keyturn:disabled-keys': `K1/${stampOf(600)}` }, alive), [off('K1', 600)]),
    reason: 'Disabled',
    steps: [],
  },
  {
    check: 'keyKeptDisabled',
    when: 'deletion is not due yet',
    given: seen(profile({ 'keyturn:disabled-keys': `K1/${stampOf(29)}` }, alive), [off('K1', 29)]),
    config: deleting,
    reason: 'Disabled',
    steps: [],
  },
  {
    check: 'keyDeletionDue',
    when: 'it has been Inactive long enough',
    given: seen(profile({ 'keyturn:disabled-keys': `K1/${stampOf(30)}` }, alive), [off('K1', 30)]),
    config: deleting,
    reason: 'DeletionDue',
    steps: ['delete K1'],
  },
  {
    check: 'keyDeletionDue',
    when: 'its last use cannot be read',
    given: seen(profile({ 'keyturn:disabled-keys': `K1/${stampOf(30)}` }, alive), [
      off('K1', 30, { lastUse: unreadable }),
    ]),
    config: deleting,
    reason: 'LastActivityUnknown',
    steps: [],
  },
  {
    check: 'keyEnabledAgain',
    when: 'somebody enabled it',
    given: seen(profile({ 'keyturn:disabled-keys': `K1/${stampOf(30)}` }, alive), [
      key('K1', { updatedAt: daysAgo(3) }),
    ]),
    reason: 'EnabledAgain',
    steps: ['drop key'],
  },
  {
    check: 'keyEnabledAgain',
    when: 'nobody can tell when',
    given: seen(profile({ 'keyturn:disabled-keys': `K1/${stampOf(1)}`, ...warned(9) }, alive), [
      key('K1', { updatedAt: undefined }),
    ]),
    reason: 'EnabledAgain',
    steps: ['drop key', 'drop warning'],
  },
  {
    check: 'keyEnabledAgain',
    when: 'a run was stopped instead: goes on',
    given: seen(profile({ 'keyturn:disabled-keys': `K1/${stampOf(1)}`, ...warned(9) }, alive), [key('K1')]),
    reason: 'Due',
    steps: ['disable K1: K1'],
  },
  {
    check: 'keyActive',
    when: 'it was used',
    given: seen(profile({}, alive), [key('K1', { lastUse: used(82) })]),
    reason: 'Active',
    steps: [],
  },
  {
    check: 'keyActive',
    when: 'it was enabled again',
    given: seen(profile({}, alive), [key('K1', { updatedAt: daysAgo(82), lastUse: used(300) })]),
    reason: 'Active',
    steps: [],
  },
  {
    check: 'keyActive',
    when: 'it was used after a warning, which is void',
    given: seen(profile(warned(9), alive), [key('K1', { lastUse: used(2) })]),
    reason: 'Active',
    steps: ['drop warning'],
  },
  {
    check: 'coveredByUser',
    when: 'the user goes with it',
    given: seen(profile({}, { createdAt: daysAgo(100) }), [key('K1', { createdAt: daysAgo(100) })]),
    reason: 'Inactive',
    steps: ['warn user: K1'],
  },
  {
    check: 'coveredByUser',
    when: 'the user goes later: goes on',
    given: seen(profile(warned(5), { createdAt: daysAgo(86) }), [key('K1', { createdAt: daysAgo(88) })]),
    reason: 'Inactive',
    steps: ['warn user: K1'],
    says: 'was warned on',
  },
  {
    check: 'keyUnknown',
    when: 'its last use cannot be read',
    given: seen(profile({}, alive), [key('K1', { lastUse: unreadable })]),
    reason: 'LastActivityUnknown',
    steps: [],
  },
  {
    check: 'keyUnwarned',
    when: 'it has been idle long enough',
    given: seen(profile({}, alive), [key('K1'), key('K2', { lastUse: used(1) })]),
    reason: 'Inactive',
    steps: ['warn K1: K1'],
  },
  {
    check: 'keyWarned',
    when: 'the warning is too young',
    given: seen(profile(warned(6), alive), [key('K1')]),
    reason: 'Warned',
    steps: [],
  },
  {
    check: 'keyDue',
    when: 'it was warned long enough ago',
    given: seen(profile(warned(7), alive), [key('K1'), key('K2', { lastUse: used(1) })]),
    reason: 'Due',
    steps: ['disable K1: K1'],
  },
];

describe.each([
  ['profiles', profiles, profileChain],
  ['users', users, userChain],
  ['keys', keys, keyChain],
] as const)('%s', (_, rows, chain) => {
  test.each(rows)('$check: $when → $reason', ({ given, config = {}, reason, steps, says = '' }) => {
    const decision = decide(given, inactivity(config), now, { keys: 365 });
    expect(decision.reason).toBe(reason);
    if (steps) expect(decision.steps.map(brief)).toEqual(steps);
    expect(decision.message).toContain(says);
    expect(decision.due).toBe(decision.steps.filter(isDestructive).length);
  });

  test('every check has its row', () => {
    const names = new Set(rows.map(({ check }) => check));
    expect(chain.map(({ name }) => name).filter((name) => !names.has(name))).toEqual([]);
  });
});

describe('managed users', () => {
  const current = { 'keyturn:current': `K1/issued/${stampOf(50)}` };
  const managed = { managed: true };
  test.each([
    [
      'creation and proof by keyturn',
      key('K1', { createdAt: daysAgo(50), lastUse: used(50, 'Sts') }),
      'Inactive',
    ],
    [
      'a use within the lag of the proof, by STS',
      key('K1', { createdAt: daysAgo(50), lastUse: used(49.9, 'Sts') }),
      'Inactive',
    ],
    [
      'a use by STS well after the proof',
      key('K1', { createdAt: daysAgo(50), lastUse: used(49, 'Sts') }),
      'Active',
    ],
    [
      'a use right after the proof, by another product',
      key('K1', { createdAt: daysAgo(50), lastUse: used(49.99, 'Ecs') }),
      'Active',
    ],
    ['no use at all', key('K1', { createdAt: daysAgo(50), lastUse: never }), 'Inactive'],
  ])('%s', (_, only, reason) => {
    expect(decide(seen(profile(current, managed), [only]), inactivity(), now).reason).toBe(reason);
  });

  test('a key that somebody else made counts by its creation', () => {
    const adopted = { 'keyturn:current': `K1/adopted/${stampOf(50)}` };
    const only = key('K1', { createdAt: daysAgo(50) });
    expect(decide(seen(profile(adopted, managed), [only]), inactivity(), now).reason).toBe('Active');
  });

  test('the last use of a key that rotation retires is remembered once, when it can no longer be used', () => {
    const retiring = (phase: string, days: number, more = {}) =>
      decide(
        seen(profile({ ...current, 'keyturn:old': `K0/${phase}/${stampOf(days)}`, ...more }, managed), [
          key('K1', { createdAt: daysAgo(50) }),
          off('K0', days, { lastUse: used(20) }),
        ]),
        inactivity(),
        now,
      ).steps.map(brief);
    expect(retiring('disabled', 5)).toEqual(['set retired']);
    expect(retiring('inactive', 5)).toEqual(['set retired']);
    expect(retiring('replaced', 5)).toEqual([]);
    expect(retiring('disabled', 0.1)).toEqual([]);
    expect(retiring('disabled', 5, { 'keyturn:retired-use': `${stampOf(20)}/K0` })).toEqual([]);
  });

  test('it counts as activity when the key is gone', () => {
    const tags = { ...current, 'keyturn:retired-use': `${stampOf(20)}/K0` };
    const only = key('K1', { createdAt: daysAgo(50) });
    expect(decide(seen(profile(tags, managed), [only]), inactivity(), now).reason).toBe('Active');
  });
});

test('notes on what is gone are cleared: warnings at once, keys when RAM no longer keeps them', () => {
  const tags = { ...warned(9, 'GONE'), 'keyturn:disabled-keys': `OLD/${stampOf(61)}+NEW/${stampOf(59)}` };
  const decision = decide(
    seen(profile(tags, alive), [key('K1', { lastUse: used(1) })], noLogon),
    inactivity(deleting),
    now,
  );
  expect(decision.steps.map((step) => step.do === 'note' && step.change)).toEqual([
    { drop: 'warning', about: 'GONE' },
    { drop: 'key', keyId: 'OLD' },
  ]);
});

test('a warning longer than the threshold begins with the threshold', () => {
  const long = inactivity({ users: { disableAfter: 'P5D' }, keys: { disableAfter: 'P5D' }, warn: 'P7D' });
  const user = (days: number) => seen(profile({}, { lastLogin: used(days) }), [], logon('active'));
  expect(decide(user(4), long, now).reason).toBe('Active');
  expect(decide(user(5), long, now).steps.map(brief)).toEqual(['warn user: logon']);
});
