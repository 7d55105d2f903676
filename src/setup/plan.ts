import type { RamRoles } from '../cloud/ram-roles';
import { canonical, inWords, listOf, type PolicyDocument, type RolePlan } from './policy';

/** What RAM has of a role now. */
export interface RoleState {
  /** JSON texts; undefined where there is no such role, or policy. */
  readonly trust: string | undefined;
  readonly policy: string | undefined;
  readonly attached: readonly string[];
}

export type Step =
  | { readonly do: 'createRole' | 'updateTrust' | 'createPolicy' | 'attach'; readonly role: RolePlan }
  | { readonly do: 'replacePolicy'; readonly role: RolePlan; readonly before: PolicyDocument | undefined };

export async function stateOf(ram: RamRoles, { name }: RolePlan): Promise<RoleState> {
  const [trust, policy, attached = []] = await Promise.all([
    ram.trustOf(name),
    ram.policyDocument(name),
    ram.attachedTo(name),
  ]);
  return { trust, policy, attached };
}

/** What is to be done to a role; nothing where it is as it should be. */
export function planFor(role: RolePlan, { trust, policy, attached }: RoleState): Step[] {
  const before = policy === undefined ? undefined : parse(policy);
  return [
    ...(trust === undefined ? [{ do: 'createRole', role } as const] : []),
    ...(trust !== undefined && canonical(parse(trust)) !== canonical(role.trust)
      ? [{ do: 'updateTrust', role } as const]
      : []),
    ...(policy === undefined ? [{ do: 'createPolicy', role } as const] : []),
    ...(policy !== undefined && canonical(before) !== canonical(role.policy)
      ? [{ do: 'replacePolicy', role, before: before as PolicyDocument | undefined } as const]
      : []),
    ...(attached.includes(role.name) ? [] : [{ do: 'attach', role } as const]),
  ];
}

/** The regions that the policies which would be replaced serve, other than the planned one. */
export function regionsLeft(steps: readonly Step[]): string[] {
  const left = steps.flatMap((step) => {
    if (step.do !== 'replacePolicy') return [];
    const planned = regionsOfLogs(step.role.policy);
    return regionsOfLogs(step.before).filter((region) => !planned.includes(region));
  });
  return [...new Set(left)];
}

const regionsOfLogs = (policy: PolicyDocument | undefined): string[] =>
  (policy?.Statement ?? []).flatMap(({ Resource }) =>
    listOf(Resource).flatMap((resource) => /^acs:log:([^:*]+):/.exec(resource)?.[1] ?? []),
  );

export async function take(ram: RamRoles, { do: what, role }: Step): Promise<void> {
  const { name, description } = role;
  switch (what) {
    case 'createRole':
      return ram.createRole(name, description, JSON.stringify(role.trust));
    case 'updateTrust':
      return ram.updateTrust(name, JSON.stringify(role.trust));
    case 'createPolicy':
      return ram.createPolicy(name, description, JSON.stringify(role.policy));
    case 'replacePolicy':
      return ram.replacePolicy(name, JSON.stringify(role.policy));
    case 'attach':
      return ram.attach(name, name);
  }
}

/** The step for a person who has to agree to it. */
export function stepText(step: Step): string {
  const { name, trust, trusted, policy } = step.role;
  switch (step.do) {
    case 'createRole':
      return `create the role ${name}, which ${trusted} alone may assume`;
    case 'updateTrust':
      return `let ${trusted} alone assume the role ${name}: its trust policy becomes ${JSON.stringify(trust)}`;
    case 'createPolicy':
      return [`create the policy ${name}`, ...policy.Statement.map((each) => `    ${inWords(each)}`)].join(
        '\n',
      );
    case 'replacePolicy':
      return [`change the policy ${name}`, ...difference(step.before, policy)].join('\n');
    case 'attach':
      return `attach the policy ${name} to the role ${name}`;
  }
}

function difference(before: PolicyDocument | undefined, after: PolicyDocument): string[] {
  const old = (before?.Statement ?? []).map(inWords);
  const fresh = after.Statement.map(inWords);
  return [
    ...old.filter((line) => !fresh.includes(line)).map((line) => `  - ${line}`),
    ...fresh.filter((line) => !old.includes(line)).map((line) => `  + ${line}`),
  ];
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
