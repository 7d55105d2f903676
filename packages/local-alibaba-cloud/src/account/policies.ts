import { refusal } from '../errors';
import { Policy, type PolicyDocument } from '../policy';
import type { AccountState, Attached, Group, ManagedPolicy, ManagedPolicyVersion } from '../state';

export function createPolicy(
  account: AccountState,
  name: string,
  document: PolicyDocument,
  description = '',
): ManagedPolicy {
  if (account.policies.has(name)) throw refusal('EntityAlreadyExists.Policy');
  const policy = newPolicy({ name, type: 'Custom', document, description, now: account.now });
  account.policies.set(name, policy);
  return policy;
}

/** @throws InvalidParameter.PolicyType, EntityNotExist.Policy */
export function policyNamed(account: AccountState, name: string, type: string): ManagedPolicy {
  if (type !== 'System' && type !== 'Custom') throw refusal('InvalidParameter.PolicyType');
  const policy = (type === 'System' ? account.systemPolicies : account.policies).get(name);
  if (!policy) throw refusal('EntityNotExist.Policy');
  return policy;
}

/** The id of the new version. */
export function addPolicyVersion(
  policy: ManagedPolicy,
  document: PolicyDocument,
  { asDefault, now }: { asDefault: boolean; now: number },
): string {
  policy.versionsMade += 1;
  const version = newVersion(policy.name, `v${policy.versionsMade}`, document, now);
  policy.versions.set(version.id, version);
  policy.updatedAt = now;
  if (asDefault) policy.current = version;
  return version.id;
}

/** Makes a policy of a document and attaches it. */
export function attachDocument(
  account: AccountState,
  attached: Attached,
  stem: string,
  document: PolicyDocument,
): void {
  const policy = createPolicy(account, `${stem}-${attached.policies.size + 1}`, document);
  attached.policies.set(policy, account.now);
}

/** All policies that hold for somebody, those of a user's groups too. */
export function* policiesOf(attached: Attached & { groups?: ReadonlyMap<Group, number> }): Iterable<Policy> {
  for (const policy of attached.policies.keys()) yield policy.current.policy;
  for (const group of attached.groups?.keys() ?? []) {
    for (const policy of group.policies.keys()) yield policy.current.policy;
  }
}

interface NewPolicy {
  name: string;
  type: 'System' | 'Custom';
  document: PolicyDocument;
  description: string;
  now: number;
}

export function newPolicy({ name, type, document, description, now }: NewPolicy): ManagedPolicy {
  const current = newVersion(name, 'v1', document, now);
  return {
    name,
    type,
    description,
    versions: new Map([[current.id, current]]),
    current,
    versionsMade: 1,
    tags: new Map(),
    createdAt: now,
    updatedAt: now,
  };
}

function newVersion(name: string, id: string, document: PolicyDocument, now: number): ManagedPolicyVersion {
  return { id, text: JSON.stringify(document), policy: new Policy(name, document), createdAt: now };
}
