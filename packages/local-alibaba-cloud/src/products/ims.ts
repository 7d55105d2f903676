import { groupNamed, removeFromGroup } from '../account/groups';
import { issueKey, keyWithId, setKeyStatus } from '../account/keys';
import { createLogin, passwordStatus, setLoginStatus } from '../account/logins';
import { deleteKey } from '../account/recycled-keys';
import { visibleTags } from '../account/tags';
import { createUser, deleteUser } from '../account/users';
import { refusal } from '../errors';
import { page } from '../pages';
import type { Action, Call, Product } from '../product';
import type { User } from '../state';
import { wireTime } from '../time';
import { accountSecurity } from './account-security';
import { credentialReport } from './credential-report';
import {
  checkUserName,
  envelope,
  joinGroup,
  lastLoginField,
  lastUsedAnswer,
  pageFields,
  pageSize,
  read,
  status,
  write,
} from './identity';
import { accessKeyPolicies } from './ims-access-key-policy';
import { imsTags } from './ims-tags';
import { imsSubjects, soughtUser, userByPrincipalName, userOrCaller } from './ims-user';
import { recycleBins } from './recycle-bins';
import { securityPreference, setSecurityPreference } from './security-preference';

const HOST = 'ims.aliyuncs.com';

function userFields(call: Call, user: User): Record<string, unknown> {
  const tags = [...visibleTags(call.account, user)].map(([TagKey, TagValue]) => ({ TagKey, TagValue }));
  return {
    UserId: user.id,
    UserPrincipalName: user.principalName,
    DisplayName: user.displayName,
    MobilePhone: user.mobilePhone,
    Email: user.email,
    Comments: user.comments,
    Status: user.status,
    ProvisionType: user.provisionType,
    CreateDate: wireTime(user.createdAt),
    UpdateDate: wireTime(user.updatedAt),
    ...lastLoginField(call, 'LastLoginDate', user),
    Tags: { Tag: tags },
  };
}

const groupOf = (call: Call) => groupNamed(call.account, call.params.required('GroupName'));

const users: Record<string, Action> = {
  ListUsers: read((call) => {
    const filter = call.params.tags();
    const standard = filter.length > 0 ? 'active,freeze' : 'active';
    const statuses = (call.params.get('Status') ?? standard).split(',');
    const wanted = [...call.account.users.values()].filter((user) => {
      if (!statuses.includes(user.status)) return false;
      const tags = visibleTags(call.account, user);
      return filter.every(({ key, value }) => (value ? tags.get(key) === value : tags.has(key)));
    });
    const result = page(wanted, (user) => user.name, call.params.get('Marker'), pageSize(call, 1000, 1000));
    return { ...pageFields(result), Users: { User: result.items.map((user) => userFields(call, user)) } };
  }),
  ListUserBasicInfos: read((call) => {
    const result = page(
      call.account.users.values(),
      (user) => user.name,
      call.params.get('Marker'),
      pageSize(call, 1000, 100),
    );
    const UserBasicInfo = result.items.map((user) => ({
      UserId: user.id,
      UserPrincipalName: user.principalName,
      DisplayName: user.displayName,
      Status: user.status,
    }));
    return { ...pageFields(result), UserBasicInfos: { UserBasicInfo } };
  }),
  GetUser: read((call) => {
    const user = soughtUser(call);
    const { Status: _, ...fields } = userFields(call, user);
    return { User: { ...fields, UserName: user.name } };
  }),
  DeleteUser: write((call) => {
    deleteUser(call.account, userByPrincipalName(call, call.params.required('UserPrincipalName')));
    return {};
  }),
  CreateUser: write((call) => {
    const name = call.params.required('UserPrincipalName').split('@')[0] ?? '';
    if (call.account.users.size >= call.account.usersQuota) throw refusal('LimitExceeded.User');
    const user = createUser(call.account, checkUserName(name), {
      displayName: call.params.get('DisplayName'),
    });
    return { User: userFields(call, user) };
  }),
};

const keys: Record<string, Action> = {
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
      ...(call.cloud.switches.updateDate ? { UpdateDate: wireTime(key.updatedAt) } : {}),
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
    return lastUsedAnswer(call, key, true);
  }),
};

function loginProfile(call: Call, user: User): Record<string, unknown> {
  const { login } = user;
  if (!login) throw refusal('EntityNotExist.User.LoginProfile');
  return {
    UserPrincipalName: user.principalName,
    Status: login.status,
    UpdateDate: wireTime(login.updatedAt),
    PasswordResetRequired: login.passwordResetRequired,
    MFABindRequired: login.mfaBindRequired,
    // Tells that the idle rule is on, not that it struck.
    AutoDisableLoginStatus: 'true',
    PasswordStatus: passwordStatus(call.account, login),
    ...lastLoginField(call, 'LastLoginTime', user),
  };
}

