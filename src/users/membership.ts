import type { DateTime } from 'luxon';
import type { Cloud } from '../cloud/cloud';
import { orUndefined } from '../cloud/error';
import type { Config, Exemption } from '../config/schema';
import type { Tags } from '../record/tags';

/** Whether keyturn manages a user, and the exemption that covers it now, if any. */
export interface Membership {
  readonly managed: boolean;
  readonly exemption?: Exemption;
}

type Rules = Pick<Config, 'rotation' | 'exempt'>;
type Named = { readonly name: string; readonly tags: Tags };

/** Whether the user is in this RAM group. */
export type IsInGroup = (group: string) => boolean;

export function membershipOf(
  user: Named,
  { rotation, exempt }: Rules,
  isInGroup: IsInGroup,
  now: DateTime,
): Membership {
  const { names, tag, group } = rotation.users;
  const managed =
    names.includes(user.name) ||
    (tag !== undefined && user.tags.get(tag.key) === tag.value) ||
    (group !== undefined && isInGroup(group));
  const exemption = exemptionOf(user, exempt, isInGroup, now);
  return { managed, ...(exemption && { exemption }) };
}

export function exemptionOf(
  { name, tags }: Named,
  exempt: readonly Exemption[],
  isInGroup: IsInGroup,
  now: DateTime,
): Exemption | undefined {
  return exempt
    .filter(({ endsAt }) => !endsAt || now < endsAt)
    .find((each) => {
      if ('user' in each) return each.user === name;
      if ('group' in each) return isInGroup(each.group);
      return tags.get(each.tag.key) === each.tag.value;
    });
}

/** The groups by which users are exempt. */
export const exemptGroups = (exempt: readonly Exemption[]): string[] => [
  ...new Set(exempt.flatMap((each) => ('group' in each ? [each.group] : []))),
];

/** The groups by which users are managed or exempt. */
export function groupsThatMatter({ rotation, exempt }: Rules): string[] {
  const { group } = rotation.users;
  return [...new Set([...(group ? [group] : []), ...exemptGroups(exempt)])];
}

/** The groups of one user, in one call; in none where no group matters. @throws CloudError */
export async function groupsOf(
  { ram }: Cloud,
  userName: string,
  thatMatter: readonly string[],
): Promise<IsInGroup> {
  if (thatMatter.length === 0) return () => false;
  const groups = (await orUndefined(ram.listGroupsForUser(userName), 'EntityNotExist.User')) ?? [];
  return (group) => groups.includes(group);
}
