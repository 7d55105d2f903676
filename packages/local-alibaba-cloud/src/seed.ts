/** What an account is seeded with. */
import type { KeyStatus, SecretType, User } from './state';

/** A moment: milliseconds since the epoch, or a Date. */
export type Moment = number | Date;

export interface NewUser {
  groups?: string[];
  tags?: Record<string, string>;
  createdAt?: Moment;
  displayName?: string;
  /** Has a logon profile. */
  consoleLogin?: boolean;
  lastLogin?: Moment;
  status?: User['status'];
  provisionType?: User['provisionType'];
  mfa?: boolean;
}

export interface NewKey {
  createdAt?: Moment;
  status?: KeyStatus;
  /** Last change of status; default: creation. */
  updatedAt?: Moment;
  lastUsed?: Moment;
  /** Of the last use. */
  service?: string;
  networkPolicy?: string;
}

export interface NewSecret {
  type?: SecretType;
  createdAt?: Moment;
  description?: string;
  encryptionKeyId?: string;
  kmsInstanceId?: string;
  /** JSON text. */
  extendedConfig?: string;
  tags?: Record<string, string>;
}

export function milliseconds(moment: Moment | undefined): number | undefined {
  return moment instanceof Date ? moment.getTime() : moment;
}

export interface NewLeak {
  /** `owner/name` on GitHub. */
  repository?: string;
  file?: string;
  url?: string;
  foundAt?: Moment;
}
