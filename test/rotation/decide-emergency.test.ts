import { describe, expect, test } from 'vitest';
import { type EmergencyEntry, write } from '../../src/record/rotation';
import type { Decision, Step } from '../../src/rotation/decide/decision';
import {
  decideEmergency,
  type EmergencyDecision,
  type EmergencyRequest,
} from '../../src/rotation/emergency/decide';
import { ago, key, now, rotated, settled, type UserBuilder, user } from './user';

type Row = readonly [name: string, who: UserBuilder, request: EmergencyRequest, expected: EmergencyDecision];

function table(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [name, who, request, expected] of rows) {
      test(name, () => {
        expect(decideEmergency(who.observation, request, now)).toEqual(expected);
      });
    }
  });
}

const contain = (keyId?: string): EmergencyRequest => ({ kind: 'contain', ...(keyId && { keyId }) });
const replace = (keyId?: string): EmergencyRequest => ({ kind: 'replace', ...(keyId && { keyId }) });
const resume = (kind: EmergencyEntry['kind'], ...keyIds: string[]): EmergencyRequest => ({
  kind: 'resume',
  intent: { kind, keyIds, at: ago('PT1H') },
});

const leak = (keyId: string) => ({ do: 'disable', keyId, because: 'leaked' }) as const;
const verify = (...keyIds: string[]) => ({ do: 'verify', keyIds }) as const;
const mark = (...keyIds: string[]) =>
  [
    verify(...keyIds),
    { do: 'remember', entries: { emergency: { kind: 'contained', keyIds, at: now } } },
  ] as const;
const refused = (code: string, message: string): EmergencyDecision => ({
  reason: 'Refused',
  message,
  steps: [],
  leaked: [],
  failure: { code, message },
});

const unknownX = refused(
  'UnknownKey',
  'Key X is not a key of user svc; nothing was changed. Check the id: `aliyun ims GetUser --UserAccessKeyId` tells whose it is.',
);
const nothingToContain: EmergencyDecision = {
  reason: 'AlreadyDisabled',
  message: 'User svc has no key that could be disabled.',
  steps: [],
  leaked: [],
};

const deadBefore = (keyId: string): EmergencyDecision => ({
  reason: 'AlreadyDisabled',
  message: `${keyId} of user svc is disabled or gone already, and keyturn never enables it again.`,
  steps: [...mark(keyId)],
  leaked: [keyId],
});

table('containment', [
  [
    'every Active key',
    rotated(key('A')),
    contain(),
    {
      reason: 'EmergencyContained',
      message: 'A and B of user svc are disabled; no new key is issued in this run.',
      steps: [leak('A'), leak('B'), ...mark('A', 'B')],
      leaked: ['A', 'B'],
    },
  ],
  [
    'only the Active one of two; the other stays marked',
    rotated(key('A').inactive()),
    contain(),
    {
      reason: 'EmergencyContained',
      message: 'B of user svc is disabled; no new key is issued in this run.',
      steps: [leak('B'), ...mark('A', 'B')],
      leaked: ['A', 'B'],
    },
  ],
  [
    'the named key alone',
    rotated(key('A')),
    contain('A'),
    {
      reason: 'EmergencyContained',
      message: 'A of user svc is disabled; no new key is issued in this run.',
      steps: [leak('A'), ...mark('A')],
      leaked: ['A'],
    },
  ],
  [
    'the named key of more than two',
    rotated(key('A')).with(key('C')),
    contain('C'),
    {
      reason: 'EmergencyContained',
      message: 'C of user svc is disabled; no new key is issued in this run.',
      steps: [leak('C'), ...mark('C')],
      leaked: ['C'],
    },
  ],
  ['a named key that nobody knows', settled(), contain('X'), unknownX],
  [
    'a named key that is disabled already: it is recorded as leaked',
    settled(key('B').inactive()),
    contain('B'),
    deadBefore('B'),
  ],
  [
    'a named key that is disabled already, and recorded',
    settled(key('B').inactive()).leaked('B'),
    contain('B'),
    { ...deadBefore('B'), steps: [], leaked: [] },
  ],
  [
    'a named key that is gone, and known from the secret',
    settled().secretOf('B', { versions: ['A'] }),
    contain('A'),
    deadBefore('A'),
  ],
  ['a user without a key', user(), contain(), nothingToContain],
  [
    'whatever the secret is like',
    settled().secretUnusable(),
    contain(),
    {
      reason: 'EmergencyContained',
      message: 'B of user svc is disabled; no new key is issued in this run.',
      steps: [leak('B'), ...mark('B')],
      leaked: ['B'],
    },
  ],
]);

