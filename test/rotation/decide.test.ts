import { Duration } from 'luxon';
import { describe, expect, test } from 'vitest';
import type { RotationConfig } from '../../src/config/schema';
import { isUnfinished } from '../../src/record/rotation';
import { decide, nothingDue } from '../../src/rotation/decide/chain';
import { useOf } from '../../src/rotation/decide/checks/old-key';
import type { Decision } from '../../src/rotation/decide/decision';
import { decideEmergency } from '../../src/rotation/emergency/decide';
import { ago, config, key, later, now, rotated, settled, type UserBuilder, user } from './user';

type Row = readonly [name: string, who: UserBuilder, expected: Decision, config?: Partial<RotationConfig>];

function table(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [name, who, expected, more] of rows) {
      test(name, () => {
        expect(decide(who.observation, { ...config, ...more }, now)).toEqual(expected);
      });
    }
  });
}

/** The reason alone, where the rest stands in another row. */
type Brief = readonly [
  name: string,
  who: UserBuilder,
  reason: Decision['reason'],
  config?: Partial<RotationConfig>,
];

function reasons(title: string, rows: readonly Brief[]): void {
  describe(title, () => {
    for (const [name, who, reason, more] of rows) {
      test(name, () => {
        expect(decide(who.observation, { ...config, ...more }, now).reason).toBe(reason);
      });
    }
  });
}

const replacedA = { keyId: 'A', phase: 'replaced' as const, at: now };
const replacedB = { keyId: 'B', phase: 'replaced' as const, at: now };
const issuing = (from: string, old: object) => [
  { do: 'prepare', from },
  { do: 'create' },
  { do: 'store' },
  { do: 'prove' },
  { do: 'copyNetworkPolicy', from },
  { do: 'promote', from },
  { do: 'confirm', old },
  { do: 'notify' },
];
const withdrawing = (keyId: string) => [
  { do: 'disable', keyId, because: 'withdrawn' },
  { do: 'delete', keyId, because: 'withdrawn' },
];
const day = Duration.fromObject({ days: 1 });

table('a user that is not ours to touch', [
  [
    'frozen in RAM',
    settled(key('B').createdDaysAgo(100)).frozen(),
    { reason: 'UserFrozen', message: 'User svc is frozen in RAM; its keys are left as they are.', steps: [] },
  ],
  [
    'on hold without an end',
    settled(key('B').createdDaysAgo(100)).onHold(),
    { reason: 'OnHold', message: 'User svc is on hold until somebody releases it.', steps: [] },
  ],
  [
    'on hold for a while',
    settled(key('B').createdDaysAgo(100)).onHold(later('PT1S')),
    {
      reason: 'OnHold',
      message: 'User svc is on hold until 2026-11-23T03:00Z.',
      steps: [],
      nextCheckAt: later('PT1S'),
    },
  ],
  [
    'disabled for inactivity',
    settled(key('B').inactive()).disabledForInactivity(),
    {
      reason: 'DisabledForInactivity',
      message:
        'User svc was disabled for inactivity on 2026-11-20T03:00Z; rotation leaves it alone until it is restored.',
      steps: [],
    },
  ],
  [
    'rotated by KMS itself',
    user().with(key('A')).managedByKms(),
    {
      reason: 'ManagedByKms',
      message:
        "A KMS secret of type RAMCredentials (acs/ram/user/svc, or the display name in its place) rotates this user's keys already: take the user out of keyturn or delete that secret.",
      steps: [],
      tell: 'blocked',
    },
  ],
]);

reasons('a hold ends by itself', [['exactly now', settled().onHold(now), 'Current']]);

