import { describe, expect, test } from 'vitest';
import type { OldEntry, RollbackEntry } from '../../src/record/rotation';
import type { Step } from '../../src/rotation/decide/decision';
import {
  decideRollback,
  type RollbackDecision,
  type RollbackObservation,
  type RollbackRequest,
} from '../../src/rotation/rollback/decide';
import { ago, key, now, rotated, settled, type UserBuilder, user } from './user';

type Row = readonly [name: string, who: UserBuilder, expected: RollbackDecision];

function table(title: string, request: RollbackRequest, rows: readonly Row[]): void {
  describe(title, () => {
    for (const [name, who, expected] of rows) {
      test(name, () => {
        expect(decideRollback(who.observation, request, now)).toEqual(expected);
      });
    }
  });
}

const begin: RollbackRequest = { kind: 'begin' };
const intent: RollbackEntry = { from: 'B', to: 'A', at: ago('PT1H') };
const resume: RollbackRequest = { kind: 'resume', intent };

const written = { do: 'remember', entries: { rollback: { from: 'B', to: 'A', at: now } } } as const;
const again = { do: 'remember', entries: { rollback: intent } } as const;
const over = { do: 'remember', entries: { rollback: null } } as const;
const enabled: Step[] = [
  { do: 'enable', keyId: 'A' },
  { do: 'remember', entries: { old: { keyId: 'A', phase: 'enabled', at: now } } },
];
const prove = { do: 'prove', keyId: 'A', versionId: 'A' } as const;
const promote = { do: 'promote', keyId: 'A', versionId: 'A', from: 'B' } as const;
const confirm = (phase: OldEntry['phase'] = 'replaced', versionId = 'A') =>
  ({ do: 'confirm', keyId: 'A', versionId, old: { keyId: 'B', phase, at: now }, rolledBack: true }) as const;
const notify = { do: 'notify' } as const;

const back = (
  steps: readonly Step[],
  of: RollbackEntry = { from: 'B', to: 'A', at: now },
): RollbackDecision => ({
  reason: 'RolledBack',
  message:
    'User svc is back on the old key A, and on hold: the newer key B is left as it is. `keyturn release svc` lets rotation go on.',
  steps,
  intent: of,
});
const handedBack = (
  steps: readonly Step[],
  of: RollbackEntry = { from: 'B', to: 'A', at: now },
): RollbackDecision => ({
  reason: 'OldKeyHandedBack',
  message:
    'The old key A of user svc is enabled, and the user on hold. Its secret is not in KMS, so the secret keeps the new key B: programs that have the old one from elsewhere work. `keyturn release svc` lets rotation go on.',
  steps,
  intent: of,
});
const held = { do: 'remember', entries: { hold: {}, rollback: null } } as const;
const refused = (code: string, why: string): RollbackDecision => {
  const message = `${why} Nothing was changed.`;
  return { reason: 'Refused', message, steps: [], failure: { code, message } };
};
const givenUp = (why: string, ...steps: Step[]): RollbackDecision => {
  const message = `The rollback of user svc to key A is given up. ${why}`;
  return {
    reason: 'Refused',
    message,
    steps: [...steps, over],
    intent,
    failure: { code: 'RollbackAbandoned', message },
  };
};
const waiting = (why: string): RollbackDecision => ({
  reason: 'RollbackUnfinished',
  message: `The rollback of user svc to key A waits. ${why}`,
  steps: [],
});

/** keyturn disabled A five days ago. */
const recovering = (since?: string) => rotated(key('A').inactive(since)).old('A', 'disabled', 'P5D');

const byOthers =
  'The old key A of user svc was disabled by somebody else: ask who did, and enable it by hand if it is right. Then run the rollback again.';
const leaked = 'The old key A of user svc was disabled in an emergency, so keyturn does not bring it back.';
const gone =
  "The old key A of user svc is deleted. RAM's recycle bin keeps it for 30 days; keyturn does not bring it back.";
