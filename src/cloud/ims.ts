import type { DateTime } from 'luxon';
import * as z from 'zod';
import type { AccessKey, LastUse } from './access-key';
import { carriesStatus, type NetworkPolicy, parseAccessKeyPolicy } from './access-key-policy';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { CloudError, isCode, orUndefined, unreadableAnswer } from './error';
import { type Gate, read, repeatableWrite } from './gate';
import { readLastUse, readLastUseOf } from './last-use';
import { markedList, markedPages } from './pages';
import { Rpc } from './rpc';
import {
  count,
  done,
  instant,
  listOf,
  optional,
  optionalInstant,
  optionalText,
  text,
  token,
  unchecked,
} from './shape';

export interface ImsUser {
  readonly id: string;
  /** The principal name up to the @, which is the user name that RAM and policies know. */
  readonly name: string;
  /** `name@alias.onaliyun.com`. IMS addresses users by it. */
  readonly principalName: string;
  /** Told by lists only. */
  readonly status?: 'active' | 'freeze';
  readonly displayName?: string;
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

export const imsApi = { product: 'IMS', version: '2019-08-15' };

const ACTION_UNKNOWN = ['InvalidAction.NotFound', 'InvalidApi.NotFound'];

/** `name@alias.onaliyun.com` */
const principalName = z.string().regex(/.@./);

const userShape = z.object({
  UserId: text,
  UserPrincipalName: principalName,
  DisplayName: optionalText,
  Status: optional(z.enum(['active', 'freeze'])),
  ProvisionType: optionalText,
  CreateDate: instant,
  UpdateDate: optionalInstant,
  LastLoginDate: unchecked,
  Tags: optional(
    z.object({ Tag: optional(z.array(z.object({ TagKey: text, TagValue: z.string().nullish() }))) }),
  ),
});
type WireUser = z.output<typeof userShape>;

const userAnswer = z.object({ User: userShape });
const usersAnswer = z.object({ Users: listOf('User', userShape) });

const keysAnswer = z.object({
  AccessKeys: listOf(
    'AccessKey',
    z.object({
      AccessKeyId: token,
      Status: z.enum(['Active', 'Inactive']),
      CreateDate: instant,
      UpdateDate: optionalInstant,
    }),
  ),
});

const lastUsedAnswer = z.object({ AccessKeyLastUsed: unchecked });

const tagsAnswer = z.object({
  TagResources: listOf('TagResource', z.object({ TagKey: text, TagValue: z.string().nullish() })),
});

const loginProfileAnswer = z.object({
  LoginProfile: z.object({
    Status: z.enum(['Active', 'Inactive']),
    PasswordResetRequired: z.boolean(),
    MFABindRequired: z.boolean(),
    UpdateDate: optionalInstant,
    LastLoginTime: unchecked,
  }),
});

const reportState = z.object({ State: z.enum(['STARTED', 'INPROGRESS', 'COMPLETED']) });
const reportAnswer = z.object({ GeneratedTime: instant, Content: z.base64().min(1) });

const recycledKeysAnswer = z.object({
  AccessKeys: listOf(
    'AccessKey',
    z.object({ AccessKeyId: token, CreateDate: instant, RecycleDate: instant }),
  ),
});

const recycledUsersAnswer = z.object({
  Users: listOf('User', z.object({ UserId: text, UserPrincipalName: principalName, RecycleDate: instant })),
});

const preferenceAnswer = z.object({
  SecurityPreference: z.object({
    MaxIdleDays: optional(
      z.object({ MaxIdleDaysForAccessKeys: optional(count), MaxIdleDaysForUsers: optional(count) }),
    ),
    AccessKeyPreference: optional(z.object({ AllowUserToManageAccessKeys: optional(z.boolean()) })),
  }),
});

const networkPolicyAnswer = z.object({ AccessKeyPolicy: unchecked });

/** Identity Management Service: what RAM's own API does not tell of users, tags included. */
export class Ims {
  readonly #gate: Gate;
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#gate = gate;
    this.#rpc = new Rpc(gate, credentials, endpoint, imsApi);
  }

  /** All users of the account, frozen ones too, with their tags; 1,000 per page. */
  userPages(): AsyncGenerator<readonly ImsUser[]> {
    return markedPages(this.#rpc, {
      action: 'ListUsers',
      params: { MaxItems: 1000, Status: 'active,freeze' },
      shape: usersAnswer,
      entriesOf: ({ Users }) => Users.map((user) => this.#user(user)),
    });
  }

  async listUsers(): Promise<ImsUser[]> {
    const users: ImsUser[] = [];
    for await (const page of this.userPages()) users.push(...page);
    return users;
  }

