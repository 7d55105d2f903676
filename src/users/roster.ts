import type { Clock } from '../base/clock';
import type { Cloud } from '../cloud/cloud';
import type { ImsUser } from '../cloud/ims';
import type { Config } from '../config/schema';
import { isBegun, readRecord } from '../record/rotation';
import { groupsThatMatter, type Membership, membershipOf } from './membership';
import { type Candidate, identityOf } from './user';

/** A RAM user, and whether keyturn manages it or must not. */
export interface RosterUser extends ImsUser, Membership {}

export interface Roster {
  /** Every RAM user of the account, in the order of their names. */
  readonly users: readonly RosterUser[];
  /** The same user as read anew. */
  again(user: ImsUser): RosterUser;
}

/**
 * Reads all users and the groups that matter, to the end.
 * @throws CloudError where any look-up fails: without it nobody can tell who is managed, and who is exempt
 */
export async function readRoster(cloud: Cloud, config: Config, clock: Clock): Promise<Roster> {
  const groups = groupsThatMatter(config);
  const [users, ...lists] = await Promise.all([
    cloud.ims.listUsers(),
    ...groups.map(async (group) => [group, new Set(await cloud.ram.listUsersForGroup(group))] as const),
  ]);
  const members = new Map(lists);
  const again = (user: ImsUser): RosterUser => {
    const isInGroup = (group: string) => members.get(group)?.has(user.name) === true;
    return { ...user, ...membershipOf(user, config, isInGroup, clock.now()) };
  };
  return { users: users.map(again).sort(byName), again };
}

const byName = (a: ImsUser, b: ImsUser): number => (a.name < b.name ? -1 : 1);

/** All users, and those of them whom rotation works on. */
export interface RotationRoster extends Roster {
  /** The managed ones, and those of whom an emergency or a rollback was begun. */
  readonly candidates: readonly Candidate[];
}

/** @throws CloudError where it cannot be told who is managed, by keyturn or by KMS, or who is exempt */
export async function readRotationRoster(
  cloud: Cloud,
  config: Config,
  clock: Clock,
): Promise<RotationRoster> {
  const [roster, kmsManaged] = await Promise.all([
    readRoster(cloud, config, clock),
    cloud.ownKms.listRamCredentialSecrets(),
  ]);
  const candidates = roster.users
    .filter(({ managed, tags }) => managed || isBegun(readRecord(tags)))
    .map((user) => candidateOf(cloud.account, user, kmsManaged));
  return { ...roster, candidates };
}

export const candidateOf = (
  account: string,
  user: RosterUser,
  kmsManaged: ReadonlySet<string>,
): Candidate => ({
  look: {
    user: identityOf(account, user),
    tags: user.tags,
    kmsManaged: namesOf(user).some((name) => kmsManaged.has(name)),
  },
  ...(user.exemption && { exemption: user.exemption }),
});

/** KMS names a RAM secret of its own by the user's name or by the display name (KMS API reference, CreateSecret). */
const namesOf = ({ name, displayName = name }: RosterUser): string[] => [name, displayName];
