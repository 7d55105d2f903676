import { required, toldOneOf, walk } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { type Gate, read } from './gate';
import type { AttachedPolicy } from './ram';
import { OpenApi } from './sdk';

type Sdk = typeof import('@alicloud/ram20150501');
type Client = InstanceType<Sdk['default']>;

export interface ListedPolicy extends AttachedPolicy {
  /** To how many users, groups and roles it is attached, where RAM tells. */
  readonly attachments: number | undefined;
}

/** Whom a policy is attached to, by name. */
export interface Attachments {
  readonly users: readonly string[];
  readonly groups: readonly string[];
  readonly roles: readonly string[];
}

/** The permission policies of an account. Only reads. */
export class Policies {
  readonly #api: OpenApi<Client, Sdk>;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#api = new OpenApi(() => import('@alicloud/ram20150501'), gate, credentials, endpoint);
  }

  /** All policies, those of Alibaba Cloud too; 1,000 per page. */
  async list(): Promise<ListedPolicy[]> {
    const from = origin('ListPolicies');
    const policies: ListedPolicy[] = [];
    const pages = walk(from, (marker) =>
      this.#api.call(from, read, (client, sdk) =>
        client.listPolicies(new sdk.ListPoliciesRequest({ marker, maxItems: 1000 })),
      ),
    );
    for await (const page of pages) {
      for (const policy of required(from, 'Policies', page.policies).policy ?? []) {
        policies.push({
          name: required(from, 'PolicyName', policy.policyName),
          type: toldOneOf(from, 'PolicyType', policy.policyType, ['System', 'Custom']),
          attachments: policy.attachmentCount,
        });
      }
    }
    return policies;
  }

  async attachmentsOf({ name, type }: AttachedPolicy): Promise<Attachments> {
    const from = origin('ListEntitiesForPolicy');
    const body = await this.#api.call(from, read, (client, sdk) =>
      client.listEntitiesForPolicy(
        new sdk.ListEntitiesForPolicyRequest({ policyName: name, policyType: type }),
      ),
    );
    const users = required(from, 'Users', body.users).user ?? [];
    const groups = required(from, 'Groups', body.groups).group ?? [];
    const roles = required(from, 'Roles', body.roles).role ?? [];
    return {
      users: users.map(({ userName }) => required(from, 'UserName', userName)),
      groups: groups.map(({ groupName }) => required(from, 'GroupName', groupName)),
      roles: roles.map(({ roleName }) => required(from, 'RoleName', roleName)),
    };
  }

  /** The version in force, as JSON text. */
  async documentOf({ name, type }: AttachedPolicy): Promise<string> {
    const from = origin('GetPolicy');
    const body = await this.#api.call(from, read, (client, sdk) =>
      client.getPolicy(new sdk.GetPolicyRequest({ policyName: name, policyType: type })),
    );
    const version = required(from, 'DefaultPolicyVersion', body.defaultPolicyVersion);
    return required(from, 'PolicyDocument', version.policyDocument);
  }
}

const origin = (action: string) => ({ product: 'RAM', action });
