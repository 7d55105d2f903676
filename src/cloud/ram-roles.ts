import * as z from 'zod';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { orUndefined } from './error';
import { type Gate, read, repeatableWrite, singleWrite } from './gate';
import { policyAnswer } from './policies';
import { ramApi } from './ram';
import { Rpc } from './rpc';
import { done, listOf, text } from './shape';

const roleAnswer = z.object({ Role: z.object({ AssumeRolePolicyDocument: text }) });

const policiesAnswer = z.object({ Policies: listOf('Policy', z.object({ PolicyName: text })) });

/** Roles and custom policies of an account. */
export class RamRoles {
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#rpc = new Rpc(gate, credentials, endpoint, ramApi);
  }

  /** The trust policy of a role, as JSON text; undefined where there is no such role. */
  async trustOf(RoleName: string): Promise<string | undefined> {
    const answer = await orUndefined(
      this.#rpc.call('GetRole', read, { RoleName }, roleAnswer),
      'EntityNotExist.Role',
    );
    return answer?.Role.AssumeRolePolicyDocument;
  }

  async createRole(RoleName: string, Description: string, trust: string): Promise<void> {
    const params = { RoleName, Description, AssumeRolePolicyDocument: trust };
    await this.#rpc.call('CreateRole', singleWrite, params, done);
  }

  async updateTrust(RoleName: string, trust: string): Promise<void> {
    const params = { RoleName, NewAssumeRolePolicyDocument: trust };
    await this.#rpc.call('UpdateRole', repeatableWrite, params, done);
  }

  /** The default version of a custom policy, as JSON text; undefined where there is no such policy. */
  async policyDocument(PolicyName: string): Promise<string | undefined> {
    const answer = await orUndefined(
      this.#rpc.call('GetPolicy', read, { PolicyName, PolicyType: 'Custom' }, policyAnswer),
      'EntityNotExist.Policy',
    );
    return answer?.DefaultPolicyVersion.PolicyDocument;
  }

  async createPolicy(PolicyName: string, Description: string, PolicyDocument: string): Promise<void> {
    await this.#rpc.call('CreatePolicy', singleWrite, { PolicyName, Description, PolicyDocument }, done);
  }

  /** RAM keeps five versions of a policy; the oldest that is not in force makes room. */
  async replacePolicy(PolicyName: string, PolicyDocument: string): Promise<void> {
    const params = {
      PolicyName,
      PolicyDocument,
      SetAsDefault: true,
      RotateStrategy: 'DeleteOldestNonDefaultVersionWhenLimitExceeded',
    };
    await this.#rpc.call('CreatePolicyVersion', singleWrite, params, done);
  }

  /** Names of the policies that a role has; undefined where there is no such role. */
  async attachedTo(RoleName: string): Promise<string[] | undefined> {
    const answer = await orUndefined(
      this.#rpc.call('ListPoliciesForRole', read, { RoleName }, policiesAnswer),
      'EntityNotExist.Role',
    );
    return answer?.Policies.map(({ PolicyName }) => PolicyName);
  }

  async attach(PolicyName: string, RoleName: string): Promise<void> {
    const params = { PolicyName, PolicyType: 'Custom', RoleName };
    await orUndefined(
      this.#rpc.call('AttachPolicyToRole', repeatableWrite, params, done),
      'EntityAlreadyExists.Role.Policy',
    );
  }
}
