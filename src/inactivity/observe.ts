import type { DateTime } from 'luxon';
import type { LastUse } from '../cloud/access-key';
import type { Cloud } from '../cloud/cloud';
import { isCode } from '../cloud/error';
import { readKeyUse } from '../cloud/key-use';
import type { InactivityConfig } from '../config/schema';
import { isRotations, keyIdleness, userIdleness } from './activity';
import type { KeySlot, ReportRow } from './credential-report';
import { retiredKey } from './decide/notes';
import type { Logon, Observation, ObservedKey, Profile } from './observation';
import { type Cutoffs, cutoffsOf } from './time';

/**
 * Looks at a user as far as needed to judge it: a key's last use only where nothing else shows activity, the logon
 * profile only where the user as a whole may be idle. What the credential report told of it saves reads.
 */
export async function look(
  cloud: Cloud,
  user: Profile,
  config: InactivityConfig,
  now: DateTime,
  row?: ReportRow,
): Promise<Observation> {
  const { principalName } = user;
  const cutoffs = cutoffsOf(config, now);
  const listed = await cloud.ims.listAccessKeys(principalName);
  const hinted = listed.map((key) => withHint(key, user, cutoffs, row));
  const first: Observation = { user, keys: hinted, logon: { kind: 'unread' } };
  const retired = retiredKey(user, hinted, now);
  const wanted = (key: ObservedKey) =>
    key === retired ||
    isJudgedAlone(key, user, config, cutoffs) ||
    (key.status === 'Active' && isIdle(first, cutoffs));
  const read = (keyId: string) => readUse(cloud, principalName, keyId, (use) => isLater(use, cutoffs));
  const second = { ...first, keys: await withUses(hinted, wanted, read) };
  if (!isIdle(second, cutoffs) && !user.record.user) return second;
  const [keys, logon] = await Promise.all([
    withUses(second.keys, everyKey, read),
    row?.logonActive === false && !user.record.user ? noLogon : readLogon(cloud, principalName),
  ]);
  return { user, keys, logon };
}

/** Reads everything anew, just before something is disabled or deleted. `undefined` where the user is gone. */
export async function lookClosely(
  cloud: Cloud,
  { id }: Pick<Profile, 'id'>,
  profileOf: (user: NonNullable<Awaited<ReturnType<Cloud['ims']['getUser']>>>) => Profile,
): Promise<Observation | undefined> {
  const fresh = await cloud.ims.getUser({ id });
  if (!fresh) return undefined;
  const { principalName } = fresh;
  const [keys, logon] = await Promise.all([
    cloud.ims.listAccessKeys(principalName),
    readLogon(cloud, principalName),
  ]);
  return {
    user: profileOf(fresh),
    keys: await withUses(keys, everyKey, (keyId) => readUse(cloud, principalName, keyId)),
    logon,
  };
}

const noLogon: Logon = { kind: 'none' };

/** The user as a whole may be idle, going by what is known so far. */
const isIdle = (observation: Observation, cutoffs: Cutoffs): boolean =>
  userIdleness(observation).last.at <= cutoffs.users;

function isJudgedAlone(
  key: ObservedKey,
  user: Profile,
  { keys }: InactivityConfig,
  cutoffs: Cutoffs,
): boolean {
  if (keys.deleteAfter !== null && user.record.keys.has(key.id)) return true;
  return key.status === 'Active' && !isRotations(key, user) && keyIdleness(key, user).last.at <= cutoffs.keys;
}

/**
 * The report's last use of a key stands for the key's own where it shows activity, and where the key was Inactive
 * then as now. The report names no ids: the time of creation tells which is which. Of managed users it does not tell
 * keyturn's proofs from use.
 */
function withHint(
  key: ObservedKey,
  user: Profile,
  cutoffs: Cutoffs,
  row: ReportRow | undefined,
): ObservedKey {
  const slots = row?.keys.filter(({ createdAt }) => createdAt?.equals(key.createdAt)) ?? [];
  const [slot] = slots;
  if (!slot || slots.length > 1 || user.managed || user.record.user || user.record.keys.has(key.id))
    return key;
  return stands(slot, key, cutoffs) ? { ...key, lastUse: slot.lastUse } : key;
}

function stands({ active, lastUse }: KeySlot, key: ObservedKey, cutoffs: Cutoffs): boolean {
  if (lastUse.kind === 'unreadable') return false;
  if (!active && key.status === 'Inactive') return true;
  return isLater(lastUse, cutoffs);
}

/** Whoever was seen since then is idle by no rule. */
const isLater = (use: LastUse, { keys, users }: Cutoffs): boolean =>
  use.kind === 'at' && use.at > keys && use.at > users;

const everyKey = (): boolean => true;

function withUses(
  keys: readonly ObservedKey[],
  wanted: (key: ObservedKey) => boolean,
  read: (keyId: string) => Promise<LastUse>,
): Promise<ObservedKey[]> {
  return Promise.all(
    keys.map(async (key) => {
      if (key.lastUse || !wanted(key)) return key;
      return { ...key, lastUse: await read(key.id) };
    }),
  );
}

async function readUse(
  cloud: Cloud,
  principalName: string,
  keyId: string,
  suffices?: (told: LastUse) => boolean,
): Promise<LastUse> {
  try {
    return await readKeyUse(cloud, principalName, keyId, suffices);
  } catch (error) {
    if (!isCode(error, 'EntityNotExist.User.AccessKey')) throw error;
    return { kind: 'unreadable', why: 'the key was deleted meanwhile' };
  }
}

async function readLogon(cloud: Cloud, principalName: string): Promise<Logon> {
  const profile = await cloud.ims.getLoginProfile(principalName);
  if (!profile) return noLogon;
  const { status, updatedAt, passwordResetRequired, mfaBindRequired } = profile;
  return {
    kind: status === 'Active' ? 'active' : 'inactive',
    updatedAt,
    passwordResetRequired,
    mfaBindRequired,
  };
}
