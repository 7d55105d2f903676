import type { DateTime } from 'luxon';
import { formatTime } from '../../base/time';
import type { RotationConfig } from '../../config/schema';
import { isBegun, type UserRecord } from '../../record/rotation';
import { whyNoRoom } from '../../record/tags';
import type { Observation } from '../observation';
import { pauseAfter } from '../time';
import { claimLeft, currentUnconfirmed, orphanLeft, standbyLeft } from './checks/left-behind';
import { currentDead, dueForRotation, firstKey, isDue, takeOver } from './checks/new-key';
import {
  disabledForInactivity,
  managedByKms,
  onHold,
  recordUnreadable,
  rollbackUnfinished,
  secretPlannedForDeletion,
  secretUnusable,
  tooManyKeys,
  userFrozen,
} from './checks/not-ours';
import {
  newKeyNotAdopted,
  noticeUndelivered,
  oldKeyGone,
  oldKeyInGrace,
  oldKeyInRecovery,
  oldKeyInUse,
  oldKeyQuiet,
  oldKeyRecord,
  recoveryOver,
} from './checks/old-key';
import { currentChangedByHand, currentUnknown, secondKeyNotOurs, secretMissing } from './checks/others-doing';
import type { Decision } from './decision';
import { blocked, type Check, type Facts, wait } from './facts';
import { keyRolesOf } from './key-roles';

/**
 * The rotation of one user, as a specification: the first check that applies answers.
 * Pure and total: no clock, no cloud, no throw.
 */
export const chain: readonly Check[] = [
  // Begun at a person's wish, and finished before anything else.
  rollbackUnfinished,
  // Not ours to touch.
  userFrozen,
  onHold,
  disabledForInactivity,
  managedByKms,
  // We cannot tell where the user stands.
  recordUnreadable,
  tooManyKeys,
  secretPlannedForDeletion,
  secretUnusable,
  // What a stopped run left behind.
  currentUnconfirmed,
  orphanLeft,
  standbyLeft,
  // Somebody else's doing.
  secretMissing,
  currentChangedByHand,
  secondKeyNotOurs,
  currentUnknown,
  // A user who is new to rotation.
  firstKey,
  takeOver,
  // A dead current key is replaced before an old one that may be the only live one is touched.
  currentDead,
  // The notice gates everything that takes a key away.
  noticeUndelivered,
  // The old key's way out: grace, quiet, recovery, end.
  oldKeyGone,
  oldKeyRecord,
  oldKeyInGrace,
  newKeyNotAdopted,
  oldKeyInUse,
  oldKeyQuiet,
  oldKeyInRecovery,
  recoveryOver,
  // Nothing is on its way: the current key's age decides.
  dueForRotation,
  claimLeft,
];

export function decide(observation: Observation, config: RotationConfig, now: DateTime): Decision {
  const facts = { ...observation, roles: keyRolesOf(observation), config, now };
  for (const check of chain) {
    const decision = check(facts);
    if (decision) return noRoomForTags(facts, decision) ?? putOff(facts, decision) ?? decision;
  }
  return current(facts);
}

/** Nothing is issued that could not be written down. */
function noRoomForTags({ user, tagged }: Facts, { steps }: Decision): Decision | undefined {
  if (!steps.some((step) => step.do === 'create')) return;
  const why = whyNoRoom(user.name, tagged, 'rotation');
  return why ? blocked('NoRoomForTags', why) : undefined;
}

/** Keys that are issued in vain push those that somebody may want back out of RAM's recycle bin. */
function putOff({ user, record, now }: Facts, { steps }: Decision): Decision | undefined {
  const { refused } = record;
  if (!refused || !steps.some((step) => step.do === 'create')) return;
  const until = refused.at.plus(pauseAfter(refused.keys));
  if (now >= until) return;
  return wait(
    'RefusedBefore',
    `A key is due for user ${user.name}, but the last one could not be stored (${refused.code}, on ${formatTime(refused.at)}) and was deleted again: the next one is issued after ${formatTime(until)}, or after \`keyturn release ${user.name}\`.`,
    until,
  );
}

/**
 * Whether a look at the user's keys alone shows that nothing is due, without a look at its secret.
 * It answers only where the whole chain would come to the same end.
 */
export function nothingDue(
  observation: Pick<Observation, 'user' | 'keys' | 'record' | 'kmsManaged'>,
  config: RotationConfig,
  now: DateTime,
): Decision | undefined {
  const { keys, record, user, kmsManaged } = observation;
  const [key] = keys;
  const settled =
    !user.frozen &&
    !kmsManaged &&
    keys.length === 1 &&
    key?.status === 'Active' &&
    record.current?.keyId === key.id &&
    isTold(record, key.id) &&
    !record.old &&
    !record.standby &&
    !record.hold &&
    !record.inactive &&
    record.claims.length === 0 &&
    record.unreadable.length === 0 &&
    !isBegun(record);
  if (!settled || !key) return undefined;
  const due = key.createdAt.plus(config.maxAge);
  return isDue(key, config, now) ? undefined : nothingToDo(user.name, due);
}

/** An adopted key is no news; a key of keyturn's is told of on every channel that is due. */
const isTold = ({ current, notice }: UserRecord, keyId: string): boolean =>
  current?.origin === 'adopted' || (notice?.versionId === keyId && notice.deliveredAt !== undefined);

const nothingToDo = (user: string, due: DateTime | undefined): Decision =>
  wait('Current', `Nothing is due for user ${user}: its key is current and proven.`, due);

const current = ({ roles, config, user }: Facts): Decision =>
  nothingToDo(user.name, roles.current?.key?.createdAt.plus(config.maxAge));