const unreadable =
  'The tags keyturn:old of user svc are not as keyturn wrote them: remove them after checking which key is in use.';

table('goes back', begin, [
  ['to a key in its grace', rotated(key('A')), back([written, prove, promote, confirm(), notify, over])],
  [
    'to a key in its recovery',
    recovering(),
    back([written, ...enabled, prove, promote, confirm(), notify, over]),
  ],
  [
    'to a key that RAM says was disabled as keyturn wrote it down',
    recovering('P4DT23H45M'),
    back([written, ...enabled, prove, promote, confirm(), notify, over]),
  ],
  [
    'to a key that a run was about to write down as disabled',
    recovering().old('A', 'disabling', 'P5D'),
    back([written, ...enabled, prove, promote, confirm(), notify, over]),
  ],
  [
    'to a key that somebody enabled again',
    rotated(key('A')).old('A', 'enabled', 'P1D'),
    back([written, prove, promote, confirm(), notify, over]),
  ],
  [
    'from a key that somebody disabled',
    rotated(key('A'), key('B').inactive()),
    back([written, prove, promote, confirm('inactive'), notify, over]),
  ],
  [
    'from a key that somebody deleted',
    rotated(key('A')).withoutKeys().with(key('A')),
    back([written, prove, promote, confirm('inactive'), notify, over]),
  ],
  [
    'for a user on hold, after an emergency long over, with as many tags as leave room',
    rotated(key('A')).onHold().emergency('replaced', ['Z']).foreignTags(11),
    back([written, prove, promote, confirm(), notify, over]),
  ],
]);

test('a version that a person named is found under ACSPrevious', () => {
  const who: RollbackObservation = {
    ...recovering().secretOf('B', { versions: ['v1'], previous: 'v1' }).observation,
    previousKeyId: 'A',
  };
  expect(decideRollback(who, begin, now)).toEqual(
    back([
      written,
      ...enabled,
      { do: 'prove', keyId: 'A', versionId: 'v1' },
      { do: 'promote', keyId: 'A', versionId: 'v1', from: 'B' },
      confirm('replaced', 'v1'),
      notify,
      over,
    ]),
  );
});

test('a version under ACSPrevious that holds another key is not taken for it', () => {
  const who: RollbackObservation = {
    ...recovering().secretOf('B', { versions: ['v1'], previous: 'v1' }).observation,
    previousKeyId: 'Z',
  };
  expect(decideRollback(who, begin, now)).toEqual(handedBack([written, ...enabled, held]));
});

test('said again, nothing goes back and forth', () => {
  const who = rotated(key('A'))
    .secretOf('A', { versions: ['B'] })
    .current('A')
    .old('B', 'replaced', 'PT1H');
  expect(decideRollback(who.observation, begin, now)).toEqual({
    reason: 'RolledBack',
    message:
      'User svc is back on the old key A already, and the newer key B does not become current again: `keyturn release svc` lets rotation go on. Nothing was changed.',
    steps: [],
  });
});

test('said again while it is unfinished, it is finished', () => {
  const who = rotated(key('A'))
    .secretOf('A', { versions: ['B'] })
    .rollback('B', 'A');
  expect(decideRollback(who.observation, begin, now)).toEqual(
    back([again, prove, confirm(), notify, over], intent),
  );
});

