import { newAccountSecurity } from './account-security';
import { refusal } from './errors';
import { History } from './history';
import type { Identifiers } from './identifiers';
import { recordUse } from './key-use';
import { Policy, type PolicyDocument, parseTrust, type StatementUse, trusts } from './policy';
import {
  type Moment,
  milliseconds,
  type NewKey,
  type NewLeak,
  type NewSecret,
  type NewUser,
  type Pair,
  type SessionCredentials,
} from './seed';
import type {
  AccessKey,
  Attached,
  CredentialReport,
  Group,
  KeyStatus,
  LeakFinding,
  LoginProfile,
  ManagedPolicy,
  MfaDevice,
  Role,
  Secret,
  SecurityPreference,
  Session,
  User,
} from './state';
import type { Switches } from './switches';
import { SYSTEM_POLICIES, TRUST_FUNCTION_COMPUTE } from './system-policies';
import { type CloudClock, DAY, wireTime } from './time';

export type { Pair, SessionCredentials };

const KEYS_PER_USER = 2;
const BIN_RETENTION = 30 * DAY;
const TAGS_PER_USER = 20;

/** What an account needs of the cloud around it. */
export interface Surroundings {
  readonly clock: CloudClock;
  readonly switches: Switches;
  readonly identifiers: Identifiers;
  readonly region: string;
  /** Alive and dead keys of all accounts, for the gateway. */
  readonly keys: Map<string, { account: Account; key: AccessKey | RootKey }>;
  readonly sessions: Map<string, Session>;
  issued(secret: string): void;
}

/** The key of the account itself, which may do everything. */
export interface RootKey extends Pair {
  readonly root: true;
}

/**
 * One Alibaba Cloud account. The products act on it through these methods; tests and the demo seed and read it.
 * Methods that RAM or KMS offer throw a `CloudError` with the code that a caller would get.
 */
export class Account {
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
  /** What Security Center found, oldest first. */
  readonly leaks: LeakFinding[] = [];
  /** Ids of the KMS instances that it has purchased. */
  readonly kmsInstances = new Set<string>();
  readonly preference: SecurityPreference = {
    maxIdleDaysForAccessKeys: 730,
    maxIdleDaysForUsers: 730,
    allowUserToManageAccessKeys: false,
  };
  readonly security = newAccountSecurity();
  /** Of the account, raised by ticket in the real world; asked by CreateUser only. */
  usersQuota = 1000;
  alias?: string;
  report?: CredentialReport;

  readonly #around: Surroundings;

