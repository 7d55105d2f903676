import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock';
import type { Cloud } from '../cloud/cloud';
import type { KeyPair } from '../cloud/credentials';
import { sameSecret } from '../cloud/secret';
import type { RotationConfig } from '../config/schema';
import { isBegun, readRecord, write } from '../record/rotation';
import { tagKeys, whyNoRoom } from '../record/tags';
import type { ActionReport, ReportedError } from '../report/run-report';
import { secretName } from '../users/secret-name';
import { takeClaim } from './act/claim';
import { ProofError, prove } from './act/prove';
import type { Observation, SecretState } from './observation';
import { lookUp, observeSecret } from './observe';
import { busy, withoutClaim } from './rotate-user';

export interface Adoption {
  readonly account: string;
  readonly user: string;
  readonly reason: 'Adopted' | 'AlreadyAdopted' | 'Refused';
  readonly message: string;
  readonly actions: readonly ActionReport[];
  readonly error?: ReportedError;
}

export interface AdoptionRequest {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly rotation: RotationConfig;
  readonly userName: string;
  readonly pair: KeyPair;
}

/** The key is there already, so only one made a moment ago needs any. */
const patienceMs = 5_000;

/**
 * Brings an existing key, whose secret somebody knows, under keyturn: proven first, then stored as the user's secret,
 * then recorded. Stopped in between, the next run of rotate-keys adopts what is stored; repeating it is safe.
 * @throws CloudError
 */
export async function adoptKey({
  cloud,
  clock,
  rotation,
  userName,
  pair,
}: AdoptionRequest): Promise<Adoption> {
  const told = { account: cloud.account, user: userName, actions: [] };
  const refuse = ({ code, message }: ReportedError): Adoption => {
    const whole = `${message} Nothing was changed.`;
    return { ...told, reason: 'Refused', message: whole, error: { code, message: whole } };
  };
  const found = await lookUp(cloud, rotation, userName, true);
  if (!found) {
    return refuse({
      code: 'UserNotFound',
      message: `There is no RAM user ${userName} in account ${cloud.account}: check the name.`,
    });
  }
  const { observation } = found;
  const { user, record, secret } = observation;
  const name = secretName(rotation, cloud.account, userName);
  const refusal = whyNot(observation, pair.keyId, name);
  if (refusal) return refuse(refusal);
  const stored = secret.kind === 'present';
  if (stored && !(await isStored(cloud, name, secret.currentVersionId, pair))) {
    return refuse({
      code: 'SecretDiffers',
      message: `The secret ${name} holds key ${pair.keyId} with another AccessKeySecret than the one given: one of them is wrong, so prove them by hand.`,
    });
  }
  if (stored && record.current?.keyId === pair.keyId) {
    const message = `Key ${pair.keyId} of user ${userName} is under keyturn already, in the secret ${name}.`;
    return { ...told, reason: 'AlreadyAdopted', message };
  }
  const message = `Key ${pair.keyId} of user ${userName} is proven and in the secret ${name}; its first rotation is due by its age.`;
  if (cloud.gate.mode === 'plan') {
    return { ...told, reason: 'Adopted', message, actions: actions(stored, 'planned', pair.keyId) };
  }
  try {
    await prove(pair, user, clock, async () => cloud, patienceMs);
  } catch (error) {
    if (!(error instanceof ProofError)) throw error;
    return refuse({
      code: error.code,
      message: `Key ${pair.keyId} does not sign as user ${userName} with the AccessKeySecret given: check both halves.`,
    });
  }
  const runId = `adopt${randomBytes(6).toString('hex')}`;
  const taken = await takeClaim(
    { cloud, clock, runId, userId: user.id, by: 'timer', patient: true },
    (claimed) => observeSecret(claimed, name, observation.keys),
  );
  if (taken.kind === 'busy') return refuse({ code: 'Busy', message: `${busy(userName).message} Try again.` });
  try {
    const held = await taken.claim.cloud();
    const record = readRecord(withoutClaim(taken.tags, runId));
    const changed = whyNot({ ...observation, record, secret: taken.also }, pair.keyId, name);
    if (changed) return refuse(changed);
    if (versionIn(taken.also) !== versionIn(secret)) {
      return refuse({ code: 'ChangedMeanwhile', message: `The secret ${name} was changed meanwhile.` });
    }
    if (!stored) await store(held, rotation, userName, pair, clock);
    const current = write.current({ keyId: pair.keyId, origin: 'adopted', provenAt: clock.now() });
    await held.ims.tag(user.id, { [tagKeys.user]: userName, [tagKeys.current]: current });
  } finally {
    await taken.claim.release();
  }
  return { ...told, reason: 'Adopted', message, actions: actions(stored, 'done', pair.keyId) };
}

function whyNot(observation: Observation, keyId: string, name: string): ReportedError | undefined {
  const { user, keys, record, secret, kmsManaged, tagged } = observation;
  const no = (code: string, message: string): ReportedError => ({ code, message });
  const key = keys.find(({ id }) => id === keyId);
  if (!key) return no('UnknownKey', `Key ${keyId} is not a key of user ${user.name}.`);
  if (key.status !== 'Active') {
    return no('KeyDisabled', `Key ${keyId} of user ${user.name} is disabled, so it cannot be proven.`);
  }
  if (kmsManaged) {
    return no('ManagedByKms', `The KMS secret acs/ram/user/${user.name} rotates this user's keys already.`);
  }
  if (record.unreadable.length > 0) {
    return no(
      'RecordUnreadable',
      `The tags ${record.unreadable.join(', ')} of user ${user.name} are not as keyturn wrote them: remove them after checking which key is in use.`,
    );
  }
  if (isBegun(record)) {
    return no('Unfinished', `An emergency or a rollback of user ${user.name} is not finished yet.`);
  }
  if (record.inactive) {
    return no('DisabledForInactivity', `User ${user.name} was disabled for inactivity: restore it first.`);
  }
  const noRoom = whyNoRoom(user.name, tagged, 'rotation');
  if (noRoom) return no('NoRoomForTags', noRoom);
  if (secret.kind === 'absent') return undefined;
  if (secret.kind !== 'present') return no('SecretUnusable', `The secret ${name} exists and cannot be used.`);
  if (secret.currentKeyId === keyId) return undefined;
  return no(
    'SecretOfAnotherKey',
    `The secret ${name} exists and names key ${secret.currentKeyId} as the current one.`,
  );
}

const versionIn = (secret: SecretState): string | undefined =>
  secret.kind === 'present' ? secret.currentVersionId : undefined;

async function isStored({ kms }: Cloud, name: string, versionId: string, pair: KeyPair): Promise<boolean> {
  const known = await kms.readPair(name, { versionId });
  return known.keyId === pair.keyId && sameSecret(known.secret, pair.secret);
}

async function store(
  { account, kms }: Cloud,
  rotation: RotationConfig,
  userName: string,
  pair: KeyPair,
  clock: Clock,
): Promise<void> {
  const { encryptionKeyId, kmsInstanceId } = rotation.secret;
  await kms.createSecret({
    name: secretName(rotation, account, userName),
    versionId: pair.keyId,
    pair: { ...pair, generatedAt: clock.now() },
    description: `AccessKey of RAM user ${userName}, rotated by keyturn`,
    encryptionKeyId,
    kmsInstanceId,
  });
}

const actions = (stored: boolean, outcome: ActionReport['outcome'], keyId: string): ActionReport[] => [
  { action: 'ProveKey', keyId, outcome },
  ...(stored ? [] : [{ action: 'StoreSecret', keyId, outcome } as const]),
];