table('refuses', begin, [
  ['a key that somebody disabled', rotated(key('A').inactive()), refused('DisabledByOthers', byOthers)],
  [
    'a key that was disabled when it was replaced',
    recovering().old('A', 'inactive', 'P5D'),
    refused('DisabledByOthers', byOthers),
  ],
  [
    'a key that somebody enabled, and then disabled',
    recovering().old('A', 'enabled', 'P5D'),
    refused('DisabledByOthers', byOthers),
  ],
  [
    'a key that was disabled later than keyturn did',
    recovering('P4DT23H44M59S'),
    refused('DisabledByOthers', byOthers),
  ],
  ['a leaked key', recovering().emergency('contained', ['A', 'Z']), refused('KeyLeaked', leaked)],
  [
    'a leaked key that somebody enabled',
    rotated(key('A')).emergency('contained', ['A']),
    refused('KeyLeaked', leaked),
  ],
  [
    'a key that an emergency replaced',
    recovering().emergency('replaced', ['B']),
    refused('KeyLeaked', leaked),
  ],
  [
    'a record that cannot be read',
    recovering().unreadable('keyturn:old'),
    refused('RecordUnreadable', unreadable),
  ],
  ...(['replace', 'contain'] as const).map(
    (kind): Row => [
      `an emergency that is not finished (${kind})`,
      recovering().emergency(kind, ['B']),
      refused('EmergencyUnfinished', 'An emergency of user svc is not finished: the next run finishes it.'),
    ],
  ),
  [
    'a user disabled for inactivity',
    recovering().disabledForInactivity(),
    refused(
      'DisabledForInactivity',
      'User svc was disabled for inactivity: `keyturn restore svc` comes first.',
    ),
  ],
  [
    'a user of KMS',
    recovering().managedByKms(),
    refused('ManagedByKms', "The KMS secret acs/ram/user/svc rotates this user's keys."),
  ],
  [
    'a user without room for tags',
    recovering().foreignTags(12),
    refused(
      'NoRoomForTags',
      'User svc carries 12 tags, so there is no room for those of a rollback: leave 11 at most.',
    ),
  ],
  ...(
    [
      ['no secret', recovering().secretAbsent()],
      ['a secret planned for deletion', recovering().secretDeleting()],
      ['a secret that cannot be used', recovering().secretUnusable()],
      ['a user of whom nothing is known', user()],
    ] as const
  ).map(
    ([name, who]): Row => [
      name,
      who,
      refused('NoSecret', 'User svc has no usable secret, so nothing can be moved back.'),
    ],
  ),
  [
    'a user without an old key',
    settled(),
    refused('NoOldKey', 'User svc has no old key: no rotation of it is under way, or its recovery is over.'),
  ],
  ['an old key that is gone', rotated(key('A')).withoutKeys().with(key('B')), refused('OldKeyGone', gone)],
  ...(
    [
      ['a rotation that is not written down yet', recovering().secretOf('C', { versions: ['A', 'B'] })],
      ['a record that names one key twice', recovering().old('B', 'replaced', 'P1D')],
    ] as const
  ).map(
    ([name, who]): Row => [
      name,
      who,
      refused(
        'RotationUnfinished',
        'A run was stopped while it rotated user svc: run `keyturn rotate --user svc` first.',
      ),
    ],
  ),
]);

table('enables a key that was never in KMS, and leaves the secret alone', begin, [
  ['in its recovery', recovering().secretOf('B'), handedBack([written, ...enabled, held])],
  ['in its grace', rotated(key('A')).secretOf('B'), handedBack([written, held])],
]);

table('finishes that too', resume, [
  [
    'before it was written that the key is enabled',
    rotated(key('A')).old('A', 'disabled', 'P5D').secretOf('B'),
    handedBack([again, ...enabled.slice(1), held], intent),
  ],
  ['after the key was enabled', rotated(key('A')).secretOf('B'), handedBack([again, held], intent)],
  [
    'once the key under ACSCurrent has a version named by a person',
    rotated(key('A')).secretOf('A', { versionId: 'v1', versions: ['B'] }),
    back(
      [again, { do: 'prove', keyId: 'A', versionId: 'v1' }, confirm('replaced', 'v1'), notify, over],
      intent,
    ),
  ],
]);

