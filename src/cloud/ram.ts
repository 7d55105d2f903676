import type { DateTime } from 'luxon';
import type { AccessKey, AccessKeyStatus } from './access-key';
import { type Origin, required, toldInstant, toldOneOf, walk } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { orUndefined } from './error';
import { type Gate, read, repeatableWrite, singleWrite } from './gate';
import { readInstant } from './instant';
import { OpenApi } from './sdk';
import { Secret } from './secret';

type Sdk = typeof import('@alicloud/ram20150501');
type Client = InstanceType<Sdk['default']>;

export interface RamUser {
  readonly id: string;
  readonly name: string;
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

const STATUSES = ['Active', 'Inactive'] as const;

/** Resource Access Management, API version 2015-05-01. Users are addressed by name. */
export class Ram {
  readonly #gate: Gate;
  readonly #api: OpenApi<Client, Sdk>;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#gate = gate;
    this.#api = new OpenApi(() => import('@alicloud/ram20150501'), gate, credentials, endpoint);
  }

  async getUser(userName: string): Promise<RamUser | undefined> {
    const from = origin('GetUser');
    const body = await orUndefined(
      this.#api.call(from, read, (client, sdk) => client.getUser(new sdk.GetUserRequest({ userName }))),
      'EntityNotExist.User',
    );
    if (body === undefined) return undefined;
    const user = required(from, 'User', body.user);
    return {
      id: required(from, 'UserId', user.userId),
      name: required(from, 'UserName', user.userName),
      createdAt: toldInstant(from, 'CreateDate', user.createDate),
    };
  }