const old = (keyId: string, phase: 'disabled' | 'inactive' = 'disabled') => ({ keyId, phase, at: now });

/** The leaked key dies after its successor is current, and before anything is written or told. */
function issued(leaked: string, options: { from?: string; dead?: boolean } = {}): Decision['steps'] {
  const { from, dead = false } = options;
  return [
    { do: 'create' },
    { do: 'store' },
    { do: 'prove' },
    { do: 'copyNetworkPolicy', from: leaked },
    ...(from ? [{ do: 'promote', from } as const] : []),
    leak(leaked),
    verify(leaked),
    { do: 'confirm', old: old(leaked, dead ? 'inactive' : 'disabled') },
    { do: 'notify' },
  ];
}

const replaced = (leaked: string, steps: Decision['steps']): EmergencyDecision => ({
  reason: 'EmergencyReplaced',
  message: `The leaked key ${leaked} of user svc is ${successorIn(steps)}`,
  steps,
  leaked: [leaked],
});

/** Every key that died is named, the one that only took the room as well. */
function successorIn(steps: readonly Step[]): string {
  const ready = steps.find((step) => step.do === 'prove' && step.keyId);
  if (ready?.do === 'prove') return `disabled; ${ready.keyId} takes its place.`;
  const room = steps.find((step) => step.do === 'delete');
  return `replaced and disabled${room?.do === 'delete' ? `; ${room.keyId}, which took the room, is disabled and deleted` : ''}.`;
}

const spare = (keyId: string, alive: boolean): Decision['steps'] => [
  ...(alive ? [{ do: 'disable', keyId, because: 'spare' } as const] : []),
  { do: 'delete', keyId, because: 'spare' },
];

const standbyC = (b = key('B')) => settled(b).with(key('C')).secretOf('B', { standby: 'C' });
const hopeless = { failures: 3, failingSince: ago('P1D') };
const overStandby = (leaked: string, standby: string): Decision['steps'] => [
  { do: 'prove', keyId: standby },
  { do: 'copyNetworkPolicy', keyId: standby, from: leaked },
  { do: 'promote', keyId: standby, from: leaked },
  leak(leaked),
  verify(leaked),
  { do: 'confirm', keyId: standby, old: old(leaked) },
  { do: 'notify' },
];

