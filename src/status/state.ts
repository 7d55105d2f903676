import type { Decision, Reason } from '../rotation/decide/decision';
import type { KeyRoles } from '../rotation/decide/key-roles';
import type { State } from './account-status';

/** Where a user stands in the chain, by what the chain says of it. */
export const stateFor: Readonly<Record<Exclude<Reason, 'RecordBehind'>, State>> = {
  Current: 'current',
  Exempt: 'exempt',
  OnHold: 'hold',
  UserFrozen: 'inactive',
  DisabledForInactivity: 'inactive',
  UserNotFound: 'blocked',
  UserVanished: 'failed',

  FirstKey: 'due',
  TakeOver: 'due',
  Due: 'due',
  CurrentKeyDisabled: 'due',
  CurrentKeyDeleted: 'due',
  CurrentUnconfirmed: 'due',
  Adopted: 'due',
  Busy: 'due',
  RotationsPerRunReached: 'due',
  TimeLimitReached: 'due',

  StandbyStored: 'standby',
  StandbyUnproven: 'standby',
  StandbyWithdrawn: 'standby',
  Orphan: 'standby',
  AnotherRunAtWork: 'standby',

  NoticeUndelivered: 'waiting',
  InGrace: 'waiting',
  NotAdopted: 'waiting',
  OldKeyInUse: 'waiting',
  OldKeyUseUnknown: 'waiting',
  OldKeyEnabled: 'waiting',
  OldKeyQuiet: 'waiting',
  OldKeyStillUsed: 'waiting',

  InRecovery: 'recovery',
  RecoveryOver: 'recovery',

  SecondKeyNotOurs: 'blocked',
  TooManyKeys: 'blocked',
  ManagedByKms: 'blocked',
  SecretPlannedForDeletion: 'blocked',
  SecretUnusable: 'blocked',
  SecretMissing: 'blocked',
  SecretKeyUnknown: 'blocked',
  CurrentKeyDead: 'blocked',
  CurrentChangedByHand: 'blocked',
  NoRoomForSuccessor: 'blocked',
  RecordUnreadable: 'blocked',
  NoRoomForTags: 'blocked',

  RolledBack: 'emergency',
  OldKeyHandedBack: 'emergency',
  RollbackUnfinished: 'emergency',

  EmergencyReplaced: 'emergency',
  EmergencyContained: 'emergency',
  AlreadyReplaced: 'emergency',
  AlreadyDisabled: 'emergency',
  ForeignSecondKey: 'emergency',
  Refused: 'emergency',

  Failed: 'failed',
};

/** A record that is behind says nothing of where the user stands; its keys do. */
export function stateOf({ reason }: Decision, { old }: KeyRoles): State {
  if (reason !== 'RecordBehind') return stateFor[reason];
  if (!old) return 'current';
  return old.status === 'Active' ? 'waiting' : 'recovery';
}
