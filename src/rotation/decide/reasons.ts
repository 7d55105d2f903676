/** Where a user stands, in one word: what a glance must tell. From the most to the least urgent. */
export const states = {
  emergency: 'an emergency, or a rollback, is not finished',
  failed: 'could not be read',
  blocked: 'a person must act',
  due: 'something begins in the next run',
  standby: 'a new key is issued and not current yet',
  waiting: 'the old key is still enabled',
  recovery: 'the old key is disabled and not deleted yet',
  hold: 'held by a person',
  exempt: 'exempt by the configuration',
  inactive: 'disabled for inactivity, or frozen',
  current: 'nothing is due',
} as const;

export type State = keyof typeof states;

/** What a reason asks for, and of whom. */
export const reasonClasses = {
  settled: 'nothing to do',
  acts: 'done in the run that says so',
  waits: 'goes on by itself',
  reminds: 'waits for the programs that use the old key; people are reminded, once a day at most',
  limited: 'held back by a limit, until one of the next runs',
  blocked: 'a person must act, and is told, once a day at most',
  failed: 'the user has failed, and the run with it',
} as const;

export type ReasonClass = keyof typeof reasonClasses;

interface ReasonFacts {
  /** When this is the reason. */
  readonly meaning: string;
  readonly class: ReasonClass;
  /** Absent where the user's keys tell. */
  readonly state?: State;
  /** What comes next by itself. */
  readonly next?: string;
  /** What comes next by itself where its time is known. */
  readonly nextInTime?: string;
}

