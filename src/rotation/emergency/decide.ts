import type { DateTime } from 'luxon';
import { isoSeconds } from '../../base/time';
import type { AccessKey } from '../../cloud/access-key';
import { type EmergencyEntry, isUnfinished, mostLeaked, type OldEntry } from '../../record/rotation';
import { whyNoRoom } from '../../record/tags';
import { failedForGood } from '../decide/checks/left-behind';
import { issue } from '../decide/checks/new-key';
import type { Decision, Step } from '../decide/decision';
import { type KeyRoles, keyRolesOf } from '../decide/key-roles';
import type { Reason } from '../decide/reasons';
import type { Observation } from '../observation';
import { emergencyRepeat } from '../time';

/** What was asked for: by an event, or by the intent that a stopped run left behind. */
export type EmergencyRequest =
  | Replacement
  | Containment
  | { readonly kind: 'resume'; readonly intent: EmergencyEntry };

export interface Containment {
  readonly kind: 'contain';
  readonly keyId?: string;
}

interface Replacement {
  readonly kind: 'replace';
  readonly keyId?: string;
  /** Also where an emergency of the last day issued the current key. */
  readonly again?: boolean;
}

export interface EmergencyDecision extends Decision {
  /** The keys that must die; recorded before the first change. Empty where nothing is to be done. */
  readonly leaked: readonly string[];
}

interface Facts extends Observation {
  readonly roles: KeyRoles;
  readonly now: DateTime;
}

/** No grace, no quiet, no schedule: what must happen to the user's keys now. Pure and total. */
export function decideEmergency(
  observation: Observation,
  request: EmergencyRequest,
  now: DateTime,
): EmergencyDecision {
  const facts = { ...observation, roles: keyRolesOf(observation), now };
  switch (request.kind) {
    case 'contain':
      return contain(facts, request.keyId);
    case 'replace':
      return replace(facts, request);
    case 'resume':
      return resume(facts, request.intent);
  }
}

const refuse = (code: string, message: string): EmergencyDecision => ({
  reason: 'Refused',
  message,
  steps: [],
  leaked: [],
  failure: { code, message },
});

const active = (key: AccessKey): boolean => key.status === 'Active';

const listOf = (ids: readonly string[]): string => ids.join(' and ');

const idsOf = (keys: readonly { id: string }[]): string[] => keys.map((key) => key.id);

const disable = (keyId: string): Step => ({ do: 'disable', keyId, because: 'leaked' });

function unknownKey({ user }: Facts, keyId: string): EmergencyDecision {
  return refuse(
    'UnknownKey',
    `Key ${keyId} is not a key of user ${user.name}; nothing was changed. Check the id: \`aliyun ims GetUser --UserAccessKeyId\` tells whose it is.`,
  );
}

function contain(facts: Facts, keyId: string | undefined): EmergencyDecision {
  if (keyId !== undefined && !isOrWasKeyOf(facts, keyId)) return unknownKey(facts, keyId);
  const named = keyId === undefined ? idsOf(facts.keys) : [keyId];
  return killOnly(facts, named, 'no new key is issued in this run');
}

/** A key that RAM has no longer is known from the secret, whose versions are named by their keys, and the record. */
function isOrWasKeyOf({ keys, record, secret }: Facts, keyId: string): boolean {
  const versions = secret.kind === 'present' ? secret.versionIds : [];
  const recorded = [record.current?.keyId, record.old?.keyId, ...(record.leaked?.keyIds ?? [])];
  return [...idsOf(keys), ...versions, ...recorded].includes(keyId);
}

/**
 * These keys die, with those of an emergency that was begun before. Nothing is issued. What is dead already is recorded
 * as leaked all the same, so that nothing enables it again.
 */
