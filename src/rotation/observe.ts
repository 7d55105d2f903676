import type { AccessKey, LastUse } from '../cloud/access-key';
import type { Cloud } from '../cloud/cloud';
import { isCode } from '../cloud/error';
import type { ImsUser } from '../cloud/ims';
import { readKeyUse } from '../cloud/key-use';
import type { SecretDescription, SecretVersion } from '../cloud/kms';
import type { RotationConfig } from '../config/schema';
import { readRecord, type UserRecord } from '../record/rotation';
import { tagKeys } from '../record/tags';
import { secretName } from '../users/secret-name';
import type { Look } from '../users/user';
import { isTakenOver, type Observation, type SecretState, standbyStage } from './observation';

/** The user's keys with the time of their last change of status, its secret, and the last uses that matter now. */
export async function observe(cloud: Cloud, config: RotationConfig, look: Look): Promise<Observation> {
  const { user, tags, kmsManaged } = look;
  const record = readRecord(tags);
  const keys = await cloud.ims.listAccessKeys(user.principalName);
  const [secret, lastUse] = await Promise.all([
    kmsManaged ? absent : observeSecret(cloud, secretName(config, user.account, user.name), keys),
    observeLastUse(cloud, user.principalName, keysThatMatter(record, keys, config)),
  ]);
  const adopting = keysToAdopt({ keys, record, secret }, config).filter((id) => !lastUse.has(id));
  const adopted = await observeLastUse(cloud, user.principalName, adopting);
  return {
    user,
    keys,
    record,
    secret,
    kmsManaged,
    lastUse: new Map([...lastUse, ...adopted]),
    tagged: [...tags.keys()],
  };
}

/** The successor of a key that keyturn took over: whether it was used decides about the old one. */
function keysToAdopt(
  { keys, record: { old, current }, secret }: Pick<Observation, 'keys' | 'record' | 'secret'>,
  config: RotationConfig,
): string[] {
  const waits = keys.some((key) => key.id === old?.keyId && key.status === 'Active');
  const asks = config.takeover.requireAdoption && old !== undefined && isTakenOver(secret, old.keyId);
  return waits && asks && current ? [current.keyId] : [];
}

const absent: SecretState = { kind: 'absent' };

/** The old key decides by its use, the new one where adoption is asked for, and any that may be an orphan. */
function keysThatMatter(
  { old, current, claims }: UserRecord,
  keys: readonly AccessKey[],
  config: RotationConfig,
): string[] {
  const active = keys.filter((key) => key.status === 'Active').map((key) => key.id);
  const waiting = old !== undefined && active.includes(old.keyId);
  const intended = claims.some((claim) => claim.intent);
  return active.filter((id) => {
    if (id === old?.keyId) return true;
    if (id === current?.keyId) return waiting && config.requireAdoption;
    return intended;
  });
}

async function observeLastUse(
  cloud: Cloud,
  principalName: string,
  keyIds: readonly string[],
): Promise<Map<string, LastUse>> {
  const uses = await Promise.all(
    keyIds.map(async (id) => [id, await readKeyUse(cloud, principalName, id)] as const),
  );
  return new Map(uses);
}

/** What KMS holds under this name, with the AccessKeyId under ACSCurrent. */
export async function observeSecret(
  cloud: Cloud,
  name: string,
  keys: readonly AccessKey[],
  before?: SecretState,
): Promise<SecretState> {
  const [description, versions] = await Promise.all([
    cloud.kms.describeSecret(name),
    cloud.kms.listVersions(name),
  ]);
  return readSecret(cloud, name, keys, description, versions, before);
}

async function readSecret(
  cloud: Cloud,
  name: string,
  keys: readonly AccessKey[],
  description: SecretDescription | undefined,
  versions: readonly SecretVersion[] | undefined,
  before?: SecretState,
): Promise<SecretState> {
  if (!description || !versions) return absent;
  if (description.plannedDeleteAt) return { kind: 'deleting', at: description.plannedDeleteAt };
  if (description.type !== 'Generic') {
    return unusable(`it is of type ${description.type}, and keyturn writes only Generic ones`);
  }
  const carrier = (stage: string): string | undefined =>
    versions.find((version) => version.stages.includes(stage))?.id;
  const current = carrier('ACSCurrent');
  if (!current) return unusable('no version of it is ACSCurrent');
  const known = before?.kind === 'present' && before.currentVersionId === current;
  const named = keys.some((key) => key.id === current) ? current : undefined;
  const currentKeyId = known ? before.currentKeyId : (named ?? (await keyIdIn(cloud, name, current)));
  if (!currentKeyId) {
    return unusable('its current value is not flat JSON with AccessKeyId and AccessKeySecret');
  }
  return {
    kind: 'present',
    currentVersionId: current,
    currentKeyId,
    previousVersionId: carrier('ACSPrevious'),
    standbyVersionId: carrier(standbyStage),
    versionIds: versions.map((version) => version.id),
  };
}

const unusable = (why: string): SecretState => ({ kind: 'unusable', why });

/** `undefined` where the version holds no pair. */
export async function keyIdIn(cloud: Cloud, name: string, versionId: string): Promise<string | undefined> {
  try {
    return (await cloud.kms.readPair(name, { versionId })).keyId;
  } catch (error) {
    if (isCode(error, 'NotAKeyPair')) return undefined;
    throw error;
  }
}

/**
 * One user by name, however large the account is. A user that keyturn knows carries its own name as a tag, so
 * that IMS finds it with all its tags in one call; any other takes two, as RAM knows the name and IMS wants the
 * id. Containment does without KMS, which may be what is down.
 */
export async function lookUp(
  cloud: Cloud,
  config: RotationConfig,
  name: string,
  withSecret: boolean,
): Promise<LookedUp | undefined> {
  const secret = secretName(config, cloud.account, name);
  const [user, tagged, keys, managedByName, description, versions] = await Promise.all([
    cloud.ram.getUser(name),
    cloud.ims.usersWithTag(tagKeys.user, name).catch(nobody),
    cloud.ram.listAccessKeys(name).catch(noneWithoutUser),
    withSecret && cloud.ownKms.isKmsManaged(name),
    withSecret ? cloud.kms.describeSecret(secret) : undefined,
    withSecret ? cloud.kms.listVersions(secret) : undefined,
  ]);
  if (!user) return undefined;
  const known = tagged.find(({ id, tags }) => id === user.id && tags.get(tagKeys.user) === name);
  const { displayName = name } = user;
  const [tags, principal, state, managedByDisplayName] = await Promise.all([
    known?.tags ?? cloud.ims.listTags(user.id),
    known ?? cloud.ims.getUser({ id: user.id }),
    readSecret(cloud, secret, keys, description, versions),
    withSecret && displayName !== name && cloud.ownKms.isKmsManaged(displayName),
  ]);
  const principalName = principal?.principalName ?? '';
  const identity = { account: cloud.account, name, id: user.id, principalName, frozen: false };
  return {
    tags,
    observation: {
      user: identity,
      keys,
      record: readRecord(tags),
      kmsManaged: managedByName || managedByDisplayName,
      secret: state,
      lastUse: new Map(),
      tagged: [...tags.keys()],
    },
  };
}

const nobody = (): ImsUser[] => [];

export interface LookedUp {
  readonly tags: ReadonlyMap<string, string>;
  readonly observation: Observation;
}

function noneWithoutUser(error: unknown): AccessKey[] {
  if (isCode(error, 'EntityNotExist.User')) return [];
  throw error;
}