  async listAccessKeys(userName: string): Promise<AccessKey[]> {
    const from = origin('ListAccessKeys');
    const body = await this.#api.call(from, read, (client, sdk) =>
      client.listAccessKeys(new sdk.ListAccessKeysRequest({ userName })),
    );
    return (required(from, 'AccessKeys', body.accessKeys).accessKey ?? []).map((key) => ({
      id: required(from, 'AccessKeyId', key.accessKeyId),
      status: toldOneOf(from, 'Status', key.status, STATUSES),
      createdAt: toldInstant(from, 'CreateDate', key.createDate),
    }));
  }

  /** Never sent again unless it was throttled: an outcome `unknown` may have left a key whose secret is lost. */
  async createAccessKey(userName: string): Promise<IssuedAccessKey> {
    const from = origin('CreateAccessKey');
    const body = await this.#api.call(from, singleWrite, (client, sdk) =>
      client.createAccessKey(new sdk.CreateAccessKeyRequest({ userName })),
    );
    const key = required(from, 'AccessKey', body.accessKey);
    return {
      id: required(from, 'AccessKeyId', key.accessKeyId),
      secret: new Secret(required(from, 'AccessKeySecret', key.accessKeySecret)),
      // An odd date is no reason to lose the secret.
      createdAt: readInstant(key.createDate ?? '') ?? this.#gate.clock.now(),
    };
  }

  async setAccessKeyStatus(
    userName: string,
    userAccessKeyId: string,
    status: AccessKeyStatus,
  ): Promise<void> {
    await this.#api.call(origin('UpdateAccessKey'), repeatableWrite, (client, sdk) =>
      client.updateAccessKey(new sdk.UpdateAccessKeyRequest({ userName, userAccessKeyId, status })),
    );
  }

  /** A key that is gone already counts as done. */
  async deleteAccessKey(userName: string, userAccessKeyId: string): Promise<void> {
    await orUndefined(
      this.#api.call(origin('DeleteAccessKey'), repeatableWrite, (client, sdk) =>
        client.deleteAccessKey(new sdk.DeleteAccessKeyRequest({ userName, userAccessKeyId })),
      ),
      'EntityNotExist.User.AccessKey',
      'EntityNotExist.User',
    );
  }

  /** The names of the group's members. */
  async listUsersForGroup(groupName: string): Promise<string[]> {
    const from = origin('ListUsersForGroup');
    const names: string[] = [];
    const pages = walk(from, (marker) =>
      this.#api.call(from, read, (client, sdk) =>
        client.listUsersForGroup(new sdk.ListUsersForGroupRequest({ groupName, marker, maxItems: 1000 })),
      ),
    );
    for await (const page of pages) {
      const users = required(from, 'Users', page.users).user ?? [];
      names.push(...users.map((user) => required(from, 'UserName', user.userName)));
    }
    return names;
  }

  /** The names of the groups that the user is a member of. */
  async listGroupsForUser(userName: string): Promise<string[]> {
    const from = origin('ListGroupsForUser');
    const body = await this.#api.call(from, read, (client, sdk) =>
      client.listGroupsForUser(new sdk.ListGroupsForUserRequest({ userName })),
    );
    const groups = required(from, 'Groups', body.groups).group ?? [];
    return groups.map((group) => required(from, 'GroupName', group.groupName));
  }

  async listPoliciesForUser(userName: string): Promise<AttachedPolicy[]> {
    const from = origin('ListPoliciesForUser');
    const body = await this.#api.call(from, read, (client, sdk) =>
      client.listPoliciesForUser(new sdk.ListPoliciesForUserRequest({ userName })),
    );
    return (required(from, 'Policies', body.policies).policy ?? []).map((policy) => ({
      name: required(from, 'PolicyName', policy.policyName),
      type: toldOneOf(from, 'PolicyType', policy.policyType, ['System', 'Custom']),
    }));
  }

  async detachPolicyFromUser(userName: string, { name, type }: AttachedPolicy): Promise<void> {
    await orUndefined(
      this.#api.call(origin('DetachPolicyFromUser'), repeatableWrite, (client, sdk) =>
        client.detachPolicyFromUser(
          new sdk.DetachPolicyFromUserRequest({ userName, policyName: name, policyType: type }),
        ),
      ),
      'EntityNotExist.User.Policy',
      'EntityNotExist.Policy',
      'EntityNotExist.User',
    );
  }

  async removeUserFromGroup(userName: string, groupName: string): Promise<void> {
    await orUndefined(
      this.#api.call(origin('RemoveUserFromGroup'), repeatableWrite, (client, sdk) =>
        client.removeUserFromGroup(new sdk.RemoveUserFromGroupRequest({ userName, groupName })),
      ),
      'EntityNotExist.User.Group',
      'EntityNotExist.Group',
      'EntityNotExist.User',
    );
  }

  /** The serial number of the bound MFA device; `undefined` where there is none. */
  async getMfaDevice(userName: string): Promise<string | undefined> {
    const from = origin('GetUserMFAInfo');
    const body = await orUndefined(
      this.#api.call(from, read, (client, sdk) =>
        client.getUserMFAInfo(new sdk.GetUserMFAInfoRequest({ userName })),
      ),
      'EntityNotExist.User.MFADevice',
    );
    return body?.MFADevice?.serialNumber;
  }

  async unbindMfaDevice(userName: string): Promise<void> {
    await orUndefined(
      this.#api.call(origin('UnbindMFADevice'), repeatableWrite, (client, sdk) =>
        client.unbindMFADevice(new sdk.UnbindMFADeviceRequest({ userName })),
      ),
      'EntityNotExist.User.MFADevice',
      'EntityNotExist.User',
    );
  }

  async deleteLoginProfile(userName: string): Promise<void> {
    await orUndefined(
      this.#api.call(origin('DeleteLoginProfile'), repeatableWrite, (client, sdk) =>
        client.deleteLoginProfile(new sdk.DeleteLoginProfileRequest({ userName })),
      ),
      'EntityNotExist.User.LoginProfile',
      'EntityNotExist.User',
    );
  }

  /** The user must have no keys, groups, policies, login profile or MFA device left. */
  async deleteUser(userName: string): Promise<void> {
    await orUndefined(
      this.#api.call(origin('DeleteUser'), repeatableWrite, (client, sdk) =>
        client.deleteUser(new sdk.DeleteUserRequest({ userName })),
      ),
      'EntityNotExist.User',
    );
  }
}

function origin(action: string): Origin {
  return { product: 'RAM', action };
}
