import { refusal } from '../errors';
import { milliseconds, type NewUser } from '../seed';
import type { AccountState, User } from '../state';
import { addToGroup } from './groups';
import { History } from './history';
import { BIN_RETENTION } from './limits';
import { createLogin } from './logins';
import { bindMfa, createMfaDevice, unbindMfa } from './mfa-devices';

export function createUser(account: AccountState, name: string, options: NewUser = {}): User {
  if (account.users.has(name)) throw refusal('EntityAlreadyExists.User');
  const createdAt = milliseconds(options.createdAt) ?? account.now;
  const user: User = {
    name,
    id: account.cloud.identifiers.entityId('user', `${account.id}/${name}`),
    principalName: `${name}@${account.domain}`,
    displayName: options.displayName ?? name,
    email: '',
    mobilePhone: '',
    comments: '',
    createdAt,
    updatedAt: createdAt,
    status: options.status ?? 'active',
    provisionType: options.provisionType ?? 'Manual',
    keys: new Map(),
    bin: [],
    tags: new Map(Object.entries(options.tags ?? {})),
    tagHistory: new History(),
    groups: new Map(),
    policies: new Map(),
    lastLogin: milliseconds(options.lastLogin),
  };
  account.users.set(name, user);
  account.usersById.set(user.id, user);
  if (options.consoleLogin || options.lastLogin !== undefined) createLogin(user, createdAt);
  if (options.mfa) bindMfa(user, createMfaDevice(account, `${name}-mfa`), account.now);
  for (const group of options.groups ?? []) addToGroup(account, user, group);
  return user;
}

/** @throws EntityNotExist.User */
export function userNamed(account: AccountState, name: string): User {
  const user = account.users.get(name);
  if (!user) throw refusal('EntityNotExist.User');
  return user;
}

export function renameUser(account: AccountState, user: User, name: string): void {
  if (account.users.has(name)) throw refusal('EntityAlreadyExists.User');
  account.users.delete(user.name);
  user.name = name;
  user.principalName = `${name}@${account.domain}`;
  account.users.set(name, user);
}

/** Moves the user to the recycle bin. */
export function deleteUser(account: AccountState, user: User): void {
  if (account.cloud.switches.deleteUserConflicts) checkDeletable(user);
  user.keysRecycledWithUser = [...user.keys.values()];
  for (const key of user.keysRecycledWithUser) {
    user.keys.delete(key.id);
    key.recycledAt = account.now;
  }
  for (const group of user.groups.keys()) group.members.delete(user);
  user.groups.clear();
  user.policies.clear();
  user.login = undefined;
  if (user.mfa) unbindMfa(user);
  user.recycledAt = account.now;
  account.users.delete(user.name);
  account.usersById.delete(user.id);
  account.userBin.set(user.id, user);
}

function checkDeletable(user: User): void {
  if (user.groups.size > 0) throw refusal('DeleteConflict.User.Group');
  if (user.keys.size > 0) throw refusal('DeleteConflict.User.AccessKey');
  if (user.login) throw refusal('DeleteConflict.User.LoginProfile');
  if (user.mfa) throw refusal('DeleteConflict.User.MFADevice');
  if (user.policies.size > 0) throw refusal('DeleteConflict.User.Policy');
}

/** Users of the recycle bin whose 30 days are not over. */
export function recycledUsers(account: AccountState): User[] {
  for (const user of account.userBin.values()) {
    if (account.now - (user.recycledAt ?? 0) >= BIN_RETENTION) account.userBin.delete(user.id);
  }
  return [...account.userBin.values()];
}

export function restoreUser(account: AccountState, id: string): User {
  const user = recycledUsers(account).find((one) => one.id === id);
  if (!user) throw refusal('EntityNotExist.User');
  if (account.users.has(user.name)) throw refusal('EntityAlreadyExists.User');
  account.userBin.delete(id);
  user.recycledAt = undefined;
  for (const key of user.keysRecycledWithUser ?? []) {
    key.recycledAt = undefined;
    user.keys.set(key.id, key);
  }
  user.keysRecycledWithUser = undefined;
  account.users.set(user.name, user);
  account.usersById.set(user.id, user);
  return user;
}
