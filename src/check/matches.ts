import type { ImsUser } from '../cloud/ims';
import type { Config } from '../config/schema';
import { type Line, warning } from './line';

interface Known {
  readonly users: readonly ImsUser[];
  /** By group, as far as it could be read. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What the configuration names and nobody answers to. */
export function nobodyLines({ rotation: { users: managed }, exempt }: Config, known: Known): Line[] {
  const { names, tag, group } = managed;
  const matches = matchesIn(known);
  return [
    ...names.flatMap((name) =>
      matches.user(name) ? [] : nobody(`There is no user ${name}, whom rotation.users.names names`),
    ),
    ...(tag && !matches.tag(tag)
      ? nobody(`No user carries the tag ${tag.key}=${tag.value} of rotation.users.tag`)
      : []),
    ...(group && !matches.group(group)
      ? nobody(`The group ${group} of rotation.users.group has no members`)
      : []),
    ...exempt.flatMap((each, index) => {
      const where = `exempt[${index}]`;
      if ('user' in each) {
        return matches.user(each.user) ? [] : nobody(`There is no user ${each.user}, whom ${where} names`);
      }
      if ('group' in each) {
        return matches.group(each.group) ? [] : nobody(`The group ${each.group} of ${where} has no members`);
      }
      return matches.tag(each.tag)
        ? []
        : nobody(`No user carries the tag ${each.tag.key}=${each.tag.value} of ${where}`);
    }),
  ];
}

function matchesIn({ users, members }: Known) {
  const names = new Set(users.map(({ name }) => name));
  return {
    user: (name: string) => names.has(name),
    tag: ({ key, value }: { key: string; value: string }) =>
      users.some(({ tags }) => tags.get(key) === value),
    /** One that could not be read has its own line. */
    group: (name: string) => members.get(name)?.size !== 0,
  };
}

const nobody = (what: string): Line[] => [
  warning(
    'matches-nobody',
    `${what}.`,
    'Correct it, or take it out; a misspelt name protects and rotates nobody.',
  ),
];
