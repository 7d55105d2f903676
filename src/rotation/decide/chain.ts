import { DateTime } from 'luxon';
import type { AccessKey, LastUse } from '../../cloud/access-key';
import { lastUseLag } from '../../cloud/last-use';
import type { RotationConfig } from '../../config/schema';
import {
  deadClaims,
  type EmergencyEntry,
  mostForeignTags,
  type OldEntry,
  type UserRecord,
} from '../../record/rotation';
import type { Observation } from '../observation';
import { proofPatience, proofRuns, skewAllowance } from '../time';
import type { Decision, Reason, Step } from './decision';
import { type Current, type KeyRoles, keyRolesOf } from './key-roles';

export interface Facts extends Observation {
  readonly standing: KeyRoles;
  readonly config: RotationConfig;
  readonly now: DateTime;
}

export type Check = (facts: Facts) => Decision | undefined;

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
  const facts = { ...observation, standing: keyRolesOf(observation), config, now };
  for (const check of chain) {
    const decision = check(facts);
    if (decision) return noRoomForTags(facts, decision) ?? decision;
  }
  return current(facts);
}

/** Nothing is issued that could not be written down. */
function noRoomForTags({ user, foreignTags = 0 }: Facts, { steps }: Decision): Decision | undefined {
  if (foreignTags <= mostForeignTags.rotation || !steps.some((step) => step.do === 'create')) return;
  return blocked(
    'NoRoomForTags',
    `User ${user.name} carries ${foreignTags} tags, so there is no room for those of a rotation: leave ${mostForeignTags.rotation} at most.`,
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
  return now < due ? nothingToDo(user.name, due) : undefined;
}

/** An adopted key is no news; a key of keyturn's is told of on every channel that is due. */
const isTold = ({ current, notice }: UserRecord, keyId: string): boolean =>
  current?.origin === 'adopted' || (notice?.versionId === keyId && notice.deliveredAt !== undefined);

/** An emergency that a stopped run left to be finished. */
export const isUnfinished = (entry: EmergencyEntry | undefined): entry is EmergencyEntry =>
  entry?.kind === 'replace' || entry?.kind === 'contain';

/** An emergency, or a rollback, that a stopped run left to be finished. */
export const isBegun = ({ emergency, rollback }: UserRecord): boolean =>
  isUnfinished(emergency) || rollback !== undefined;

const isContained = ({ record }: Facts, keyId: string): boolean =>
  record.emergency?.kind === 'contained' && record.emergency.keyIds.includes(keyId);

const wait = (reason: Reason, message: string, nextCheckAt?: DateTime): Decision => ({
  reason,
  message,
  steps: [],
  ...(nextCheckAt && { nextCheckAt }),
});

/** A wait that leaves time to clear the marks of stopped runs, which nothing needs any more. */
const waitAndTidy = (facts: Facts, ...about: Parameters<typeof wait>): Decision => ({
  ...wait(...about),
  steps: marksLeft(facts),
});

/** Taking the claim and giving it back clears them. */
const marksLeft = ({ record, now }: Facts): Step[] =>
  deadClaims(record, now).length > 0 ? [{ do: 'remember', entries: {} }] : [];

const blocked = (reason: Reason, message: string): Decision => ({
  reason,
  message,
  steps: [],
  tell: 'blocked',
});

const day = (time: DateTime): string => time.toUTC().toFormat("yyyy-MM-dd'T'HH:mm'Z'");

/** Create, store, prove, carry the network policy over, promote, tell: the whole way from nothing to a current key. */
export function issue(current: { versionId: string } | undefined, replaces: OldEntry | undefined): Step[] {
  return [
    { do: 'create' },
    { do: 'store' },
    { do: 'prove' },
    ...(replaces ? [{ do: 'carry', from: replaces.keyId } as const] : []),
    ...(current ? [{ do: 'promote', from: current.versionId } as const] : []),
    { do: 'confirm', ...(replaces && { old: replaces }) },
    { do: 'notify' },
  ];
}

const replacedBy = (key: { id: string; status: string }, now: DateTime): OldEntry => ({
  keyId: key.id,
  phase: key.status === 'Active' ? 'replaced' : 'inactive',
  at: now,
});

function rollbackUnfinished({ record, user }: Facts) {
  if (!record.rollback) return;
  return wait(
    'RollbackUnfinished',
    `A rollback of user ${user.name} to key ${record.rollback.to} was begun; it is finished first.`,
  );
}

function userFrozen({ user }: Facts) {
  if (!user.frozen) return;
  return wait('UserFrozen', `User ${user.name} is frozen in RAM; its keys are left as they are.`);
}

function onHold(facts: Facts) {
  const { record, user, now } = facts;
  if (!record.hold || (record.hold.until && record.hold.until <= now)) return;
  const until = record.hold.until ? `until ${day(record.hold.until)}` : 'until somebody releases it';
  return waitAndTidy(facts, 'OnHold', `User ${user.name} is on hold ${until}.`, record.hold.until);
}

function disabledForInactivity({ record, user }: Facts) {
  if (!record.inactive) return;
  return wait(
    'DisabledForInactivity',
    `User ${user.name} was disabled for inactivity on ${day(record.inactive.at)}; rotation leaves it alone until it is restored.`,
  );
}

function managedByKms({ kmsManaged, user }: Facts) {
  if (!kmsManaged) return;
  return blocked(
    'ManagedByKms',
    `The KMS secret acs/ram/user/${user.name} rotates this user's keys already: take the user out of keyturn or delete that secret.`,
  );
}

function recordUnreadable({ record, user }: Facts) {
  if (record.unreadable.length === 0) return;
  return blocked(
    'RecordUnreadable',
    `The tags ${record.unreadable.join(', ')} of user ${user.name} are not as keyturn wrote them: remove them after checking which key is in use.`,
  );
}

function tooManyKeys({ keys, user }: Facts) {
  if (keys.length <= 2) return;
  return blocked(
    'TooManyKeys',
    `User ${user.name} has ${keys.length} keys (${keys.map((key) => key.id).join(', ')}): delete those that are not in use, so that two are left at most.`,
  );
}

function secretPlannedForDeletion({ secret, user }: Facts) {
  if (secret.kind !== 'deleting') return;
  return blocked(
    'SecretPlannedForDeletion',
    `The KMS secret of user ${user.name} is planned for deletion on ${day(secret.at)}: restore it, or take the user out of rotation.`,
  );
}

function secretUnusable({ secret, user }: Facts) {
  if (secret.kind !== 'unusable') return;
  return blocked(
    'SecretUnusable',
    `The KMS secret of user ${user.name} cannot be used: ${secret.why}. Repair it, or take the user out of rotation.`,
  );
}

/** What to write of the key that a new current key replaces; an old key that is still there keeps its entry. */
function replacedEntry(facts: Facts, replaced: AccessKey | undefined): OldEntry | undefined {
  const { record, keys, now } = facts;
  if (!replaced || keys.some((key) => key.id === record.old?.keyId)) return undefined;
  const entry = replacedBy(replaced, now);
  return isContained(facts, replaced.id) ? { ...entry, phase: 'disabled' } : entry;
}

/** A run was stopped between making this key current and writing so. */
function currentUnconfirmed(facts: Facts): Decision | undefined {
  const { standing, record, user, now } = facts;
  const { current, standby, orphan, old } = standing;
  if (current?.known !== 'unconfirmed' || standby || orphan) return;
  const alive = current.key?.status === 'Active';
  if (current.first && (!alive || failedForGood(current.keyId, record, now))) {
    return withdrawFirst(facts, current);
  }
  const replaced = replacedEntry(facts, old);
  return {
    reason: 'CurrentUnconfirmed',
    message: `The current key ${current.keyId} of user ${user.name} was issued by a run that was stopped; the rest is done now.`,
    steps: [
      ...(alive ? [{ do: 'prove', keyId: current.keyId } as const] : []),
      ...(alive && replaced ? [{ do: 'carry', keyId: current.keyId, from: replaced.keyId } as const] : []),
      { do: 'confirm', keyId: current.keyId, ...(replaced && { old: replaced }) },
      ...(alive ? [{ do: 'notify' } as const] : []),
    ],
    again: true,
  };
}

/**
 * The very first pair is ACSCurrent from its first moment. Where it never proves, it goes, since no consumer
 * can have used it, and is written down: what comes next is a current key that is gone.
 */
function withdrawFirst(facts: Facts, { keyId, key }: Current): Decision {
  const { user, standing, now } = facts;
  const old = replacedEntry(facts, standing.old);
  return {
    reason: 'StandbyWithdrawn',
    message: `The first key ${keyId} of user ${user.name} was never proven to sign: a new one is issued.`,
    steps: [
      ...(key ? withdraw(keyId) : []),
      {
        do: 'remember',
        entries: {
          current: { keyId, origin: 'issued', provenAt: now },
          ...(old && { old }),
          standby: null,
        },
      },
    ],
    begins: 'first',
    again: true,
  };
}

const withdraw = (keyId: string): Step[] => [
  { do: 'disable', keyId, because: 'withdrawn' },
  { do: 'delete', keyId, because: 'withdrawn' },
];

export function failedForGood(keyId: string, { standby }: UserRecord, now: DateTime): boolean {
  return (
    standby?.keyId === keyId &&
    standby.failures >= proofRuns &&
    standby.failingSince.plus(proofPatience) <= now
  );
}

/** Until when a run of the past may still be storing a key; undefined where that time is over. */
function runsUntil({ record, now }: Facts): DateTime | undefined {
  const ends = record.claims.flatMap(({ intent }) => (intent ? [intent.until.plus(skewAllowance)] : []));
  return DateTime.max(...ends.filter((end) => now < end));
}

function orphanLeft(facts: Facts): Decision | undefined {
  const { standing, user } = facts;
  const { orphan } = standing;
  if (!orphan) return;
  const until = runsUntil(facts);
  if (until) {
    return wait(
      'AnotherRunAtWork',
      `Key ${orphan.id} of user ${user.name} was issued by a run that may still be storing it; it is looked at again after ${day(until)}.`,
      until,
    );
  }
  return {
    reason: 'Orphan',
    message: `Key ${orphan.id} of user ${user.name} was issued by a run that was stopped before its secret was stored: it is removed, and a new one is issued.`,
    steps: withdraw(orphan.id),
    again: true,
  };
}

function standbyLeft(facts: Facts): Decision | undefined {
  const { standing, record, user, now } = facts;
  const { standby, current } = standing;
  if (!standby || !current) return;
  const failed = failedForGood(standby.id, record, now);
  if (standby.status === 'Active' && !failed) {
    const last = current.key ?? standing.old;
    const old = replacedEntry(facts, last);
    return {
      reason: 'StandbyStored',
      message: `The standby key ${standby.id} of user ${user.name} is stored; it is proven and promoted.`,
      steps: [
        { do: 'prove', keyId: standby.id },
        ...(last ? [{ do: 'carry', keyId: standby.id, from: last.id } as const] : []),
        { do: 'promote', keyId: standby.id, from: current.versionId },
        { do: 'confirm', keyId: standby.id, ...(old && { old }) },
        { do: 'notify' },
      ],
    };
  }
  const why = failed ? 'never came to sign' : 'was disabled';
  return {
    reason: 'StandbyWithdrawn',
    message: `The standby key ${standby.id} of user ${user.name} ${why}: it is withdrawn and a new one is issued.`,
    steps: [...withdraw(standby.id), { do: 'remember', entries: { standby: null } }],
    again: true,
  };
}

/** The secret that held the current pair is gone; one key alone is taken over like any other. */
function secretMissing({ secret, record, keys, user }: Facts) {
  if (secret.kind !== 'absent' || keys.length < 2) return;
  if (!keys.some((key) => key.id === record.current?.keyId)) return;
  return blocked(
    'SecretMissing',
    `The KMS secret of user ${user.name} is gone and both its keys are taken: delete the key that is not in use, so that a successor can be issued.`,
  );
}

function currentChangedByHand(facts: Facts) {
  const { standing, keys, record, user } = facts;
  const { current } = standing;
  if (current?.known !== 'unknown' || isContained(facts, current.keyId)) return;
  if (!record.current || keys.length < 2) return;
  return blocked(
    'CurrentChangedByHand',
    `Somebody moved ACSCurrent of user ${user.name} from ${record.current.keyId} to ${current.keyId}: move it back, or delete the key that is not in use.`,
  );
}

function secondKeyNotOurs({ standing, keys, user }: Facts) {
  const { strangers } = standing;
  const [stranger] = strangers;
  if (!stranger || keys.length < 2) return;
  if (strangers.length === 2) {
    return blocked(
      'SecondKeyNotOurs',
      `User ${user.name} has two keys (${strangers.map((key) => key.id).join(', ')}) that keyturn did not issue, so there is no room for a standby: delete the one that is not in use.`,
    );
  }
  return blocked(
    'SecondKeyNotOurs',
    `Key ${stranger.id} of user ${user.name} was neither issued nor replaced by keyturn, so there is no room for a standby: delete it if it is not in use.`,
  );
}

function currentUnknown(facts: Facts): Decision | undefined {
  const { standing, user, now } = facts;
  const { current } = standing;
  if (current?.known !== 'unknown') return;
  if (current.key?.status === 'Active') {
    return {
      reason: 'Adopted',
      message: `The secret of user ${user.name} that somebody made is adopted with its key ${current.keyId}.`,
      steps: [
        {
          do: 'remember',
          entries: {
            current: { keyId: current.keyId, origin: 'adopted', provenAt: now },
            old: null,
          },
        },
      ],
      again: true,
    };
  }
  if (isContained(facts, current.keyId)) return;
  return blocked(
    current.key ? 'CurrentKeyDead' : 'SecretKeyUnknown',
    current.key
      ? `The secret of user ${user.name} names key ${current.keyId}, which is disabled, and keyturn did not issue it: enable it, or store a working pair.`
      : `The secret of user ${user.name} names key ${current.keyId}, which is not a key of this user: store a working pair.`,
  );
}

function firstKey({ secret, keys, user }: Facts): Decision | undefined {
  if (secret.kind !== 'absent' || keys.length > 0) return;
  return {
    reason: 'FirstKey',
    message: `User ${user.name} has no key and no secret: its first key is issued.`,
    steps: issue(undefined, undefined),
    begins: 'first',
  };
}

function takeOver({ secret, keys, user, now }: Facts): Decision | undefined {
  const [key] = keys;
  if (secret.kind !== 'absent' || !key) return;
  return {
    reason: 'TakeOver',
    message: `Key ${key.id} of user ${user.name} is not in KMS: a standby is issued, and the old key goes the usual way.`,
    steps: issue(undefined, replacedBy(key, now)),
    begins: 'first',
  };
}

function noticeUndelivered({ standing, record, user }: Facts): Decision | undefined {
  const { current, old } = standing;
  if (current?.key?.status !== 'Active' || (!current.issued && !old)) return;
  if (record.notice?.versionId === current.keyId && record.notice.deliveredAt) return;
  return {
    reason: 'NoticeUndelivered',
    message: `The notice that user ${user.name} has the new key ${current.keyId} is not delivered on every channel yet; nothing is taken away before it is.`,
    steps: [{ do: 'notify' }],
    again: true,
  };
}

function currentDead(facts: Facts): Decision | undefined {
  const { standing, keys, user } = facts;
  const { current, old } = standing;
  if (!current || current.key?.status === 'Active') return;
  const what = current.key ? 'disabled' : 'deleted';
  if (!current.issued && !isContained(facts, current.keyId)) {
    return blocked(
      'CurrentKeyDead',
      `The current key ${current.keyId} of user ${user.name} is ${what}, and keyturn did not issue it: ${current.key ? 'enable it, or ' : ''}store a working pair.`,
    );
  }
  if (keys.length >= 2) {
    if (old?.status === 'Inactive') return;
    return blocked(
      'NoRoomForSuccessor',
      `The current key ${current.keyId} of user ${user.name} is ${what} and there is no room for a successor: delete a key that is not in use, or enable the current one.`,
    );
  }
  const replaced = replacedEntry(facts, current.key ?? old);
  return {
    reason: current.key ? 'CurrentKeyDisabled' : 'CurrentKeyDeleted',
    message: `The current key ${current.keyId} of user ${user.name} is ${what}: a successor is issued.`,
    steps: issue(current, replaced),
    begins: 'successor',
  };
}

/** The old key left RAM: by our own delete, or by somebody's. */
function oldKeyGone({ record, standing, user }: Facts): Decision | undefined {
  if (!record.old || standing.old) return;
  return {
    reason: 'RecordBehind',
    message: `The old key ${record.old.keyId} of user ${user.name} is gone; the rotation is complete.`,
    steps: [{ do: 'remember', entries: { old: null } }],
    again: true,
  };
}

/** Brings the entry of the old key up to what RAM shows: a stopped run, or somebody, changed its status. */
function oldKeyRecord({ record, standing, user, now }: Facts): Decision | undefined {
  const { old } = standing;
  const entry = record.old;
  if (!old || !entry) return;
  const changedAt = old.updatedAt && old.updatedAt > entry.at ? old.updatedAt : undefined;
  const phase = phaseOf(entry, old);
  if (phase === entry.phase) return;
  return {
    reason: phase === 'enabled' ? 'OldKeyEnabled' : 'RecordBehind',
    message:
      phase === 'enabled'
        ? `Somebody enabled the old key ${old.id} of user ${user.name} again: it must be quiet anew before it is disabled.`
        : `The old key ${old.id} of user ${user.name} is ${old.status}; this is written down.`,
    steps: [{ do: 'remember', entries: { old: { keyId: old.id, phase, at: changedAt ?? now } } }],
    again: true,
  };
}

type Phase = OldEntry['phase'];

function phaseOf({ phase, at }: OldEntry, { status, updatedAt }: AccessKey): Phase {
  if (status === 'Inactive') {
    if (phase === 'disabled') return 'disabled';
    // keyturn disables at once after it said so: much later, somebody else did.
    const own = phase === 'disabling' && (!updatedAt || updatedAt <= at.plus(skewAllowance));
    return own ? 'disabled' : 'inactive';
  }
  const changed = updatedAt !== undefined && updatedAt > at;
  const wasDisabled = phase === 'disabled' || phase === 'inactive' || (phase === 'disabling' && changed);
  return wasDisabled ? 'enabled' : phase;
}

function oldKeyInGrace(facts: Facts) {
  const { record, standing, config, user, now } = facts;
  const deliveredAt = record.notice?.deliveredAt;
  if (standing.old?.status !== 'Active' || !deliveredAt) return;
  const over = deliveredAt.plus(config.grace);
  if (now >= over) return;
  return waitAndTidy(
    facts,
    'InGrace',
    `The old key ${standing.old.id} of user ${user.name} stays enabled until ${day(over)} at least.`,
    over,
  );
}

function newKeyNotAdopted(facts: Facts): Decision | undefined {
  const { standing, record, config, lastUse, user } = facts;
  const { old, current } = standing;
  if (!config.requireAdoption || old?.status !== 'Active' || !current || !record.current) return;
  if (isAdopted(lastUse.get(current.keyId), record.current.provenAt)) return;
  return {
    ...waitAndTidy(
      facts,
      'NotAdopted',
      `The new key ${current.keyId} of user ${user.name} was not used yet, so the old key ${old.id} stays enabled.`,
    ),
    tell: 'stillused',
  };
}

/** keyturn's own proof is a use by STS: neither it nor anything before it shows that a consumer switched. */
function isAdopted(use: LastUse | undefined, provenAt: DateTime): boolean {
  if (use?.kind !== 'at' || use.at <= provenAt) return false;
  const byConsumer = use.service !== undefined && use.service.toLowerCase() !== 'sts';
  return byConsumer || use.at > provenAt.plus(lastUseLag);
}

function oldKeyInUse(facts: Facts): Decision | undefined {
  const { standing, config, lastUse, user, now } = facts;
  const { old } = standing;
  if (old?.status !== 'Active') return;
  const quietAt = quietSince(facts, lastUse.get(old.id));
  if (quietAt !== undefined && quietAt <= now) return;
  if (config.stillUsed === 'disable') {
    return {
      reason: 'OldKeyStillUsed',
      message: `The old key ${old.id} of user ${user.name} is disabled after its grace although ${useOf(lastUse.get(old.id))}, as the configuration says.`,
      steps: disableOld(old.id, now),
      nextCheckAt: now.plus(config.recovery),
    };
  }
  return {
    ...waitAndTidy(
      facts,
      quietAt ? 'OldKeyInUse' : 'OldKeyUseUnknown',
      `The old key ${old.id} of user ${user.name} stays enabled: ${useOf(lastUse.get(old.id))}.`,
      quietAt,
    ),
    tell: 'stillused',
  };
}

/** The moment from which the old key counts as quiet; undefined where its last use is unknown. */
function quietSince({ standing, record, config }: Facts, use: LastUse | undefined): DateTime | undefined {
  const { old } = standing;
  if (!old || use === undefined || use.kind === 'unreadable') return undefined;
  const enabledAt = record.old?.phase === 'enabled' ? record.old.at : undefined;
  const last = use.kind === 'at' ? use.at : old.createdAt;
  return DateTime.max(last, enabledAt ?? last)
    .plus(config.quiet)
    .plus(lastUseLag);
}

export function useOf(use: LastUse | undefined): string {
  if (use?.kind === 'never') return 'it was never used, but not for long enough yet';
  if (use?.kind === 'at') {
    return `it was last used on ${day(use.at)}${use.service ? ` by ${use.service}` : ''}`;
  }
  return `its last use cannot be read${use ? ` (${use.why})` : ''}, which counts as in use`;
}

const disableOld = (keyId: string, now: DateTime): Step[] => [
  { do: 'remember', entries: { old: { keyId, phase: 'disabling', at: now } } },
  { do: 'disable', keyId, because: 'old' },
  { do: 'remember', entries: { old: { keyId, phase: 'disabled', at: now } } },
];

function oldKeyQuiet({ standing, config, user, now }: Facts): Decision | undefined {
  const { old } = standing;
  if (old?.status !== 'Active') return;
  return {
    reason: 'OldKeyQuiet',
    message: `The old key ${old.id} of user ${user.name} is past its grace and quiet: it is disabled.`,
    steps: disableOld(old.id, now),
    nextCheckAt: now.plus(config.recovery),
  };
}

function oldKeyInRecovery(facts: Facts): Decision | undefined {
  const { standing, user, now } = facts;
  const { old, current } = standing;
  const over = recoveryOverAt(facts);
  if (!old || !over || now >= over) return;
  if (current?.key?.status === 'Active') {
    return waitAndTidy(
      facts,
      'InRecovery',
      `The old key ${old.id} of user ${user.name} is disabled and is deleted on ${day(over)}; until then it can be enabled again.`,
      over,
    );
  }
  return {
    ...blocked(
      'NoRoomForSuccessor',
      `The current key of user ${user.name} is dead, and the old key ${old.id} takes a successor's place until it is deleted on ${day(over)}: delete it now if it is not needed, or enable the current one.`,
    ),
    nextCheckAt: over,
  };
}

/** Recovery counts from the latest of what RAM tells and what was written down: both may lag, neither leads. */
export function recoveryOverAt({
  standing,
  record,
  config,
}: Pick<Facts, 'standing' | 'record' | 'config'>): DateTime | undefined {
  const { old } = standing;
  if (old?.status !== 'Inactive' || !record.old) return undefined;
  const told = old.updatedAt;
  const since = told && told > record.old.at ? told : record.old.at;
  return since.plus(config.recovery);
}

function recoveryOver(facts: Facts): Decision | undefined {
  const { standing, user, now } = facts;
  const { old } = standing;
  const over = recoveryOverAt(facts);
  if (!old || !over || now < over) return;
  return {
    reason: 'RecoveryOver',
    message: `The old key ${old.id} of user ${user.name} was disabled for the whole recovery time: it is deleted.`,
    steps: [
      { do: 'delete', keyId: old.id, because: 'old' },
      { do: 'remember', entries: { old: null } },
    ],
    again: true,
  };
}

function dueForRotation(facts: Facts): Decision | undefined {
  const { standing, config, user, now } = facts;
  const { current } = standing;
  if (!current?.key || now < current.key.createdAt.plus(config.maxAge)) return;
  return {
    reason: 'Due',
    message: `The current key ${current.keyId} of user ${user.name} is older than ${config.maxAge.toISO()}: a successor is issued.`,
    steps: issue(current, replacedEntry(facts, current.key)),
    begins: 'successor',
  };
}

function claimLeft(facts: Facts): Decision | undefined {
  const steps = marksLeft(facts);
  if (steps.length === 0) return;
  return {
    reason: 'RecordBehind',
    message: `A stopped run left its mark on user ${facts.user.name}; it is cleared.`,
    steps,
  };
}

const nothingToDo = (user: string, due: DateTime | undefined): Decision =>
  wait('Current', `Nothing is due for user ${user}: its key is current and proven.`, due);

const current = ({ standing, config, user }: Facts): Decision =>
  nothingToDo(user.name, standing.current?.key?.createdAt.plus(config.maxAge));
