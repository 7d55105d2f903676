import { purgeKey, recycledKeys, restoreKey } from '../account/recycled-keys';
import { recycledUsers, restoreUser } from '../account/users';
import { refusal } from '../errors';
import { page } from '../pages';
import type { Action, Call } from '../product';
import type { AccessKey, User } from '../state';
import { DAY, wireTime } from '../time';
import { pageFields, pageSize, read, write } from './identity';

const RETENTION = 30 * DAY;

function userOf(call: Call): User {
  const user = call.account.usersById.get(call.params.required('UserId'));
  if (!user) throw refusal('EntityNotExist.User');
  return user;
}

function binDates(recycledAt = 0) {
  return { RecycleDate: wireTime(recycledAt), DeleteDate: wireTime(recycledAt + RETENTION) };
}

const keyFields = (key: AccessKey) => ({
  AccessKeyId: key.id,
  CreateDate: wireTime(key.createdAt),
  ...binDates(key.recycledAt),
});

const userFields = (user: User) => ({
  UserId: user.id,
  UserPrincipalName: user.principalName,
  DisplayName: user.displayName,
  CreateDate: wireTime(user.createdAt),
  ...binDates(user.recycledAt),
});

/** A key of either bin: its own, or that of a recycled user. */
function recycledKey(call: Call, id: string): { key: AccessKey; userRecycled: boolean } {
  const { account } = call;
  for (const user of account.users.values()) {
    const key = recycledKeys(account, user).find((one) => one.id === id);
    if (key) return { key, userRecycled: false };
  }
  for (const user of recycledUsers(account)) {
    const key = [...(user.keysRecycledWithUser ?? []), ...recycledKeys(account, user)].find(
      (one) => one.id === id,
    );
    if (key) return { key, userRecycled: true };
  }
  throw refusal('EntityNotExist.User.AccessKey');
}

function recycledUser(call: Call, id: string): User {
  const user = recycledUsers(call.account).find((one) => one.id === id);
  if (!user) throw refusal('EntityNotExist.User');
  return user;
}

const filterPattern = /^UserPrincipalName eq (\S+)$/;

/** What deleting leaves behind for 30 days. Policies can name no resource here but `*`. */
export const recycleBins: Record<string, Action> = {
  ListAccessKeysInRecycleBin: read((call) => ({
    AccessKeys: { AccessKey: recycledKeys(call.account, userOf(call)).map(keyFields) },
  })),
  GetAccessKeyInfoInRecycleBin: read((call) => {
    const { key, userRecycled } = recycledKey(call, call.params.required('UserAccessKeyId'));
    const AccessKey = {
      ...keyFields(key),
      UserId: key.user.id,
      UserPrincipalName: key.user.principalName,
      UserRecycled: userRecycled,
    };
    return { AccessKey };
  }),
  RestoreAccessKeyFromRecycleBin: write((call) => {
    restoreKey(call.account, userOf(call), call.params.required('UserAccessKeyId'));
    return {};
  }),
  DeleteAccessKeyInRecycleBin: write((call) => {
    purgeKey(call.account, userOf(call), call.params.required('UserAccessKeyId'));
    return {};
  }),
  ListUsersInRecycleBin: read((call) => {
    const filter = call.params.get('Filter');
    const [, name] = filterPattern.exec(filter ?? '') ?? [];
    if (filter !== undefined && name === undefined) throw refusal('InvalidParameter');
    const wanted = recycledUsers(call.account).filter((user) => !name || user.principalName === name);
    const result = page(wanted, (user) => user.id, call.params.get('Marker'), pageSize(call, 100, 100));
    return { ...pageFields(result), Users: { User: result.items.map(userFields) } };
  }),
  GetUserInRecycleBin: read((call) => {
    const keyId = call.params.get('UserAccessKeyId');
    const user = keyId
      ? recycledKey(call, keyId).key.user
      : recycledUser(call, call.params.required('UserId'));
    return { User: userFields(user) };
  }),
  RestoreUserFromRecycleBin: write((call) => {
    restoreUser(call.account, call.params.required('UserId'));
    return {};
  }),
  DeleteUserInRecycleBin: write((call) => {
    call.account.userBin.delete(recycledUser(call, call.params.required('UserId')).id);
    return {};
  }),
};
