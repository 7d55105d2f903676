import type { DateTime } from 'luxon';
import type { AccessKey, LastUse } from './access-key';
import { carriesStatus, type NetworkPolicy, parseAccessKeyPolicy } from './access-key-policy';
import { type Origin, required, toldInstant, toldOneOf, walk } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { CloudError, isCode, orUndefined, unreadableAnswer } from './error';
import { type Gate, read, repeatableWrite } from './gate';
import { readInstant } from './instant';
import { readLastUse } from './last-use';
import { Rpc } from './rpc';
import { OpenApi } from './sdk';

type Sdk = typeof import('@alicloud/ims20190815');
type Client = InstanceType<Sdk['default']>;

export interface ImsUser {
  readonly id: string;
  /** The principal name up to the @, which is the user name that RAM and policies know. */
  readonly name: string;
  /** `name@alias.onaliyun.com`. IMS addresses users by it. */
  readonly principalName: string;
  /** Told by lists only. */
  readonly status?: 'active' | 'freeze';
  readonly provisionType?: string;
  readonly createdAt: DateTime;
  readonly updatedAt?: DateTime;
  readonly lastLogin: LastUse;
  readonly tags: ReadonlyMap<string, string>;
}

export type UserRef =
  | { readonly id: string }
  | { readonly principalName: string }
  | { readonly accessKeyId: string };

export interface LoginProfile {
  readonly status: 'Active' | 'Inactive';
  readonly passwordResetRequired: boolean;
  readonly mfaBindRequired: boolean;
  readonly updatedAt?: DateTime;
  readonly lastLogin: LastUse;
  /** Alibaba Cloud's own idle rule switched it off. */
  readonly autoDisabled: boolean;
}

export interface CredentialReport {
  readonly generatedAt: DateTime;
  /** CSV texts, one per page of the answer. */
  readonly pages: readonly string[];
}

export interface RecycledAccessKey {
  readonly id: string;
  readonly createdAt: DateTime;
  readonly recycledAt: DateTime;
}

export interface RecycledUser {
  readonly id: string;
  readonly name: string;
  readonly principalName: string;
  readonly recycledAt: DateTime;
}

export interface SecurityPreference {
  /** Alibaba Cloud itself disables keys and logons that idle for this many days. */
  readonly maxIdleDaysForAccessKeys?: number;
  readonly maxIdleDaysForUsers?: number;
  readonly allowUserToManageAccessKeys?: boolean;
}

interface WireUser {
  userId?: string;
  userPrincipalName?: string;
  status?: string;
  provisionType?: string;
  createDate?: string;
  updateDate?: string;
  lastLoginDate?: string;
  tags?: { tag?: { tagKey?: string; tagValue?: string }[] };
}

const KEY_STATUSES = ['Active', 'Inactive'] as const;
const ACTION_UNKNOWN = ['InvalidAction.NotFound', 'InvalidApi.NotFound'];

