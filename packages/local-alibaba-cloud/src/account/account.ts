import type { Pair, SessionCredentials } from '../credentials';
import type { PolicyDocument, StatementUse } from '../policy';
import { type Moment, milliseconds, type NewKey, type NewLeak, type NewSecret, type NewUser } from '../seed';
import type {
  AccessKey,
  AccountState,
  CloudState,
  CredentialReport,
  Group,
  KeyStatus,
  LeakFinding,
  ManagedPolicy,
  MfaDevice,
  Role,
  RootKey,
  Secret,
  SecurityPreference,
  User,
} from '../state';
import * as groups from './groups';
import { enforceIdleRule } from './idle-rule';
import { recordUse } from './key-use';
import * as keys from './keys';
import { addLeak } from './leaks';
import { markLogin } from './logins';
import * as policies from './policies';
import * as recycledKeys from './recycled-keys';
import * as roles from './roles';
import * as secrets from './secrets';
import { newAccountSecurity } from './security';
import { SYSTEM_POLICIES } from './system-policies';
import * as tags from './tags';
import * as users from './users';

/**
 * One Alibaba Cloud account, as tests seed and read it. What RAM and KMS offer too throws a `CloudError` with the code
 * that a caller would get.
 */
export class Account implements AccountState {
  readonly rootKey: RootKey;
  readonly users = new Map<string, User>();
  readonly usersById = new Map<string, User>();
  readonly userBin = new Map<string, User>();
  readonly groups = new Map<string, Group>();
  readonly roles = new Map<string, Role>();
  readonly policies = new Map<string, ManagedPolicy>();
  readonly systemPolicies = new Map<string, ManagedPolicy>();
  readonly mfaDevices = new Map<string, MfaDevice>();
  readonly secrets = new Map<string, Secret>();
  readonly leaks: LeakFinding[] = [];
  readonly kmsInstances = new Set<string>();
  readonly preference: SecurityPreference = {
    maxIdleDaysForAccessKeys: 730,
    maxIdleDaysForUsers: 730,
    allowUserToManageAccessKeys: false,
  };
  readonly security = newAccountSecurity();
  usersQuota = 1000;
  alias?: string;
  report?: CredentialReport;

  constructor(
    readonly id: string,
    readonly cloud: CloudState,
  ) {
    const owner = `${id}/root`;
    this.rootKey = {
      root: true,
      accessKeyId: cloud.identifiers.accessKeyId(owner),
      accessKeySecret: cloud.identifiers.accessKeySecret(owner),
    };
    cloud.keys.set(this.rootKey.accessKeyId, { account: this, key: this.rootKey });
    cloud.issued(this.rootKey.accessKeySecret);
    for (const [name, document] of Object.entries(SYSTEM_POLICIES)) {
      const policy = policies.newPolicy({ name, type: 'System', document, description: '', now: this.now });
      this.systemPolicies.set(name, policy);
    }
  }

  get now(): number {
    return this.cloud.clock.now();
  }

  get domain(): string {
    return `${this.alias ?? this.id}.onaliyun.com`;
  }

  createUser(name: string, options?: NewUser): User {
    return users.createUser(this, name, options);
  }

  user(name: string): User {
    return users.userNamed(this, name);
  }

  /** Moves the user to the recycle bin. */
  deleteUser(user: User): void {
    users.deleteUser(this, user);
  }

  recycledUsers(): User[] {
    return users.recycledUsers(this);
  }

  /** A console logon. */
  markLogin(userName: string, at: Moment = this.now): void {
    markLogin(this.user(userName), milliseconds(at) ?? this.now);
  }

  /** Seeds a key, whatever the quota says. */
  createKey(userName: string, options?: NewKey): Pair {
    return keys.createKey(this, this.user(userName), options);
  }

  key(user: User, id: string): AccessKey {
    return keys.keyWithId(user, id);
  }

  setKeyStatus(key: AccessKey, status: KeyStatus): void {
    keys.setKeyStatus(key, status, this.now);
  }

  /** Notes a use of a key, as any call signed with it does. */
  markUsed(
    keyId: string,
    use: { at?: Moment; service?: string; event?: string; address?: string } = {},
  ): void {
    const key = this.cloud.keys.get(keyId)?.key;
    if (!key || 'root' in key) return;
    const { service = 'Ecs', event, address } = use;
    recordUse(key, { at: milliseconds(use.at) ?? this.now, service, event, address });
  }

  /** Moves the key to the recycle bin. */
  deleteKey(key: AccessKey): void {
    recycledKeys.deleteKey(this, key);
  }

  recycledKeys(user: User): AccessKey[] {
    return recycledKeys.recycledKeys(this, user);
  }

  /** Ends a key of the recycle bin before its time. */
  purgeKey(user: User, id: string): void {
    recycledKeys.purgeKey(this, user, id);
  }

  /** Security Center finds a key in public code, whoever's it is. */
  leak(keyId: string, options?: NewLeak): LeakFinding {
    return addLeak(this, keyId, options);
  }

  tagUser(user: User, tagged: Iterable<[string, string]>): void {
    tags.tagUser(this, user, tagged);
  }

  /** @param tagKeys all of them if undefined */
  untagUser(user: User, tagKeys: Iterable<string> | undefined): void {
    tags.untagUser(this, user, tagKeys);
  }

  createGroup(name: string): Group {
    return groups.createGroup(this, name);
  }

  group(name: string): Group {
    return groups.groupNamed(this, name);
  }

  /** Makes the group if there is none. */
  addToGroup(userName: string, groupName: string): void {
    groups.addToGroup(this, this.user(userName), groupName);
  }

  createPolicy(name: string, document: PolicyDocument): ManagedPolicy {
    return policies.createPolicy(this, name, document);
  }

  policy(name: string, type: string): ManagedPolicy {
    return policies.policyNamed(this, name, type);
  }

  addPolicyVersion(policy: ManagedPolicy, document: PolicyDocument, asDefault: boolean): string {
    return policies.addPolicyVersion(policy, document, { asDefault, now: this.now });
  }

  /** Attaches a policy document of one's own to a user. */
  attachUserPolicy(userName: string, document: PolicyDocument): void {
    policies.attachDocument(this, this.user(userName), `user-${userName}`, document);
  }

  createRole(name: string, options: roles.NewRole): Role {
    return roles.createRole(this, name, options);
  }

  role(name: string): Role {
    return roles.roleNamed(this, name);
  }

  /** Which patterns of the role's policies were of use so far. */
  grantsUsed(roleName: string): StatementUse[] {
    return roles.grantsUsed(this.role(roleName));
  }

  /** Credentials of a role, as Function Compute puts them into a function's context: 36 hours by default. */
  assume(roleName: string, options?: { durationSeconds?: number; sessionName?: string }): SessionCredentials {
    return roles.assume(this, this.role(roleName), options);
  }

  /** A secret with one version, marked ACSCurrent. */
  createSecret(name: string, versionId: string, data: string, options?: NewSecret): Secret {
    return secrets.createSecret(this, name, { id: versionId, data }, options);
  }

  /** A secret by which KMS rotates the keys of a user. */
  createRamSecret(userName: string): Secret {
    return secrets.createRamSecret(this, this.user(userName));
  }

  /** Undefined where there is none, or where its planned deletion is over. */
  secret(name: string): Secret | undefined {
    return secrets.secretNamed(this, name);
  }

  /** What RAM does each day: disables keys and logons idle for longer than the security preference allows. */
  enforceIdleRule(): void {
    enforceIdleRule(this);
  }
}
