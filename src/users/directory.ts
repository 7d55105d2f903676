import type { DateTime } from 'luxon';
import type { Cloud } from '../cloud/cloud';
import type { ImsUser } from '../cloud/ims';
import type { Exemption, RotationConfig } from '../config/schema';
import type { UserIdentity } from '../rotation/observation';

type Tags = ReadonlyMap<string, string>;

/** Every RAM user of the account, with what decides whether keyturn manages it or must not. */
export interface Directory {
  readonly users: readonly ImsUser[];
  /** Members by RAM group, for each group that the configuration names. */
  readonly members: ReadonlyMap<string, ReadonlySet<string>>;
}

/**
 * Reads all users and the named groups, to the end.
 * @throws CloudError where any look-up fails: without it nobody can tell who is exempt
 */
export async function readDirectory(cloud: Cloud, groups: readonly string[]): Promise<Directory> {
  const [users, ...members] = await Promise.all([
    cloud.ims.listUsers(),
    ...groups.map(async (group) => [group, new Set(await cloud.ram.listUsersForGroup(group))] as const),
  ]);
  return { users, members: new Map(members) };
}

export function groupsNamed(users: RotationConfig['users'], exempt: readonly Exemption[]): string[] {
  const groups = [users.group, ...exempt.map((each) => ('group' in each ? each.group : undefined))];
  return [...new Set(groups.filter((group) => group !== undefined))];
}

export function isManaged(
  { name, tags }: { name: string; tags: Tags },
  { names, tag, group }: RotationConfig['users'],
  members: Directory['members'],
): boolean {
  if (names.includes(name)) return true;
  if (tag && tags.get(tag.key) === tag.value) return true;
  return group !== undefined && members.get(group)?.has(name) === true;
}

/** The exemption that covers this user now, if any. */
export function exemptionOf(
  { name, tags }: { name: string; tags: Tags },
  exempt: readonly Exemption[],
  isMember: (group: string) => boolean,
  now: DateTime,
): Exemption | undefined {
  return exempt
    .filter(({ endsAt }) => !endsAt || now < endsAt)
    .find((each) => {
      if ('user' in each) return each.user === name;
      if ('group' in each) return isMember(each.group);
      return tags.get(each.tag.key) === each.tag.value;
    });
}

export const identityOf = (account: string, user: ImsUser): UserIdentity => ({
  account,
  name: user.name,
  id: user.id,
  principalName: user.principalName,
  frozen: user.status === 'freeze',
});
