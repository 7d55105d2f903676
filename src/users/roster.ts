import type { Clock } from '../base/clock';
import type { Cloud } from '../cloud/cloud';
import type { Config, Exemption } from '../config/schema';
import { readRecord } from '../record/rotation';
import { isBegun } from '../rotation/decide/chain';
import type { Look } from '../rotation/observe';
import { exemptionOf, groupsNamed, identityOf, isManaged, readDirectory } from './directory';

/** The users of one account, before any of them is looked at. */
export interface Roster {
  /** Every RAM user. */
  readonly names: readonly string[];
  /** The managed ones, in the order of their names. */
  readonly managed: readonly Managed[];
}

export interface Managed {
  readonly look: Look;
  readonly exemption?: Exemption;
}

/** @throws CloudError where it cannot be told who is managed, or who is exempt */
export async function readRoster(cloud: Cloud, config: Config, clock: Clock): Promise<Roster> {
  const { rotation, exempt } = config;
  const [{ users, members }, kmsManaged] = await Promise.all([
    readDirectory(cloud, groupsNamed(rotation.users, exempt)),
    cloud.ownKms.listRamCredentialSecrets(),
  ]);
  const now = clock.now();
  const managed = users
    .filter((user) => isManaged(user, rotation.users, members) || isBegun(readRecord(user.tags)))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((user): Managed => {
      const isMember = (group: string) => members.get(group)?.has(user.name) === true;
      const exemption = exemptionOf(user, exempt, isMember, now);
      const look = {
        user: identityOf(cloud.account, user),
        tags: user.tags,
        kmsManaged: kmsManaged.has(user.name),
      };
      return { look, ...(exemption && { exemption }) };
    });
  return { names: users.map(({ name }) => name), managed };
}