table('a user of whom we cannot tell where it stands', [
  [
    'tags that somebody changed',
    settled().unreadable('keyturn:old', 'keyturn:hold'),
    {
      reason: 'RecordUnreadable',
      message:
        'The tags keyturn:old, keyturn:hold of user svc are not as keyturn wrote them: remove them after checking which key is in use.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'more than two keys',
    settled().with(key('C'), key('D')),
    {
      reason: 'TooManyKeys',
      message:
        'User svc has 3 keys (B, C, D): delete those that are not in use, so that two are left at most.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'a secret planned for deletion',
    settled().secretDeleting(),
    {
      reason: 'SecretPlannedForDeletion',
      message:
        'The KMS secret of user svc is planned for deletion on 2026-11-30T03:00Z: restore it, or take the user out of rotation.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'a secret that cannot be used',
    settled().secretUnusable(),
    {
      reason: 'SecretUnusable',
      message:
        'The KMS secret of user svc cannot be used: no version of it is ACSCurrent. Repair it, or take the user out of rotation.',
      steps: [],
      tell: 'blocked',
    },
  ],
]);

/** B was made current by a run that was stopped before it wrote so. */
const takenOver = (b = key('B')) => user().with(key('A').createdDaysAgo(50), b).secretOf('B').stopped(['A']);
const promoted = (b = key('B')) =>
  settled(key('A'))
    .with(b)
    .secretOf('B', { versions: ['A'] })
    .current('A');
const unconfirmedMessage =
  'The current key B of user svc was issued by a run that was stopped; the rest is done now.';

table('a current key that a stopped run did not write down', [
  [
    'the first key of a takeover',
    takenOver(),
    {
      reason: 'CurrentUnconfirmed',
      message: unconfirmedMessage,
      steps: [
        { do: 'prove', keyId: 'B' },
        { do: 'copyNetworkPolicy', keyId: 'B', from: 'A' },
        { do: 'confirm', keyId: 'B', old: replacedA },
        { do: 'notify' },
      ],
      again: true,
    },
  ],
  [
    'the first key of a user without one',
    user().with(key('B')).secretOf('B').stopped([]),
    {
      reason: 'CurrentUnconfirmed',
      message: unconfirmedMessage,
      steps: [{ do: 'prove', keyId: 'B' }, { do: 'confirm', keyId: 'B' }, { do: 'notify' }],
      again: true,
    },
  ],
  [
    'promoted, and its run known by the stage alone that it left on the version',
    promoted().secretOf('B', { standby: 'B', versions: ['A'] }),
    {
      reason: 'CurrentUnconfirmed',
      message: unconfirmedMessage,
      steps: [
        { do: 'prove', keyId: 'B' },
        { do: 'copyNetworkPolicy', keyId: 'B', from: 'A' },
        { do: 'confirm', keyId: 'B', old: replacedA },
        { do: 'notify' },
      ],
      again: true,
    },
  ],
  [
    'promoted beside an old key that has its entry already',
    promoted().old('A', 'replaced', 'PT1H').stopped(['A']),
    {
      reason: 'CurrentUnconfirmed',
      message: unconfirmedMessage,
      steps: [{ do: 'prove', keyId: 'B' }, { do: 'confirm', keyId: 'B' }, { do: 'notify' }],
      again: true,
    },
  ],
  [
    'promoted, and disabled by somebody since: only written down, as it was proven and current',
    promoted(key('B').inactive()).stopped(['A']),
    {
      reason: 'CurrentUnconfirmed',
      message: unconfirmedMessage,
      steps: [{ do: 'confirm', keyId: 'B', old: replacedA }],
      again: true,
    },
  ],
  [
    'the old key was contained by an emergency',
    takenOver().emergency('contained', ['A']),
    {
      reason: 'CurrentUnconfirmed',
      message: unconfirmedMessage,
      steps: [
        { do: 'prove', keyId: 'B' },
        { do: 'copyNetworkPolicy', keyId: 'B', from: 'A' },
        { do: 'confirm', keyId: 'B', old: { keyId: 'A', phase: 'disabled', at: now } },
        { do: 'notify' },
      ],
      again: true,
    },
  ],
]);

const firstWithdrawn = {
  reason: 'StandbyWithdrawn' as const,
  message: 'The first key B of user svc was never proven to sign: a new one is issued.',
  begins: 'first' as const,
  again: true,
};
const hopeless = { failures: 3, failingSince: ago('P1D'), before: [] };

const wroteDown = (old?: object) => ({
  do: 'remember',
  entries: {
    current: { keyId: 'B', origin: 'issued', provenAt: now },
    ...(old && { old }),
    standby: null,
  },
});

table('the very first pair, current without proof', [
  [
    'does not sign after three runs and a day',
    user().with(key('B')).secretOf('B').failing('B', hopeless),
    { ...firstWithdrawn, steps: [...withdrawing('B'), wroteDown()] as Decision['steps'] },
  ],
  [
    'does not sign after three runs and a day, beside the key that it replaces',
    takenOver().failing('B', hopeless),
    { ...firstWithdrawn, steps: [...withdrawing('B'), wroteDown(replacedA)] as Decision['steps'] },
  ],
  [
    'was disabled by somebody before it was proven',
    takenOver(key('B').inactive()),
    { ...firstWithdrawn, steps: [...withdrawing('B'), wroteDown(replacedA)] as Decision['steps'] },
  ],
  [
    'was deleted beside the key that it replaces',
    user()
      .with(key('A'))
      .secretOf('B')
      .failing('B', { ...hopeless, before: ['A'] }),
    { ...firstWithdrawn, steps: [wroteDown(replacedA)] as Decision['steps'] },
  ],
]);

reasons('the very first pair is given time', [
  ['two failures', takenOver().failing('B', { ...hopeless, failures: 2 }), 'CurrentUnconfirmed'],
  [
    'three failures within a day',
    takenOver().failing('B', { ...hopeless, failingSince: ago('PT23H59M59S') }),
    'CurrentUnconfirmed',
  ],
  ['another key failed', takenOver().failing('X', hopeless), 'CurrentUnconfirmed'],
  [
    'a promoted key was proven before: it is never withdrawn',
    promoted().failing('B', hopeless),
    'CurrentUnconfirmed',
  ],
  [
    'deleted, and two others take its room',
    user().with(key('A'), key('X')).secretOf('B').stopped(['A', 'X']),
    'StandbyWithdrawn',
  ],
]);

const orphaned = (o = key('O').created('PT59M')) => settled(key('B')).with(o).stopped(['B']);

table('an orphan', [
  [
    'its run is over for certain',
    orphaned(),
    {
      reason: 'Orphan',
      message:
        'Key O of user svc was issued by a run that was stopped before its secret was stored: it is removed, and a new one is issued.',
      steps: withdrawing('O') as Decision['steps'],
      again: true,
    },
  ],
  [
    'its run may still be storing it',
    settled(key('B'))
      .with(key('O').created('PT20M'))
      .stopped(['B'], { at: ago('PT21M'), until: ago('PT14M59S') })
      .stopped(['B']),
    {
      reason: 'AnotherRunAtWork',
      message:
        'Key O of user svc was issued by a run that may still be storing it; it is looked at again after 2026-11-23T03:00Z.',
      steps: [],
      nextCheckAt: later('PT1S'),
    },
  ],
]);

test('an orphan waits for the last of the runs that may have issued it', () => {
  const who = settled(key('B'))
    .with(key('O').created('PT5M'))
    .stopped(['B'], { until: ago('PT5M') })
    .stopped(['B'], { until: ago('PT2M') })
    .stopped(['B'], { until: ago('PT9M') });
  expect(decide(who.observation, config, now).nextCheckAt).toEqual(later('PT13M'));
});

reasons('what is an orphan', [
  [
    'from the moment that its run is over for certain',
    settled(key('B'))
      .with(key('O').created('PT16M'))
      .stopped(['B'], { until: ago('PT15M') }),
    'Orphan',
  ],
  [
    'created a quarter of an hour before the intent, as the clocks may differ',
    orphaned(key('O').created('PT1H15M')),
    'Orphan',
  ],
  ['created before that', orphaned(key('O').created('PT1H15M1S')), 'SecondKeyNotOurs'],
  ['created a quarter of an hour after the end of the run', orphaned(key('O').created('PT15M')), 'Orphan'],
  ['created after that', orphaned(key('O').created('PT14M59S')), 'SecondKeyNotOurs'],
  [
    'it was there before the run',
    settled().with(key('O').created('PT59M')).stopped(['B', 'O']),
    'SecondKeyNotOurs',
  ],
  [
    'no run meant to issue one',
    settled().with(key('O').created('PT59M')).claimed('PT1H'),
    'SecondKeyNotOurs',
  ],
  [
    'two candidates: one of them is a person’s',
    user().with(key('O').created('PT59M'), key('P').created('PT59M')).stopped([]),
    'SecondKeyNotOurs',
  ],
  ['beside the mark of a run that meant to issue nothing', orphaned().claimed('PT1H'), 'Orphan'],
  [
    'beside a takeover that was not begun',
    user().with(key('A'), key('O').created('PT59M')).stopped(['A']),
    'Orphan',
  ],
  [
    'a key that was current is none, though its secret is gone',
    user().with(key('A'), key('B').created('PT59M')).current('B').old('A', 'replaced', 'PT1H').stopped(['A']),
    'SecretMissing',
  ],
  [
    'a key that was replaced is none, though its version is gone',
    settled()
      .with(key('A').created('PT59M'))
      .old('A', 'replaced', 'PT1H')
      .stopped(['B'])
      .usedAgo('A', 'PT1H'),
    'OldKeyInUse',
  ],
  [
    'beside a current key that is not written down, it goes first',
    user().with(key('B'), key('O').created('PT59M')).secretOf('B').stopped(['B']).failing('B'),
    'Orphan',
  ],
]);

const standby = (c = key('C')) =>
  settled(key('B').createdDaysAgo(91)).with(c).secretOf('B', { standby: 'C' });
const storedSteps = (old: object) => [
  { do: 'prove', keyId: 'C' },
  { do: 'copyNetworkPolicy', keyId: 'C', from: 'B' },
  { do: 'promote', keyId: 'C', from: 'B' },
  { do: 'confirm', keyId: 'C', old },
  { do: 'notify' },
];
const storedMessage = 'The standby key C of user svc is stored; it is proven and promoted.';

table('a standby', [
  [
    'stored, not yet proven',
    standby(),
    { reason: 'StandbyStored', message: storedMessage, steps: storedSteps(replacedB) as Decision['steps'] },
  ],
  [
    'stored beside a current key that somebody disabled',
    settled(key('B').inactive()).with(key('C')).secretOf('B', { standby: 'C' }),
    {
      reason: 'StandbyStored',
      message: storedMessage,
      steps: storedSteps({ ...replacedB, phase: 'inactive' }) as Decision['steps'],
    },
  ],
  [
    'stored beside a current key that an emergency contained',
    settled(key('B').inactive()).with(key('C')).secretOf('B', { standby: 'C' }).emergency('contained', ['B']),
    {
      reason: 'StandbyStored',
      message: storedMessage,
      steps: storedSteps({ ...replacedB, phase: 'disabled' }) as Decision['steps'],
    },
  ],
  [
    'stored beside a first pair that never signed: that one is replaced like any other',
    user().with(key('B'), key('C')).secretOf('B', { standby: 'C' }).failing('B', hopeless).stopped(['B']),
    { reason: 'StandbyStored', message: storedMessage, steps: storedSteps(replacedB) as Decision['steps'] },
  ],
  [
    'stored, and somebody moved ACSCurrent to a pair of nobody',
    settled(key('B'))
      .with(key('C'))
      .secretOf('X', { standby: 'C', versions: ['B'] }),
    {
      reason: 'StandbyStored',
      message: storedMessage,
      steps: [
        { do: 'prove', keyId: 'C' },
        { do: 'copyNetworkPolicy', keyId: 'C', from: 'B' },
        { do: 'promote', keyId: 'C', from: 'X' },
        { do: 'confirm', keyId: 'C', old: replacedB },
        { do: 'notify' },
      ],
    },
  ],
  [
    'stored, and the current key was deleted',
    settled().withoutKeys().with(key('C')).secretOf('B', { standby: 'C' }),
    {
      reason: 'StandbyStored',
      message: storedMessage,
      steps: [
        { do: 'prove', keyId: 'C' },
        { do: 'promote', keyId: 'C', from: 'B' },
        { do: 'confirm', keyId: 'C' },
        { do: 'notify' },
      ],
    },
  ],
  [
    'stored in the place of a first pair that was withdrawn: the key taken over is replaced',
    user()
      .with(key('A'), key('C'))
      .secretOf('B', { standby: 'C' })
      .failing('C', { before: ['A'] }),
    {
      reason: 'StandbyStored',
      message: storedMessage,
      steps: [
        { do: 'prove', keyId: 'C' },
        { do: 'copyNetworkPolicy', keyId: 'C', from: 'A' },
        { do: 'promote', keyId: 'C', from: 'B' },
        { do: 'confirm', keyId: 'C', old: replacedA },
        { do: 'notify' },
      ],
    },
  ],
  [
    'stored beside an old key, while the current one was deleted',
    user().with(key('A'), key('C')).secretOf('B', { standby: 'C' }).current('B').old('A', 'replaced', 'P10D'),
    {
      reason: 'StandbyStored',
      message: storedMessage,
      steps: [
        { do: 'prove', keyId: 'C' },
        { do: 'copyNetworkPolicy', keyId: 'C', from: 'A' },
        { do: 'promote', keyId: 'C', from: 'B' },
        { do: 'confirm', keyId: 'C' },
        { do: 'notify' },
      ],
    },
  ],
  [
    'does not sign after three runs and a day',
    standby().failing('C', hopeless),
    {
      reason: 'StandbyWithdrawn',
      message: 'The standby key C of user svc never came to sign: it is withdrawn and a new one is issued.',
      steps: [...withdrawing('C'), { do: 'remember', entries: { standby: null } }] as Decision['steps'],
      again: true,
    },
  ],
  [
    'disabled by somebody',
    standby(key('C').inactive()),
    {
      reason: 'StandbyWithdrawn',
      message: 'The standby key C of user svc was disabled: it is withdrawn and a new one is issued.',
      steps: [...withdrawing('C'), { do: 'remember', entries: { standby: null } }] as Decision['steps'],
      again: true,
    },
  ],
]);

reasons('what is a standby', [
  ['two failures are not enough', standby().failing('C', { ...hopeless, failures: 2 }), 'StandbyStored'],
  [
    'a day is not over',
    standby().failing('C', { ...hopeless, failingSince: ago('PT23H59M59S') }),
    'StandbyStored',
  ],
  ['another key failed', standby().failing('X', hopeless), 'StandbyStored'],
  [
    'without its stage, known by the intent of its run',
    settled(key('B').createdDaysAgo(91))
      .with(key('C'))
      .secretOf('B', { versions: ['C'] })
      .stopped(['B']),
    'StandbyStored',
  ],
  [
    'without its stage, known by its failures',
    settled(key('B').createdDaysAgo(91))
      .with(key('C'))
      .secretOf('B', { versions: ['C'] })
      .failing('C'),
    'StandbyStored',
  ],
  [
    'a version of that name alone is none',
    settled()
      .with(key('C'))
      .secretOf('B', { versions: ['C'] }),
    'SecondKeyNotOurs',
  ],
  [
    'an old key that carries the stage is none',
    rotated(key('A')).secretOf('B', { standby: 'A' }).usedAgo('A', 'PT1H'),
    'OldKeyInUse',
  ],
  [
    'a key that was current is none',
    settled(key('B')).with(key('A')).secretOf('A', { standby: 'B' }).old('A', 'replaced', 'P1D'),
    'CurrentChangedByHand',
  ],
  [
    'the stage on a version whose key is gone',
    settled(key('B').createdDaysAgo(91)).secretOf('B', { standby: 'C' }),
    'Due',
  ],
]);

table("somebody else's doing", [
  [
    'a second key beside the current one',
    settled().with(key('X')),
    {
      reason: 'SecondKeyNotOurs',
      message:
        'Key X of user svc was neither issued nor replaced by keyturn, so there is no room for a standby: delete it if it is not in use.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'two keys before anything began',
    user().with(key('X'), key('Y')),
    {
      reason: 'SecondKeyNotOurs',
      message:
        'User svc has two keys (X, Y) that keyturn did not issue, so there is no room for a standby: delete the one that is not in use.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'no secret, an old key, and another',
    user().with(key('A'), key('X')).old('A', 'replaced', 'P1D'),
    {
      reason: 'SecondKeyNotOurs',
      message:
        'Key X of user svc was neither issued nor replaced by keyturn, so there is no room for a standby: delete it if it is not in use.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'a pair that somebody stored, beside a key of somebody',
    user().with(key('X'), key('Y')).secretOf('X'),
    {
      reason: 'SecondKeyNotOurs',
      message:
        'Key Y of user svc was neither issued nor replaced by keyturn, so there is no room for a standby: delete it if it is not in use.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'ACSCurrent moved back to the old key',
    rotated(key('A')).secretOf('A', { versions: ['B'] }),
    {
      reason: 'CurrentChangedByHand',
      message:
        'Somebody moved ACSCurrent of user svc from B to A: move it back, or delete the key that is not in use.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'the secret is gone, and both keys are taken',
    rotated(key('A')).secretAbsent(),
    {
      reason: 'SecretMissing',
      message:
        'The KMS secret of user svc is gone and both its keys are taken: delete the key that is not in use, so that a successor can be issued.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'a secret that somebody made, with an Active key of the user',
    user().with(key('X')).secretOf('X', { versionId: 'v1' }),
    {
      reason: 'Adopted',
      message: 'The secret of user svc that somebody made is adopted with its key X.',
      steps: [
        {
          do: 'remember',
          entries: { current: { keyId: 'X', origin: 'adopted', provenAt: now }, old: null },
        },
      ],
      again: true,
    },
  ],
  [
    'a secret that somebody made, with a disabled key of the user',
    user().with(key('X').inactive()).secretOf('X', { versionId: 'v1' }),
    {
      reason: 'CurrentKeyDead',
      message:
        'The secret of user svc names key X, which is disabled, and keyturn did not issue it: enable it, or store a working pair.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'a secret that somebody made, with a key of nobody',
    user().with(key('A')).secretOf('X', { versionId: 'v1' }),
    {
      reason: 'SecretKeyUnknown',
      message: 'The secret of user svc names key X, which is not a key of this user: store a working pair.',
      steps: [],
      tell: 'blocked',
    },
  ],
]);

reasons("what else is somebody's doing", [
  [
    'moved back, and the newer key deleted: adopted',
    rotated(key('A'))
      .withoutKeys()
      .with(key('A'))
      .secretOf('A', { versions: ['B'] }),
    'Adopted',
  ],
  [
    'the version of an issued key under another name',
    user().with(key('X')).secretOf('X', { versionId: 'v1' }).stopped([]),
    'Adopted',
  ],
  ['a version with the key’s own name, that no run meant', user().with(key('X')).secretOf('X'), 'Adopted'],
  [
    'a contained key that somebody enabled again',
    user().with(key('X')).secretOf('X').emergency('contained', ['X']),
    'Adopted',
  ],
  [
    'a key that an emergency replaced is not contained',
    user().with(key('X').inactive()).secretOf('X').emergency('replaced', ['X']),
    'CurrentKeyDead',
  ],
  [
    'another key is contained',
    user().with(key('X').inactive()).secretOf('X').emergency('contained', ['Y']),
    'CurrentKeyDead',
  ],
  [
    'contained, and moved by hand before: a successor follows',
    user().with(key('X').inactive()).secretOf('X').current('B').emergency('contained', ['X']),
    'CurrentKeyDisabled',
  ],
  [
    'contained beside its predecessor: nobody moved it in the meantime',
    rotated(key('A'))
      .secretOf('A', { versions: ['B'] })
      .emergency('contained', ['A']),
    'SecondKeyNotOurs',
  ],
]);

const firstSteps = [{ do: 'create' }, { do: 'store' }, { do: 'prove' }];

table('a user who is new to rotation', [
  [
    'without a key and without a secret',
    user(),
    {
      reason: 'FirstKey',
      message: 'User svc has no key and no secret: its first key is issued.',
      steps: [{ do: 'prepare' }, ...firstSteps, { do: 'confirm' }, { do: 'notify' }] as Decision['steps'],
      begins: 'first',
    },
  ],
  [
    'with one key whose secret we do not have, however young',
    user().with(key('A').created('PT1M')),
    {
      reason: 'TakeOver',
      message: 'Key A of user svc is not in KMS: a standby is issued, and the old key goes the usual way.',
      steps: [
        { do: 'prepare', from: 'A' },
        ...firstSteps,
        { do: 'copyNetworkPolicy', from: 'A' },
        { do: 'confirm', old: replacedA },
        { do: 'notify' },
      ] as Decision['steps'],
      begins: 'first',
    },
  ],
  [
    'with one key that is disabled',
    user().with(key('A').inactive()),
    {
      reason: 'TakeOver',
      message: 'Key A of user svc is not in KMS: a standby is issued, and the old key goes the usual way.',
      steps: [
        { do: 'prepare', from: 'A' },
        ...firstSteps,
        { do: 'copyNetworkPolicy', from: 'A' },
        { do: 'confirm', old: { ...replacedA, phase: 'inactive' } },
        { do: 'notify' },
      ] as Decision['steps'],
      begins: 'first',
    },
  ],
]);

reasons('as new as a user can be', [
  ['the secret was deleted, one key is left', settled().secretAbsent(), 'TakeOver'],
  ['a secret that names a key which is gone', settled().withoutKeys(), 'CurrentKeyDeleted'],
]);

const adopted = (b = key('B')) =>
  user().with(b).secretOf('B', { versionId: 'v1' }).current('B', { origin: 'adopted' });

table('a dead current key', [
  [
    'disabled by somebody, and there is room',
    settled(key('B').inactive()),
    {
      reason: 'CurrentKeyDisabled',
      message: 'The current key B of user svc is disabled: a successor is issued.',
      steps: issuing('B', { ...replacedB, phase: 'inactive' }) as Decision['steps'],
      begins: 'successor',
    },
  ],
  [
    'contained by an emergency, and there is room',
    settled(key('B').inactive()).emergency('contained', ['B']),
    {
      reason: 'CurrentKeyDisabled',
      message: 'The current key B of user svc is disabled: a successor is issued.',
      steps: issuing('B', { ...replacedB, phase: 'disabled' }) as Decision['steps'],
      begins: 'successor',
    },
  ],
  [
    'deleted by somebody',
    settled().withoutKeys(),
    {
      reason: 'CurrentKeyDeleted',
      message: 'The current key B of user svc is deleted: a successor is issued.',
      steps: [
        { do: 'prepare' },
        { do: 'create' },
        { do: 'store' },
        { do: 'prove' },
        { do: 'promote', from: 'B' },
        { do: 'confirm' },
        { do: 'notify' },
      ],
      begins: 'successor',
    },
  ],
  [
    'deleted by somebody beside an old key, which keeps its entry',
    user().with(key('A')).secretOf('B').current('B').old('A', 'replaced', 'P1D'),
    {
      reason: 'CurrentKeyDeleted',
      message: 'The current key B of user svc is deleted: a successor is issued.',
      steps: [
        { do: 'prepare' },
        { do: 'create' },
        { do: 'store' },
        { do: 'prove' },
        { do: 'promote', from: 'B' },
        { do: 'confirm' },
        { do: 'notify' },
      ],
      begins: 'successor',
    },
  ],
  [
    'disabled by somebody beside an enabled old key',
    rotated(key('A'), key('B').inactive()),
    {
      reason: 'NoRoomForSuccessor',
      message:
        'The current key B of user svc is disabled and there is no room for a successor: delete a key that is not in use, or enable the current one.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'disabled by somebody beside an old key in recovery',
    rotated(key('A').inactive(), key('B').inactive()).old('A', 'disabled', 'P6D'),
    {
      reason: 'NoRoomForSuccessor',
      message:
        "The current key of user svc is dead, and the old key A takes a successor's place until it is deleted on 2026-11-24T03:00Z: delete it now if it is not needed, or enable the current one.",
      steps: [],
      tell: 'blocked',
      nextCheckAt: later('P1D'),
    },
  ],
  [
    'disabled by somebody, and keyturn did not issue it',
    adopted(key('B').inactive()),
    {
      reason: 'CurrentKeyDead',
      message:
        'The current key B of user svc is disabled, and keyturn did not issue it: enable it, or store a working pair.',
      steps: [],
      tell: 'blocked',
    },
  ],
  [
    'deleted by somebody, and keyturn did not issue it',
    adopted().withoutKeys(),
    {
      reason: 'CurrentKeyDead',
      message:
        'The current key B of user svc is deleted, and keyturn did not issue it: store a working pair.',
      steps: [],
      tell: 'blocked',
    },
  ],
]);

reasons('a dead current key, further on', [
  [
    'adopted, and contained by an emergency',
    adopted(key('B').inactive()).emergency('contained', ['B']),
    'CurrentKeyDisabled',
  ],
  [
    'an old key past its recovery makes room',
    rotated(key('A').inactive(), key('B').inactive()).old('A', 'disabled', 'P7D'),
    'RecoveryOver',
  ],
  [
    'no notice is sent of a dead key',
    rotated(key('A').inactive(), key('B').inactive()).old('A', 'disabled', 'P7D').noted('B', undefined),
    'RecoveryOver',
  ],
]);

table('a notice that is not delivered', [
  [
    'not on every channel',
    settled().noted('B', undefined),
    {
      reason: 'NoticeUndelivered',
      message:
        'The notice that user svc has the new key B is not delivered on every channel yet; nothing is taken away before it is.',
      steps: [{ do: 'notify' }],
      again: true,
    },
  ],
]);

reasons('what a notice gates', [
  ['a notice of another version', settled().noted('A', 'P10D'), 'NoticeUndelivered'],
  [
    'an old key long past its grace',
    rotated(key('A')).noted('B', undefined).usedAgo('A', 'P50D'),
    'NoticeUndelivered',
  ],
  ['a rotation that is due', settled(key('B').createdDaysAgo(91)).noted('B', undefined), 'NoticeUndelivered'],
  ['none is due for an adopted key', adopted(), 'Current'],
  [
    'one is due for an adopted key that replaced another',
    adopted().with(key('A')).old('A', 'replaced', 'P1D'),
    'NoticeUndelivered',
  ],
]);

table('the record of the old key', [
  [
    'somebody deleted the key',
    settled().old('A', 'disabled', 'P1D'),
    {
      reason: 'RecordBehind',
      message: 'The old key A of user svc is gone; the rotation is complete.',
      steps: [{ do: 'remember', entries: { old: null } }],
      again: true,
    },
  ],
  [
    'a run was stopped right after it disabled the key',
    rotated(key('A').inactive('PT1H')).old('A', 'disabling', 'PT1H15M'),
    {
      reason: 'RecordBehind',
      message: 'The old key A of user svc is Inactive; this is written down.',
      steps: [{ do: 'remember', entries: { old: { keyId: 'A', phase: 'disabled', at: ago('PT1H') } } }],
      again: true,
    },
  ],
  [
    'a run was stopped right before it disabled the key, and somebody else did later',
    rotated(key('A').inactive('PT1H')).old('A', 'disabling', 'PT1H15M1S'),
    {
      reason: 'RecordBehind',
      message: 'The old key A of user svc is Inactive; this is written down.',
      steps: [{ do: 'remember', entries: { old: { keyId: 'A', phase: 'inactive', at: ago('PT1H') } } }],
      again: true,
    },
  ],
  [
    'somebody disabled the key',
    rotated(key('A').inactive('PT1H')),
    {
      reason: 'RecordBehind',
      message: 'The old key A of user svc is Inactive; this is written down.',
      steps: [{ do: 'remember', entries: { old: { keyId: 'A', phase: 'inactive', at: ago('PT1H') } } }],
      again: true,
    },
  ],
  [
    'somebody disabled the key, and RAM tells only of an earlier change: it counts from now',
    rotated(key('A').inactive('P10D')),
    {
      reason: 'RecordBehind',
      message: 'The old key A of user svc is Inactive; this is written down.',
      steps: [{ do: 'remember', entries: { old: { keyId: 'A', phase: 'inactive', at: now } } }],
      again: true,
    },
  ],
  [
    'somebody enabled the key that keyturn disabled',
    rotated(key('A').changed('PT1H')).old('A', 'disabled', 'P2D'),
    {
      reason: 'OldKeyEnabled',
      message:
        'Somebody enabled the old key A of user svc again: it must be quiet anew before it is disabled.',
      steps: [{ do: 'remember', entries: { old: { keyId: 'A', phase: 'enabled', at: ago('PT1H') } } }],
      again: true,
    },
  ],
  [
    'somebody enabled a key that leaked: it is disabled at once',
    rotated(key('A').changed('PT1H')).old('A', 'disabled', 'P2D').leaked('A'),
    {
      reason: 'LeakedKeyEnabled',
      message: 'Somebody enabled the leaked key A of user svc again: it is disabled.',
      steps: [
        { do: 'disable', keyId: 'A', because: 'leaked' },
        { do: 'verify', keyIds: ['A'] },
        { do: 'remember', entries: { old: { keyId: 'A', phase: 'disabled', at: now } } },
      ],
      again: true,
    },
  ],
  [
    'somebody enabled the key that somebody disabled, and RAM does not tell when',
    rotated(key('A')).old('A', 'inactive', 'P2D'),
    {
      reason: 'OldKeyEnabled',
      message:
        'Somebody enabled the old key A of user svc again: it must be quiet anew before it is disabled.',
      steps: [{ do: 'remember', entries: { old: { keyId: 'A', phase: 'enabled', at: now } } }],
      again: true,
    },
  ],
]);

const quiet = { kind: 'at' as const, at: ago('P50D') };

reasons('what the record of the old key tells', [
  [
    'about to be disabled, and not: it is disabled now',
    rotated(key('A')).old('A', 'disabling', 'P1D').used('A', quiet),
    'OldKeyQuiet',
  ],
  [
    'about to be disabled, and enabled by somebody since',
    rotated(key('A').changed('PT1H')).old('A', 'disabling', 'P1D').used('A', quiet),
    'OldKeyEnabled',
  ],
  [
    'replaced, disabled and enabled again before any run saw it',
    rotated(key('A').changed('PT1H')).used('A', quiet),
    'OldKeyQuiet',
  ],
  ['replaced, and changed by nobody', rotated(key('A').changed('P20D')).used('A', quiet), 'OldKeyQuiet'],
  [
    'disabled by somebody after it was enabled',
    rotated(key('A').inactive('PT1H')).old('A', 'enabled', 'P1D'),
    'RecordBehind',
  ],
  ['inactive is inactive', rotated(key('A').inactive()).old('A', 'inactive', 'P1D'), 'InRecovery'],
]);

table('the old key in its grace', [
  [
    'a second before its end',
    rotated(key('A')).noted('B', 'P1DT23H59M59S').used('A', quiet),
    {
      reason: 'InGrace',
      message: 'The old key A of user svc stays enabled until 2026-11-23T03:00Z at least.',
      steps: [],
      nextCheckAt: later('PT1S'),
    },
  ],
]);

reasons('the end of grace', [
  ['exactly now', rotated(key('A')).noted('B', 'P2D').used('A', quiet), 'OldKeyQuiet'],
  [
    'a disabled key has none',
    rotated(key('A').inactive()).noted('B', 'PT1H').old('A', 'inactive', 'P1D'),
    'InRecovery',
  ],
]);

const disablingA = [
  { do: 'remember', entries: { old: { keyId: 'A', phase: 'disabling', at: now } } },
  { do: 'disable', keyId: 'A', because: 'old' },
  { do: 'remember', entries: { old: { keyId: 'A', phase: 'disabled', at: now } } },
] as Decision['steps'];

table('the old key past its grace', [
  [
    'quiet',
    rotated(key('A')).used('A', quiet),
    {
      reason: 'OldKeyQuiet',
      message: 'The old key A of user svc is past its grace and quiet: it is disabled.',
      steps: disablingA,
      nextCheckAt: later('P7D'),
    },
  ],
  [
    'used a second too lately',
    rotated(key('A')).usedAgo('A', 'PT26H59M59S', 'Ecs'),
    {
      reason: 'OldKeyInUse',
      message: 'The old key A of user svc stays enabled: it was last used on 2026-11-22T00:00Z by Ecs.',
      steps: [],
      nextCheckAt: later('PT1S'),
      tell: 'stillused',
    },
  ],
  [
    'last use unreadable',
    rotated(key('A')).used('A', { kind: 'unreadable', why: '"soon" is not a date' }),
    {
      reason: 'OldKeyUseUnknown',
      message:
        'The old key A of user svc stays enabled: its last use cannot be read ("soon" is not a date), which counts as in use.',
      steps: [],
      tell: 'stillused',
    },
  ],
  [
    'last use not observed',
    rotated(key('A')),
    {
      reason: 'OldKeyUseUnknown',
      message:
        'The old key A of user svc stays enabled: its last use cannot be read, which counts as in use.',
      steps: [],
      tell: 'stillused',
    },
  ],
  [
    'in use, and configured to be disabled all the same',
    rotated(key('A')).usedAgo('A', 'PT1H'),
    {
      reason: 'OldKeyStillUsed',
      message:
        'The old key A of user svc is disabled after its grace although it was last used on 2026-11-23T02:00Z, as the configuration says.',
      steps: disablingA,
      nextCheckAt: later('P7D'),
    },
    { stillUsed: 'disable' },
  ],
]);

const neverUsed = { kind: 'never' as const };

reasons('what is quiet', [
  ['used exactly as long ago as quiet and the lag', rotated(key('A')).usedAgo('A', 'PT27H'), 'OldKeyQuiet'],
  ['never used, and old', rotated(key('A')).used('A', neverUsed), 'OldKeyQuiet'],
  [
    'never used, and created a moment before it was replaced',
    rotated(key('A')).withoutKeys().with(key('A').created('PT26H59M59S'), key('B')).used('A', neverUsed),
    'OldKeyInUse',
  ],
  [
    'never used, for exactly as long as quiet and the lag',
    rotated(key('A')).withoutKeys().with(key('A').created('PT27H'), key('B')).used('A', neverUsed),
    'OldKeyQuiet',
  ],
  [
    'enabled again a second too lately',
    rotated(key('A')).old('A', 'enabled', 'PT26H59M59S').used('A', quiet),
    'OldKeyInUse',
  ],
  [
    'enabled again long enough ago',
    rotated(key('A')).old('A', 'enabled', 'PT27H').used('A', quiet),
    'OldKeyQuiet',
  ],
  [
    'used after it was enabled again',
    rotated(key('A')).old('A', 'enabled', 'P3D').usedAgo('A', 'PT2H'),
    'OldKeyInUse',
  ],
  [
    'replaced lately is not enabled lately',
    rotated(key('A')).old('A', 'replaced', 'PT1H').used('A', quiet),
    'OldKeyQuiet',
  ],
  [
    'a shorter quiet',
    rotated(key('A')).usedAgo('A', 'PT4H'),
    'OldKeyQuiet',
    { quiet: Duration.fromISO('PT1H') },
  ],
  [
    'quiet is not hurried by stillUsed: disable',
    rotated(key('A')).used('A', quiet),
    'OldKeyQuiet',
    { stillUsed: 'disable' },
  ],
  [
    'grace holds with stillUsed: disable',
    rotated(key('A')).noted('B', 'P1D').usedAgo('A', 'PT1H'),
    'InGrace',
    { stillUsed: 'disable' },
  ],
]);

const asked = { requireAdoption: true };
const proven = (more: string) =>
  rotated(key('A'))
    .current('B', { provenAt: ago('P5D') })
    .used('A', quiet)
    .usedAgo('B', more);

table('a new key whose adoption is required', [
  [
    'not used yet',
    rotated(key('A')).used('A', quiet).used('B', neverUsed),
    {
      reason: 'NotAdopted',
      message: 'The new key B of user svc was not used yet, so the old key A stays enabled.',
      steps: [],
      tell: 'stillused',
    },
    asked,
  ],
]);

reasons('what is adoption', [
  [
    'a use by another service exactly at the proof is none',
    proven('P5D').usedAgo('B', 'P5D', 'Oss'),
    'NotAdopted',
    asked,
  ],
  ['a use exactly at the proof is none', proven('P5D'), 'NotAdopted', asked],
  ['nor one after it of no named service, within the lag', proven('P4DT21H'), 'NotAdopted', asked],
  ['one of no named service is, past the lag', proven('P4DT20H59M59S'), 'OldKeyQuiet', asked],
  ['a use by STS within the lag is none', proven('P5D').usedAgo('B', 'P4DT21H', 'Sts'), 'NotAdopted', asked],
  ['a use by STS past the lag is', proven('P5D').usedAgo('B', 'P4DT20H59M59S', 'Sts'), 'OldKeyQuiet', asked],
  [
    'a use by another service within the lag is',
    proven('P5D').usedAgo('B', 'P4DT23H59M59S', 'Oss'),
    'OldKeyQuiet',
    asked,
  ],
  [
    'a use by another service before the proof is none',
    proven('P5D').usedAgo('B', 'P5DT1S', 'Oss'),
    'NotAdopted',
    asked,
  ],
  [
    'an unreadable use is none',
    proven('P1D').used('B', { kind: 'unreadable', why: 'x' }),
    'NotAdopted',
    asked,
  ],
  ['a use that was not observed is none', rotated(key('A')).used('A', quiet), 'NotAdopted', asked],
  [
    'it is required of no key whose predecessor is disabled',
    rotated(key('A').inactive()).old('A', 'disabled', 'P1D'),
    'InRecovery',
    asked,
  ],
  ['grace comes first', proven('P1D').noted('B', 'P1D'), 'InGrace', asked],
]);

table('the disabled old key', [
  [
    'a second before the end of its recovery',
    rotated(key('A').inactive()).old('A', 'disabled', 'P6DT23H59M59S'),
    {
      reason: 'InRecovery',
      message:
        'The old key A of user svc is disabled and is deleted on 2026-11-23T03:00Z; until then it can be enabled again.',
      steps: [],
      nextCheckAt: later('PT1S'),
    },
  ],
  [
    'exactly at its end',
    rotated(key('A').inactive()).old('A', 'disabled', 'P7D'),
    {
      reason: 'RecoveryOver',
      message: 'The old key A of user svc was disabled for the whole recovery time: it is deleted.',
      steps: [
        { do: 'delete', keyId: 'A', because: 'old' },
        { do: 'remember', entries: { old: null } },
      ],
      again: true,
    },
  ],
  [
    'enabled and disabled in between, as RAM tells: recovery starts anew',
    rotated(key('A').inactive('P1D')).old('A', 'disabled', 'P8D'),
    {
      reason: 'InRecovery',
      message:
        'The old key A of user svc is disabled and is deleted on 2026-11-29T03:00Z; until then it can be enabled again.',
      steps: [],
      nextCheckAt: later('P6D'),
    },
  ],
  [
    'changed before it was disabled, as RAM tells late',
    rotated(key('A').inactive('P9D')).old('A', 'disabled', 'P6D'),
    {
      reason: 'InRecovery',
      message:
        'The old key A of user svc is disabled and is deleted on 2026-11-24T03:00Z; until then it can be enabled again.',
      steps: [],
      nextCheckAt: later('P1D'),
    },
  ],
]);

const nothing = (nextCheckAt: Decision['nextCheckAt']): Decision => ({
  reason: 'Current',
  message: 'Nothing is due for user svc: its key is current and proven.',
  steps: [],
  ...(nextCheckAt && { nextCheckAt }),
});

table('nothing on its way', [
  ['a young key', settled(), nothing(later('P80D'))],
  ['a second younger than maxAge', settled(key('B').created('P89DT23H59M59S')), nothing(later('PT1S'))],
  [
    'exactly as old as maxAge',
    settled(key('B').createdDaysAgo(90)),
    {
      reason: 'Due',
      message: 'The current key B of user svc is older than P90D: a successor is issued.',
      steps: issuing('B', replacedB) as Decision['steps'],
      begins: 'successor',
    },
  ],
  [
    'an adopted key that is due keeps the name of its version',
    adopted(key('B').createdDaysAgo(90)),
    {
      reason: 'Due',
      message: 'The current key B of user svc is older than P90D: a successor is issued.',
      steps: [
        { do: 'prepare', from: 'B' },
        { do: 'create' },
        { do: 'store' },
        { do: 'prove' },
        { do: 'copyNetworkPolicy', from: 'B' },
        { do: 'promote', from: 'v1' },
        { do: 'confirm', old: replacedB },
        { do: 'notify' },
      ],
      begins: 'successor',
    },
  ],
  [
    'the mark of a run that is over for certain',
    settled().stopped(['B'], { until: ago('PT15M') }),
    {
      reason: 'RecordBehind',
      message: 'A stopped run left its mark on user svc; it is cleared.',
      steps: [{ do: 'remember', entries: {} }],
    },
  ],
]);

reasons('the mark of a run', [
  ['that may go on for a second', settled().stopped(['B'], { until: ago('PT14M59S') }), 'Current'],
  ['that meant to issue nothing, and is over', settled().claimed('PT15M'), 'RecordBehind'],
  ['that meant to issue nothing, and may go on', settled().claimed('PT14M59S'), 'Current'],
]);

describe('a look at the keys alone', () => {
  const look = (who: UserBuilder, more: Partial<RotationConfig> = {}) =>
    nothingDue(who.observation, { ...config, ...more }, now);

  test.each([
    ['a young key of keyturn’s own', settled()],
    ['an adopted key, of which no notice was due', adopted()],
    ['an emergency that is over', settled().emergency('replaced', ['B'])],
  ])('suffices for %s', (_name, who) => {
    expect(look(who)).toEqual(nothing(later('P80D')));
    expect(decide(who.observation, config, now)).toEqual(look(who));
  });

  test.each([
    ['a frozen user', settled().frozen()],
    ['a user whom KMS rotates', settled().managedByKms()],
    ['a user without a key', settled().withoutKeys()],
    ['a second key', settled().with(key('X'))],
    ['a disabled key', settled(key('B').inactive())],
    ['a key that is not the current one', settled().current('A')],
    ['a key that nobody wrote down', user().with(key('B')).noted('B', 'P1D')],
    ['a notice that is not delivered', settled().noted('B', undefined)],
    ['a notice of another key', settled().noted('A', 'P1D')],
    ['no notice at all', user().with(key('B')).current('B')],
    ['an old key', settled().old('A', 'disabled', 'P1D')],
    ['a standby that failed', settled().failing('C')],
    ['a hold', settled().onHold()],
    ['a user disabled for inactivity', settled().disabledForInactivity()],
    ['the mark of a run', settled().claimed('PT1M')],
    ['tags that somebody changed', settled().unreadable('keyturn:old')],
    ['an emergency to be finished', settled().emergency('replace', ['B'])],
    ['a containment to be finished', settled().emergency('contain', ['B'])],
    ['a key that is exactly as old as maxAge', settled(key('B').createdDaysAgo(90))],
  ])('does not suffice for %s', (_name, who) => {
    expect(look(who)).toBeUndefined();
  });
});

describe('after a key that could not be stored', () => {
  const due = settled(key('B').createdDaysAgo(100));

  test.each([
    [0, 'PT1S', 'Due'],
    [1, 'P1D', 'RefusedBefore'],
    [1, 'P1DT12H', 'Due'],
    [2, 'P2D', 'RefusedBefore'],
    [2, 'P2DT12H', 'Due'],
    [3, 'P4D', 'RefusedBefore'],
    [3, 'P4DT12H', 'Due'],
    [4, 'P7D', 'RefusedBefore'],
    [4, 'P7DT12H', 'Due'],
    [60, 'P7DT12H', 'Due'],
  ])('%i of them, %s ago: %s', (keys, since, reason) => {
    expect(decide(due.refused(keys, since).observation, config, now).reason).toBe(reason);
  });

  test('no other key is issued, and what the cloud answered is told', () => {
    expect(decide(due.refused(1, 'P1D').observation, config, now)).toEqual({
      reason: 'RefusedBefore',
      message:
        'A key is due for user svc, but the last one could not be stored (Forbidden.NoPermission, on 2026-11-22T03:00Z) and was deleted again: the next one is issued after 2026-11-23T15:00Z, or after `keyturn release svc`.',
      steps: [],
      nextCheckAt: later('PT12H'),
    });
  });

  test('an emergency issues one all the same', () => {
    const { steps } = decideEmergency(settled().refused(4, 'PT1H').observation, { kind: 'replace' }, now);
    expect(steps).toContainEqual({ do: 'create' });
  });

  test.each([
    ['that is stored already', rotated(key('A')).old('A', 'replaced', 'P10D'), 'OldKeyUseUnknown'],
    ['of which nothing is due', settled(), 'Current'],
  ])('a user %s goes its way', (_, who, reason) => {
    expect(decide(who.refused(4, 'PT1H').observation, config, now).reason).toBe(reason);
  });
});

test('an emergency is unfinished while it replaces or contains', () => {
  const kinds = ['replace', 'contain', 'contained', 'replaced'] as const;
  const unfinished = kinds.filter((kind) => isUnfinished({ kind, keyIds: [], at: now }));
  expect(unfinished).toEqual(['replace', 'contain']);
  expect(isUnfinished(undefined)).toBe(false);
});

test('a use is told in words', () => {
  expect(useOf({ kind: 'never' })).toBe('it was never used, but not for long enough yet');
  expect(useOf({ kind: 'at', at: now.minus(day) })).toBe('it was last used on 2026-11-22T03:00Z');
});

test('nobody is told to enable a key that leaked', () => {
  const users = [
    settled(key('B').inactive()).with(key('A')).old('A', 'replaced', 'P1D'),
    user().with(key('X').inactive()).secretOf('X', { versionId: 'v1' }),
    user().with(key('B').inactive()).secretOf('B').current('B', { origin: 'adopted' }),
    rotated(key('A').inactive(), key('B').inactive()).old('A', 'disabled', 'P1D'),
    rotated(key('A').inactive()).old('A', 'disabled', 'P1D'),
  ];
  const advice = /: enable it|or enable the current one|can be enabled again/;
  const said = users.map((who) => decide(who.observation, config, now).message);
  for (const message of said) expect(message).toMatch(advice);
  for (const who of users) {
    const leaked = who.leaked('A', 'B', 'X').observation;
    expect(decide(leaked, config, now).message).not.toMatch(advice);
  }
});

describe('a key whose programs never read the secret', () => {
  const careful = { ...config, takeover: { when: 'atOnce' as const, requireAdoption: true } };
  const takenOver = () => rotated(key('A')).secretOf('B').usedAgo('A', 'P9D');

  test('stays until its successor has been used', () => {
    expect(decide(takenOver().observation, careful, now).reason).toBe('NotAdopted');
    const adopted = takenOver().usedAgo('B', 'P1D', 'Ecs');
    expect(decide(adopted.observation, careful, now).reason).toBe('OldKeyQuiet');
  });

  test.each([
    ['nobody ever used it', takenOver().used('A', { kind: 'never' }), careful],
    ['it was read from the secret before', rotated(key('A')).usedAgo('A', 'P9D'), careful],
    ['the configuration does not ask for it', takenOver(), config],
  ])('goes when it is quiet where %s', (_, who, rules) => {
    expect(decide(who.observation, rules, now).reason).toBe('OldKeyQuiet');
  });

  test('is taken over at once, or when it is due', () => {
    const whenDue = { ...careful, takeover: { when: 'due' as const, requireAdoption: true } };
    const young = user().with(key('A').createdDaysAgo(89)).observation;
    const due = user().with(key('A').createdDaysAgo(90)).observation;
    expect(decide(young, careful, now).reason).toBe('TakeOver');
    expect(decide(young, whenDue, now)).toMatchObject({ reason: 'TakeOverNotDue', steps: [] });
    expect(decide(due, whenDue, now).reason).toBe('TakeOver');
  });
});

describe('a rotation that a person asks for', () => {
  const asked = { ...config, dueBefore: now };

  test('begins whatever the age of the key', () => {
    expect(decide(settled().observation, config, now).reason).toBe('Current');
    expect(nothingDue(settled().observation, asked, now)).toBeUndefined();
    expect(decide(settled().observation, asked, now).reason).toBe('Due');
  });

  test('is over for a key that the same run made', () => {
    expect(decide(settled(key('B').created('PT0S')).observation, asked, now).reason).toBe('Current');
  });

  test.each([
    ['on hold', settled().onHold(), 'OnHold'],
    ['in a rotation', rotated(key('A')).noted('B', 'PT1H'), 'InGrace'],
  ])('leaves a user alone who is %s', (_, who, reason) => {
    expect(decide(who.observation, asked, now).reason).toBe(reason);
  });
});