  constructor(
    readonly id: string,
    around: Surroundings,
  ) {
    this.#around = around;
    const owner = `${id}/root`;
    this.rootKey = {
      root: true,
      accessKeyId: around.identifiers.accessKeyId(owner),
      accessKeySecret: around.identifiers.accessKeySecret(owner),
    };
    around.keys.set(this.rootKey.accessKeyId, { account: this, key: this.rootKey });
    around.issued(this.rootKey.accessKeySecret);
    for (const [name, document] of Object.entries(SYSTEM_POLICIES)) {
      this.systemPolicies.set(name, this.#policy(name, 'System', document));
    }
  }

  get now(): number {
    return this.#around.clock.now();
  }

  // Users

  createUser(name: string, options: NewUser = {}): User {
    if (this.users.has(name)) throw refusal('EntityAlreadyExists.User');
    const createdAt = milliseconds(options.createdAt) ?? this.now;
    const user: User = {
      name,
      id: this.#around.identifiers.entityId('user', `${this.id}/${name}`),
      principalName: `${name}@${this.domain}`,
      displayName: options.displayName ?? name,
      email: '',
      mobilePhone: '',
      comments: '',
      createdAt,
      updatedAt: createdAt,
      status: options.status ?? 'active',
      provisionType: options.provisionType ?? 'Manual',
      keys: new Map(),
      bin: [],
      tags: new Map(Object.entries(options.tags ?? {})),
      tagHistory: new History(),
      groups: new Map(),
      policies: new Map(),
      lastLogin: milliseconds(options.lastLogin),
    };
    this.users.set(name, user);
    this.usersById.set(user.id, user);
    if (options.consoleLogin || options.lastLogin !== undefined) this.createLogin(user, createdAt);
    if (options.mfa) this.bindMfa(user, this.createMfaDevice(`${name}-mfa`));
    for (const group of options.groups ?? []) this.addToGroup(name, group);
    return user;
  }

  /** Throws EntityNotExist.User. */
  user(name: string): User {
    const user = this.users.get(name);
    if (!user) throw refusal('EntityNotExist.User');
    return user;
  }

  get domain(): string {
    return `${this.alias ?? this.id}.onaliyun.com`;
  }

  renameUser(user: User, name: string): void {
    if (this.users.has(name)) throw refusal('EntityAlreadyExists.User');
    this.users.delete(user.name);
    user.name = name;
    user.principalName = `${name}@${this.domain}`;
    this.users.set(name, user);
  }

  /** Moves the user to the recycle bin. */
  deleteUser(user: User): void {
    if (this.#around.switches.deleteUserConflicts) {
      if (user.groups.size > 0) throw refusal('DeleteConflict.User.Group');
      if (user.keys.size > 0) throw refusal('DeleteConflict.User.AccessKey');
      if (user.login) throw refusal('DeleteConflict.User.LoginProfile');
      if (user.mfa) throw refusal('DeleteConflict.User.MFADevice');
      if (user.policies.size > 0) throw refusal('DeleteConflict.User.Policy');
    }
    user.keysRecycledWithUser = [...user.keys.values()];
    for (const key of user.keysRecycledWithUser) {
      user.keys.delete(key.id);
      key.recycledAt = this.now;
    }
    for (const group of user.groups.keys()) group.members.delete(user);
    user.groups.clear();
    user.policies.clear();
    user.login = undefined;
    if (user.mfa) this.unbindMfa(user);
    user.recycledAt = this.now;
    this.users.delete(user.name);
    this.usersById.delete(user.id);
    this.userBin.set(user.id, user);
  }

  /** Users of the recycle bin whose 30 days are not over. */
  recycledUsers(): User[] {
    for (const user of this.userBin.values()) {
      if (this.now - (user.recycledAt ?? 0) >= BIN_RETENTION) this.userBin.delete(user.id);
    }
    return [...this.userBin.values()];
  }

  restoreUser(id: string): User {
    const user = this.recycledUsers().find((one) => one.id === id);
    if (!user) throw refusal('EntityNotExist.User');
    if (this.users.has(user.name)) throw refusal('EntityAlreadyExists.User');
    this.userBin.delete(id);
    user.recycledAt = undefined;
    for (const key of user.keysRecycledWithUser ?? []) {
      key.recycledAt = undefined;
      user.keys.set(key.id, key);
    }
    user.keysRecycledWithUser = undefined;
    this.users.set(user.name, user);
    this.usersById.set(user.id, user);
    return user;
  }

  // Logon profiles and MFA devices

  createLogin(user: User, createdAt = this.now): void {
    if (user.login) throw refusal('EntityAlreadyExists.User.LoginProfile');
    user.login = {
      status: 'Active',
      createdAt,
      updatedAt: createdAt,
      passwordResetRequired: false,
      mfaBindRequired: false,
      initialSince: user.lastLogin === undefined ? createdAt : undefined,
    };
  }

  /** Enabled again, a logon has an initial password. */
  setLoginStatus(login: LoginProfile, status: KeyStatus): void {
    if (status === 'Active' && login.status === 'Inactive') login.initialSince = this.now;
    login.status = status;
    login.updatedAt = this.now;
  }

  /** Of the password: an initial one expires after some days (IMS API reference, GetLoginProfile). */
  passwordStatus({ initialSince }: LoginProfile): 'NotInitial' | 'InitialValid' | 'InitialExpired' {
    const { initialPasswordAge } = this.security.passwordPolicy;
    if (initialSince === undefined) return 'NotInitial';
    const isExpired = initialPasswordAge > 0 && this.now >= initialSince + initialPasswordAge * DAY;
    return isExpired ? 'InitialExpired' : 'InitialValid';
  }

  /** A console logon. */
  markLogin(userName: string, at: Moment = this.now): void {
    const user = this.user(userName);
    user.lastLogin = milliseconds(at);
    if (user.login) user.login.initialSince = undefined;
  }

  createMfaDevice(name: string): MfaDevice {
    const serialNumber = `acs:ram::${this.id}:mfa/${name}`;
    if (this.mfaDevices.has(serialNumber)) throw refusal('EntityAlreadyExists.VirtualMFADevice');
    const device: MfaDevice = { serialNumber };
    this.mfaDevices.set(serialNumber, device);
    return device;
  }

  bindMfa(user: User, device: MfaDevice): void {
    if (user.mfa) throw refusal('EntityAlreadyExists.User.MFADevice');
    user.mfa = device;
    device.user = user;
    device.activatedAt = this.now;
  }

  unbindMfa(user: User): MfaDevice {
    const device = user.mfa;
    if (!device) throw refusal('EntityNotExist.User.MFADevice');
    user.mfa = undefined;
    device.user = undefined;
    return device;
  }

  // Keys

  /** Seeds a key, whatever the quota says. */
  createKey(userName: string, options: NewKey = {}): Pair {
    const createdAt = milliseconds(options.createdAt) ?? this.now;
    const key = this.#addKey(this.user(userName), createdAt);
    key.status = options.status ?? 'Active';
    key.updatedAt = milliseconds(options.updatedAt) ?? createdAt;
    key.networkPolicy = options.networkPolicy;
    const lastUsed = milliseconds(options.lastUsed);
    if (lastUsed !== undefined) key.uses.push({ at: lastUsed, service: options.service ?? 'Ecs' });
    return { accessKeyId: key.id, accessKeySecret: key.secret };
  }

  /** As CreateAccessKey does: no more than two. */
  issueKey(user: User): AccessKey {
    const { switches } = this.#around;
    const alive = [...user.keys.values()];
    const counted = switches.inactiveCountsToLimit ? alive : alive.filter((key) => key.status === 'Active');
    const recycled = switches.recycledCountsToLimit ? this.recycledKeys(user).length : 0;
    if (counted.length + recycled >= KEYS_PER_USER) throw refusal('LimitExceeded.User.AccessKey');
    const key = this.#addKey(user, this.now);
    if (switches.accessKeyPolicyInherited) key.networkPolicy = alive.at(-1)?.networkPolicy;
    return key;
  }

  key(user: User, id: string): AccessKey {
    const key = user.keys.get(id);
    if (!key) throw refusal('EntityNotExist.User.AccessKey');
    return key;
  }

  setKeyStatus(key: AccessKey, status: KeyStatus): void {
    if (key.status === status) return;
    key.status = status;
    key.updatedAt = this.now;
  }

  /** Moves the key to the recycle bin, from where the oldest of too many is gone for good. */
  deleteKey(key: AccessKey): void {
    if (key.status === 'Active' && !this.#around.switches.deleteActiveAllowed) {
      throw refusal('DeleteConflict.User.AccessKey.Active');
    }
    key.user.keys.delete(key.id);
    key.recycledAt = this.now;
    const bin = [...this.recycledKeys(key.user), key];
    key.user.bin = bin.slice(Math.max(0, bin.length - this.#around.switches.recycledKeysKept));
  }

  setNetworkPolicy(key: AccessKey, policy: string): void {
    key.networkPolicyHistory.add(key.networkPolicy, this.now);
    key.networkPolicy = policy;
  }

  /** The network policy that a read of now is shown. */
  visibleNetworkPolicy(key: AccessKey): string | undefined {
    const lag = this.#around.switches.accessKeyPolicyReadLagMs;
    return key.networkPolicyHistory.at(this.now - lag, key.networkPolicy);
  }

  /** Keys of the recycle bin whose 30 days are not over. */
  recycledKeys(user: User): AccessKey[] {
    user.bin = user.bin.filter((key) => this.now - (key.recycledAt ?? 0) < BIN_RETENTION);
    return user.bin;
  }

  restoreKey(user: User, id: string): void {
    const key = this.recycledKeys(user).find((one) => one.id === id);
    if (!key) throw refusal('EntityNotExist.User.AccessKey');
    if (user.keys.size >= KEYS_PER_USER) throw refusal('LimitExceeded.User.AccessKey');
    user.bin = user.bin.filter((one) => one !== key);
    key.recycledAt = undefined;
    user.keys.set(id, key);
  }

  purgeKey(user: User, id: string): void {
    if (!this.recycledKeys(user).some((key) => key.id === id)) throw refusal('EntityNotExist.User.AccessKey');
    user.bin = user.bin.filter((key) => key.id !== id);
  }

  /** Notes a use of a key, as any call signed with it does. */
  markUsed(
    keyId: string,
    use: { at?: Moment; service?: string; event?: string; address?: string } = {},
  ): void {
    const entry = this.#around.keys.get(keyId);
    if (!entry || 'root' in entry.key) return;
    const { service = 'Ecs', event, address } = use;
    recordUse(entry.key, { at: milliseconds(use.at) ?? this.now, service, event, address });
  }

  /** Security Center finds a key in public code, whoever's it is. */
  leak(keyId: string, options: NewLeak = {}): LeakFinding {
    const entry = this.#around.keys.get(keyId);
    const key = entry?.key;
    const isRoot = key !== undefined && 'root' in key;
    const secret = isRoot ? key.accessKeySecret : key?.secret;
    const repository = options.repository ?? 'someone/shop';
    const file = options.file ?? 'config/application.yml';
    const finding: LeakFinding = {
      id: 389_357 + this.leaks.length,
      keyId,
      owner: isRoot ? 'master' : 'ram',
      userName: this.id,
      repository,
      file,
      url:
        options.url ?? `https://github.com/${repository}/blob/0e466d2ecce55b4c924d773a058e5dc602d8/${file}`,
      code: `ak=${keyId}\nsk=${secret ?? 'unknown'}`,
      foundAt: milliseconds(options.foundAt) ?? this.now,
      status: 'pending',
      dealType: 'pending',
      remark: '',
    };
    this.leaks.push(finding);
    return finding;
  }

  #addKey(user: User, createdAt: number): AccessKey {
    const { identifiers, keys, issued } = this.#around;
    const owner = `${this.id}/${user.name}`;
    const key: AccessKey = {
      id: identifiers.accessKeyId(owner),
      secret: identifiers.accessKeySecret(owner),
      user,
      createdAt,
      updatedAt: createdAt,
      status: 'Active',
      uses: [],
      networkPolicyHistory: new History(),
    };
    user.keys.set(key.id, key);
    keys.set(key.id, { account: this, key });
    issued(key.secret);
    return key;
  }

  // Tags of users

  tagUser(user: User, tags: Iterable<[string, string]>): void {
    const next = new Map([...user.tags, ...tags]);
    if (next.size > TAGS_PER_USER) throw refusal('LimitExceeded.Tag');
    user.tagHistory.add(new Map(user.tags), this.now);
    for (const [key, value] of next) user.tags.set(key, value);
  }

  /** @param keys all of them if undefined */
  untagUser(user: User, keys: Iterable<string> | undefined): void {
    user.tagHistory.add(new Map(user.tags), this.now);
    for (const key of [...(keys ?? user.tags.keys())]) user.tags.delete(key);
  }

  /** The tags that a read of now is shown. */
  visibleTags(user: User): ReadonlyMap<string, string> {
    return user.tagHistory.at(this.now - this.#around.switches.tagReadLagMs, user.tags);
  }

  // Groups

  createGroup(name: string): Group {
    if (this.groups.has(name)) throw refusal('EntityAlreadyExists.Group');
    const group: Group = {
      name,
      id: this.#around.identifiers.entityId('group', `${this.id}/${name}`),
      comments: '',
      createdAt: this.now,
      updatedAt: this.now,
      members: new Map(),
      policies: new Map(),
    };
    this.groups.set(name, group);
    return group;
  }

  group(name: string): Group {
    const group = this.groups.get(name);
    if (!group) throw refusal('EntityNotExist.Group');
    return group;
  }

  /** Makes the group if there is none. */
  addToGroup(userName: string, groupName: string): void {
    const user = this.user(userName);
    const group = this.groups.get(groupName) ?? this.createGroup(groupName);
    user.groups.set(group, this.now);
    group.members.set(user, this.now);
  }

  removeFromGroup(user: User, group: Group): void {
    if (!user.groups.delete(group)) throw refusal('EntityNotExist.User.Group');
    group.members.delete(user);
  }

  // Policies and roles

  createPolicy(name: string, document: PolicyDocument, description = ''): ManagedPolicy {
    if (this.policies.has(name)) throw refusal('EntityAlreadyExists.Policy');
    const policy = this.#policy(name, 'Custom', document, description);
    this.policies.set(name, policy);
    return policy;
  }

  policy(name: string, type: string): ManagedPolicy {
    if (type !== 'System' && type !== 'Custom') throw refusal('InvalidParameter.PolicyType');
    const policy = (type === 'System' ? this.systemPolicies : this.policies).get(name);
    if (!policy) throw refusal('EntityNotExist.Policy');
    return policy;
  }

  addPolicyVersion(policy: ManagedPolicy, document: PolicyDocument, asDefault: boolean): string {
    policy.versionsMade += 1;
    const version = this.#policyVersion(policy.name, `v${policy.versionsMade}`, document);
    policy.versions.set(version.id, version);
    policy.updatedAt = this.now;
    if (asDefault) policy.current = version;
    return version.id;
  }

  /** Attaches a policy document of one's own to a user. */
  attachUserPolicy(userName: string, document: PolicyDocument): void {
    this.#attachDocument(this.user(userName), `user-${userName}`, document);
  }

  createRole(
    name: string,
    options: { policies: PolicyDocument[]; trust?: PolicyDocument; maxSessionSeconds?: number },
  ): Role {
    if (this.roles.has(name)) throw refusal('EntityAlreadyExists.Role');
    const trustText = JSON.stringify(options.trust ?? TRUST_FUNCTION_COMPUTE);
    const role: Role = {
      name,
      id: this.#around.identifiers.entityId('role', `${this.id}/${name}`),
      arn: `acs:ram::${this.id}:role/${name}`,
      trust: parseTrust(trustText),
      trustText,
      description: '',
      maxSessionSeconds: options.maxSessionSeconds ?? 3600,
      policies: new Map(),
      tags: new Map(),
      createdAt: this.now,
      updatedAt: this.now,
    };
    this.roles.set(name, role);
    for (const document of options.policies) this.#attachDocument(role, `role-${name}`, document);
    return role;
  }

  role(name: string): Role {
    const role = this.roles.get(name);
    if (!role) throw refusal('EntityNotExist.Role');
    return role;
  }

  /** All policies that hold for somebody, those of a user's groups too. */
  *policiesOf(attached: Attached & { groups?: ReadonlyMap<Group, number> }): Iterable<Policy> {
    for (const policy of attached.policies.keys()) yield policy.current.policy;
    for (const group of attached.groups?.keys() ?? []) {
      for (const policy of group.policies.keys()) yield policy.current.policy;
    }
  }

  /** Which patterns of the role's policies were of use so far. */
  grantsUsed(roleName: string): StatementUse[] {
    return [...this.policiesOf(this.role(roleName))].flatMap((policy) => policy.use());
  }

  /**
   * Credentials of a role, as Function Compute puts them into a function's context: 36 hours by default. The role
   * has to trust it.
   */
  assume(
    roleName: string,
    options: { durationSeconds?: number; sessionName?: string } = {},
  ): SessionCredentials {
    const role = this.role(roleName);
    if (!trusts(role.trust, { service: 'fc.aliyuncs.com' }, {})) throw refusal('NoPermission');
    const session = this.openSession(role, {
      name: options.sessionName ?? 'fc',
      seconds: options.durationSeconds ?? 36 * 3600,
    });
    const { accessKeyId, accessKeySecret, securityToken, expiresAt } = session;
    return { accessKeyId, accessKeySecret, securityToken, expiration: wireTime(expiresAt) };
  }

  openSession(role: Role, options: { name: string; seconds: number; policy?: Policy }): Session {
    const { identifiers, sessions, issued } = this.#around;
    const owner = `${role.arn}/${options.name}`;
    const session: Session = {
      accessKeyId: identifiers.sessionKeyId(owner),
      accessKeySecret: identifiers.sessionSecret(owner),
      securityToken: identifiers.securityToken(owner),
      expiresAt: this.now + options.seconds * 1000,
      role,
      account: this.id,
      name: options.name,
      policy: options.policy,
    };
    sessions.set(session.accessKeyId, session);
    issued(session.accessKeySecret);
    issued(session.securityToken);
    return session;
  }

  #attachDocument(attached: Attached, stem: string, document: PolicyDocument): void {
    const policy = this.createPolicy(`${stem}-${attached.policies.size + 1}`, document);
    attached.policies.set(policy, this.now);
  }

  #policy(
    name: string,
    type: 'System' | 'Custom',
    document: PolicyDocument,
    description = '',
  ): ManagedPolicy {
    const current = this.#policyVersion(name, 'v1', document);
    return {
      name,
      type,
      description,
      versions: new Map([[current.id, current]]),
      current,
      versionsMade: 1,
      tags: new Map(),
      createdAt: this.now,
      updatedAt: this.now,
    };
  }

  #policyVersion(name: string, id: string, document: PolicyDocument) {
    return { id, text: JSON.stringify(document), policy: new Policy(name, document), createdAt: this.now };
  }

