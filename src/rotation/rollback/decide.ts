import type { DateTime } from 'luxon';
import { skewAllowance } from '../../base/time';
import type { AccessKey } from '../../cloud/access-key';
import { isUnfinished, type OldEntry, type RollbackEntry } from '../../record/rotation';
import { whyNoRoom } from '../../record/tags';
import type { ReportedError } from '../../report/run-report';
import type { Decision, Step } from '../decide/decision';
import { keyRolesOf } from '../decide/key-roles';
import type { Reason } from '../decide/reasons';
import type { Observation, PresentSecret } from '../observation';

/** What was asked for: by a person, or by the intent that a stopped run left behind. */
export type RollbackRequest =
  | { readonly kind: 'begin' }
  | { readonly kind: 'resume'; readonly intent: RollbackEntry };

export interface RollbackDecision extends Decision {
  /** The first step records it; absent where nothing is to be done. */
  readonly intent?: RollbackEntry;
}

export interface RollbackObservation extends Observation {
  /** The AccessKeyId in the version under ACSPrevious, which a person may have named otherwise. */
  readonly previousKeyId?: string;
}

/** The way back to the old key, while it still exists. Pure and total. */
export function decideRollback(
  observation: RollbackObservation,
  request: RollbackRequest,
  now: DateTime,
): RollbackDecision {
  return request.kind === 'begin' ? begin(observation, now) : resume(observation, request.intent, now);
}

type Facts = RollbackObservation;

function begin(facts: Facts, now: DateTime): RollbackDecision {
  const { record, secret, user, keys } = facts;
  // Asked for once more: what was begun is finished.
  if (record.rollback) return resume(facts, record.rollback, now);
  const unfit = whyNotNow(facts) ?? noRoomForTags(facts);
  if (unfit) return refuse(unfit.code, unfit.message);
  const { current, old } = keyRolesOf(facts);
  if (secret.kind !== 'present' || !current) {
    return refuse('NoSecret', `User ${user.name} has no usable secret, so nothing can be moved back.`);
  }
  if (!record.old) {
    return refuse(
      'NoOldKey',
      `User ${user.name} has no old key: no rotation of it is under way, or its recovery is over.`,
    );
  }
  if (current.known !== 'recorded' || record.old.keyId === current.keyId) {
    return refuse(
      'RotationUnfinished',
      `A run was stopped while it rotated user ${user.name}: run \`keyturn rotate --user ${user.name}\` first.`,
    );
  }
  const target = keys.find((key) => key.id === record.old?.keyId);
  if (!target || target !== old) return refuse('OldKeyGone', goneMessage(user.name, record.old.keyId));
  if (current.key && target.createdAt > current.key.createdAt) {
    return decision(
      'RolledBack',
      `User ${user.name} is back on the old key ${current.keyId} already, and the newer key ${target.id} does not become current again: \`keyturn release ${user.name}\` lets rotation go on. Nothing was changed.`,
      [],
    );
  }
  const impossible = whyNotBackTo(facts, target);
  if (impossible) return refuse(impossible.code, impossible.message);
  const intent: RollbackEntry = { from: current.keyId, to: target.id, at: now };
  return { ...forward(facts, secret, target, intent, now), intent };
}

/** Where keyturn must not, or cannot tell whether it may. */
function whyNotNow({ record, user, kmsManaged }: Facts): ReportedError | undefined {
  if (record.unreadable.length > 0) {
    return {
      code: 'RecordUnreadable',
      message: `The tags ${record.unreadable.join(', ')} of user ${user.name} are not as keyturn wrote them: remove them after checking which key is in use.`,
    };
  }
  if (isUnfinished(record.emergency)) {
    return {
      code: 'EmergencyUnfinished',
      message: `An emergency of user ${user.name} is not finished: the next run finishes it.`,
    };
  }
  if (record.inactive) {
    return {
      code: 'DisabledForInactivity',
      message: `User ${user.name} was disabled for inactivity: \`keyturn restore ${user.name}\` comes first.`,
    };
  }
  if (kmsManaged) {
    return {
      code: 'ManagedByKms',
      message: `The KMS secret acs/ram/user/${user.name} rotates this user's keys.`,
    };
  }
  return undefined;
}