table('replacement of the current key', [
  ['young', settled(key('B').created('PT1M')), replace(), replaced('B', issued('B', { from: 'B' }))],
  [
    'old, and named',
    settled(key('B').createdDaysAgo(91)),
    replace('B'),
    replaced('B', issued('B', { from: 'B' })),
  ],
  [
    'disabled by somebody',
    settled(key('B').inactive()),
    replace(),
    replaced('B', issued('B', { from: 'B', dead: true })),
  ],
  [
    'deleted by somebody',
    settled().withoutKeys(),
    replace(),
    replaced('B', [
      { do: 'create' },
      { do: 'store' },
      { do: 'prove' },
      { do: 'promote', from: 'B' },
      leak('B'),
      verify('B'),
      { do: 'confirm' },
      { do: 'notify' },
    ]),
  ],
  [
    'contained before',
    settled(key('B').inactive()).emergency('contained', ['B']),
    replace(),
    replaced('B', issued('B', { from: 'B', dead: true })),
  ],
  [
    'adopted, under a version of another name',
    user().with(key('B')).secretOf('B', { versionId: 'v1' }).current('B', { origin: 'adopted' }),
    replace(),
    replaced('B', issued('B', { from: 'v1' })),
  ],
  [
    'in a secret of somebody that keyturn did not adopt yet',
    user().with(key('B')).secretOf('B', { versionId: 'v1' }),
    replace(),
    replaced('B', issued('B', { from: 'v1' })),
  ],
  ['the only key, and no secret', user().with(key('A')), replace(), replaced('A', issued('A'))],
  ['the only key, named, and no secret', user().with(key('A')), replace('A'), replaced('A', issued('A'))],
  [
    'the only enabled key beside a disabled one of nobody, and no secret',
    user().with(key('A').inactive(), key('X')),
    replace(),
    {
      reason: 'ForeignSecondKey',
      message:
        'The leaked key X of user svc is disabled, but no successor was issued: A takes the room and keyturn did not issue it. Delete the one that is not in use and run the emergency again, or give the consumers A by hand.',
      steps: [leak('X'), ...mark('X')],
      leaked: ['X'],
      failure: {
        code: 'ForeignSecondKey',
        message:
          'The leaked key X of user svc is disabled, but no successor was issued: A takes the room and keyturn did not issue it. Delete the one that is not in use and run the emergency again, or give the consumers A by hand.',
      },
    },
  ],
  ['a standby is stored', standbyC(), replace(), replaced('B', overStandby('B', 'C'))],
  [
    'a standby is stored, and the current key was deleted',
    standbyC().withoutKeys().with(key('C')),
    replace(),
    replaced('B', [
      { do: 'prove', keyId: 'C' },
      { do: 'promote', keyId: 'C', from: 'B' },
      leak('B'),
      verify('B'),
      { do: 'confirm', keyId: 'C' },
      { do: 'notify' },
    ]),
  ],
  [
    'a standby is stored that somebody disabled',
    settled().with(key('C').inactive()).secretOf('B', { standby: 'C' }),
    replace(),
    replaced('B', [...spare('C', false), ...issued('B', { from: 'B' })]),
  ],
  [
    'a standby is stored that never came to sign',
    standbyC().failing('C', hopeless),
    replace(),
    replaced('B', [...spare('C', true), ...issued('B', { from: 'B' })]),
  ],
  [
    'the old one is in its grace',
    rotated(key('A')),
    replace(),
    replaced('B', [...spare('A', true), ...issued('B', { from: 'B' })]),
  ],
  [
    'the old one is in its recovery',
    rotated(key('A').inactive()).old('A', 'disabled', 'P1D'),
    replace(),
    replaced('B', [...spare('A', false), ...issued('B', { from: 'B' })]),
  ],
  [
    'an orphan takes the room',
    settled().with(key('O').created('PT59M')).stopped(['B']),
    replace(),
    replaced('B', [...spare('O', true), ...issued('B', { from: 'B' })]),
  ],
  [
    'the secret is gone, and the record tells which key was current',
    rotated(key('A')).secretAbsent(),
    replace(),
    replaced('B', [...spare('A', true), ...issued('B')]),
  ],
  [
    'a takeover was begun, and its first pair is not confirmed: the pair is current',
    user().with(key('A'), key('B')).secretOf('B').stopped(['A']),
    replace(),
    replaced('B', [...spare('A', true), ...issued('B', { from: 'B' })]),
  ],
  [
    'an emergency replaced another key a moment ago',
    settled().emergency('replaced', ['A'], 'PT1M'),
    replace(),
    replaced('B', issued('B', { from: 'B' })),
  ],
  [
    'an emergency issued it a day ago',
    settled().emergency('replaced', ['B'], 'P1D'),
    replace(),
    replaced('B', issued('B', { from: 'B' })),
  ],
  [
    'an emergency issued it within the day, and the person says again',
    settled().emergency('replaced', ['B'], 'PT1M'),
    { kind: 'replace', again: true },
    replaced('B', issued('B', { from: 'B' })),
  ],
  [
    'an emergency issued it a moment ago, and it is named',
    settled().emergency('replaced', ['B'], 'PT1M'),
    replace('B'),
    replaced('B', issued('B', { from: 'B' })),
  ],
  [
    'an emergency issued it within the day',
    settled().emergency('replaced', ['B'], 'PT23H59M').leaked('A'),
    replace(),
    {
      reason: 'AlreadyReplaced',
      message:
        'An emergency replaced A of user svc by B at 2026-11-22T03:01:00Z, and what leaked is dead; nothing was done now. If B leaked too, name it with keyId, or say again: true.',
      steps: [],
      leaked: [],
    },
  ],
  [
    'an emergency issued it within the day, and somebody enabled what leaked',
    rotated(key('A')).emergency('replaced', ['B'], 'PT1H').leaked('A'),
    replace(),
    replaced('B', [...spare('A', true), ...issued('B', { from: 'B' })]),
  ],
  [
    'a user who is disabled for inactivity gets no new key',
    settled().disabledForInactivity(),
    replace(),
    {
      reason: 'EmergencyContained',
      message: 'B of user svc is disabled; the user is disabled for inactivity, so no new key is issued.',
      steps: [leak('B'), ...mark('B')],
      leaked: ['B'],
    },
  ],
  [
    'contained a moment ago is not replaced a moment ago',
    settled().emergency('contained', ['B'], 'PT1M'),
    replace(),
    replaced('B', issued('B', { from: 'B' })),
  ],
]);