  // Secrets

  /** Seeds a secret with one version, marked ACSCurrent. */
  createSecret(name: string, versionId: string, data: string, options: NewSecret = {}): Secret {
    if (this.secret(name)) throw refusal('Rejected.ResourceExist');
    const createdAt = milliseconds(options.createdAt) ?? this.now;
    const secret: Secret = {
      name,
      arn: `acs:kms:${this.#around.region}:${this.id}:secret/${name}`,
      type: options.type ?? 'Generic',
      encryptionKeyId: options.encryptionKeyId,
      kmsInstanceId: options.kmsInstanceId,
      extendedConfig:
        options.extendedConfig ??
        (options.type === 'RAMCredentials' ? this.#ramSecretConfig(name) : undefined),
      createdAt,
      updatedAt: createdAt,
      description: options.description ?? '',
      tags: new Map(Object.entries(options.tags ?? {})),
      versions: new Map([
        [versionId, { id: versionId, data, dataType: 'text', stages: new Set(['ACSCurrent']), createdAt }],
      ]),
    };
    this.secrets.set(name, secret);
    return secret;
  }

  /** A secret by which KMS rotates the keys of a user, under the name that KMS gives it. */
  createRamSecret(userName: string): Secret {
    const user = this.user(userName);
    const name = this.#around.switches.ramSecretNamedBy === 'display-name' ? user.displayName : user.name;
    return this.createSecret(`acs/ram/user/${name}`, 'v1', '{}', {
      type: 'RAMCredentials',
      extendedConfig: ramSecretConfig(userName),
    });
  }

  #ramSecretConfig(secretName: string): string | undefined {
    const name = secretName.replace(/^acs\/ram\/user\//, '');
    const user = [...this.users.values()].find((one) => one.displayName === name) ?? this.users.get(name);
    return user && ramSecretConfig(user.name);
  }

  /** Undefined where there is none, or where its planned deletion is over. */
  secret(name: string): Secret | undefined {
    const secret = this.secrets.get(name);
    if (secret?.plannedDeleteTime === undefined || secret.plannedDeleteTime > this.now) return secret;
    this.secrets.delete(name);
    return undefined;
  }

  // Alibaba Cloud's own idle rule

  /** What RAM does each day: disables keys and logons idle for longer than the security preference allows. */
  enforceIdleRule(): void {
    const keysBefore = this.now - this.preference.maxIdleDaysForAccessKeys * DAY;
    const usersBefore = this.now - this.preference.maxIdleDaysForUsers * DAY;
    for (const user of this.users.values()) {
      for (const key of user.keys.values()) {
        if (Math.max(key.createdAt, key.uses.at(-1)?.at ?? 0) < keysBefore)
          this.setKeyStatus(key, 'Inactive');
      }
      const { login } = user;
      if (login?.status === 'Active' && Math.max(login.updatedAt, user.lastLogin ?? 0) < usersBefore) {
        this.setLoginStatus(login, 'Inactive');
      }
    }
  }
}

/** ExtendedConfig of a RAM secret (KMS API reference, CreateSecret). */
const ramSecretConfig = (UserName: string): string =>
  JSON.stringify({ SecretSubType: 'RamUserAccessKey', UserName, CustomData: {} });