function noRoomForTags({ user, tagged }: Facts): ReportedError | undefined {
  const message = whyNoRoom(user.name, tagged, 'rollback');
  return message ? { code: 'NoRoomForTags', message } : undefined;
}

/** A key that leaked, or that somebody else disabled, stays dead. */
function whyNotBackTo({ record, user }: Facts, target: AccessKey): ReportedError | undefined {
  const { emergency, old } = record;
  const leaked =
    record.leaked?.keyIds.includes(target.id) ||
    (emergency?.kind === 'contained' && emergency.keyIds.includes(target.id)) ||
    (emergency?.kind === 'replaced' && emergency.keyIds.includes(record.current?.keyId ?? ''));
  if (leaked) {
    return {
      code: 'KeyLeaked',
      message: `The old key ${target.id} of user ${user.name} was disabled in an emergency, so keyturn does not bring it back.`,
    };
  }
  if (target.status === 'Inactive' && !isOwnDoing(old, target)) {
    return {
      code: 'DisabledByOthers',
      message: `The old key ${target.id} of user ${user.name} was disabled by somebody else: ask who did, and enable it by hand if it is right. Then run the rollback again.`,
    };
  }
  return undefined;
}

function isOwnDoing(old: OldEntry | undefined, { id, updatedAt }: AccessKey): boolean {
  if (old?.keyId !== id || (old.phase !== 'disabled' && old.phase !== 'disabling')) return false;
  return !updatedAt || updatedAt <= old.at.plus(skewAllowance);
}

/** The version of the secret that holds this key. */
function versionOf({ previousKeyId }: Facts, secret: PresentSecret, keyId: string): string | undefined {
  if (secret.currentKeyId === keyId) return secret.currentVersionId;
  if (secret.versionIds.includes(keyId)) return keyId;
  return previousKeyId === keyId ? secret.previousVersionId : undefined;
}

/** Where the secret holds the old key, it becomes current again. */
function forward(
  facts: Facts,
  secret: PresentSecret,
  target: AccessKey,
  intent: RollbackEntry,
  now: DateTime,
): Decision {
  return versionOf(facts, secret, target.id)
    ? moveBack(facts, secret, target, intent, now)
    : handBack(facts, target, intent, now);
}

/** A key that keyturn took over was never in KMS: its programs have it, and nobody else can be given it. */
function handBack(
  { user, record }: Facts,
  target: AccessKey,
  intent: RollbackEntry,
  now: DateTime,
): Decision {
  const { from, to } = intent;
  const isEnabled = record.old?.phase === 'enabled' || record.old?.phase === 'replaced';
  return decision(
    'OldKeyHandedBack',
    `The old key ${to} of user ${user.name} is enabled, and the user on hold. Its secret is not in KMS, so the secret keeps the new key ${from}: programs that have the old one from elsewhere work. \`keyturn release ${user.name}\` lets rotation go on.`,
    [
      { do: 'remember', entries: { rollback: intent } },
      ...(target.status === 'Inactive' ? enable(to, now) : isEnabled ? [] : [enabled(to, now)]),
      { do: 'remember', entries: { hold: {}, rollback: null } },
    ],
  );
}