const table = {
  // In the order in which they are checked: the first that applies answers.
  RollbackUnfinished: {
    meaning: 'a rollback was begun; it is finished before anything else',
    class: 'acts',
    state: 'emergency',
    next: 'the rollback is finished',
  },
  Exempt: {
    meaning: 'an exemption covers the user today',
    class: 'settled',
    state: 'exempt',
    nextInTime: 'the exemption ends',
  },
  UserFrozen: { meaning: 'RAM has frozen the user', class: 'settled', state: 'inactive' },
  OnHold: {
    meaning: 'somebody put the user on hold',
    class: 'settled',
    state: 'hold',
    nextInTime: 'the hold ends',
  },
  DisabledForInactivity: {
    meaning: 'disable-inactive disabled the user, and nobody has restored it',
    class: 'settled',
    state: 'inactive',
  },
  ManagedByKms: {
    meaning: "a secret of KMS's own (type RAMCredentials) rotates the user's keys",
    class: 'blocked',
    state: 'blocked',
  },
  RecordUnreadable: { meaning: "somebody changed keyturn's tags", class: 'blocked', state: 'blocked' },
  TooManyKeys: { meaning: 'the user has more than two keys', class: 'blocked', state: 'blocked' },
  SecretPlannedForDeletion: {
    meaning: 'the secret is planned for deletion, so it cannot be written',
    class: 'blocked',
    state: 'blocked',
  },
  SecretUnusable: { meaning: 'the secret holds no key pair', class: 'blocked', state: 'blocked' },
  CurrentUnconfirmed: {
    meaning: 'a run was stopped after it stored or promoted the current key',
    class: 'acts',
    state: 'due',
    next: 'the current key is proven and told of',
  },
  AnotherRunAtWork: {
    meaning: 'a key was issued by a run that may still be storing it, until that run has ended for certain',
    class: 'waits',
    state: 'standby',
    next: 'the new key is looked at again',
  },
  Orphan: {
    meaning: 'the secret of an issued key was never stored',
    class: 'acts',
    state: 'standby',
    next: 'the orphan is removed and a new key issued',
  },
  StandbyStored: {
    meaning: 'a standby is in KMS: it is proven (for up to 60 s), promoted and told of',
    class: 'acts',
    state: 'standby',
    next: 'the standby becomes current',
  },
  StandbyUnproven: {
    meaning: 'the standby does not sign; the next run tries again',
    class: 'failed',
    state: 'standby',
  },
  StandbyWithdrawn: {
    meaning: 'it did not sign in three runs and a day, or somebody disabled it',
    class: 'acts',
    state: 'standby',
    next: 'the standby is withdrawn and a new key issued',
  },
  SecretMissing: {
    meaning: 'the secret is gone, and both keys are taken',
    class: 'blocked',
    state: 'blocked',
  },
  CurrentChangedByHand: { meaning: 'somebody moved `ACSCurrent`', class: 'blocked', state: 'blocked' },
  SecondKeyNotOurs: {
    meaning: 'a key that keyturn neither issued nor replaced takes the second place',
    class: 'blocked',
    state: 'blocked',
  },
  Adopted: {
    meaning: "a person's own secret names an enabled key of the user, which is the current one from now on",
    class: 'acts',
    state: 'due',
    next: 'the secret is adopted',
  },
  SecretKeyUnknown: {
    meaning: "a person's own secret names a key that the user does not have",
    class: 'blocked',
    state: 'blocked',
  },
  CurrentKeyDead: {
    meaning: "a person's own secret names a key that is disabled, or that was deleted since",
    class: 'blocked',
    state: 'blocked',
  },
  FirstKey: {
    meaning: 'the user has no key and no secret',
    class: 'acts',
    state: 'due',
    next: 'its first key is issued',
  },
  TakeOver: {
    meaning: 'the user has a key, but no secret; the old key goes the usual way',
    class: 'acts',
    state: 'due',
    next: 'a successor is issued',
  },
  CurrentKeyDisabled: {
    meaning: 'somebody disabled the current key, and keyturn enables nothing that it did not disable',
    class: 'acts',
    state: 'due',
    next: 'a successor is issued',
  },
  CurrentKeyDeleted: {
    meaning: 'somebody deleted the current key',
    class: 'acts',
    state: 'due',
    next: 'a successor is issued',
  },
  NoRoomForSuccessor: {
    meaning: 'the current key is disabled or deleted, and another one takes the place of a successor',
    class: 'blocked',
    state: 'blocked',
    nextInTime: 'the old key is deleted',
  },
  NoticeUndelivered: {
    meaning: 'a channel has not taken the notice, so the old key stays; after a day the user has failed',
    class: 'waits',
    state: 'waiting',
    next: 'the notice is sent again',
  },
  RecordBehind: {
    meaning: 'a stopped run, or somebody, left the record behind',
    class: 'acts',
    next: 'the record is brought up to date',
  },
  TakeOverNotDue: {
    meaning: 'a key that is not in KMS is not older than `maxAge` yet, and `takeover.when` is `due`',
    class: 'waits',
    state: 'current',
    nextInTime: 'the key is taken over',
  },
  OldKeyEnabled: {
    meaning: 'somebody enabled the old key again, so it must be quiet anew',
    class: 'acts',
    state: 'waiting',
    next: 'the old key is disabled, once it is quiet again',
  },
  LeakedKeyEnabled: {
    meaning: 'somebody enabled an old key that leaked; it is disabled again at once',
    class: 'acts',
    state: 'emergency',
    next: 'the leaked key is disabled',
  },
  InGrace: {
    meaning: 'within `grace` of the start of the run that delivered the notice',
    class: 'waits',
    state: 'waiting',
    next: 'the old key is disabled',
  },
  NotAdopted: {
    meaning: '`requireAdoption`, and the new key was not used',
    class: 'reminds',
    state: 'waiting',
    next: 'the old key is disabled, once the new one is used',
  },
  OldKeyInUse: {
    meaning: "the old key was used within `quiet` and the data's lag of three hours",
    class: 'reminds',
    state: 'waiting',
    next: 'the old key is disabled',
  },
  OldKeyUseUnknown: {
    meaning: "the old key's last use cannot be read, which counts as in use",
    class: 'reminds',
    state: 'waiting',
    next: 'the old key is disabled, once its last use is known',
  },
  OldKeyStillUsed: {
    meaning: 'the old key is in use after its grace, and the configuration says `stillUsed: disable`',
    class: 'acts',
    state: 'waiting',
    next: 'the old key is disabled',
  },
  OldKeyQuiet: {
    meaning: 'grace is over and the old key is quiet',
    class: 'acts',
    state: 'waiting',
    next: 'the old key is disabled',
  },
  InRecovery: {
    meaning: 'the old key is disabled for less than `recovery`; it can be enabled again',
    class: 'waits',
    state: 'recovery',
    next: 'the old key is deleted',
  },
  RecoveryOver: {
    meaning: "the old key is disabled for all of `recovery`; RAM's recycle bin keeps it for a while",
    class: 'acts',
    state: 'recovery',
    next: 'the old key is deleted',
  },
  Due: {
    meaning: 'the current key is older than `maxAge`',
    class: 'acts',
    state: 'due',
    next: 'a successor is issued',
  },
  Current: {
    meaning: 'none of these',
    class: 'settled',
    state: 'current',
    nextInTime: 'a successor is issued',
  },

  // Where no check is asked.
  NoRoomForTags: {
    meaning: 'a key would be issued, and the user carries too many tags to write that down',
    class: 'blocked',
    state: 'blocked',
  },
  RefusedBefore: {
    meaning:
      'a key is due, but the last one could not be stored: 1, 2, 4 and then 7 days go by before another is issued',
    class: 'limited',
    state: 'due',
    nextInTime: 'another key is issued',
  },
  Busy: { meaning: 'another run is at work on the user', class: 'waits', state: 'due' },
  RotationsPerRunReached: {
    meaning: 'a rotation is due, but `limits.rotationsPerRun` have begun in this run',
    class: 'limited',
    state: 'due',
  },
  TimeLimitReached: {
    meaning: "the function's time did not suffice; the user comes first in the next run",
    class: 'limited',
    state: 'due',
  },
  UserNotFound: {
    meaning: 'the configuration, or the event, names a user that RAM does not know',
    class: 'blocked',
    state: 'blocked',
  },
  UserVanished: {
    meaning: 'the user was deleted while the run was at work',
    class: 'settled',
    state: 'failed',
  },
  Failed: { meaning: 'a call failed for good; the error tells which', class: 'failed', state: 'failed' },

  // In an emergency.
  EmergencyReplaced: {
    meaning: 'the leaked key is replaced and disabled',
    class: 'acts',
    state: 'emergency',
    next: 'the emergency is finished',
  },
  EmergencyContained: {
    meaning: 'the leaked key is disabled, and no new one is issued in this run',
    class: 'acts',
    state: 'emergency',
    next: 'the emergency is finished',
  },
  AlreadyReplaced: {
    meaning: 'an emergency has replaced the key within the last ten minutes',
    class: 'settled',
    state: 'emergency',
  },
  AlreadyDisabled: {
    meaning: 'the leaked key is disabled already',
    class: 'settled',
    state: 'emergency',
    next: 'the emergency is finished',
  },
  ForeignSecondKey: {
    meaning:
      "the leaked key is disabled, and no successor issued, since a key that is not keyturn's takes its place",
    class: 'blocked',
    state: 'emergency',
  },

  // In a rollback, and in an emergency.
  Refused: {
    meaning: 'what was asked for is not done; the message tells why',
    class: 'blocked',
    state: 'emergency',
  },
  RolledBack: { meaning: 'the old key is current again', class: 'acts', state: 'emergency' },
  OldKeyHandedBack: {
    meaning: 'a key that was taken over is enabled; its secret was never in KMS',
    class: 'acts',
    state: 'emergency',
  },
} as const satisfies Record<string, ReasonFacts>;

/** Why a user is where it is. Stable: reports, notices and `keyturn status` tell it. */
export type Reason = keyof typeof table;

export const reasons: Readonly<Record<Reason, ReasonFacts>> = table;

/** A reason that another function gave, or an earlier version, is none of these. */
export const isReason = (text: string): text is Reason => Object.hasOwn(reasons, text);