  /** The first users who carry this tag: a few, and others too where the cloud does not know the filter. */
  async usersWithTag(Key: string, Value: string): Promise<ImsUser[]> {
    const params = { MaxItems: 10, Status: 'active,freeze', Tag: [{ Key, Value }] };
    const { Users } = await this.#rpc.call('ListUsers', read, params, usersAnswer);
    return Users.map((user) => this.#user(user));
  }

  async getUser(ref: UserRef): Promise<ImsUser | undefined> {
    const answer = await orUndefined(
      this.#rpc.call('GetUser', read, userParams(ref), userAnswer),
      'EntityNotExist.User',
      'EntityNotExist.User.AccessKey',
      'EntityNotExist.AccessKey',
    );
    return answer && this.#user(answer.User);
  }

  async listAccessKeys(UserPrincipalName: string): Promise<AccessKey[]> {
    const { AccessKeys } = await this.#rpc.call('ListAccessKeys', read, { UserPrincipalName }, keysAnswer);
    return AccessKeys.map((key) => ({
      id: key.AccessKeyId,
      status: key.Status,
      createdAt: key.CreateDate,
      updatedAt: key.UpdateDate,
    }));
  }

  async accessKeyLastUsed(UserPrincipalName: string, UserAccessKeyId: string): Promise<LastUse> {
    const params = { UserPrincipalName, UserAccessKeyId };
    const answer = await this.#rpc.call('GetAccessKeyLastUsed', read, params, lastUsedAnswer);
    return readLastUseOf(answer.AccessKeyLastUsed, this.#gate.clock.now());
  }

  async listTags(userId: string): Promise<Map<string, string>> {
    const tags = await markedList(this.#rpc, {
      action: 'ListTagResources',
      params: { ResourceType: 'user', ResourceId: [userId], PageSize: 100 },
      shape: tagsAnswer,
      entriesOf: ({ TagResources }) => TagResources,
      marker: 'NextToken',
    });
    return new Map(tags.map(({ TagKey, TagValue }) => [TagKey, TagValue ?? '']));
  }

  /** Adds these tags to the user, or gives them a new value. A user holds at most 20. */
  async tag(userId: string, tags: Readonly<Record<string, string>>): Promise<void> {
    const Tag = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const params = { ResourceType: 'user', ResourceId: [userId], Tag };
    await this.#rpc.call('TagResources', repeatableWrite, params, done);
  }

  async untag(userId: string, TagKey: readonly string[]): Promise<void> {
    const params = { ResourceType: 'user', ResourceId: [userId], TagKey };
    await this.#rpc.call('UntagResources', repeatableWrite, params, done);
  }

  /** `undefined` where the user has no console logon. */
  async getLoginProfile(UserPrincipalName: string): Promise<LoginProfile | undefined> {
    const answer = await orUndefined(
      this.#rpc.call('GetLoginProfile', read, { UserPrincipalName }, loginProfileAnswer),
      'EntityNotExist.User.LoginProfile',
    );
    if (answer === undefined) return undefined;
    const profile = answer.LoginProfile;
    return {
      status: profile.Status,
      passwordResetRequired: profile.PasswordResetRequired,
      mfaBindRequired: profile.MFABindRequired,
      updatedAt: profile.UpdateDate,
      lastLogin: readLastUse(profile.LastLoginTime, undefined, this.#gate.clock.now()),
    };
  }

  /** Switches the console logon without deleting it. The rest of the profile goes along, so that it stays as it is. */
  async setLoginStatus(
    UserPrincipalName: string,
    Status: LoginProfile['status'],
    keep?: Pick<LoginProfile, 'passwordResetRequired' | 'mfaBindRequired'>,
  ): Promise<void> {
    const params = {
      UserPrincipalName,
      Status,
      PasswordResetRequired: keep?.passwordResetRequired,
      MFABindRequired: keep?.mfaBindRequired,
    };
    await this.#rpc.call('UpdateLoginProfile', repeatableWrite, params, done);
  }

  /** Makes a new report at most every 4 hours. It makes something, so it is a write and not sent in mode plan. */
  async generateCredentialReport(): Promise<'STARTED' | 'INPROGRESS' | 'COMPLETED'> {
    const { State } = await this.#rpc.call('GenerateCredentialReport', repeatableWrite, {}, reportState);
    return State;
  }

  async getCredentialReport(): Promise<CredentialReport> {
    const pages = await markedList(this.#rpc, {
      action: 'GetCredentialReport',
      params: {},
      shape: reportAnswer,
      entriesOf: (page) => [page],
      marker: 'NextToken',
    });
    const [first] = pages;
    if (!first) throw unreadableAnswer('IMS', 'GetCredentialReport', 'it has no page');
    return {
      generatedAt: first.GeneratedTime,
      pages: pages.map(({ Content }) => Buffer.from(Content, 'base64').toString('utf8')),
    };
  }

  /** Keys deleted in the last 30 days; at most three per user. */
  async listAccessKeysInRecycleBin(UserId: string): Promise<RecycledAccessKey[]> {
    const action = 'ListAccessKeysInRecycleBin';
    const { AccessKeys } = await this.#rpc.call(action, read, { UserId }, recycledKeysAnswer);
    return AccessKeys.map((key) => ({
      id: key.AccessKeyId,
      createdAt: key.CreateDate,
      recycledAt: key.RecycleDate,
    }));
  }

  async restoreAccessKey(UserId: string, UserAccessKeyId: string): Promise<void> {
    const params = { UserId, UserAccessKeyId };
    await this.#rpc.call('RestoreAccessKeyFromRecycleBin', repeatableWrite, params, done);
  }

  listUsersInRecycleBin(): Promise<RecycledUser[]> {
    return markedList(this.#rpc, {
      action: 'ListUsersInRecycleBin',
      params: { MaxItems: 100 },
      shape: recycledUsersAnswer,
      entriesOf: ({ Users }) =>
        Users.map((user) => ({
          id: user.UserId,
          name: nameOf(user.UserPrincipalName),
          principalName: user.UserPrincipalName,
          recycledAt: user.RecycleDate,
        })),
    });
  }

