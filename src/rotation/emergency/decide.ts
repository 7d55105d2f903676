import type { DateTime } from 'luxon';
import type { AccessKey } from '../../cloud/access-key';
import { type EmergencyEntry, mostForeignTags, type OldEntry } from '../../record/rotation';
import { failedForGood } from '../decide/checks/left-behind';
import { issue } from '../decide/checks/new-key';
import type { Decision, Step } from '../decide/decision';
import { type KeyRoles, keyRolesOf } from '../decide/key-roles';
import type { Reason } from '../decide/reasons';
import type { Observation } from '../observation';
import { emergencyRepeat } from '../time';

/** What was asked for: by an event, or by the intent that a stopped run left behind. */
export type EmergencyRequest =
  | { readonly kind: 'replace'; readonly keyId?: string }
  | { readonly kind: 'contain'; readonly keyId?: string }
  | { readonly kind: 'resume'; readonly intent: EmergencyEntry };

export interface EmergencyDecision extends Decision {
  /** The keys that die; recorded before the first change. Empty where nothing is to be done. */
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
      return replace(facts, request.keyId);
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

const settled = (reason: Reason, message: string): EmergencyDecision => ({
  reason,
  message,
  steps: [],
  leaked: [],
});

const active = (key: AccessKey): boolean => key.status === 'Active';

const ids = (keys: readonly { id: string }[]): string => keys.map((key) => key.id).join(' and ');

const kill = (keyId: string): Step => ({ do: 'disable', keyId, because: 'leaked' });

function unknownKey({ user }: Facts, keyId: string): EmergencyDecision {
  return refuse(
    'UnknownKey',
    `Key ${keyId} is not a key of user ${user.name}; nothing was changed. Check the id: \`aliyun ims GetUser --UserAccessKeyId\` tells whose it is.`,
  );
}

function contain(facts: Facts, keyId: string | undefined): EmergencyDecision {
  const { keys } = facts;
  const named = keyId === undefined ? keys : keys.filter((key) => key.id === keyId);
  if (keyId !== undefined && named.length === 0) return unknownKey(facts, keyId);
  const leaked = named.map((key) => key.id);
  return containKeys(facts, alsoContained(facts, leaked));
}

/** Key ids that fit into a tag. */
const mostContained = 4;

/** What an earlier containment disabled is still to be told from what somebody else did. */
function alsoContained({ record: { emergency }, keys }: Facts, leaked: readonly string[]): string[] {
  const before = emergency?.kind === 'contained' ? emergency.keyIds : [];
  const dead = keys.filter((key) => !active(key) && before.includes(key.id)).map((key) => key.id);
  return [...new Set([...leaked, ...dead])].slice(0, mostContained);
}

function containKeys({ user, keys, now }: Facts, leaked: readonly string[]): EmergencyDecision {
  const alive = keys.filter((key) => active(key) && leaked.includes(key.id));
  if (alive.length === 0) {
    return settled('AlreadyDisabled', `User ${user.name} has no enabled key that is to be contained.`);
  }
  return {
    reason: 'EmergencyContained',
    message: `${ids(alive)} of user ${user.name} ${alive.length > 1 ? 'are' : 'is'} disabled; no new key is issued in this run.`,
    steps: [...alive.map((key) => kill(key.id)), markContained(leaked, now)],
    leaked,
  };
}

/** Tells later runs that it was keyturn that disabled these keys, so that a successor may be issued. */
const markContained = (keyIds: readonly string[], now: DateTime): Step => ({
  do: 'remember',
  entries: { emergency: { kind: 'contained', keyIds, at: now } },
});

function replace(facts: Facts, keyId: string | undefined): EmergencyDecision {
  const { keys, roles, user, record, now } = facts;
  if (keyId !== undefined) {
    const named = keys.find((key) => key.id === keyId);
    if (!named) return unknownKey(facts, keyId);
    const current = currentKey(facts);
    if (current !== named) return disableOnly(facts, named);
    return replaceKey(facts, named, [keyId]);
  }
  const finished = record.emergency;
  if (
    finished?.kind === 'replaced' &&
    finished.keyIds.includes(roles.current?.keyId ?? '') &&
    finished.at.plus(emergencyRepeat) > now
  ) {
    return settled(
      'AlreadyReplaced',
      `Key ${roles.current?.keyId} of user ${user.name} was issued by an emergency a moment ago and stays; name it with keyId to replace it as well.`,
    );
  }
  const current = currentKey(facts);
  if (current === 'ambiguous') {
    return refuse(
      'CurrentKeyUnknown',
      `User ${user.name} has two enabled keys, ${ids(keys.filter(active))}, and nothing tells which one is current; nothing was changed. Name the leaked one with keyId.`,
    );
  }
  const leaked = current?.id ?? roles.current?.keyId;
  if (leaked === undefined) {
    return refuse(
      'NoKeyToReplace',
      `User ${user.name} has no enabled key, so there is nothing to replace; nothing was changed.`,
    );
  }
  return replaceKey(facts, current, [leaked]);
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

function disableOnly(facts: Facts, key: AccessKey): EmergencyDecision {
  const { user, now } = facts;
  if (!active(key)) {
    return settled('AlreadyDisabled', `Key ${key.id} of user ${user.name} is disabled already.`);
  }
  const leaked = alsoContained(facts, [key.id]);
  return {
    reason: 'EmergencyContained',
    message: `Key ${key.id} of user ${user.name} is not the current one: it is disabled, and no new key is issued.`,
    steps: [kill(key.id), markContained(leaked, now)],
    leaked,
  };
}

/** Issue, store, prove, promote; then the leaked key dies. A spare key of keyturn's makes room first. */
function replaceKey(
  facts: Facts,
  leaked: AccessKey | undefined,
  leakedIds: readonly string[],
  killed = false,
): EmergencyDecision {
  const { roles, keys, user, record, kmsManaged, now } = facts;
  const { current, standby } = roles;
  const name = leakedIds.join(' and ');
  const impossible = whyNotReplaceable(facts);
  if (impossible) {
    const message = `${impossible} Nothing was changed: key ${name} of user ${user.name} is still as it was. Disable it now with containOnly.`;
    return refuse(kmsManaged ? 'ManagedByKms' : 'SecretUnusable', message);
  }
  const old: OldEntry | undefined = leaked && {
    keyId: leaked.id,
    phase: active(leaked) || killed ? 'disabled' : 'inactive',
    at: now,
  };
  // Also where it is seen dead or gone: somebody may have enabled it since, and the report is to prove its end.
  const finish = leakedIds.filter((id) => id === leaked?.id || !keys.some((key) => key.id === id)).map(kill);
  const base = { reason: 'EmergencyReplaced' as const, leaked: leakedIds };
  const message = `The leaked key ${name} of user ${user.name} is replaced and disabled.`;

  const spares = keys.filter((key) => key !== leaked);
  const successor = current?.issued ? current.key : undefined;
  const ready = [standby, successor].find(
    (key) => key && key !== leaked && active(key) && !failedForGood(key.id, record, now),
  );
  if (ready) {
    const promote: Step[] =
      ready === standby && current ? [{ do: 'promote', keyId: ready.id, from: current.versionId }] : [];
    const steps: Step[] = [
      { do: 'prove', keyId: ready.id },
      ...(leaked ? [{ do: 'copyNetworkPolicy', keyId: ready.id, from: leaked.id } as const] : []),
      ...promote,
      { do: 'confirm', keyId: ready.id, ...(old && { old }) },
      { do: 'notify' },
    ];
    return { ...base, message, steps: ordered(steps, finish) };
  }
  const strange = current?.key && !current.issued ? [current.key] : [];
  const foreign = [...roles.strangers, ...strange].filter((key) => key !== leaked);
  if (spares.length > 1 || foreign.length > 0) {
    const taken = foreign.length > 0 ? foreign : spares;
    const whose =
      foreign.length > 0 ? ` and keyturn did not issue ${foreign.length > 1 ? 'them' : 'it'}` : '';
    const failure = {
      code: 'ForeignSecondKey',
      message: `The leaked key ${name} of user ${user.name} is disabled, but no successor was issued: ${ids(taken)} ${taken.length > 1 ? 'take' : 'takes'} the room${whose}. Delete the one that is not in use and run the emergency again, or give the consumers ${ids(taken)} by hand.`,
    };
    return {
      ...base,
      reason: 'ForeignSecondKey',
      message: failure.message,
      steps: [...finish, markContained(leakedIds, now)],
      failure,
    };
  }
  const room = spares.flatMap((spare): Step[] => [
    ...(active(spare) ? [{ do: 'disable', keyId: spare.id, because: 'spare' } as const] : []),
    { do: 'delete', keyId: spare.id, because: 'spare' },
  ]);
  return { ...base, message, steps: [...room, ...ordered(issue(current, old), finish)] };
}

/** The leaked key dies before the record is written and before anybody is told. */
function ordered(issuing: Step[], finish: Step[]): Step[] {
  const at = issuing.findIndex((step) => step.do === 'confirm');
  return [...issuing.slice(0, at), ...finish, ...issuing.slice(at)];
}

function whyNotReplaceable({ secret, kmsManaged, user, roles, foreignTags = 0 }: Facts): string | undefined {
  if (kmsManaged) {
    return `The KMS secret acs/ram/user/${user.name} rotates this user's keys, so keyturn issues none: rotate that secret.`;
  }
  if (secret.kind === 'deleting') {
    return `The KMS secret of user ${user.name} is planned for deletion, so a new key cannot be stored: restore it.`;
  }
  if (foreignTags > mostForeignTags.emergency) {
    return `User ${user.name} carries ${foreignTags} tags, so there is no room for those of a rotation: leave ${mostForeignTags.emergency} at most.`;
  }
  if (secret.kind === 'unusable') return `The KMS secret of user ${user.name} cannot be used: ${secret.why}.`;
  if (roles.current?.known === 'unknown' && !roles.current.key) {
    return `The secret of user ${user.name} names key ${roles.current.keyId}, which is not a key of this user.`;
  }
  return undefined;
}

/** Finishes what a stopped run began: its keys die, and the current one among them is replaced first. */
function resume(facts: Facts, intent: EmergencyEntry): EmergencyDecision {
  const { keys, roles, user, now } = facts;
  const doomed = keys.filter((key) => intent.keyIds.includes(key.id));
  const { current } = roles;
  const over = !doomed.some(active);
  if (intent.kind === 'contain') {
    return over
      ? finished(intent, user.name, markContained(intent.keyIds, now))
      : containKeys(facts, intent.keyIds);
  }
  if (!current || intent.keyIds.includes(current.keyId)) {
    return replaceKey(facts, doomed.find((key) => key.id === current?.keyId) ?? doomed[0], intent.keyIds);
  }
  if (current.known === 'recorded' && over) {
    return finished(intent, user.name, {
      do: 'remember',
      entries: { emergency: { kind: 'replaced', keyIds: [current.keyId], at: now } },
    });
  }
  return replaceKey(facts, doomed[0], intent.keyIds, true);
}

const finished = (intent: EmergencyEntry, user: string, mark: Step): EmergencyDecision => ({
  reason: intent.kind === 'contain' ? 'EmergencyContained' : 'EmergencyReplaced',
  message: `The emergency of user ${user} about ${intent.keyIds.join(' and ') || 'its former key'} is finished.`,
  steps: [mark],
  leaked: intent.keyIds,
});
