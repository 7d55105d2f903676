/** What the cloud holds. Times are milliseconds since the epoch on its clock. */
import type { History } from './account/history';
import type { AccountSecurity } from './account/security';
import type { Pair } from './credentials';
import type { ResourceDirectory } from './directory';
import type { Identifiers } from './identifiers';
import type { Policy, PolicyDocument } from './policy';
import type { Switches } from './switches';
import type { CloudClock } from './time';

/** What all accounts share. */
export interface CloudState {
  readonly clock: CloudClock;
  readonly switches: Switches;
  readonly identifiers: Identifiers;
  readonly region: string;
  /** Alive and dead keys of all accounts, for the gateway. */
  readonly keys: Map<string, KeyEntry>;
  readonly sessions: Map<string, Session>;
  readonly directory: ResourceDirectory | undefined;
  existingAccount(id: string): AccountState | undefined;
  /** Notes a secret or token, so that a test can look for it where it must not be. */
  issued(secret: string): void;
}

export interface KeyEntry {
  readonly account: AccountState;
  readonly key: AccessKey | RootKey;
}

/** The key of the account itself, which may do everything. */
export interface RootKey extends Pair {
  readonly root: true;
}

/** One Alibaba Cloud account. */
export interface AccountState {
  readonly id: string;
  readonly cloud: CloudState;
  readonly rootKey: RootKey;
  /** By name. */
  readonly users: Map<string, User>;
  readonly usersById: Map<string, User>;
  /** The recycle bin, by id. */
  readonly userBin: Map<string, User>;
  readonly groups: Map<string, Group>;
  readonly roles: Map<string, Role>;
  readonly policies: Map<string, ManagedPolicy>;
  readonly systemPolicies: Map<string, ManagedPolicy>;
  /** By serial number. */
  readonly mfaDevices: Map<string, MfaDevice>;
  readonly secrets: Map<string, Secret>;
  /** What Security Center found, oldest first. */
  readonly leaks: LeakFinding[];
  /** Ids of the KMS instances that it has purchased. */
  readonly kmsInstances: Set<string>;
  readonly preference: SecurityPreference;
  readonly security: AccountSecurity;
  /** Raised by ticket in the real world; asked by CreateUser only. */
  usersQuota: number;
  alias?: string;
  report?: CredentialReport;
  /** The cloud's clock, milliseconds. */
  readonly now: number;
  /** Of the principal names of its users. */
  readonly domain: string;
}

export type KeyStatus = 'Active' | 'Inactive';

export interface KeyUse {
  at: number;
  service: string;
  /** Name of the API action, and where the call came from. */
  event?: string;
  address?: string;
}

export interface AccessKey {
  readonly id: string;
  readonly secret: string;
  readonly user: User;
  readonly createdAt: number;
  status: KeyStatus;
  /** Last change of status. */
  updatedAt: number;
  /** At most one a minute, in order of time. */
  uses: KeyUse[];
  /** JSON text of the key's own network access policy. */
  networkPolicy?: string;
  readonly networkPolicyHistory: History<string | undefined>;
  recycledAt?: number;
}

/** A key that Security Center found in public code. */
export interface LeakFinding {
  readonly id: number;
  readonly keyId: string;
  readonly owner: 'master' | 'ram';
  readonly userName: string;
  readonly url: string;
  readonly repository: string;
  readonly file: string;
  /** What it quotes, secret and all. */
  readonly code: string;
  readonly foundAt: number;
  status: 'pending' | 'dealed';
  dealType: string;
  dealtAt?: number;
  remark: string;
  /** From this moment on it shows as dealt with. */
  shownFrom?: number;
}

export interface LoginProfile {
  status: KeyStatus;
  readonly createdAt: number;
  updatedAt: number;
  passwordResetRequired: boolean;
  mfaBindRequired: boolean;
  /** Since when the password is the one that creating or enabling the logon gave; nobody has logged on with it. */
  initialSince?: number;
}

/** Something that policies can be attached to. */
export interface Attached {
  readonly name: string;
  /** Time of attachment by policy. */
  readonly policies: Map<ManagedPolicy, number>;
}

export interface User extends Attached {
  name: string;
  readonly id: string;
  principalName: string;
  displayName: string;
  email: string;
  mobilePhone: string;
  comments: string;
  readonly createdAt: number;
  updatedAt: number;
  status: 'active' | 'freeze';
  provisionType: 'Manual' | 'SCIM' | 'CloudSSO';
  /** Alive ones only; see `bin`. */
  readonly keys: Map<string, AccessKey>;
  /** The recycle bin, oldest first. */
  bin: AccessKey[];
  readonly tags: Map<string, string>;
  readonly tagHistory: History<ReadonlyMap<string, string>>;
  /** Time of joining by group. */
  readonly groups: Map<Group, number>;
  login?: LoginProfile;
  lastLogin?: number;
  mfa?: MfaDevice;
  /** Keys that the user's own deletion took along. */
  keysRecycledWithUser?: AccessKey[];
  recycledAt?: number;
}

export interface MfaDevice {
  readonly serialNumber: string;
  user?: User;
  activatedAt?: number;
}

export interface Group extends Attached {
  name: string;
  readonly id: string;
  comments: string;
  readonly createdAt: number;
  updatedAt: number;
  /** Time of joining by user. */
  readonly members: Map<User, number>;
}

export interface Role extends Attached {
  readonly id: string;
  readonly arn: string;
  trust: PolicyDocument;
  trustText: string;
  description: string;
  maxSessionSeconds: number;
  readonly tags: Map<string, string>;
  readonly createdAt: number;
  updatedAt: number;
}

export interface ManagedPolicyVersion {
  readonly id: string;
  readonly text: string;
  readonly policy: Policy;
  readonly createdAt: number;
}

export interface ManagedPolicy {
  readonly name: string;
  readonly type: 'System' | 'Custom';
  description: string;
  readonly versions: Map<string, ManagedPolicyVersion>;
  current: ManagedPolicyVersion;
  versionsMade: number;
  readonly tags: Map<string, string>;
  readonly createdAt: number;
  updatedAt: number;
}

/** Credentials of a role for a while. */
export interface Session {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly securityToken: string;
  readonly expiresAt: number;
  readonly role: Role;
  readonly account: AccountState;
  readonly name: string;
  /** Narrows what the role may do. */
  readonly policy?: Policy;
}

export interface SecretVersion {
  readonly id: string;
  readonly data: string;
  readonly dataType: 'text' | 'binary';
  readonly stages: Set<string>;
  readonly createdAt: number;
}

export type SecretType = 'Generic' | 'Rds' | 'Redis' | 'RAMCredentials' | 'ECS' | 'PolarDB';

export interface Secret {
  readonly name: string;
  readonly arn: string;
  readonly type: SecretType;
  readonly encryptionKeyId?: string;
  readonly kmsInstanceId?: string;
  /** JSON text: whom or what a secret that KMS rotates belongs to. */
  readonly extendedConfig?: string;
  readonly createdAt: number;
  updatedAt: number;
  description: string;
  plannedDeleteTime?: number;
  readonly tags: Map<string, string>;
  /** In order of creation. */
  readonly versions: Map<string, SecretVersion>;
}

/** What a policy on the cloud may ask of users and keys on its own account: the idle rule of RAM. */
export interface SecurityPreference {
  maxIdleDaysForAccessKeys: number;
  maxIdleDaysForUsers: number;
  allowUserToManageAccessKeys: boolean;
}

export interface CredentialReport {
  readonly startedAt: number;
  readonly rows: readonly string[];
}
