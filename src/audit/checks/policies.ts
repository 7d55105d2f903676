import { type Check, type Finding, fault, judged, unknown } from '../check';
import type { AccountFacts, PolicyFacts } from '../facts';
import { grantsEverything } from '../grants-everything';
import { nameIn } from '../people';

const administrator = 'AdministratorAccess';

export const directPolicies: Check = {
  id: 'direct-policies',
  title: 'Policies are attached to groups and roles, not to users',
  severity: 'low',
  cis: '1.16',
  remedy: 'Attach the policies to a group, add the user to it, and detach them from the user.',
  judge: (facts) => {
    const nameOf = nameIn(facts);
    const direct = new Map<string, string[]>();
    const unread = eachPolicy(facts, ({ name, attachedTo }) => {
      if (attachedTo.kind === 'unread') return [unreadAttachments(name, attachedTo.why)];
      for (const user of attachedTo.value.users) direct.set(user, [...(direct.get(user) ?? []), name]);
      return [];
    });
    const faults = [...direct].map(([user, names]) =>
      fault(`${nameOf(user)} has policies attached directly: ${names.join(', ')}.`),
    );
    return judged([...faults, ...unread], 'No policy is attached to a user.');
  },
};

export const administratorAccess: Check = {
  id: 'administrator-access',
  title: `Nobody has ${administrator}`,
  severity: 'high',
  remedy: 'Attach policies that allow what is needed, and detach this one.',
  judge: (facts) =>
    judged(
      eachPolicy(facts, (policy) => (isAdministrator(policy) ? grantsOf(facts, policy, administrator) : [])),
      `${administrator} is attached to nobody.`,
    ),
};

const isAdministrator = ({ name, document }: PolicyFacts): boolean => name === administrator && !document;

export const wildcardPolicies: Check = {
  id: 'wildcard-policies',
  title: 'No custom policy allows every action on every resource',
  severity: 'high',
  cis: '1.15',
  remedy: 'Narrow the policy to the actions and resources that are needed, or detach it.',
  judge: (facts) =>
    judged(
      eachPolicy(facts, (policy) => {
        const { name, document } = policy;
        if (!document) return [];
        if (document.kind === 'unread')
          return [unknown(`Custom policy ${name} could not be read: ${document.why}`)];
        const everything = grantsEverything(document.value);
        if (everything === undefined)
          return [unknown(`Custom policy ${name} has a form that keyturn does not know.`)];
        const grant = `Custom policy ${name}, which allows every action on every resource,`;
        return everything ? grantsOf(facts, policy, grant) : [];
      }),
      'No custom policy that allows every action on every resource is attached to anybody.',
    ),
};

function eachPolicy(
  { policies }: AccountFacts,
  look: (policy: PolicyFacts) => readonly Finding[],
): readonly Finding[] {
  if (policies.kind === 'unread') return [unknown(`The policies could not be read: ${policies.why}`)];
  return policies.value.flatMap(look);
}

function grantsOf(facts: AccountFacts, { name, attachedTo }: PolicyFacts, grant: string): Finding[] {
  if (attachedTo.kind === 'unread') return [unreadAttachments(name, attachedTo.why)];
  const { users, groups, roles } = attachedTo.value;
  const userName = nameIn(facts);
  const holders = [
    ...users.map((user) => userName(user).replace(/^User/, 'user')),
    ...groups.map((group) => `group ${group}`),
    ...roles.map((role) => `role ${role}`),
  ];
  return holders.map((holder) => fault(`${grant} is attached to ${holder}.`));
}

const unreadAttachments = (policy: string, why: string): Finding =>
  unknown(`Whom policy ${policy} is attached to could not be read: ${why}`);