const foreignX = (leaked: string, steps: Decision['steps']): EmergencyDecision => {
  const message = `The leaked key ${leaked} of user svc is disabled, but no successor was issued: X takes the room and keyturn did not issue it. Delete the one that is not in use and run the emergency again, or give the consumers X by hand.`;
  return {
    reason: 'ForeignSecondKey',
    message,
    steps,
    leaked: [leaked],
    failure: { code: 'ForeignSecondKey', message },
  };
};
const tooMany =
  'The leaked key B of user svc is disabled, but no successor was issued: X and Y take the room and keyturn did not issue them. Delete the one that is not in use and run the emergency again, or give the consumers X and Y by hand.';

table('a key in the way', [
  ['a foreign one', settled().with(key('X')), replace(), foreignX('B', [leak('B'), ...mark('B')])],
  [
    'a foreign one that is disabled',
    settled().with(key('X').inactive()),
    replace(),
    foreignX('B', [leak('B'), ...mark('B')]),
  ],
  [
    'a foreign one, and the current key is disabled',
    settled(key('B').inactive()).with(key('X')),
    replace(),
    foreignX('B', [leak('B'), ...mark('B')]),
  ],
  [
    'a foreign one, and the current key is deleted',
    settled().withoutKeys().with(key('X')),
    replace(),
    foreignX('B', [leak('B'), ...mark('B')]),
  ],
  [
    'two foreign ones',
    settled().with(key('X'), key('Y')),
    replace(),
    {
      reason: 'ForeignSecondKey',
      message: tooMany,
      steps: [leak('B'), ...mark('B')],
      leaked: ['B'],
      failure: { code: 'ForeignSecondKey', message: tooMany },
    },
  ],
  [
    'a standby of keyturn’s is used although a foreign one is there',
    standbyC().with(key('X')),
    replace(),
    replaced('B', overStandby('B', 'C')),
  ],
]);

test('two spare keys of keyturn’s are not deleted', () => {
  const who = rotated(key('A')).with(key('O').created('PT59M')).stopped(['A', 'B']);
  const decision = decideEmergency(who.observation, replace(), now);
  expect(decision.reason).toBe('ForeignSecondKey');
  expect(decision.message).toBe(
    'The leaked key B of user svc is disabled, but no successor was issued: A and O take the room. Delete the one that is not in use and run the emergency again, or give the consumers A and O by hand.',
  );
  expect(decision.steps).toEqual([leak('B'), ...mark('B')]);
});