function killOnly(facts: Facts, named: readonly string[], remark: string): EmergencyDecision {
  const { keys, user, record } = facts;
  const meant = withUnfinished(facts, named);
  const leaked = [...new Set([...meant, ...containedBefore(facts)])].slice(0, mostLeaked);
  const alive = idsOf(keys.filter((key) => active(key) && meant.includes(key.id)));
  if (alive.length > 0) {
    return {
      reason: 'EmergencyContained',
      message: `${listOf(alive)} of user ${user.name} ${are(alive)} disabled; ${remark}.`,
      steps: contained(facts, leaked, alive),
      leaked,
    };
  }
  const recorded = meant.every((id) => record.leaked?.keyIds.includes(id)) && !isUnfinished(record.emergency);
  const known = meant.length === 0 || recorded;
  return {
    reason: 'AlreadyDisabled',
    message:
      meant.length === 0
        ? `User ${user.name} has no key that could be disabled.`
        : `${listOf(meant)} of user ${user.name} ${are(meant)} disabled or gone already, and keyturn never enables ${meant.length > 1 ? 'them' : 'it'} again.`,
    steps: known ? [] : contained(facts, leaked, []),
    leaked: known ? [] : leaked,
  };
}

/** What an earlier containment disabled is still to be told from what somebody else did. */
function containedBefore({ record: { emergency }, keys }: Facts): string[] {
  const before = emergency?.kind === 'contained' ? emergency.keyIds : [];
  return idsOf(keys.filter((key) => !active(key) && before.includes(key.id)));
}

const are = (ids: readonly string[]): string => (ids.length > 1 ? 'are' : 'is');

/** The mark tells later runs that it was keyturn that disabled these keys, so that a successor may be issued. */
const contained = ({ now }: Facts, keyIds: readonly string[], kill: readonly string[]): Step[] => [
  ...kill.map(disable),
  { do: 'verify', keyIds },
  { do: 'remember', entries: { emergency: { kind: 'contained', keyIds, at: now } } },
];

/** An emergency that was stopped names keys that must die too. */
function withUnfinished({ record: { emergency } }: Facts, named: readonly string[]): string[] {
  return [...new Set([...named, ...(isUnfinished(emergency) ? emergency.keyIds : [])])];
}

function replace(facts: Facts, { keyId, again }: Replacement): EmergencyDecision {
  const { keys, roles, user, record } = facts;
  const current = currentKey(facts);
  if (keyId !== undefined) {
    if (!isOrWasKeyOf(facts, keyId)) return unknownKey(facts, keyId);
    if (current !== 'ambiguous' && current?.id === keyId) return replaceKey(facts, [keyId]);
    return killOnly(facts, [keyId], 'it is not the current key, so no new one is issued');
  }
  const before = again ? undefined : replacedBefore(facts);
  if (before) return before;
  if (current === 'ambiguous') {
    return refuse(
      'CurrentKeyUnknown',
      `User ${user.name} has two enabled keys, ${listOf(idsOf(keys.filter(active)))}, and nothing tells which one is current; nothing was changed. Name the leaked one with keyId.`,
    );
  }
  const leaked = current?.id ?? roles.current?.keyId;
  if (leaked !== undefined) return replaceKey(facts, [leaked]);
  if (isUnfinished(record.emergency) && record.emergency.keyIds.length > 0)
    return resume(facts, record.emergency);
  return refuse(
    'NoKeyToReplace',
    `User ${user.name} has no enabled key, so there is nothing to replace; nothing was changed.`,
  );
}

/** Somebody was not sure and asked again: the successor that programs have just taken stays. */
function replacedBefore({ record, roles, user, keys, now }: Facts): EmergencyDecision | undefined {
  const { emergency, leaked } = record;
  const current = roles.current?.keyId;
  if (!current || emergency?.kind !== 'replaced' || !emergency.keyIds.includes(current)) return undefined;
  if (emergency.at.plus(emergencyRepeat) <= now) return undefined;
  if (keys.some((key) => active(key) && leaked?.keyIds.includes(key.id))) return undefined;
  const what = leaked ? listOf(leaked.keyIds) : 'a leaked key';
  return {
    reason: 'AlreadyReplaced',
    message: `An emergency replaced ${what} of user ${user.name} by ${current} at ${isoSeconds(emergency.at)}, and what leaked is dead; nothing was done now. If ${current} leaked too, name it with keyId, or say again: true.`,
    steps: [],
    leaked: [],
  };
}