  async restoreUser(UserId: string): Promise<void> {
    await this.#rpc.call('RestoreUserFromRecycleBin', repeatableWrite, { UserId }, done);
  }

  async getSecurityPreference(): Promise<SecurityPreference> {
    const answer = await this.#rpc.call('GetSecurityPreference', read, {}, preferenceAnswer);
    const { MaxIdleDays, AccessKeyPreference } = answer.SecurityPreference;
    return {
      maxIdleDaysForAccessKeys: MaxIdleDays?.MaxIdleDaysForAccessKeys,
      maxIdleDaysForUsers: MaxIdleDays?.MaxIdleDaysForUsers,
      allowUserToManageAccessKeys: AccessKeyPreference?.AllowUserToManageAccessKeys,
    };
  }

  /** @throws CloudError, also where the policy has no documented form */
  async getAccessKeyPolicy(UserPrincipalName: string, UserAccessKeyId: string): Promise<NetworkPolicy> {
    const action = 'GetAccessKeyPolicy';
    try {
      const params = { UserPrincipalName, UserAccessKeyId };
      const { AccessKeyPolicy } = await this.#rpc.call(action, read, params, networkPolicyAnswer);
      const policy = parseAccessKeyPolicy(AccessKeyPolicy);
      if (policy) return policy;
      throw unreadableAnswer('IMS', action, 'AccessKeyPolicy is not as documented');
    } catch (error) {
      if (isCode(error, ...ACTION_UNKNOWN)) return { kind: 'unknown' };
      if (isCode(error, 'EntityNotExist.AccessKeyPolicy')) return { kind: 'none' };
      throw error;
    }
  }

  /** @param policy JSON text. One without a Status is refused before it is sent. */
  async setAccessKeyPolicy(
    UserPrincipalName: string,
    UserAccessKeyId: string,
    policy: string,
  ): Promise<void> {
    const action = 'SetAccessKeyPolicy';
    if (!carriesStatus(policy)) {
      throw new CloudError({
        product: 'IMS',
        action,
        code: 'InvalidParameter.AccessKeyPolicy',
        outcome: 'refused',
        retryable: false,
        message: `The network policy for ${UserAccessKeyId} has no Status, so it was not set.`,
      });
    }
    const params = { UserPrincipalName, UserAccessKeyId, AccessKeyPolicy: policy };
    await this.#rpc.call(action, repeatableWrite, params, done);
  }

  #user(user: WireUser): ImsUser {
    return {
      id: user.UserId,
      name: nameOf(user.UserPrincipalName),
      principalName: user.UserPrincipalName,
      status: user.Status,
      displayName: user.DisplayName,
      provisionType: user.ProvisionType,
      createdAt: user.CreateDate,
      updatedAt: user.UpdateDate,
      lastLogin: readLastUse(user.LastLoginDate, undefined, this.#gate.clock.now()),
      tags: new Map(user.Tags?.Tag?.map(({ TagKey, TagValue }) => [TagKey, TagValue ?? ''])),
    };
  }
}

function nameOf(userPrincipalName: string): string {
  return userPrincipalName.slice(0, userPrincipalName.lastIndexOf('@'));
}

function userParams(ref: UserRef): Record<string, string> {
  if ('id' in ref) return { UserId: ref.id };
  if ('principalName' in ref) return { UserPrincipalName: ref.principalName };
  return { UserAccessKeyId: ref.accessKeyId };
}
