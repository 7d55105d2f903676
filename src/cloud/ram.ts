import type { DateTime } from 'luxon';
import * as z from 'zod';
import type { AccessKey, AccessKeyStatus } from './access-key';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { orUndefined } from './error';
import { type Gate, read, repeatableWrite, singleWrite } from './gate';
import { readInstant } from './instant';
import { markedList } from './pages';
import { Rpc } from './rpc';
import type { Secret } from './secret';
import { done, instant, listOf, optionalText, secret, text, token, unchecked } from './shape';

export interface RamUser {
  readonly id: string;
  readonly name: string;
  readonly displayName?: string;
  readonly createdAt: DateTime;
}

/** The secret is told this once and never again. */
export interface IssuedAccessKey {
  readonly id: string;
  readonly secret: Secret;
  readonly createdAt: DateTime;
}

export interface AttachedPolicy {
  readonly name: string;
  readonly type: 'System' | 'Custom';
}

export const ramApi = { product: 'RAM', version: '2015-05-01' };

const keyStatus = z.enum(['Active', 'Inactive']);

const userAnswer = z.object({
  User: z.object({ UserId: text, UserName: text, DisplayName: optionalText, CreateDate: instant }),
});

const keysAnswer = z.object({
  AccessKeys: listOf('AccessKey', z.object({ AccessKeyId: token, Status: keyStatus, CreateDate: instant })),
});

const issuedAnswer = z.object({
  AccessKey: z.object({ AccessKeyId: token, AccessKeySecret: secret, CreateDate: unchecked }),
});

const membersAnswer = z.object({ Users: listOf('User', z.object({ UserName: text })) });

const groupsAnswer = z.object({ Groups: listOf('Group', z.object({ GroupName: text })) });

const policiesAnswer = z.object({
  Policies: listOf('Policy', z.object({ PolicyName: text, PolicyType: z.enum(['System', 'Custom']) })),
});

const mfaAnswer = z.object({ MFADevice: z.object({ SerialNumber: text }) });

/** Resource Access Management. Users are addressed by name. */
export class Ram {
  readonly #gate: Gate;
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#gate = gate;
    this.#rpc = new Rpc(gate, credentials, endpoint, ramApi);
  }

  async getUser(UserName: string): Promise<RamUser | undefined> {
    const answer = await orUndefined(
      this.#rpc.call('GetUser', read, { UserName }, userAnswer),
      'EntityNotExist.User',
    );
    if (answer === undefined) return undefined;
    const { User } = answer;
    return {
      id: User.UserId,
      name: User.UserName,
      displayName: User.DisplayName,
      createdAt: User.CreateDate,
    };
  }

  async listAccessKeys(UserName: string): Promise<AccessKey[]> {
    const { AccessKeys } = await this.#rpc.call('ListAccessKeys', read, { UserName }, keysAnswer);
    return AccessKeys.map(({ AccessKeyId, Status, CreateDate }) => ({
      id: AccessKeyId,
      status: Status,
      createdAt: CreateDate,
    }));
  }

  /** Never sent again unless it was throttled: an outcome `unknown` may have left a key whose secret is lost. */
  async createAccessKey(UserName: string): Promise<IssuedAccessKey> {
    const { AccessKey } = await this.#rpc.call('CreateAccessKey', singleWrite, { UserName }, issuedAnswer);
    const { AccessKeyId, AccessKeySecret, CreateDate } = AccessKey;
    return {
      id: AccessKeyId,
      secret: AccessKeySecret,
      // An odd date is no reason to lose the secret.
      createdAt: readInstant(String(CreateDate)) ?? this.#gate.clock.now(),
    };
  }

  async setAccessKeyStatus(
    UserName: string,
    UserAccessKeyId: string,
    Status: AccessKeyStatus,
  ): Promise<void> {
    const params = { UserName, UserAccessKeyId, Status };
    await this.#rpc.call('UpdateAccessKey', repeatableWrite, params, done);
  }

  /** A key that is gone already counts as done. */
  async deleteAccessKey(UserName: string, UserAccessKeyId: string): Promise<void> {
    await orUndefined(
      this.#rpc.call('DeleteAccessKey', repeatableWrite, { UserName, UserAccessKeyId }, done),
      'EntityNotExist.User.AccessKey',
      'EntityNotExist.User',
    );
  }

  /** The names of the group's members. */
  listUsersForGroup(GroupName: string): Promise<string[]> {
    return markedList(this.#rpc, {
      action: 'ListUsersForGroup',
      params: { GroupName, MaxItems: 1000 },
      shape: membersAnswer,
      entriesOf: ({ Users }) => Users.map(({ UserName }) => UserName),
    });
  }

  /** The names of the groups that the user is a member of. */
  async listGroupsForUser(UserName: string): Promise<string[]> {
    const { Groups } = await this.#rpc.call('ListGroupsForUser', read, { UserName }, groupsAnswer);
    return Groups.map(({ GroupName }) => GroupName);
  }

  async listPoliciesForUser(UserName: string): Promise<AttachedPolicy[]> {
    const { Policies } = await this.#rpc.call('ListPoliciesForUser', read, { UserName }, policiesAnswer);
    return Policies.map(({ PolicyName, PolicyType }) => ({ name: PolicyName, type: PolicyType }));
  }

  async detachPolicyFromUser(UserName: string, { name, type }: AttachedPolicy): Promise<void> {
    const params = { UserName, PolicyName: name, PolicyType: type };
    await orUndefined(
      this.#rpc.call('DetachPolicyFromUser', repeatableWrite, params, done),
      'EntityNotExist.User.Policy',
      'EntityNotExist.Policy',
      'EntityNotExist.User',
    );
  }

  async removeUserFromGroup(UserName: string, GroupName: string): Promise<void> {
    await orUndefined(
      this.#rpc.call('RemoveUserFromGroup', repeatableWrite, { UserName, GroupName }, done),
      'EntityNotExist.User.Group',
      'EntityNotExist.Group',
      'EntityNotExist.User',
    );
  }

  /** The serial number of the bound MFA device; `undefined` where there is none. */
  async getMfaDevice(UserName: string): Promise<string | undefined> {
    const answer = await orUndefined(
      this.#rpc.call('GetUserMFAInfo', read, { UserName }, mfaAnswer),
      'EntityNotExist.User.MFADevice',
    );
    return answer?.MFADevice.SerialNumber;
  }

  async unbindMfaDevice(UserName: string): Promise<void> {
    await orUndefined(
      this.#rpc.call('UnbindMFADevice', repeatableWrite, { UserName }, done),
      'EntityNotExist.User.MFADevice',
      'EntityNotExist.User',
    );
  }

  async deleteLoginProfile(UserName: string): Promise<void> {
    await orUndefined(
      this.#rpc.call('DeleteLoginProfile', repeatableWrite, { UserName }, done),
      'EntityNotExist.User.LoginProfile',
      'EntityNotExist.User',
    );
  }

  /** The user must have no keys, groups, policies, login profile or MFA device left. */
  async deleteUser(UserName: string): Promise<void> {
    await orUndefined(
      this.#rpc.call('DeleteUser', repeatableWrite, { UserName }, done),
      'EntityNotExist.User',
    );
  }
}
