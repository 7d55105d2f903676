import { addPolicyVersion, createPolicy, policyNamed } from '../account/policies';
import { type CloudError, refusal } from '../errors';
import { page } from '../pages';
import { type PolicyDocument, parsePolicy } from '../policy';
import type { Action, Call } from '../product';
import type { ManagedPolicy, ManagedPolicyVersion } from '../state';
import { wireTime } from '../time';
import { checkName, pageFields, pageSize, read, write } from './identity';

const LONGEST_DOCUMENT = 6144;
const VERSIONS_PER_POLICY = 5;
const POLICY_NAME = /^[A-Za-z0-9-]{1,128}$/;

const customPolicy = (call: Call) => policyNamed(call.account, call.params.required('PolicyName'), 'Custom');
const anyPolicy = (call: Call) =>
  policyNamed(call.account, call.params.required('PolicyName'), call.params.required('PolicyType'));

/** The PolicyDocument parameter, or what RAM says of a wrong one. */
function documentOf(call: Call, name: string): PolicyDocument {
  const text = call.params.required('PolicyDocument');
  if (text.length > LONGEST_DOCUMENT) throw refusal('InvalidParameter.PolicyDocument.Length');
  try {
    return parsePolicy(name, text).document;
  } catch (error) {
    throw malformed(error);
  }
}

function malformed(error: unknown): CloudError {
  const reason = error instanceof TypeError ? ` ${error.message}` : '';
  return refusal(
    'InvalidParameter.PolicyDocument',
    `The parameter - "PolicyDocument" is incorrect.${reason}`,
  );
}

function summary(policy: ManagedPolicy): Record<string, unknown> {
  return {
    PolicyName: policy.name,
    PolicyType: policy.type,
    Description: policy.description,
    DefaultVersion: policy.current.id,
    CreateDate: wireTime(policy.createdAt),
    UpdateDate: wireTime(policy.updatedAt),
  };
}

function versionFields(policy: ManagedPolicy, version: ManagedPolicyVersion): Record<string, unknown> {
  return {
    VersionId: version.id,
    IsDefaultVersion: policy.current === version,
    PolicyDocument: version.text,
    CreateDate: wireTime(version.createdAt),
  };
}

function versionOf(call: Call, policy: ManagedPolicy): ManagedPolicyVersion {
  const version = policy.versions.get(call.params.required('VersionId'));
  if (!version) throw refusal('EntityNotExist.Policy.Version');
  return version;
}

function entitiesOf(call: Call, policy: ManagedPolicy) {
  const { users, groups, roles } = call.account;
  const having = <T extends { policies: Map<ManagedPolicy, number> }>(all: Map<string, T>) =>
    [...all.values()].flatMap((entity) => {
      const at = entity.policies.get(policy);
      return at === undefined ? [] : [{ entity, at }];
    });
  return { users: having(users), groups: having(groups), roles: having(roles) };
}

function attachmentCount(call: Call, policy: ManagedPolicy): number {
  const { users, groups, roles } = entitiesOf(call, policy);
  return users.length + groups.length + roles.length;
}

/** RAM's actions on managed policies and their versions. */
export const ramPolicies: Record<string, Action> = {
  CreatePolicy: write((call) => {
    const name = checkName(call.params.required('PolicyName'), 'PolicyName', POLICY_NAME);
    const policy = createPolicy(call.account, name, documentOf(call, name), call.params.get('Description'));
    for (const { key, value } of call.params.tags()) policy.tags.set(key, value ?? '');
    return { Policy: summary(policy) };
  }),
  GetPolicy: read((call) => {
    const policy = anyPolicy(call);
    return {
      Policy: { ...summary(policy), AttachmentCount: attachmentCount(call, policy) },
      DefaultPolicyVersion: versionFields(policy, policy.current),
    };
  }),
  DeletePolicy: write((call) => {
    const policy = customPolicy(call);
    if (call.params.flag('CascadingDelete')) {
      for (const list of Object.values(entitiesOf(call, policy))) {
        for (const { entity } of list) entity.policies.delete(policy);
      }
    } else {
      if (attachmentCount(call, policy) > 0) throw refusal('DeleteConflict.Policy.Attached');
      if (policy.versions.size > 1) throw refusal('DeleteConflict.Policy.Version');
    }
    call.account.policies.delete(policy.name);
    return {};
  }),
  UpdatePolicyDescription: write((call) => {
    const policy = customPolicy(call);
    policy.description = call.params.get('NewDescription') ?? '';
    policy.updatedAt = call.now;
    return { Policy: summary(policy) };
  }),
  ListPolicies: read((call) => {
    const type = call.params.get('PolicyType');
    const all = [...call.account.systemPolicies.values(), ...call.account.policies.values()];
    const wanted = all.filter((policy) => type === undefined || policy.type === type);
    const result = page(
      wanted,
      (policy) => policy.name,
      call.params.get('Marker'),
      pageSize(call, 1000, 100),
    );
    const Policy = result.items.map((policy) => ({
      ...summary(policy),
      AttachmentCount: attachmentCount(call, policy),
    }));
    return { ...pageFields(result), Policies: { Policy } };
  }),
  CreatePolicyVersion: write((call) => {
    const policy = customPolicy(call);
    const document = documentOf(call, policy.name);
    if (policy.versions.size >= VERSIONS_PER_POLICY) {
      const oldest = [...policy.versions.values()].find((version) => version !== policy.current);
      const rotates = call.params.get('RotateStrategy') === 'DeleteOldestNonDefaultVersionWhenLimitExceeded';
      if (!rotates || !oldest) throw refusal('LimitExceeded.Policy.Version');
      policy.versions.delete(oldest.id);
    }
    const asDefault = call.params.flag('SetAsDefault');
    const id = addPolicyVersion(policy, document, { asDefault, now: call.now });
    const version = policy.versions.get(id);
    return version ? { PolicyVersion: versionFields(policy, version) } : {};
  }),
  GetPolicyVersion: read((call) => {
    const policy = anyPolicy(call);
    return { PolicyVersion: versionFields(policy, versionOf(call, policy)) };
  }),
  ListPolicyVersions: read((call) => {
    const policy = anyPolicy(call);
    const PolicyVersion = [...policy.versions.values()].map((version) => versionFields(policy, version));
    return { PolicyVersions: { PolicyVersion } };
  }),
  SetDefaultPolicyVersion: write((call) => {
    const policy = customPolicy(call);
    policy.current = versionOf(call, policy);
    policy.updatedAt = call.now;
    return {};
  }),
  DeletePolicyVersion: write((call) => {
    const policy = customPolicy(call);
    const version = versionOf(call, policy);
    if (version === policy.current) throw refusal('DeleteConflict.Policy.Version.Default');
    policy.versions.delete(version.id);
    return {};
  }),
  ListEntitiesForPolicy: read((call) => {
    const { users, groups, roles } = entitiesOf(call, anyPolicy(call));
    return {
      Users: {
        User: users.map(({ entity, at }) => ({
          UserId: entity.id,
          UserName: entity.name,
          DisplayName: entity.displayName,
          AttachDate: wireTime(at),
        })),
      },
      Groups: {
        Group: groups.map(({ entity, at }) => ({
          GroupName: entity.name,
          Comments: entity.comments,
          AttachDate: wireTime(at),
        })),
      },
      Roles: {
        Role: roles.map(({ entity, at }) => ({
          RoleId: entity.id,
          RoleName: entity.name,
          Arn: entity.arn,
          Description: entity.description,
          AttachDate: wireTime(at),
        })),
      },
    };
  }),
};
