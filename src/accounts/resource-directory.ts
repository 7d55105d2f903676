import type { Member, ResourceManager } from '../cloud/resource-manager';
import { ConfigurationError } from '../config/error';
import type { Config } from '../config/schema';

type DirectoryConfig = NonNullable<Config['resourceDirectory']>;

/** Who never became a member: an account that is still being made, or could not be. */
const noMember = new Set(['CreateVerifying', 'CreateFailed', 'CreateCancelled', 'CreateExpired']);

/**
 * Ids of the accounts that the configuration means. The management account is no member, so it is there only where
 * `include` names it.
 * @throws ConfigurationError where `include` names what the directory does not have; CloudError where it cannot be
 * read to its end, so that no account is left out silently
 */
export async function membersOf(directory: ResourceManager, config: DirectoryConfig): Promise<string[]> {
  const { include, exclude } = config;
  const members = (await directory.listMembers()).filter(({ status }) => !noMember.has(status));
  const included = include ? await chosen(directory, members, include) : members.map(({ id }) => id);
  const left = new Set(exclude);
  return included.filter((id) => !left.has(id)).sort();
}

async function chosen(
  directory: ResourceManager,
  members: readonly Member[],
  include: readonly string[],
): Promise<string[]> {
  const named = include.filter(isAccount);
  const folders = new Set<string>();
  for (const folder of include) if (!isAccount(folder)) await descend(directory, folder, folders);

  const ids = new Set(members.map(({ id }) => id));
  const strangers = named.filter((id) => !ids.has(id));
  if (strangers.length > 0) {
    const management = await directory.managementAccount();
    const stranger = strangers.find((id) => id !== management);
    if (stranger !== undefined) throw notThere(stranger);
  }
  const inFolders = members.filter(({ folderId }) => folders.has(folderId)).map(({ id }) => id);
  return [...new Set([...named, ...inFolders])];
}

const isAccount = (id: string): boolean => /^\d+$/.test(id);

/** Adds a folder and all below it. Folders are five deep at most (Resource Management documentation, Limits). */
async function descend(directory: ResourceManager, folder: string, into: Set<string>): Promise<void> {
  if (into.has(folder)) return;
  into.add(folder);
  for (const below of await directory.listFolders(folder)) await descend(directory, below, into);
}

const notThere = (id: string): ConfigurationError =>
  new ConfigurationError([
    {
      path: 'resourceDirectory.include',
      message: `account ${id} is neither a member of the Resource Directory nor its management account; nothing was done`,
    },
  ]);
