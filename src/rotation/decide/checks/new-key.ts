import type { DateTime } from 'luxon';
import type { AccessKey } from '../../../cloud/access-key';
import type { RotationConfig } from '../../../config/schema';
import type { OldEntry } from '../../../record/rotation';
import type { Decision, Step } from '../decision';
import { blocked, type Facts, isContained, isLeaked, replacedBy, replacedEntry, wait } from '../facts';

/** As `issue`, once it is known that the key can be kept; an emergency has no time for that. */
const issueSafely = (current: { versionId: string } | undefined, replaces: OldEntry | undefined): Step[] => [
  { do: 'prepare', ...(replaces && { from: replaces.keyId }) },
  ...issue(current, replaces),
];

/** Create, store, prove, copy the network policy, promote, tell: the whole way from nothing to a current key. */
export function issue(current: { versionId: string } | undefined, replaces: OldEntry | undefined): Step[] {
  return [
    { do: 'create' },
    { do: 'store' },
    { do: 'prove' },
    ...(replaces ? [{ do: 'copyNetworkPolicy', from: replaces.keyId } as const] : []),
    ...(current ? [{ do: 'promote', from: current.versionId } as const] : []),
    { do: 'confirm', ...(replaces && { old: replaces }) },
    { do: 'notify' },
  ];
}

export function firstKey({ secret, keys, user }: Facts): Decision | undefined {
  if (secret.kind !== 'absent' || keys.length > 0) return;
  return {
    reason: 'FirstKey',
    message: `User ${user.name} has no key and no secret: its first key is issued.`,
    steps: issueSafely(undefined, undefined),
    begins: 'first',
  };
}

export function takeOver({ secret, keys, user, config, now }: Facts): Decision | undefined {
  const [key] = keys;
  if (secret.kind !== 'absent' || !key) return;
  if (config.takeover.when === 'due' && !isDue(key, config, now)) {
    const due = key.createdAt.plus(config.maxAge);
    return wait(
      'TakeOverNotDue',
      `Key ${key.id} of user ${user.name} is not in KMS; it is taken over when it is due.`,
      due,
    );
  }
  return {
    reason: 'TakeOver',
    message: `Key ${key.id} of user ${user.name} is not in KMS: a standby is issued, and the old key goes the usual way.`,
    steps: issueSafely(undefined, replacedBy(key, now)),
    begins: 'first',
  };
}

export function currentDead(facts: Facts): Decision | undefined {
  const { roles, keys, user } = facts;
  const { current, old } = roles;
  if (!current || current.key?.status === 'Active') return;
  const leaked = isLeaked(facts, current.keyId);
  const what = `${leaked ? 'leaked and is' : 'is'} ${current.key ? 'disabled' : 'deleted'}`;
  if (!current.issued && !isContained(facts, current.keyId)) {
    return blocked(
      'CurrentKeyDead',
      `The current key ${current.keyId} of user ${user.name} ${what}, and keyturn did not issue it: ${current.key && !leaked ? 'enable it, or ' : ''}store a working pair.`,
    );
  }
  if (keys.length >= 2) {
    if (old?.status === 'Inactive') return;
    return blocked(
      'NoRoomForSuccessor',
      `The current key ${current.keyId} of user ${user.name} ${what} and there is no room for a successor: delete a key that is not in use${leaked ? '' : ', or enable the current one'}.`,
    );
  }
  const replaced = replacedEntry(facts, current.key ?? old);
  return {
    reason: current.key ? 'CurrentKeyDisabled' : 'CurrentKeyDeleted',
    message: `The current key ${current.keyId} of user ${user.name} ${what}: a successor is issued.`,
    steps: issueSafely(current, replaced),
    begins: 'successor',
  };
}

/** Older than allowed, or made before the run in which a person asked for its successor. */
export const isDue = (
  { createdAt }: AccessKey,
  { maxAge, dueBefore }: RotationConfig,
  now: DateTime,
): boolean => now >= createdAt.plus(maxAge) || (dueBefore !== undefined && createdAt < dueBefore);

export function dueForRotation(facts: Facts): Decision | undefined {
  const { roles, config, user, now } = facts;
  const { current } = roles;
  if (!current?.key || !isDue(current.key, config, now)) return;
  const why = config.dueBefore ? 'is to be replaced now' : `is older than ${config.maxAge.toISO()}`;
  return {
    reason: 'Due',
    message: `The current key ${current.keyId} of user ${user.name} ${why}: a successor is issued.`,
    steps: issueSafely(current, replacedEntry(facts, current.key)),
    begins: 'successor',
  };
}
