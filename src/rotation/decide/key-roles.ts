import { skewAllowance } from '../../base/time';
import type { AccessKey, LastUse } from '../../cloud/access-key';
import type { UserRecord } from '../../record/rotation';
import type { Observation, PresentSecret } from '../observation';

/** What each key of the user is, told from RAM, KMS and keyturn's record together. */
export interface KeyRoles {
  readonly current?: Current;
  /** Issued and stored by keyturn, never current. */
  readonly standby?: AccessKey;
  /** Issued by keyturn, secret nowhere: lost for good. */
  readonly orphan?: AccessKey;
  /** Replaced by the current key. */
  readonly old?: AccessKey;
  /** Neither issued nor replaced by keyturn. */
  readonly strangers: readonly AccessKey[];
}

export interface Current {
  readonly keyId: string;
  readonly versionId: string;
  /** Absent where RAM no longer has the key. */
  readonly key?: AccessKey;
  readonly issued: boolean;
  /** The only pair that its secret ever held, current from its creation on, without proof. */
  readonly first: boolean;
  /**
   * `recorded`: keyturn knows it to be proven or adopted. `unconfirmed`: keyturn issued it and was stopped
   * before it could write so. `unknown`: somebody else's doing.
   */
  readonly known: 'recorded' | 'unconfirmed' | 'unknown';
}

export function keyRolesOf(observation: Observation): KeyRoles {
  const { keys, secret } = observation;
  const present = secret.kind === 'present' ? secret : undefined;
  const current = present && currentOf(observation, present);
  const others = keys.filter((key) => key.id !== current?.keyId);

  const standby = others.find((key) => isStandby(key, observation, present));
  const orphans = others.filter((key) => key !== standby && isOrphan(key, observation, present));
  const [orphan] = orphans.length === 1 ? orphans : [];
  const rest = others.filter((key) => key !== standby && key !== orphan);
  const old = rest.find((key) => isOld(key, observation, current, standby !== undefined));
  return { current, standby, orphan, old, strangers: rest.filter((key) => key !== old) };
}

function currentOf({ keys, record }: Observation, secret: PresentSecret): Current {
  const keyId = secret.currentKeyId;
  const base = {
    keyId,
    versionId: secret.currentVersionId,
    key: keys.find((key) => key.id === keyId),
    first: secret.versionIds.length === 1,
  };
  if (record.current?.keyId === keyId) {
    return { ...base, known: 'recorded', issued: record.current.origin === 'issued' };
  }
  const ours =
    secret.currentVersionId === keyId && (secret.standbyVersionId === keyId || isExpected(keyId, record));
  return { ...base, known: ours ? 'unconfirmed' : 'unknown', issued: ours };
}

function isStandby(key: AccessKey, { record }: Observation, secret: PresentSecret | undefined): boolean {
  if (!secret?.versionIds.includes(key.id) || key.id === record.old?.keyId) return false;
  if (key.id === record.current?.keyId) return false;
  return key.id === secret.standbyVersionId || isExpected(key.id, record);
}

/** Some run meant to issue a key, and this one was not there before. */
function isExpected(keyId: string, { standby, claims }: UserRecord): boolean {
  if (standby?.keyId === keyId) return true;
  return claims.some(({ intent }) => intent && !intent.before.includes(keyId));
}

/** Two candidates for one intent: one of them is a person's, and nobody can tell which. */
function isOrphan(
  key: AccessKey,
  { record: { claims, current, old }, lastUse }: Observation,
  secret: PresentSecret | undefined,
): boolean {
  if (wasUsed(lastUse.get(key.id))) return false;
  if (secret?.versionIds.includes(key.id) || key.id === current?.keyId || key.id === old?.keyId) return false;
  return claims.some(
    ({ intent }) =>
      intent &&
      !intent.before.includes(key.id) &&
      key.createdAt >= intent.at.minus(skewAllowance) &&
      key.createdAt <= intent.until.plus(skewAllowance),
  );
}

/** Nobody can use a key whose secret is lost: one that is in use is somebody's. The proof is a use by STS. */
const wasUsed = (use: LastUse | undefined): boolean =>
  use?.kind === 'at' && use.service !== undefined && use.service.toLowerCase() !== 'sts';

/** While a successor is on its way, what it replaces is told by the record and by who was there before it. */
function isOld(
  key: AccessKey,
  { record }: Observation,
  current: Current | undefined,
  underWay: boolean,
): boolean {
  if (key.id === record.old?.keyId) return true;
  const { rollback } = record;
  if (rollback && key.id === rollback.from && current?.keyId === rollback.to) return true;
  if (current?.known !== 'unconfirmed' && !(current?.known === 'unknown' && underWay)) return false;
  const before = [record.standby?.before, ...record.claims.map((claim) => claim.intent?.before)];
  return key.id === record.current?.keyId || before.some((ids) => ids?.includes(key.id));
}
