import { refusal } from '../errors';
import type { AccessKey, AccountState, User } from '../state';
import { BIN_RETENTION, KEYS_PER_USER } from './limits';

/** Moves the key to the recycle bin, from where the oldest of too many is gone for good. */
export function deleteKey(account: AccountState, key: AccessKey): void {
  const { switches } = account.cloud;
  if (key.status === 'Active' && !switches.deleteActiveAllowed) {
    throw refusal('DeleteConflict.User.AccessKey.Active');
  }
  key.user.keys.delete(key.id);
  key.recycledAt = account.now;
  const bin = [...recycledKeys(account, key.user), key];
  key.user.bin = bin.slice(Math.max(0, bin.length - switches.recycledKeysKept));
}

/** Keys of the recycle bin whose 30 days are not over, oldest first. */
export function recycledKeys(account: AccountState, user: User): AccessKey[] {
  user.bin = user.bin.filter((key) => account.now - (key.recycledAt ?? 0) < BIN_RETENTION);
  return user.bin;
}

export function restoreKey(account: AccountState, user: User, id: string): void {
  const key = recycledKey(account, user, id);
  if (user.keys.size >= KEYS_PER_USER) throw refusal('LimitExceeded.User.AccessKey');
  user.bin = user.bin.filter((one) => one !== key);
  key.recycledAt = undefined;
  user.keys.set(id, key);
}

/** Ends a key of the recycle bin before its time. */
export function purgeKey(account: AccountState, user: User, id: string): void {
  const key = recycledKey(account, user, id);
  user.bin = user.bin.filter((one) => one !== key);
}

function recycledKey(account: AccountState, user: User, id: string): AccessKey {
  const key = recycledKeys(account, user).find((one) => one.id === id);
  if (!key) throw refusal('EntityNotExist.User.AccessKey');
  return key;
}