/** Identity Management Service, API version 2019-08-15: what RAM's own API does not tell of users, tags included. */
export class Ims {
  readonly #gate: Gate;
  readonly #api: OpenApi<Client, Sdk>;
  /** For actions that are younger than the SDK. */
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#gate = gate;
    this.#api = new OpenApi(() => import('@alicloud/ims20190815'), gate, credentials, endpoint);
    this.#rpc = new Rpc(gate, credentials, endpoint, '2019-08-15');
  }

  /** All users of the account, frozen ones too, with their tags; 1,000 per page. */
  async *userPages(): AsyncGenerator<ImsUser[]> {
    const from = origin('ListUsers');
    const pages = walk(from, (marker) =>
      this.#api.call(from, read, (client, sdk) =>
        client.listUsers(new sdk.ListUsersRequest({ marker, maxItems: 1000, status: 'active,freeze' })),
      ),
    );
    for await (const page of pages) {
      yield (required(from, 'Users', page.users).user ?? []).map((user) => this.#user(from, user));
    }
  }

  async listUsers(): Promise<ImsUser[]> {
    const users: ImsUser[] = [];
    for await (const page of this.userPages()) users.push(...page);
    return users;
  }

  /** The first users who carry this tag: a few, and others too where the cloud does not know the filter. */
  async usersWithTag(key: string, value: string): Promise<ImsUser[]> {
    const from = origin('ListUsers');
    const body = await this.#api.call(from, read, (client, sdk) =>
      client.listUsers(
        new sdk.ListUsersRequest({
          maxItems: 10,
          status: 'active,freeze',
          tag: [new sdk.ListUsersRequestTag({ key, value })],
        }),
      ),
    );
    return (required(from, 'Users', body.users).user ?? []).map((user) => this.#user(from, user));
  }

  async getUser(ref: UserRef): Promise<ImsUser | undefined> {
    const from = origin('GetUser');
    const body = await orUndefined(
      this.#api.call(from, read, (client, sdk) => client.getUser(new sdk.GetUserRequest(userRequest(ref)))),
      'EntityNotExist.User',
      'EntityNotExist.User.AccessKey',
      'EntityNotExist.AccessKey',
    );
    return body && this.#user(from, required(from, 'User', body.user));
  }

  async listAccessKeys(userPrincipalName: string): Promise<AccessKey[]> {
    const from = origin('ListAccessKeys');
    const body = await this.#api.call(from, read, (client, sdk) =>
      client.listAccessKeys(new sdk.ListAccessKeysRequest({ userPrincipalName })),
    );
    return (required(from, 'AccessKeys', body.accessKeys).accessKey ?? []).map((key) => ({
      id: required(from, 'AccessKeyId', key.accessKeyId),
      status: toldOneOf(from, 'Status', key.status, KEY_STATUSES),
      createdAt: toldInstant(from, 'CreateDate', key.createDate),
      updatedAt: readInstant(key.updateDate ?? ''),
    }));
  }

  async accessKeyLastUsed(userPrincipalName: string, userAccessKeyId: string): Promise<LastUse> {
    const { accessKeyLastUsed } = await this.#api.call(origin('GetAccessKeyLastUsed'), read, (client, sdk) =>
      client.getAccessKeyLastUsed(
        new sdk.GetAccessKeyLastUsedRequest({ userPrincipalName, userAccessKeyId }),
      ),
    );
    if (!accessKeyLastUsed) return { kind: 'unreadable', why: 'the answer does not speak of the last use' };
    return readLastUse(accessKeyLastUsed.lastUsedDate, accessKeyLastUsed.serviceName, this.#gate.clock.now());
  }

  async listTags(userId: string): Promise<Map<string, string>> {
    const from = origin('ListTagResources');
    const tags = new Map<string, string>();
    const pages = walk(from, async (nextToken) => {
      const body = await this.#api.call(from, read, (client, sdk) =>
        client.listTagResources(
          new sdk.ListTagResourcesRequest({
            resourceType: 'user',
            resourceId: [userId],
            pageSize: 100,
            nextToken,
          }),
        ),
      );
      return { ...body, isTruncated: body.isTruncated, marker: body.nextToken };
    });
    for await (const page of pages) {
      for (const tag of required(from, 'TagResources', page.tagResources).tagResource ?? []) {
        tags.set(required(from, 'TagKey', tag.tagKey), tag.tagValue ?? '');
      }
    }
    return tags;
  }

  /** Adds these tags to the user, or gives them a new value. A user holds at most 20. */
  async tag(userId: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const tag = Object.entries(tags).map(([key, value]) => ({ key, value }));
    await this.#api.call(origin('TagResources'), repeatableWrite, (client, sdk) =>
      client.tagResources(new sdk.TagResourcesRequest({ resourceType: 'user', resourceId: [userId], tag })),
    );
  }

  async untag(userId: string, tagKey: readonly string[]): Promise<void> {
    await this.#api.call(origin('UntagResources'), repeatableWrite, (client, sdk) =>
      client.untagResources(
        new sdk.UntagResourcesRequest({ resourceType: 'user', resourceId: [userId], tagKey }),
      ),
    );
  }

  /** `undefined` where the user has no console logon. */
  async getLoginProfile(userPrincipalName: string): Promise<LoginProfile | undefined> {
    const from = origin('GetLoginProfile');
    const body = await orUndefined(
      this.#api.call(from, read, (client, sdk) =>
        client.getLoginProfile(new sdk.GetLoginProfileRequest({ userPrincipalName })),
      ),
      'EntityNotExist.User.LoginProfile',
    );
    if (body === undefined) return undefined;
    const profile = required(from, 'LoginProfile', body.loginProfile);
    return {
      status: toldOneOf(from, 'Status', profile.status, ['Active', 'Inactive']),
      passwordResetRequired: profile.passwordResetRequired ?? false,
      mfaBindRequired: profile.MFABindRequired ?? false,
      updatedAt: readInstant(profile.updateDate ?? ''),
      lastLogin: readLastUse(profile.lastLoginTime, undefined, this.#gate.clock.now()),
      autoDisabled: profile.autoDisableLoginStatus === 'true',
    };
  }

  /** Switches the console logon without deleting it. The rest of the profile goes along, so that it stays as it is. */
  async setLoginStatus(
    userPrincipalName: string,
    status: LoginProfile['status'],
    keep?: Pick<LoginProfile, 'passwordResetRequired' | 'mfaBindRequired'>,
  ): Promise<void> {
    await this.#api.call(origin('UpdateLoginProfile'), repeatableWrite, (client, sdk) =>
      client.updateLoginProfile(
        new sdk.UpdateLoginProfileRequest({
          userPrincipalName,
          status,
          passwordResetRequired: keep?.passwordResetRequired,
          MFABindRequired: keep?.mfaBindRequired,
        }),
      ),
    );
  }

  /** Makes a new report at most every 4 hours. It makes something, so it is a write and not sent in mode plan. */
  async generateCredentialReport(): Promise<'STARTED' | 'INPROGRESS' | 'COMPLETED'> {
    const from = origin('GenerateCredentialReport');
    const { state } = await this.#api.call(from, repeatableWrite, (client) =>
      client.generateCredentialReport(),
    );
    return toldOneOf(from, 'State', state, ['STARTED', 'INPROGRESS', 'COMPLETED']);
  }

  async getCredentialReport(): Promise<CredentialReport> {
    const from = origin('GetCredentialReport');
    const texts: string[] = [];
    let generatedAt: DateTime | undefined;
    const pages = walk(from, async (nextToken) => {
      const body = await this.#api.call(from, read, (client, sdk) =>
        client.getCredentialReport(new sdk.GetCredentialReportRequest({ nextToken })),
      );
      return { ...body, isTruncated: body.isTruncated === 'true', marker: body.nextToken };
    });
    for await (const page of pages) {
      generatedAt ??= toldInstant(from, 'GeneratedTime', page.generatedTime);
      texts.push(Buffer.from(required(from, 'Content', page.content), 'base64').toString('utf8'));
    }
    return { generatedAt: required(from, 'GeneratedTime', generatedAt), pages: texts };
  }

  /** Keys deleted in the last 30 days; at most three per user. */
  async listAccessKeysInRecycleBin(userId: string): Promise<RecycledAccessKey[]> {
    const from = origin('ListAccessKeysInRecycleBin');
    const body = await this.#api.call(from, read, (client, sdk) =>
      client.listAccessKeysInRecycleBin(new sdk.ListAccessKeysInRecycleBinRequest({ userId })),
    );
    return (required(from, 'AccessKeys', body.accessKeys).accessKey ?? []).map((key) => ({
      id: required(from, 'AccessKeyId', key.accessKeyId),
      createdAt: toldInstant(from, 'CreateDate', key.createDate),
      recycledAt: toldInstant(from, 'RecycleDate', key.recycleDate),
    }));
  }

  async restoreAccessKey(userId: string, userAccessKeyId: string): Promise<void> {
    await this.#api.call(origin('RestoreAccessKeyFromRecycleBin'), repeatableWrite, (client, sdk) =>
      client.restoreAccessKeyFromRecycleBin(
        new sdk.RestoreAccessKeyFromRecycleBinRequest({ userId, userAccessKeyId }),
      ),
    );
  }

  async listUsersInRecycleBin(): Promise<RecycledUser[]> {
    const from = origin('ListUsersInRecycleBin');
    const users: RecycledUser[] = [];
    const pages = walk(from, (marker) =>
      this.#api.call(from, read, (client, sdk) =>
        client.listUsersInRecycleBin(new sdk.ListUsersInRecycleBinRequest({ marker, maxItems: 100 })),
      ),
    );
    for await (const page of pages) {
      for (const user of required(from, 'Users', page.users).user ?? []) {
        const principalName = required(from, 'UserPrincipalName', user.userPrincipalName);
        users.push({
          id: required(from, 'UserId', user.userId),
          name: nameOf(principalName),
          principalName,
          recycledAt: toldInstant(from, 'RecycleDate', user.recycleDate),
        });
      }
    }
    return users;
  }

  async restoreUser(userId: string): Promise<void> {
    await this.#api.call(origin('RestoreUserFromRecycleBin'), repeatableWrite, (client, sdk) =>
      client.restoreUserFromRecycleBin(new sdk.RestoreUserFromRecycleBinRequest({ userId })),
    );
  }

  async getSecurityPreference(): Promise<SecurityPreference> {
    const from = origin('GetSecurityPreference');
    const body = await this.#api.call(from, read, (client) => client.getSecurityPreference());
    const preference = required(from, 'SecurityPreference', body.securityPreference);
    return {
      maxIdleDaysForAccessKeys: preference.maxIdleDays?.maxIdleDaysForAccessKeys,
      maxIdleDaysForUsers: preference.maxIdleDays?.maxIdleDaysForUsers,
      allowUserToManageAccessKeys: preference.accessKeyPreference?.allowUserToManageAccessKeys,
    };
  }

  /** @throws CloudError, also where the policy has no documented form */
  async getAccessKeyPolicy(userPrincipalName: string, userAccessKeyId: string): Promise<NetworkPolicy> {
    const from = origin('GetAccessKeyPolicy');
    try {
      const body = await this.#rpc.call(from, read, {
        UserPrincipalName: userPrincipalName,
        UserAccessKeyId: userAccessKeyId,
      });
      const policy = parseAccessKeyPolicy(body.AccessKeyPolicy);
      if (policy) return policy;
      throw unreadableAnswer(from.product, from.action, 'AccessKeyPolicy is not as documented');
    } catch (error) {
      if (isCode(error, ...ACTION_UNKNOWN)) return { kind: 'unknown' };
      if (isCode(error, 'EntityNotExist.AccessKeyPolicy')) return { kind: 'none' };
      throw error;
    }
  }

  /** @param policy JSON text. One without a Status is refused before it is sent. */
  async setAccessKeyPolicy(
    userPrincipalName: string,
    userAccessKeyId: string,
    policy: string,
  ): Promise<void> {
    const from = origin('SetAccessKeyPolicy');
    if (!carriesStatus(policy)) {
      throw new CloudError({
        ...from,
        code: 'InvalidParameter.AccessKeyPolicy',
        outcome: 'refused',
        retryable: false,
        message: `The network policy for ${userAccessKeyId} has no Status, so it was not set.`,
      });
    }
    await this.#rpc.call(from, repeatableWrite, {
      UserPrincipalName: userPrincipalName,
      UserAccessKeyId: userAccessKeyId,
      AccessKeyPolicy: policy,
    });
  }

  #user(from: Origin, user: WireUser): ImsUser {
    const principalName = required(from, 'UserPrincipalName', user.userPrincipalName);
    const tags = user.tags?.tag ?? [];
    return {
      id: required(from, 'UserId', user.userId),
      name: nameOf(principalName),
      principalName,
      status: user.status ? toldOneOf(from, 'Status', user.status, ['active', 'freeze']) : undefined,
      provisionType: user.provisionType,
      createdAt: toldInstant(from, 'CreateDate', user.createDate),
      updatedAt: readInstant(user.updateDate ?? ''),
      lastLogin: readLastUse(user.lastLoginDate, undefined, this.#gate.clock.now()),
      tags: new Map(tags.map((tag) => [required(from, 'TagKey', tag.tagKey), tag.tagValue ?? ''])),
    };
  }
}

function origin(action: string): Origin {
  return { product: 'IMS', action };
}

function nameOf(principalName: string): string {
  return principalName.slice(0, principalName.lastIndexOf('@'));
}

function userRequest(ref: UserRef): {
  userId?: string;
  userPrincipalName?: string;
  userAccessKeyId?: string;
} {
  if ('id' in ref) return { userId: ref.id };
  if ('principalName' in ref) return { userPrincipalName: ref.principalName };
  return { userAccessKeyId: ref.accessKeyId };
}
