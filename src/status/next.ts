import type { DateTime } from 'luxon';
import type { Decision, Reason } from '../rotation/decide/decision';

/** What comes next by itself. */
const comes: Partial<Record<Reason, string>> = {
  FirstKey: 'its first key is issued',
  TakeOver: 'a successor is issued',
  Due: 'a successor is issued',
  CurrentKeyDisabled: 'a successor is issued',
  CurrentKeyDeleted: 'a successor is issued',
  CurrentUnconfirmed: 'the current key is proven and told of',
  Adopted: 'the secret is adopted',
  RecordBehind: 'the record is brought up to date',
  StandbyStored: 'the standby becomes current',
  StandbyWithdrawn: 'the standby is withdrawn and a new key issued',
  Orphan: 'the orphan is removed and a new key issued',
  AnotherRunAtWork: 'the new key is looked at again',
  NoticeUndelivered: 'the notice is sent again',
  InGrace: 'the old key is disabled',
  NotAdopted: 'the old key is disabled, once the new one is used',
  OldKeyInUse: 'the old key is disabled',
  OldKeyUseUnknown: 'the old key is disabled, once its last use is known',
  OldKeyEnabled: 'the old key is disabled, once it is quiet again',
  OldKeyQuiet: 'the old key is disabled',
  OldKeyStillUsed: 'the old key is disabled',
  InRecovery: 'the old key is deleted',
  RecoveryOver: 'the old key is deleted',
  EmergencyReplaced: 'the emergency is finished',
  EmergencyContained: 'the emergency is finished',
  AlreadyDisabled: 'the emergency is finished',
  RollbackUnfinished: 'the rollback is finished',
};

/** What comes only where its time is known. */
const comesInTime: Partial<Record<Reason, string>> = {
  Current: 'a successor is issued',
  OnHold: 'the hold ends',
  Exempt: 'the exemption ends',
  NoRoomForSuccessor: 'the old key is deleted',
};

export interface Next {
  readonly next?: string;
  /** Absent where it is now, or unknown. */
  readonly nextAt?: DateTime;
}

export function nextOf({ reason, steps, nextCheckAt }: Decision): Next {
  const next = comes[reason] ?? (nextCheckAt && comesInTime[reason]);
  if (next === undefined) return {};
  // Where the next run acts, the time of the check after it is no time to wait for.
  const now = steps.some((step) => step.do !== 'remember');
  return { next, ...(nextCheckAt && !now && { nextAt: nextCheckAt }) };
}
