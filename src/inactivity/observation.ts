import type { DateTime } from 'luxon';
import type { AccessKey, LastUse } from '../cloud/access-key';
import type { InactivityRecord } from '../record/inactivity';
import type { UserRecord } from '../record/rotation';
import type { Membership } from '../users/membership';
import type { UserIdentity } from '../users/user';

/** What a list of users and the configuration tell of one user, before a look at its keys. */
export interface Profile extends UserIdentity, Membership {
  readonly createdAt: DateTime;
  readonly lastLogin: LastUse;
  /** Another system keeps this user, such as SCIM or CloudSSO. */
  readonly keptBy?: string;
  /** The credentials of this very run are the user's. */
  readonly runsKeyturn: boolean;
  readonly tags: ReadonlyMap<string, string>;
  readonly rotation: UserRecord;
  readonly record: InactivityRecord;
}

/** `lastUse` is absent where it was not asked for: what is known without it shows activity already. */
export interface ObservedKey extends AccessKey {
  readonly lastUse?: LastUse;
}

export type Logon =
  | { readonly kind: 'none' }
  /** Not asked for, as with a key's last use. */
  | { readonly kind: 'unread' }
  | LogonProfile;

export interface LogonProfile {
  readonly kind: 'active' | 'inactive';
  readonly updatedAt?: DateTime;
  readonly passwordResetRequired: boolean;
  readonly mfaBindRequired: boolean;
}

/** Everything that is known of one user at one moment. The decision is a function of it and nothing else. */
export interface Observation {
  readonly user: Profile;
  readonly keys: readonly ObservedKey[];
  readonly logon: Logon;
}