table('a pair that somebody put in the place of the leaked one meanwhile', [
  [
    'enabled',
    user().with(key('A'), key('X')).secretOf('X', { versionId: 'v1' }).current('A'),
    resume('replace', 'A'),
    foreignX('A', [leak('A'), ...mark('A')]),
  ],
  [
    'disabled, and the leaked key deleted',
    user().with(key('X').inactive()).secretOf('X', { versionId: 'v1' }).current('A'),
    resume('replace', 'A'),
    foreignX('A', [leak('A'), ...mark('A')]),
  ],
]);

table('a named key that is not the current one', [
  [
    'the old one',
    rotated(key('A')),
    replace('A'),
    {
      reason: 'EmergencyContained',
      message: 'A of user svc is disabled; it is not the current key, so no new one is issued.',
      steps: [leak('A'), ...mark('A')],
      leaked: ['A'],
    },
  ],
  [
    'one of two of which none is known to be current',
    user().with(key('X'), key('Y')),
    replace('X'),
    {
      reason: 'EmergencyContained',
      message: 'X of user svc is disabled; it is not the current key, so no new one is issued.',
      steps: [leak('X'), ...mark('X')],
      leaked: ['X'],
    },
  ],
  ['disabled already', rotated(key('A').inactive()), replace('A'), deadBefore('A')],
  ['that nobody knows', settled(), replace('X'), unknownX],
]);

table('a second containment keeps in mind what the first one disabled', [
  [
    'the named key',
    rotated(key('A'), key('B').inactive()).emergency('contained', ['B']),
    contain('A'),
    {
      reason: 'EmergencyContained',
      message: 'A of user svc is disabled; no new key is issued in this run.',
      steps: [leak('A'), ...mark('A', 'B')],
      leaked: ['A', 'B'],
    },
  ],
  [
    'the named key, which is not the current one',
    rotated(key('A'), key('B').inactive()).emergency('contained', ['B']),
    replace('A'),
    {
      reason: 'EmergencyContained',
      message: 'A of user svc is disabled; it is not the current key, so no new one is issued.',
      steps: [leak('A'), ...mark('A', 'B')],
      leaked: ['A', 'B'],
    },
  ],
  [
    'but a key that somebody enabled since is theirs, and one that is gone is gone',
    rotated(key('A')).emergency('contained', ['B', 'C']),
    contain('A'),
    {
      reason: 'EmergencyContained',
      message: 'A of user svc is disabled; no new key is issued in this run.',
      steps: [leak('A'), ...mark('A')],
      leaked: ['A'],
    },
  ],
]);

test('the mark of two containments fits into a tag', () => {
  const ids = ['1', '2', '3', '4', '5'].map((last) => `LTAI${'5'.repeat(19)}${last}`);
  const who = user()
    .with(...ids.map((id) => key(id).inactive()), key('A'))
    .emergency('contained', ids);
  const { leaked } = decideEmergency(who.observation, contain('A'), now);
  expect(leaked).toEqual(['A', ...ids.slice(0, 3)]);
  const keyIds = ids.slice(0, 4);
  expect(write.emergency({ kind: 'contained', keyIds, at: now }).length).toBeLessThanOrEqual(128);
});

test('a rollback that was stopped: the newer key makes room, as an old one does', () => {
  const who = rotated(key('A'))
    .secretOf('A', { versions: ['B'] })
    .rollback('B', 'A');
  expect(decideEmergency(who.observation, replace(), now)).toEqual(
    replaced('A', [...spare('B', true), ...issued('A', { from: 'A' })]),
  );
});

const withoutSuccessor = (reason: Decision['reason'], why: string): EmergencyDecision => {
  const message = `The leaked key B of user svc is disabled, but no successor was issued: ${why}`;
  return {
    reason,
    message,
    steps: [leak('B'), ...mark('B')],
    leaked: ['B'],
    failure: { code: reason, message },
  };
};

