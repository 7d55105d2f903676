import type { DateTime } from 'luxon';
import type { Cloud } from '../../cloud/cloud';
import type { ImsUser } from '../../cloud/ims';
import type { Exemption } from '../../config/schema';
import { exemptGroups, exemptionOf } from '../../users/membership';
import { known, type Reading, reading } from '../reading';

export type Exemptions = (user: Pick<ImsUser, 'name' | 'tags'>) => Reading<Exemption | undefined>;

/** Who is exempt now. Where a group cannot be read, its members are not known to be exempt or not. */
export async function observeExemptions(
  { ram }: Cloud,
  exempt: readonly Exemption[],
  now: DateTime,
): Promise<Exemptions> {
  const members = await Promise.all(
    exemptGroups(exempt).map(async (group) => [group, await reading(ram.listUsersForGroup(group))] as const),
  );
  const readMembers = new Map(
    members.flatMap(([group, names]) => (names.kind === 'read' ? [[group, new Set(names.value)]] : [])),
  );
  const failure = members.map(([, names]) => names).find((names) => names.kind === 'unread');
  return (user) => {
    const isMember = (group: string) => readMembers.get(group)?.has(user.name) === true;
    const exemption = exemptionOf(user, exempt, isMember, now);
    return exemption === undefined && failure ? failure : known(exemption);
  };
}
