import type { DateTime } from 'luxon';

export type AccessKeyStatus = 'Active' | 'Inactive';

export interface AccessKey {
  readonly id: string;
  readonly status: AccessKeyStatus;
  readonly createdAt: DateTime;
  /** Last change of status. Only IMS tells it, and not in every account. */
  readonly updatedAt?: DateTime;
}

/** What the cloud says of a key's (or a logon's) last use. Only `never` and `at` are knowledge. */
export type LastUse =
  | { readonly kind: 'never' }
  | { readonly kind: 'at'; readonly at: DateTime; readonly service?: string }
  | { readonly kind: 'unreadable'; readonly why: string };