/** The key that consumers use now; without a secret, the one that the record names, or the only enabled key. */
function currentKey({ roles, keys, record }: Facts): AccessKey | 'ambiguous' | undefined {
  if (roles.current?.key) return roles.current.key;
  if (roles.current && roles.current.known !== 'unknown') return undefined;
  const alive = keys.filter(active);
  const recorded = !roles.current && alive.find((key) => key.id === record.current?.keyId);
  if (recorded) return recorded;
  return alive.length > 1 ? 'ambiguous' : alive[0];
}

/**
 * Issue, store, prove, promote; then the leaked keys die. A spare key of keyturn's makes room
 * first. Where no successor can be had, they die all the same.
 */
function replaceKey(facts: Facts, named: readonly string[]): EmergencyDecision {
  const { roles, keys, user, record, now } = facts;
  const { current, standby } = roles;
  const leakedIds = withUnfinished(facts, named);
  const doomed = keys.filter((key) => leakedIds.includes(key.id));
  const leaked = doomed.find((key) => key.id === current?.keyId) ?? doomed[0];
  if (record.inactive) {
    return killOnly(facts, leakedIds, 'the user is disabled for inactivity, so no new key is issued');
  }
  const impossible = whyNotReplaceable(facts);
  if (impossible) return withoutSuccessor(facts, leakedIds, impossible);

  const old: OldEntry | undefined = leaked && {
    keyId: leaked.id,
    phase: active(leaked) || leaked.id !== current?.keyId ? 'disabled' : 'inactive',
    at: now,
  };
  // Also where it is seen dead or gone: somebody may have enabled it since, and the report is to prove its end.
  const endOf = (ids: readonly string[]): Step[] => [
    ...ids.map(disable),
    { do: 'verify', keyIds: leakedIds },
  ];

  const spares = keys.filter((key) => !leakedIds.includes(key.id));
  const successor = current?.issued ? current.key : undefined;
  const ready = [standby, successor].find(
    (key) => key && spares.includes(key) && active(key) && !failedForGood(key.id, record, now),
  );
  if (ready) {
    const promote: Step[] =
      ready === standby && current ? [{ do: 'promote', keyId: ready.id, from: current.versionId }] : [];
    return {
      reason: 'EmergencyReplaced',
      message: `The leaked key ${listOf(leakedIds)} of user ${user.name} is disabled; ${ready.id} takes its place.`,
      steps: [
        { do: 'prove', keyId: ready.id },
        ...(leaked ? [{ do: 'copyNetworkPolicy', keyId: ready.id, from: leaked.id } as const] : []),
        ...promote,
        ...endOf(leakedIds),
        { do: 'confirm', keyId: ready.id, ...(old && { old }) },
        { do: 'notify' },
      ],
      leaked: leakedIds,
    };
  }
  const strange = current?.key && !current.issued ? [current.key] : [];
  const foreign = [...roles.strangers, ...strange].filter((key) => spares.includes(key));
  const leftovers = doomed.filter((key) => key !== leaked);
  const inTheWay = [...spares, ...leftovers];
  if (inTheWay.length > 1 || foreign.length > 0) {
    const taken = idsOf(foreign.length > 0 ? foreign : inTheWay);
    const several = taken.length > 1;
    const whose = foreign.length > 0 ? ` and keyturn did not issue ${several ? 'them' : 'it'}` : '';
    return withoutSuccessor(facts, leakedIds, {
      reason: 'ForeignSecondKey',
      why: `${listOf(taken)} ${several ? 'take' : 'takes'} the room${whose}. Delete the one that is not in use and run the emergency again, or give the consumers ${listOf(taken)} by hand.`,
    });
  }
  const room = inTheWay.flatMap((spare): Step[] => [
    ...(active(spare) ? [{ do: 'disable', keyId: spare.id, because: 'spare' } as const] : []),
    { do: 'delete', keyId: spare.id, because: 'spare' },
  ]);
  const spareIds = listOf(idsOf(inTheWay));
  return {
    reason: 'EmergencyReplaced',
    message: `The leaked key ${listOf(leakedIds)} of user ${user.name} is replaced and disabled${spareIds && `; ${spareIds}, which took the room, is disabled and deleted`}.`,
    steps: [
      ...room,
      ...beforeConfirmation(
        issue(current, old),
        endOf(leakedIds.filter((id) => !leftovers.some((key) => key.id === id))),
      ),
    ],
    leaked: leakedIds,
  };
}