const logins: Record<string, Action> = {
  GetLoginProfile: read((call) => ({
    LoginProfile: loginProfile(call, userByPrincipalName(call, call.params.required('UserPrincipalName'))),
  })),
  CreateLoginProfile: write((call) => {
    const user = userByPrincipalName(call, call.params.required('UserPrincipalName'));
    createLogin(user, call.now);
    const { LastLoginTime: _, AutoDisableLoginStatus: __, ...fields } = loginProfile(call, user);
    return { LoginProfile: fields };
  }),
  UpdateLoginProfile: write((call) => {
    const user = userByPrincipalName(call, call.params.required('UserPrincipalName'));
    const { login } = user;
    if (!login) throw refusal('EntityNotExist.User.LoginProfile');
    setLoginStatus(login, call.params.get('Status') ? status(call) : login.status, call.now);
    if (call.params.get('PasswordResetRequired')) {
      login.passwordResetRequired = call.params.flag('PasswordResetRequired');
    }
    if (call.params.get('MFABindRequired')) login.mfaBindRequired = call.params.flag('MFABindRequired');
    const { LastLoginTime: _, ...fields } = loginProfile(call, user);
    return { LoginProfile: fields };
  }),
  DeleteLoginProfile: write((call) => {
    const user = userByPrincipalName(call, call.params.required('UserPrincipalName'));
    loginProfile(call, user);
    user.login = undefined;
    return {};
  }),
  GetUserMFAInfo: read((call) => {
    const { mfa } = userByPrincipalName(call, call.params.required('UserPrincipalName'));
    const device = mfa ? { MFADevice: { SerialNumber: mfa.serialNumber, Type: 'VMFA' } } : {};
    return { IsMFAEnable: mfa !== undefined, ...device };
  }),
};

const groups: Record<string, Action> = {
  ListGroupsForUser: read((call) => {
    const Group = [...userOrCaller(call).groups].map(([group, at]) => ({
      GroupId: group.id,
      GroupName: group.name,
      DisplayName: group.name,
      Comments: group.comments,
      JoinDate: wireTime(at),
    }));
    return { Groups: { Group } };
  }),
  ListUsersForGroup: read((call) => {
    const members = groupOf(call).members;
    const result = page(members, ([user]) => user.name, call.params.get('Marker'), pageSize(call, 1000, 100));
    const User = result.items.map(([user, at]) => ({
      UserId: user.id,
      UserPrincipalName: user.principalName,
      DisplayName: user.displayName,
      JoinDate: wireTime(at),
    }));
    return { ...pageFields(result), Users: { User } };
  }),
  AddUserToGroup: write((call) => {
    joinGroup(userOrCaller(call), groupOf(call), call.now);
    return {};
  }),
  RemoveUserFromGroup: write((call) => {
    removeFromGroup(userOrCaller(call), groupOf(call));
    return {};
  }),
};

const account: Record<string, Action> = {
  GetSecurityPreference: read((call) => securityPreference(call.account, 'ims')),
  SetSecurityPreference: write((call) => {
    setSecurityPreference(call);
    return securityPreference(call.account, 'ims');
  }),
  GetDefaultDomain: read((call) => ({ DefaultDomainName: call.account.domain })),
  GetAccountSummary: read((call) => ({
    SummaryMap: {
      AccessKeysPerUserQuota: 2,
      Users: call.account.users.size,
      UsersQuota: call.account.usersQuota,
      Groups: call.account.groups.size,
      GroupsPerUserQuota: 5,
      Roles: call.account.roles.size,
      Policies: call.account.policies.size,
      AttachedPoliciesPerUserQuota: 10,
      AttachedSystemPoliciesPerUserQuota: 20,
      VersionsPerPolicyQuota: 5,
      PolicySizeQuota: 6144,
      ConditionsPerAKPolicyQuota: 8,
      IPItemsPerAKPolicyQuota: 50,
    },
  })),
};

/** Identity Management Service, API version 2019-08-15; its actions are authorised as RAM's. */
export const ims: Product = {
  name: 'ims',
  version: '2019-08-15',
  service: 'Ims',
  ...envelope(HOST),
  subjects: imsSubjects,
  actions: {
    ...users,
    ...keys,
    ...logins,
    ...groups,
    ...account,
    ...accountSecurity,
    ...imsTags,
    ...accessKeyPolicies,
    ...credentialReport,
    ...recycleBins,
  },
};
