import { some } from '../base/text';
import type { Config } from '../config/schema';
import { membershipOf } from '../users/membership';
import type { RosterUser } from '../users/roster';
import { blockedLines } from './blocked';
import { failure, type Line, ok, warning } from './line';
import { nobodyLines } from './matches';
import type { Place } from './place';
import { secretNameLines } from './secret-names';
import { troubleOf } from './trouble';

/** The configuration against the users that there are. */
export async function userLines(place: Place): Promise<Line[]> {
  const { cloud, config, clock } = place;
  const users = await cloud.ims.listUsers();
  const groups = await readGroups(place);
  const members = new Map(groups.flatMap(({ name, members: known }) => (known ? [[name, known]] : [])));
  const now = clock.now();
  const managed = users
    .map((user) => {
      const isInGroup = (group: string) => members.get(group)?.has(user.name) === true;
      return { ...user, ...membershipOf(user, config, isInGroup, now) };
    })
    .filter((user) => user.managed);
  const [exempt, rest] = parted(managed, (user) => user.exemption !== undefined);
  return [
    managedLine(managed.length, users.length),
    ...groups.flatMap(({ line }) => line ?? []),
    ...nobodyLines(config, { users, members }),
    ...exemptLine(exempt),
    ...secretNameLines(
      config.rotation,
      cloud.account,
      rest.map(({ name }) => name),
    ),
    ...(await blockedLines(place, rest)),
  ];
}

function managedLine(managed: number, all: number): Line {
  if (managed > 0) return ok('managed', `keyturn manages ${managed} of the ${all} users of the account.`);
  return warning(
    'managed',
    `keyturn manages none of the ${all} users of the account, so nothing is rotated.`,
    'Name users, a tag or a group under rotation.users.',
  );
}

interface ReadGroup {
  readonly name: string;
  readonly members?: ReadonlySet<string>;
  readonly line?: Line;
}

/** A group that cannot be read stops every run, since nobody can tell then who is exempt. */
async function readGroups({ cloud, config }: Place): Promise<ReadGroup[]> {
  const named = groupSettings(config);
  return Promise.all(
    [...named].map(async ([name, setting]): Promise<ReadGroup> => {
      try {
        return { name, members: new Set(await cloud.ram.listUsersForGroup(name)) };
      } catch (error) {
        const { text } = troubleOf(error);
        const line = failure(
          'group',
          `The group ${name} of ${setting} cannot be read, which stops every run: ${text}`,
          `Correct ${setting}, create the group, or grant ram:ListUsersForGroup on it.`,
        );
        return { name, line };
      }
    }),
  );
}

function groupSettings({ rotation, exempt }: Config): Map<string, string> {
  const { group } = rotation.users;
  const ofExemptions = exempt.flatMap((each, index) =>
    'group' in each ? [[each.group, `exempt[${index}]`] as const] : [],
  );
  return new Map([...ofExemptions, ...(group ? [[group, 'rotation.users.group'] as const] : [])]);
}

function exemptLine(exempt: readonly RosterUser[]): Line[] {
  if (exempt.length === 0) return [];
  return [
    warning(
      'managed-and-exempt',
      `Managed and exempt at once, and so left alone: ${some(exempt.map(({ name }) => name))}.`,
      'Take them out of rotation.users, or of exempt.',
    ),
  ];
}

function parted<T>(items: readonly T[], belongs: (item: T) => boolean): [T[], T[]] {
  return [items.filter(belongs), items.filter((item) => !belongs(item))];
}