table('where no successor can be had, the leaked key dies all the same', [
  [
    'a user whom KMS rotates',
    user().with(key('B')).managedByKms(),
    replace(),
    withoutSuccessor(
      'ManagedByKms',
      "a KMS secret of type RAMCredentials rotates this user's keys. Rotate that secret.",
    ),
  ],
  [
    'a secret planned for deletion',
    settled().secretDeleting(),
    replace(),
    withoutSuccessor(
      'SecretPlannedForDeletion',
      'its KMS secret is planned for deletion. Restore it, and run the emergency again.',
    ),
  ],
  [
    'a secret that cannot be used',
    settled().secretUnusable(),
    replace('B'),
    withoutSuccessor(
      'SecretUnusable',
      'its KMS secret cannot be used: no version of it is ACSCurrent. Repair it, and run the emergency again.',
    ),
  ],
  [
    'a secret that names a key of nobody',
    user().with(key('B')).secretOf('Z', { versionId: 'v1' }),
    replace(),
    withoutSuccessor(
      'SecretKeyUnknown',
      'its KMS secret names a key that is not one of this user. Repair it, and run the emergency again.',
    ),
  ],
]);

table('what is refused', [
  [
    'two Active keys of which none is known to be current',
    user().with(key('X'), key('W').inactive(), key('Y')),
    replace(),
    refused(
      'CurrentKeyUnknown',
      'User svc has two enabled keys, X and Y, and nothing tells which one is current; nothing was changed. Name the leaked one with keyId.',
    ),
  ],
  [
    'two Active keys, and a secret that names neither',
    user().with(key('X'), key('Y')).secretOf('Z', { versionId: 'v1' }),
    replace(),
    refused(
      'CurrentKeyUnknown',
      'User svc has two enabled keys, X and Y, and nothing tells which one is current; nothing was changed. Name the leaked one with keyId.',
    ),
  ],
  [
    'a user without a key, though an emergency was there a moment ago',
    user().emergency('replaced', [''], 'PT11M'),
    replace(),
    refused(
      'NoKeyToReplace',
      'User svc has no enabled key, so there is nothing to replace; nothing was changed.',
    ),
  ],
  [
    'a user whose only key is disabled',
    user().with(key('A').inactive()).current('A').emergency('replaced', ['A'], 'PT1M'),
    replace(),
    refused(
      'NoKeyToReplace',
      'User svc has no enabled key, so there is nothing to replace; nothing was changed.',
    ),
  ],
]);

const finished = (keyIds: string[], reason: Decision['reason'], steps: readonly Step[]) => ({
  reason,
  message: `The emergency of user svc about ${keyIds.join(' and ')} is finished.`,
  steps: [...steps],
  leaked: keyIds,
});
const markReplaced = (keyId: string) =>
  ({ do: 'remember', entries: { emergency: { kind: 'replaced', keyIds: [keyId], at: now } } }) as const;

/** An emergency about A, stopped after its successor B was stored, in KMS not current yet. */
const stored = (a = key('A')) =>
  settled(a).current('A').with(key('B')).secretOf('A', { standby: 'B' }).stopped(['A']);
/** An emergency about A, stopped after B was made current. */
const promoted = (a = key('A')) => stored(a).secretOf('B', { standby: 'B', versions: ['A'] });

