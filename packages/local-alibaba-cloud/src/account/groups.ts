import { refusal } from '../errors';
import type { AccountState, Group, User } from '../state';

export function createGroup(account: AccountState, name: string): Group {
  if (account.groups.has(name)) throw refusal('EntityAlreadyExists.Group');
  const group: Group = {
    name,
    id: account.cloud.identifiers.entityId('group', `${account.id}/${name}`),
    comments: '',
    createdAt: account.now,
    updatedAt: account.now,
    members: new Map(),
    policies: new Map(),
  };
  account.groups.set(name, group);
  return group;
}

/** @throws EntityNotExist.Group */
export function groupNamed(account: AccountState, name: string): Group {
  const group = account.groups.get(name);
  if (!group) throw refusal('EntityNotExist.Group');
  return group;
}

/** Makes the group if there is none. */
export function addToGroup(account: AccountState, user: User, groupName: string): void {
  const group = account.groups.get(groupName) ?? createGroup(account, groupName);
  user.groups.set(group, account.now);
  group.members.set(user, account.now);
}

export function removeFromGroup(user: User, group: Group): void {
  if (!user.groups.delete(group)) throw refusal('EntityNotExist.User.Group');
  group.members.delete(user);
}
