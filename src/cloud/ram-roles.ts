import { type Origin, required } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { orUndefined } from './error';
import { type Gate, read, repeatableWrite, singleWrite } from './gate';
import { OpenApi } from './sdk';

type Sdk = typeof import('@alicloud/ram20150501');
type Client = InstanceType<Sdk['default']>;

/** Roles and custom policies of an account, API version 2015-05-01. */
export class RamRoles {
  readonly #api: OpenApi<Client, Sdk>;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#api = new OpenApi(() => import('@alicloud/ram20150501'), gate, credentials, endpoint);
  }

  /** The trust policy of a role, as JSON text; undefined where there is no such role. */
  async trustOf(roleName: string): Promise<string | undefined> {
    const from = origin('GetRole');
    const body = await orUndefined(
      this.#api.call(from, read, (client, sdk) => client.getRole(new sdk.GetRoleRequest({ roleName }))),
      'EntityNotExist.Role',
    );
    return body && required(from, 'AssumeRolePolicyDocument', body.role?.assumeRolePolicyDocument);
  }

  async createRole(roleName: string, description: string, trust: string): Promise<void> {
    await this.#api.call(origin('CreateRole'), singleWrite, (client, sdk) =>
      client.createRole(
        new sdk.CreateRoleRequest({ roleName, description, assumeRolePolicyDocument: trust }),
      ),
    );
  }

  async updateTrust(roleName: string, trust: string): Promise<void> {
    await this.#api.call(origin('UpdateRole'), repeatableWrite, (client, sdk) =>
      client.updateRole(new sdk.UpdateRoleRequest({ roleName, newAssumeRolePolicyDocument: trust })),
    );
  }

  /** The default version of a custom policy, as JSON text; undefined where there is no such policy. */
  async policyDocument(policyName: string): Promise<string | undefined> {
    const from = origin('GetPolicy');
    const body = await orUndefined(
      this.#api.call(from, read, (client, sdk) =>
        client.getPolicy(new sdk.GetPolicyRequest({ policyName, policyType: 'Custom' })),
      ),
      'EntityNotExist.Policy',
    );
    return body && required(from, 'PolicyDocument', body.defaultPolicyVersion?.policyDocument);
  }

  async createPolicy(policyName: string, description: string, policyDocument: string): Promise<void> {
    await this.#api.call(origin('CreatePolicy'), singleWrite, (client, sdk) =>
      client.createPolicy(new sdk.CreatePolicyRequest({ policyName, description, policyDocument })),
    );
  }

  /** RAM keeps five versions of a policy; the oldest that is not in force makes room. */
  async replacePolicy(policyName: string, policyDocument: string): Promise<void> {
    await this.#api.call(origin('CreatePolicyVersion'), singleWrite, (client, sdk) =>
      client.createPolicyVersion(
        new sdk.CreatePolicyVersionRequest({
          policyName,
          policyDocument,
          setAsDefault: true,
          rotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded',
        }),
      ),
    );
  }

  /** Names of the policies that a role has; undefined where there is no such role. */
  async attachedTo(roleName: string): Promise<string[] | undefined> {
    const from = origin('ListPoliciesForRole');
    const body = await orUndefined(
      this.#api.call(from, read, (client, sdk) =>
        client.listPoliciesForRole(new sdk.ListPoliciesForRoleRequest({ roleName })),
      ),
      'EntityNotExist.Role',
    );
    return body?.policies?.policy?.map(({ policyName }) => required(from, 'PolicyName', policyName));
  }

  async attach(policyName: string, roleName: string): Promise<void> {
    await orUndefined(
      this.#api.call(origin('AttachPolicyToRole'), repeatableWrite, (client, sdk) =>
        client.attachPolicyToRole(
          new sdk.AttachPolicyToRoleRequest({ policyName, policyType: 'Custom', roleName }),
        ),
      ),
      'EntityAlreadyExists.Role.Policy',
    );
  }
}

const origin = (action: string): Origin => ({ product: 'RAM', action });
