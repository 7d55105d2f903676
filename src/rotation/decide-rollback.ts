import type { DateTime } from 'luxon';
import type { AccessKey } from '../cloud/access-key';
import { isUnfinished } from './decide';
import type { Decision, Reason, Step } from './decision';
import type { Observation, PresentSecret } from './observation';
import { mostForeignTags, type RollbackEntry } from './record';
import { standingOf } from './standing';
import { skewAllowance } from './time';

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
  const refused = unfit(facts);
  if (refused) return refused;
  const { current, old } = standingOf(facts);
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
  const impossible = whyNotBackTo(facts, secret, target);
  if (impossible) return impossible;
  const intent: RollbackEntry = { from: current.keyId, to: target.id, at: now };
  return { ...forward(facts, secret, target, intent, now), intent };
}

/** Where keyturn must not, or cannot tell whether it may. */
function unfit({ record, user, kmsManaged, foreignTags = 0 }: Facts): RollbackDecision | undefined {
  if (record.unreadable.length > 0) {
    return refuse(
      'RecordUnreadable',
      `The tags ${record.unreadable.join(', ')} of user ${user.name} are not as keyturn wrote them.`,
    );
  }
  if (isUnfinished(record.emergency)) {
    return refuse(
      'EmergencyUnfinished',
      `An emergency of user ${user.name} is not finished: the next run finishes it.`,
    );
  }
  if (record.inactive) {
    return refuse(
      'DisabledForInactivity',
      `User ${user.name} was disabled for inactivity: \`keyturn restore ${user.name}\` comes first.`,
    );
  }
  if (kmsManaged) {
    return refuse('ManagedByKms', `The KMS secret acs/ram/user/${user.name} rotates this user's keys.`);
  }
  if (foreignTags > mostForeignTags.rollback) {
    return refuse(
      'NoRoomForTags',
      `User ${user.name} carries ${foreignTags} tags, so there is no room for those of a rollback: leave ${mostForeignTags.rollback} at most.`,
    );
  }
  return undefined;
}

/** A key that leaked, or that somebody else disabled, stays dead; and one whose secret is not in KMS cannot be proven. */
function whyNotBackTo(facts: Facts, secret: PresentSecret, target: AccessKey): RollbackDecision | undefined {
  const { record, user } = facts;
  const { emergency, old } = record;
  const leaked =
    (emergency?.kind === 'contained' && emergency.keyIds.includes(target.id)) ||
    (emergency?.kind === 'replaced' && emergency.keyIds.includes(record.current?.keyId ?? ''));
  if (leaked) {
    return refuse(
      'KeyLeaked',
      `The old key ${target.id} of user ${user.name} was disabled in an emergency, so keyturn does not bring it back.`,
    );
  }
  if (target.status === 'Inactive' && !isOwnDoing(old?.phase, old?.at, target)) {
    return refuse(
      'DisabledByOthers',
      `The old key ${target.id} of user ${user.name} was disabled by somebody else: ask who did, and enable it by hand if it is right. Then run the rollback again.`,
    );
  }
  if (!versionOf(facts, secret, target.id)) {
    return refuse(
      'SecretNotInKms',
      `The secret of the old key ${target.id} of user ${user.name} is not in KMS, so it can be neither proven nor handed out: put it there with \`keyturn adopt\` after deleting the other key, or give its programs the key by hand.`,
    );
  }
  return undefined;
}

function isOwnDoing(phase: string | undefined, at: DateTime | undefined, { updatedAt }: AccessKey): boolean {
  if (phase !== 'disabled' && phase !== 'disabling') return false;
  return !updatedAt || !at || updatedAt <= at.plus(skewAllowance);
}

/** The version of the secret that holds this key. */
function versionOf({ previousKeyId }: Facts, secret: PresentSecret, keyId: string): string | undefined {
  if (secret.versionIds.includes(keyId)) return keyId;
  return previousKeyId === keyId ? secret.previousVersionId : undefined;
}

/** Enabled, proven, and only then current again; the user stays on hold. */
function forward(
  facts: Facts,
  secret: PresentSecret,
  target: AccessKey,
  intent: RollbackEntry,
  now: DateTime,
): Decision {
  const { from, to } = intent;
  const versionId = versionOf(facts, secret, to) ?? to;
  const moved = secret.currentVersionId === versionId;
  const steps: Step[] = [
    { do: 'remember', entries: { rollback: intent } },
    ...(target.status === 'Inactive' ? [{ do: 'enable', keyId: to } as const] : []),
    { do: 'prove', keyId: to, versionId },
    ...(moved ? [] : [{ do: 'promote', keyId: to, versionId, from: secret.currentVersionId } as const]),
    {
      do: 'confirm',
      keyId: to,
      versionId,
      old: { keyId: from, phase: 'replaced', at: now },
      rolledBack: true,
    },
    ...finish,
  ];
  return decision(
    'RolledBack',
    `User ${facts.user.name} is back on the old key ${to}, and on hold: the newer key ${from} stays enabled. \`keyturn release ${facts.user.name}\` lets rotation go on.`,
    steps,
  );
}

const finish: readonly Step[] = [{ do: 'notify' }, { do: 'remember', entries: { rollback: null } }];

function resume(facts: Facts, intent: RollbackEntry, now: DateTime): RollbackDecision {
  const { record, secret, user, keys } = facts;
  const target = keys.find((key) => key.id === intent.to);
  if (secret.kind !== 'present') {
    return abandon(facts, intent, `its secret cannot be used (it is ${secret.kind})`);
  }
  if (!target) return abandon(facts, intent, goneMessage(user.name, intent.to));
  if (secret.currentKeyId === intent.to && record.current?.keyId === intent.to) {
    return {
      ...decision('RolledBack', `The rollback of user ${user.name} to key ${intent.to} is finished.`, finish),
      intent,
    };
  }
  if (secret.currentKeyId !== intent.to && secret.currentKeyId !== intent.from) {
    return abandon(facts, intent, `its current key is ${secret.currentKeyId} by now`);
  }
  const impossible = whyNotBackTo(facts, secret, target);
  if (impossible) return abandon(facts, intent, impossible.message);
  return { ...forward(facts, secret, target, intent, now), intent };
}

/** What was begun cannot be finished any more. Nothing is taken away: the current key stays what it is. */
function abandon({ user }: Facts, intent: RollbackEntry, why: string): RollbackDecision {
  const message = `The rollback of user ${user.name} to key ${intent.to} is given up: ${why}`;
  return {
    ...decision('Refused', message, [{ do: 'remember', entries: { rollback: null } }]),
    intent,
    failure: { code: 'RollbackAbandoned', message },
  };
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