table('an emergency that was stopped', [
  [
    'before anything',
    settled(key('A')).current('A').secretOf('A'),
    resume('replace', 'A'),
    replaced('A', issued('A', { from: 'A' })),
  ],
  [
    'before anything, and the leaked key was deleted since',
    settled(key('A')).current('A').secretOf('A').withoutKeys(),
    resume('replace', 'A'),
    replaced('A', [
      { do: 'create' },
      { do: 'store' },
      { do: 'prove' },
      { do: 'promote', from: 'A' },
      leak('A'),
      verify('A'),
      { do: 'confirm' },
      { do: 'notify' },
    ]),
  ],
  [
    'after the new key was issued, its secret lost',
    settled(key('A')).current('A').secretOf('A').with(key('O').created('PT59M')).stopped(['A']),
    resume('replace', 'A'),
    replaced('A', [...spare('O', true), ...issued('A', { from: 'A' })]),
  ],
  [
    'before the first secret was made',
    user().with(key('A')),
    resume('replace', 'A'),
    replaced('A', issued('A')),
  ],
  ['after the new key was stored', stored(), resume('replace', 'A'), replaced('A', overStandby('A', 'B'))],
  [
    'after the new key was promoted',
    promoted(),
    resume('replace', 'A'),
    replaced('A', [
      { do: 'prove', keyId: 'B' },
      { do: 'copyNetworkPolicy', keyId: 'B', from: 'A' },
      leak('A'),
      verify('A'),
      { do: 'confirm', keyId: 'B', old: old('A') },
      { do: 'notify' },
    ]),
  ],
  [
    'after the leaked key was disabled',
    promoted(key('A').inactive()),
    resume('replace', 'A'),
    replaced('A', [
      { do: 'prove', keyId: 'B' },
      { do: 'copyNetworkPolicy', keyId: 'B', from: 'A' },
      leak('A'),
      verify('A'),
      { do: 'confirm', keyId: 'B', old: old('A', 'disabled') },
      { do: 'notify' },
    ]),
  ],
  [
    'after the leaked key was disabled, and somebody deleted it',
    promoted().withoutKeys().with(key('B')),
    resume('replace', 'A'),
    replaced('A', [
      { do: 'prove', keyId: 'B' },
      leak('A'),
      verify('A'),
      { do: 'confirm', keyId: 'B' },
      { do: 'notify' },
    ]),
  ],
  [
    'after the first pair was stored, which never came to sign',
    user()
      .with(key('A'), key('B'))
      .secretOf('B')
      .failing('B', { ...hopeless, before: ['A'] }),
    resume('replace', 'A'),
    replaced('A', [...spare('B', true), ...issued('A', { from: 'B' })]),
  ],
  [
    'after everything was written down',
    rotated(key('A').inactive()),
    resume('replace', 'A'),
    {
      reason: 'EmergencyReplaced',
      message: 'The leaked key A of user svc is disabled; its successor B is current.',
      steps: [verify('A'), markReplaced('B')],
      leaked: ['A'],
    },
  ],
  [
    'after everything was written down, and somebody enabled the leaked key',
    rotated(key('A')),
    resume('replace', 'A'),
    {
      reason: 'EmergencyReplaced',
      message: 'The leaked key A of user svc is disabled; its successor B is current.',
      steps: [
        leak('A'),
        verify('A'),
        {
          do: 'remember',
          entries: { old: old('A'), emergency: { kind: 'replaced', keyIds: ['B'], at: now } },
        },
      ],
      leaked: ['A'],
    },
  ],
  [
    'where the current key itself is among the leaked ones',
    rotated(key('A')),
    resume('replace', 'A', 'B'),
    {
      ...replaced('A and B', [
        ...spare('A', true),
        ...issued('B', { from: 'B' }).map((step) => (step.do === 'verify' ? verify('A', 'B') : step)),
      ]),
      leaked: ['A', 'B'],
    },
  ],
  [
    'in a containment, half done',
    rotated(key('A').inactive()),
    resume('contain', 'A', 'B'),
    {
      reason: 'EmergencyContained',
      message: 'B of user svc is disabled; no new key is issued in this run.',
      steps: [leak('B'), ...mark('A', 'B')],
      leaked: ['A', 'B'],
    },
  ],
  [
    'in a containment, not yet written down',
    rotated(key('A').inactive(), key('B').inactive()),
    resume('contain', 'A', 'B'),
    finished(['A', 'B'], 'EmergencyContained', mark('A', 'B')),
  ],
  [
    'in a containment, and a key outside of it is enabled',
    rotated(key('A').inactive()),
    resume('contain', 'A'),
    finished(['A'], 'EmergencyContained', mark('A')),
  ],
]);
