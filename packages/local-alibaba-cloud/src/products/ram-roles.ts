import { policyNamed } from '../account/policies';
import { createRole, roleNamed } from '../account/roles';
import { refusal } from '../errors';
import { page } from '../pages';
import { type PolicyDocument, parseTrust } from '../policy';
import type { Action, Call } from '../product';
import type { Role } from '../state';
import { wireTime } from '../time';
import {
  attach,
  attachedPolicies,
  checkName,
  checkTag,
  detach,
  pageFields,
  pageSize,
  read,
  write,
} from './identity';
import { jsonList } from './ram-target';

const SESSION_SECONDS = { min: 3600, max: 43_200, default: 3600 };
const TAGS_PER_RESOURCE = 20;

const roleOf = (call: Call) => roleNamed(call.account, call.params.required('RoleName'));
const policyOf = (call: Call) =>
  policyNamed(call.account, call.params.required('PolicyName'), call.params.required('PolicyType'));

function trustOf(text: string): PolicyDocument {
  try {
    return parseTrust(text);
  } catch {
    throw refusal('InvalidParameter.AssumeRolePolicyDocument');
  }
}

function summary(role: Role): Record<string, unknown> {
  return {
    RoleId: role.id,
    RoleName: role.name,
    Arn: role.arn,
    Description: role.description,
    MaxSessionDuration: role.maxSessionSeconds,
    CreateDate: wireTime(role.createdAt),
    UpdateDate: wireTime(role.updatedAt),
  };
}

const detail = (role: Role) => ({ Role: { ...summary(role), AssumeRolePolicyDocument: role.trustText } });

/** Names and tags of a call on the tags of roles and policies; both are JSON texts. */
function tagged(call: Call): { name: string; tags: Map<string, string> }[] {
  const type = call.params.required('ResourceType');
  const names = jsonList(call, 'ResourceNames').map(String);
  return names.map((name) => {
    if (type === 'role') return { name, tags: roleNamed(call.account, name).tags };
    if (type === 'policy') return { name, tags: policyNamed(call.account, name, 'Custom').tags };
    throw refusal('InvalidParameter.ResourceType');
  });
}

/** RAM's actions on roles, and on the tags of roles and policies. */
export const ramRoles: Record<string, Action> = {
  CreateRole: write((call) => {
    const name = checkName(call.params.required('RoleName'), 'RoleName');
    const trustText = call.params.required('AssumeRolePolicyDocument');
    const role = createRole(call.account, name, {
      policies: [],
      trust: trustOf(trustText),
      maxSessionSeconds: call.params.integer('MaxSessionDuration', SESSION_SECONDS),
    });
    role.trustText = trustText;
    role.description = call.params.get('Description') ?? '';
    for (const { key, value } of call.params.tags()) role.tags.set(key, value ?? '');
    return detail(role);
  }),
  GetRole: read((call) => detail(roleOf(call))),
  UpdateRole: write((call) => {
    const role = roleOf(call);
    const trustText = call.params.get('NewAssumeRolePolicyDocument');
    if (trustText !== undefined) {
      role.trust = trustOf(trustText);
      role.trustText = trustText;
    }
    role.description = call.params.get('NewDescription') ?? role.description;
    role.maxSessionSeconds = call.params.integer('NewMaxSessionDuration', {
      ...SESSION_SECONDS,
      default: role.maxSessionSeconds,
    });
    role.updatedAt = call.now;
    return detail(role);
  }),
  DeleteRole: write((call) => {
    const role = roleOf(call);
    if (role.policies.size > 0) throw refusal('DeleteConflict.Role.Policy');
    call.account.roles.delete(role.name);
    return {};
  }),
  ListRoles: read((call) => {
    const result = page(
      call.account.roles.values(),
      (role) => role.name,
      call.params.get('Marker'),
      pageSize(call, 1000, 100),
    );
    return { ...pageFields(result), Roles: { Role: result.items.map(summary) } };
  }),
  ListPoliciesForRole: read((call) => attachedPolicies(roleOf(call))),
  AttachPolicyToRole: write((call) => {
    attach(call.account, roleOf(call), policyOf(call), 'Role');
    return {};
  }),
  DetachPolicyFromRole: write((call) => {
    detach(roleOf(call), policyOf(call), 'Role');
    return {};
  }),
  TagResources: write((call) => {
    const tags = (jsonList(call, 'Tag') as { Key: string; Value?: string }[]).map(
      ({ Key, Value = '' }) => [Key, Value] as const,
    );
    for (const [key, value] of tags) checkTag(key, value);
    for (const resource of tagged(call)) {
      if (new Set([...resource.tags.keys(), ...tags.map(([key]) => key)]).size > TAGS_PER_RESOURCE) {
        throw refusal('LimitExceeded.Tag');
      }
      for (const [key, value] of tags) resource.tags.set(key, value);
    }
    return {};
  }),
  UntagResources: write((call) => {
    const keys = call.params.flag('All') ? undefined : jsonList(call, 'TagKeys').map(String);
    for (const { tags } of tagged(call)) {
      for (const key of keys ?? [...tags.keys()]) tags.delete(key);
    }
    return {};
  }),
  ListTagResources: read((call) => ({
    TagResources: tagged(call).flatMap(({ name, tags }) =>
      [...tags].map(([TagKey, TagValue]) => ({
        ResourceType: call.params.required('ResourceType'),
        ResourceName: name,
        TagKey,
        TagValue,
      })),
    ),
  })),
};