/** Enabled, proven, and only then current again; the user stays on hold. */
function moveBack(
  facts: Facts,
  secret: PresentSecret,
  target: AccessKey,
  intent: RollbackEntry,
  now: DateTime,
): Decision {
  const { from, to } = intent;
  const newer = facts.keys.find((key) => key.id === from);
  const versionId = versionOf(facts, secret, to) ?? to;
  const moved = secret.currentVersionId === versionId;
  const steps: Step[] = [
    { do: 'remember', entries: { rollback: intent } },
    ...(target.status === 'Inactive' ? enable(to, now) : []),
    { do: 'prove', keyId: to, versionId },
    ...(moved ? [] : [{ do: 'promote', keyId: to, versionId, from: secret.currentVersionId } as const]),
    {
      do: 'confirm',
      keyId: to,
      versionId,
      old: { keyId: from, phase: newer?.status === 'Active' ? 'replaced' : 'inactive', at: now },
      rolledBack: true,
    },
    ...finish,
  ];
  return decision(
    'RolledBack',
    `User ${facts.user.name} is back on the old key ${to}, and on hold: the newer key ${from} is left as it is. \`keyturn release ${facts.user.name}\` lets rotation go on.`,
    steps,
  );
}

/** Once that is written down, a key that somebody disables after it is seen to be so. */
const enable = (keyId: string, now: DateTime): Step[] => [{ do: 'enable', keyId }, enabled(keyId, now)];

const enabled = (keyId: string, now: DateTime): Step => ({
  do: 'remember',
  entries: { old: { keyId, phase: 'enabled', at: now } },
});

const finish: readonly Step[] = [{ do: 'notify' }, { do: 'remember', entries: { rollback: null } }];

function resume(facts: Facts, intent: RollbackEntry, now: DateTime): RollbackDecision {
  const { record, secret, user, keys } = facts;
  const notNow = whyNotNow(facts);
  if (notNow) {
    return decision(
      'RollbackUnfinished',
      `The rollback of user ${user.name} to key ${intent.to} waits. ${notNow.message}`,
      [],
    );
  }
  const target = keys.find((key) => key.id === intent.to);
  if (secret.kind !== 'present') {
    return abandon(facts, intent, `Its secret cannot be used (it is ${secret.kind}).`);
  }
  if (!target) return abandon(facts, intent, goneMessage(user.name, intent.to));
  if (secret.currentKeyId === intent.to && record.current?.keyId === intent.to) {
    return {
      ...decision('RolledBack', `The rollback of user ${user.name} to key ${intent.to} is finished.`, finish),
      intent,
    };
  }
  if (secret.currentKeyId !== intent.to && secret.currentKeyId !== intent.from) {
    return abandon(facts, intent, `Its current key is ${secret.currentKeyId} by now.`);
  }
  const impossible = whyNotBackTo(facts, target);
  if (impossible) return abandon(facts, intent, impossible.message);
  return { ...forward(facts, secret, target, intent, now), intent };
}

/** What was begun cannot be finished any more: the key that was current before stays so, or is so again. */
function abandon(facts: Facts, intent: RollbackEntry, why: string): RollbackDecision {
  const message = `The rollback of user ${facts.user.name} to key ${intent.to} is given up. ${why}`;
  return {
    ...decision('Refused', message, [
      ...wayBack(facts, intent),
      { do: 'remember', entries: { rollback: null } },
    ]),
    intent,
    failure: { code: 'RollbackAbandoned', message },
  };
}

/** A run was stopped between making the old key current and writing so. */
function wayBack(facts: Facts, { from, to }: RollbackEntry): Step[] {
  const { secret, record, keys } = facts;
  if (secret.kind !== 'present' || secret.currentKeyId !== to || record.current?.keyId !== from) return [];
  const versionId = versionOf(facts, secret, from);
  if (!versionId || keys.find((key) => key.id === from)?.status !== 'Active') return [];
  return [
    { do: 'prove', keyId: from, versionId },
    { do: 'promote', keyId: from, versionId, from: secret.currentVersionId },
  ];
}

const goneMessage = (user: string, keyId: string): string =>
  `The old key ${keyId} of user ${user} is deleted. RAM's recycle bin keeps it for 30 days; keyturn does not bring it back.`;

const decision = (reason: Reason, message: string, steps: readonly Step[]): Decision => ({
  reason,
  message,
  steps,
});

const refuse = (code: string, message: string): RollbackDecision => ({
  ...decision('Refused', `${message} Nothing was changed.`, []),
  failure: { code, message: `${message} Nothing was changed.` },
});