/** The leaked keys die before the record is written. */
function beforeConfirmation(issuing: Step[], finish: Step[]): Step[] {
  const at = issuing.findIndex((step) => step.do === 'confirm');
  return [...issuing.slice(0, at), ...finish, ...issuing.slice(at)];
}

interface Impossible {
  readonly reason: Reason;
  readonly why: string;
}

function withoutSuccessor(
  facts: Facts,
  leakedIds: readonly string[],
  { reason, why }: Impossible,
): EmergencyDecision {
  const message = `The leaked key ${listOf(leakedIds)} of user ${facts.user.name} is disabled, but no successor was issued: ${why}`;
  return {
    reason,
    message,
    steps: contained(facts, leakedIds, leakedIds),
    leaked: leakedIds,
    failure: { code: reason, message },
  };
}

function whyNotReplaceable({ secret, kmsManaged, user, roles, tagged }: Facts): Impossible | undefined {
  if (kmsManaged) {
    return {
      reason: 'ManagedByKms',
      why: "a KMS secret of type RAMCredentials rotates this user's keys. Rotate that secret.",
    };
  }
  if (secret.kind === 'deleting') {
    return {
      reason: 'SecretPlannedForDeletion',
      why: 'its KMS secret is planned for deletion. Restore it, and run the emergency again.',
    };
  }
  const noRoom = whyNoRoom(user.name, tagged, 'emergency');
  if (noRoom) return { reason: 'NoRoomForTags', why: `${noRoom} Then run the emergency again.` };
  if (secret.kind === 'unusable') {
    return {
      reason: 'SecretUnusable',
      why: `its KMS secret cannot be used: ${secret.why}. Repair it, and run the emergency again.`,
    };
  }
  if (roles.current?.known === 'unknown' && !roles.current.key) {
    return {
      reason: 'SecretKeyUnknown',
      why: 'its KMS secret names a key that is not one of this user. Repair it, and run the emergency again.',
    };
  }
  return undefined;
}

/** Goes on with what was begun: its keys die, and the current one among them is replaced first. */
function resume(facts: Facts, intent: EmergencyEntry): EmergencyDecision {
  const { keys, roles, user, record, now } = facts;
  const { keyIds } = intent;
  const alive = idsOf(keys.filter((key) => active(key) && keyIds.includes(key.id)));
  if (intent.kind === 'contain') {
    return {
      reason: 'EmergencyContained',
      message:
        alive.length > 0
          ? `${listOf(alive)} of user ${user.name} ${are(alive)} disabled; no new key is issued in this run.`
          : `The emergency of user ${user.name} about ${listOf(keyIds)} is finished.`,
      steps: contained(facts, keyIds, alive),
      leaked: keyIds,
    };
  }
  const { current } = roles;
  if (!current || keyIds.includes(current.keyId) || current.known !== 'recorded') {
    return replaceKey(facts, keyIds);
  }
  // Another run made a proven key current since: only the leaked ones are left to do.
  const old = record.old && keyIds.includes(record.old.keyId) && alive.includes(record.old.keyId);
  return {
    reason: 'EmergencyReplaced',
    message: `The leaked key ${listOf(keyIds)} of user ${user.name} is disabled; its successor ${current.keyId} is current.`,
    steps: [
      ...alive.map(disable),
      { do: 'verify', keyIds },
      {
        do: 'remember',
        entries: {
          ...(old && record.old && { old: { ...record.old, phase: 'disabled', at: now } }),
          emergency: { kind: 'replaced', keyIds: [current.keyId], at: now },
        },
      },
    ],
    leaked: keyIds,
  };
}