table('finishes what was stopped', resume, [
  [
    'before anything',
    recovering().rollback('B', 'A'),
    back([again, ...enabled, prove, promote, confirm(), notify, over], intent),
  ],
  [
    'after the key was enabled',
    rotated(key('A').changed('PT59M')).old('A', 'disabled', 'P5D').rollback('B', 'A'),
    back([again, prove, promote, confirm(), notify, over], intent),
  ],
  [
    'after that was written down',
    rotated(key('A').changed('PT59M')).old('A', 'enabled', 'PT1H').rollback('B', 'A'),
    back([again, prove, promote, confirm(), notify, over], intent),
  ],
  [
    'after it was made current',
    rotated(key('A'))
      .secretOf('A', { versions: ['B'] })
      .rollback('B', 'A'),
    back([again, prove, confirm(), notify, over], intent),
  ],
  [
    'after that was written down, and the notice was not delivered',
    rotated(key('A'))
      .secretOf('A', { versions: ['B'] })
      .current('A')
      .old('B', 'replaced', 'PT1H')
      .rollback('B', 'A')
      .onHold(),
    {
      reason: 'RolledBack',
      message: 'The rollback of user svc to key A is finished.',
      steps: [notify, over],
      intent,
    },
  ],
  [
    'although the tags have become too many meanwhile',
    rotated(key('A')).foreignTags(12),
    back([again, prove, promote, confirm(), notify, over], intent),
  ],
]);

table('waits for what comes first', resume, [
  [
    'an emergency',
    recovering().emergency('contain', ['A']),
    waiting('An emergency of user svc is not finished: the next run finishes it.'),
  ],
  ['a record that cannot be read', recovering().unreadable('keyturn:old'), waiting(unreadable)],
  [
    'a restoration',
    recovering().disabledForInactivity(),
    waiting('User svc was disabled for inactivity: `keyturn restore svc` comes first.'),
  ],
  [
    'a person who takes the user out of KMS',
    recovering().managedByKms(),
    waiting("The KMS secret acs/ram/user/svc rotates this user's keys."),
  ],
]);

const home: Step[] = [
  { do: 'prove', keyId: 'B', versionId: 'B' },
  { do: 'promote', keyId: 'B', versionId: 'B', from: 'A' },
];

table('gives up, and what was current stays or is current again', resume, [
  ['the old key is gone', rotated(key('A')).withoutKeys().with(key('B')), givenUp(gone)],
  [
    'the old key is gone after it was made current',
    rotated(key('A'))
      .withoutKeys()
      .with(key('B'))
      .secretOf('A', { versions: ['B'] }),
    givenUp(gone, ...home),
  ],
  [
    'the old key is gone, and the newer one is no way back',
    rotated(key('A'))
      .withoutKeys()
      .with(key('B').inactive())
      .secretOf('A', { versions: ['B'] }),
    givenUp(gone),
  ],
  [
    'the old key is gone, and the newer one is not in the secret',
    rotated(key('A')).withoutKeys().with(key('B')).secretOf('A'),
    givenUp(gone),
  ],
  [
    'somebody disabled the old key after it was enabled',
    rotated(key('A').inactive()).old('A', 'enabled', 'PT1H'),
    givenUp(byOthers),
  ],
  [
    'somebody disabled it after it was made current',
    rotated(key('A').inactive())
      .old('A', 'enabled', 'PT1H')
      .secretOf('A', { versions: ['B'] }),
    givenUp(byOthers, ...home),
  ],
  [
    'somebody disabled it before keyturn could write that it had enabled it',
    recovering('PT30M'),
    givenUp(byOthers),
  ],
  [
    'the old key leaked meanwhile',
    rotated(key('A').inactive()).old('A', 'enabled', 'PT1H').emergency('contained', ['A']),
    givenUp(leaked),
  ],
  [
    'another key was made current',
    rotated(key('A')).secretOf('C', { versions: ['A', 'B'] }),
    givenUp('Its current key is C by now.'),
  ],
  [
    'the secret is gone',
    rotated(key('A')).secretAbsent(),
    givenUp('Its secret cannot be used (it is absent).'),
  ],
  [
    'the secret is planned for deletion',
    rotated(key('A')).secretDeleting(),
    givenUp('Its secret cannot be used (it is deleting).'),
  ],
]);
