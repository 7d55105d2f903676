import type { DateTime } from 'luxon';
import { skewAllowance } from '../base/time';
import type { LastUse } from '../cloud/access-key';
import { lastUseLag } from '../cloud/last-use';
import type { Observation, ObservedKey, Profile } from './observation';

/** When somebody acted, and how it is known. */
export interface Activity {
  readonly at: DateTime;
  /** Completes the sentence "last activity: …". */
  readonly what: string;
}

/** `last` is the latest activity that is known; `unknown` says why there may be a later one. */
export interface Idleness {
  readonly last: Activity;
  readonly unknown?: string;
}

/** Proofs of a pair that will not prove go on for some days after it was issued. */
const proofsOfAnOldKey = { days: 2 };

/** Keys that rotation is at work on, and the one under ACSCurrent: never judged one by one. */
export function isRotations(key: ObservedKey, { managed, rotation }: Profile): boolean {
  if (!managed) return false;
  const { current, old, standby } = rotation;
  return [current, old, standby].some((entry) => entry?.keyId === key.id) || isBeingIssued(key, rotation);
}

/** Issued by keyturn: its creation says nothing of the user. */
function isIssued(key: ObservedKey, { managed, rotation }: Profile): boolean {
  if (!managed) return false;
  const { current, standby } = rotation;
  return (
    (current?.keyId === key.id && current.origin === 'issued') ||
    standby?.keyId === key.id ||
    isBeingIssued(key, rotation)
  );
}

function isBeingIssued(key: ObservedKey, { claims }: Profile['rotation']): boolean {
  return claims.some(
    ({ intent }) =>
      intent && !intent.before.includes(key.id) && key.createdAt >= intent.at.minus(skewAllowance),
  );
}

/** Of one key by itself: its last use, its creation, and its enabling. */
export function keyIdleness(key: ObservedKey, user: Profile): Idleness {
  const { use, unknown } = useOf(key, user);
  const last = latest(
    { at: key.createdAt, what: `creation of key ${key.id}` },
    enabling(key),
    use,
    restoring(user),
  );
  return { last, ...(unknown && { unknown }) };
}

/**
 * Of a user as a whole: console logons, the uses of all its keys, creation and enabling of those that are
 * Active, the user's own creation, and the last change of a logon profile that is Active. Whatever was switched
 * off counts only by its use, so that keyturn's own steps never keep the rest alive.
 */
export function userIdleness({ user, keys, logon }: Observation): Idleness {
  const { lastLogin, rotation, record } = user;
  const uses = keys.map((key) => useOf(key, user));
  const last = latest(
    { at: user.createdAt, what: 'creation of the user' },
    lastLogin.kind === 'at' ? { at: lastLogin.at, what: 'console logon' } : undefined,
    ...uses.map(({ use }) => use),
    ...keys.flatMap((key) => (key.status === 'Active' ? [creation(key, user), enabling(key)] : [])),
    record.retired?.at && { at: record.retired.at, what: `use of the rotated key ${record.retired.keyId}` },
    restoring(user),
    logon.kind === 'active' && logon.updatedAt
      ? { at: logon.updatedAt, what: 'change of the logon profile' }
      : undefined,
  );
  const unknown = [
    lastLogin.kind === 'unreadable' ? `the last console logon cannot be read: ${lastLogin.why}` : undefined,
    ...uses.map((use) => use.unknown),
    logon.kind === 'unread' ? 'the logon profile was not read' : undefined,
    rotation.unreadable.length > 0 && user.managed ? 'the record of its rotation cannot be read' : undefined,
  ].find((why) => why !== undefined);
  return { last, ...(unknown && { unknown }) };
}

function useOf(key: ObservedKey, user: Profile): { use?: Activity; unknown?: string } {
  const { lastUse } = key;
  if (lastUse === undefined) return { unknown: `the last use of key ${key.id} was not read` };
  if (lastUse.kind === 'unreadable')
    return { unknown: `the last use of key ${key.id} cannot be read: ${lastUse.why}` };
  if (lastUse.kind === 'never' || !countsAsUse(key, lastUse, user)) return {};
  const by = lastUse.service ? ` for ${lastUse.service}` : '';
  return { use: { at: lastUse.at, what: `use of key ${key.id}${by}` } };
}

/** keyturn proves each key that it issues by a call to STS; nobody else need ever have used it. */
export function countsAsUse(
  key: ObservedKey,
  use: Extract<LastUse, { kind: 'at' }>,
  { managed, rotation }: Profile,
): boolean {
  if (!managed) return true;
  const bySts = use.service === undefined || use.service.toLowerCase() === 'sts';
  const { current, standby, old } = rotation;
  if (standby?.keyId === key.id || isBeingIssued(key, rotation)) return !bySts;
  if (current?.keyId === key.id && current.origin === 'issued') {
    return use.at > current.provenAt && (!bySts || use.at > current.provenAt.plus(lastUseLag));
  }
  if (old?.keyId === key.id) return !bySts || use.at > key.createdAt.plus(proofsOfAnOldKey);
  return true;
}

const creation = (key: ObservedKey, user: Profile): Activity | undefined =>
  isIssued(key, user) ? undefined : { at: key.createdAt, what: `creation of key ${key.id}` };

/** A key is Active from its creation on, so a later change of an Active key is its enabling. */
function enabling({ id, status, createdAt, updatedAt }: ObservedKey): Activity | undefined {
  const enabled = status === 'Active' && updatedAt && updatedAt > createdAt.plus(skewAllowance);
  return enabled ? { at: updatedAt, what: `key ${id} was enabled` } : undefined;
}

const restoring = ({ record }: Profile): Activity | undefined =>
  record.restoredAt && { at: record.restoredAt, what: 'the user was restored' };

function latest(first: Activity, ...others: (Activity | undefined)[]): Activity {
  return others.reduce<Activity>((last, each) => (each && each.at > last.at ? each : last), first);
}
