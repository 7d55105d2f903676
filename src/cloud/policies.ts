import * as z from 'zod';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { type Gate, read } from './gate';
import { markedList } from './pages';
import { type AttachedPolicy, ramApi } from './ram';
import { Rpc } from './rpc';
import { count, listOf, optional, text } from './shape';

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

const policiesAnswer = z.object({
  Policies: listOf(
    'Policy',
    z.object({
      PolicyName: text,
      PolicyType: z.enum(['System', 'Custom']),
      AttachmentCount: optional(count),
    }),
  ),
});

const entitiesAnswer = z.object({
  Users: listOf('User', z.object({ UserName: text })),
  Groups: listOf('Group', z.object({ GroupName: text })),
  Roles: listOf('Role', z.object({ RoleName: text })),
});

export const policyAnswer = z.object({ DefaultPolicyVersion: z.object({ PolicyDocument: text }) });

/** The permission policies of an account. Only reads. */
export class Policies {
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#rpc = new Rpc(gate, credentials, endpoint, ramApi);
  }

  /** All policies, those of Alibaba Cloud too; 1,000 per page. */
  list(): Promise<ListedPolicy[]> {
    return markedList(this.#rpc, {
      action: 'ListPolicies',
      params: { MaxItems: 1000 },
      shape: policiesAnswer,
      entriesOf: ({ Policies }) =>
        Policies.map(({ PolicyName, PolicyType, AttachmentCount }) => ({
          name: PolicyName,
          type: PolicyType,
          attachments: AttachmentCount,
        })),
    });
  }

  async attachmentsOf({ name, type }: AttachedPolicy): Promise<Attachments> {
    const params = { PolicyName: name, PolicyType: type };
    const attached = await this.#rpc.call('ListEntitiesForPolicy', read, params, entitiesAnswer);
    return {
      users: attached.Users.map(({ UserName }) => UserName),
      groups: attached.Groups.map(({ GroupName }) => GroupName),
      roles: attached.Roles.map(({ RoleName }) => RoleName),
    };
  }

  /** The version in force, as JSON text. */
  async documentOf({ name, type }: AttachedPolicy): Promise<string> {
    const params = { PolicyName: name, PolicyType: type };
    const { DefaultPolicyVersion } = await this.#rpc.call('GetPolicy', read, params, policyAnswer);
    return DefaultPolicyVersion.PolicyDocument;
  }
}
