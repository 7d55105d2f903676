import { issueKey, keyWithId, setKeyStatus } from '../account/keys';
import { deleteKey } from '../account/recycled-keys';
import { createUser, deleteUser, renameUser } from '../account/users';
import { refusal } from '../errors';
import { page } from '../pages';
import type { Action } from '../product';
import type { User } from '../state';
import { wireTime } from '../time';
import {
  checkUserName,
  lastLoginField,
  lastUsedAnswer,
  pageFields,
  pageSize,
  read,
  status,
  write,
} from './identity';
import { userOf, userOrCaller } from './ram-target';

function basics(user: User): Record<string, unknown> {
  return {
    UserId: user.id,
    UserName: user.name,
    DisplayName: user.displayName,
    MobilePhone: user.mobilePhone,
    Email: user.email,
    Comments: user.comments,
    CreateDate: wireTime(user.createdAt),
    UpdateDate: wireTime(user.updatedAt),
  };
}

/** RAM users. */
export const ramUsers: Record<string, Action> = {
  ListUsers: read((call) => {
    const result = page(
      call.account.users.values(),
      (user) => user.name,
      call.params.get('Marker'),
      pageSize(call, 1000, 100),
    );
    return { ...pageFields(result), Users: { User: result.items.map(basics) } };
  }),
  GetUser: read((call) => {
    const user = userOf(call);
    return { User: { ...basics(user), ...lastLoginField(call, 'LastLoginDate', user) } };
  }),
  CreateUser: write((call) => {
    const name = checkUserName(call.params.required('UserName'));
    if (call.account.users.size >= call.account.usersQuota) throw refusal('LimitExceeded.User');
    const user = createUser(call.account, name, { displayName: call.params.get('DisplayName') });
    user.comments = call.params.get('Comments') ?? '';
    user.email = call.params.get('Email') ?? '';
    user.mobilePhone = call.params.get('MobilePhone') ?? '';
    return { User: basics(user) };
  }),
  UpdateUser: write((call) => {
    const user = userOf(call);
    const newName = call.params.get('NewUserName');
    if (newName !== undefined && newName !== user.name)
      renameUser(call.account, user, checkUserName(newName));
    user.displayName = call.params.get('NewDisplayName') ?? user.displayName;
    user.comments = call.params.get('NewComments') ?? user.comments;
    user.email = call.params.get('NewEmail') ?? user.email;
    user.mobilePhone = call.params.get('NewMobilePhone') ?? user.mobilePhone;
    user.updatedAt = call.now;
    return { User: basics(user) };
  }),
  DeleteUser: write((call) => {
    deleteUser(call.account, userOf(call));
    return {};
  }),
};

/** Their AccessKeys. */
export const ramAccessKeys: Record<string, Action> = {
  CreateAccessKey: write((call) => {
    const key = issueKey(call.account, userOrCaller(call));
    return {
      AccessKey: {
        AccessKeyId: key.id,
        AccessKeySecret: key.secret,
        Status: key.status,
        CreateDate: wireTime(key.createdAt),
      },
    };
  }),
  ListAccessKeys: read((call) => {
    const AccessKey = [...userOrCaller(call).keys.values()].map((key) => ({
      AccessKeyId: key.id,
      Status: key.status,
      CreateDate: wireTime(key.createdAt),
    }));
    return { AccessKeys: { AccessKey } };
  }),
  UpdateAccessKey: write((call) => {
    const key = keyWithId(userOrCaller(call), call.params.required('UserAccessKeyId'));
    setKeyStatus(key, status(call), call.now);
    return {};
  }),
  DeleteAccessKey: write((call) => {
    deleteKey(call.account, keyWithId(userOrCaller(call), call.params.required('UserAccessKeyId')));
    return {};
  }),
  GetAccessKeyLastUsed: read((call) => {
    const key = keyWithId(userOrCaller(call), call.params.required('UserAccessKeyId'));
    return lastUsedAnswer(call, key, false);
  }),
};
