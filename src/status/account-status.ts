import type { Mode } from '../report/run-report';
import type { UsedBy } from '../report/used-by';
import type { Reason, State } from '../rotation/decide/reasons';

/**
 * What keyturn knows, will do and did, as `keyturn status --json` prints it. Times are ISO 8601, UTC, whole
 * seconds; durations ISO 8601. Fields are added, never renamed or removed, while `version` stays.
 */
export interface Status {
  readonly version: 1;
  readonly at: string;
  readonly accounts: readonly AccountStatus[];
}

export interface AccountStatus {
  readonly account: string;
  readonly region: string;
  readonly mode: Mode;
  /** What the configuration asks for, so that ages can be told against it. */
  readonly rotation: {
    readonly maxAge: string;
    readonly grace: string;
    readonly quiet: string;
    readonly recovery: string;
  };
  /** RAM users of the account, managed or not. */
  readonly usersInAccount: number;
  /** The managed users, in the order of their names. */
  readonly users: readonly UserStatus[];
  readonly exemptions: readonly ExemptionStatus[];
  /** Names in the configuration that RAM does not know. */
  readonly missing: readonly string[];
  /** What a person should know of the account as a whole. */
  readonly notes?: readonly string[];
  /** Where the account could not be read. */
  readonly error?: { readonly code: string; readonly message: string };
}

export interface UserStatus {
  readonly user: string;
  readonly state: State;
  readonly reason: Reason;
  /** One sentence for a person. */
  readonly message: string;
  /** What comes next, for a person, such as `the old key is disabled`; absent where nothing does. */
  readonly next?: string;
  /** When that is at the earliest; absent where it is now, or unknown. */
  readonly nextAt?: string;
  readonly keys: readonly KeyStatus[];
  readonly secret: {
    readonly name: string;
    /** `unread`: it was not looked at, since a secret of KMS's own rotates the user, or the user could not be read. */
    readonly state: 'absent' | 'deleting' | 'unusable' | 'present' | 'unread';
  };
  readonly hold?: { readonly until?: string };
  readonly exemption?: ExemptionStatus;
  readonly error?: { readonly code: string; readonly message: string };
}

export interface KeyStatus {
  readonly keyId: string;
  /** `other`: neither issued nor replaced by keyturn. */
  readonly role: 'current' | 'standby' | 'old' | 'orphan' | 'other';
  readonly status: 'Active' | 'Inactive';
  readonly createdAt: string;
  /** Whole days since `createdAt`. */
  readonly ageDays: number;
  readonly lastUse: LastUseStatus;
  /** Of an enabled old key: where ActionTrail saw it lately; absent where that cannot be had. */
  readonly usedBy?: UsedBy;
  /** Of the current key: since when it is proven, or adopted. */
  readonly currentSince?: string;
  /** Of the old key: since when it is replaced; the delivered notice, from which `grace` counts. */
  readonly replacedAt?: string;
  readonly graceEndsAt?: string;
  /** Of a disabled old key. */
  readonly disabledAt?: string;
  readonly deletedFrom?: string;
}

/** `unread`: it was not asked for, or the answer cannot be read; it counts as in use. */
export type LastUseStatus =
  | { readonly kind: 'at'; readonly at: string; readonly service?: string }
  | { readonly kind: 'never' }
  | { readonly kind: 'unread'; readonly why: string };

export interface ExemptionStatus {
  /** `user break-glass`, `group auditors`, `tag keyturn=exempt`. */
  readonly who: string;
  readonly reason: string;
  /** The end of the day, UTC; absent: for good. */
  readonly endsAt?: string;
  readonly over: boolean;
}
