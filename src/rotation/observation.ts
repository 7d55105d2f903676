import type { DateTime } from 'luxon';
import type { AccessKey, LastUse } from '../cloud/access-key';
import type { NetworkPolicy } from '../cloud/access-key-policy';
import type { UserRecord } from '../record/rotation';
import type { UserIdentity } from '../users/user';

/** Everything that is known of one user at one moment. The decision is a function of it and nothing else. */
export interface Observation {
  readonly user: UserIdentity;
  readonly keys: readonly AccessKey[];
  readonly record: UserRecord;
  readonly secret: SecretState;
  /** A KMS secret of type RAMCredentials rotates this user already. */
  readonly kmsManaged: boolean;
  /** By key id; keys whose last use does not matter now are absent. */
  readonly lastUse: ReadonlyMap<string, LastUse>;
  /** The keys of all tags on the user. */
  readonly tagged: readonly string[];
  /** Read ahead in an emergency, where a call's time counts; by key id. */
  readonly networkPolicies?: ReadonlyMap<string, NetworkPolicy>;
}

export type SecretState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'deleting'; readonly at: DateTime }
  | { readonly kind: 'unusable'; readonly why: string }
  | PresentSecret;

export interface PresentSecret {
  readonly kind: 'present';
  readonly currentVersionId: string;
  /** The AccessKeyId in the version under ACSCurrent. */
  readonly currentKeyId: string;
  readonly previousVersionId?: string;
  readonly standbyVersionId?: string;
  readonly versionIds: readonly string[];
}

/** The stage that marks a stored pair that is not proven yet. */
export const standbyStage = 'KeyturnStandby';

/** The secret was made with this key's successor and has no version before it, so no program read this key from it. */
export const isTakenOver = (secret: SecretState, keyId: string): boolean =>
  secret.kind === 'present' && secret.previousVersionId === undefined && !secret.versionIds.includes(keyId);
