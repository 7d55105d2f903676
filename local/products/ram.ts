import { refusal } from '../errors';
import { page } from '../pages';
import type { Action, Call, Product } from '../product';
import type { User } from '../state';
import { wireTime } from '../time';
import {
  attach,
  attachedPolicies,
  caller,
  checkName,
  checkUserName,
  detach,
  envelope,
  joinGroup,
  lastLoginField,
  lastUsedAnswer,
  on,
  pageFields,
  pageSize,
  policyCheck,
  read,
  status,
  write,
} from './identity';
import { ramPolicies } from './ram-policies';
import { ramRoles } from './ram-roles';
import { securityPreference, setSecurityPreference } from './security-preference';

const HOST = 'ram.aliyuncs.com';

const GROUP_NAME = /^[A-Za-z0-9._-]{1,64}$/;

function userOf(call: Call): User {
  return call.account.user(checkUserName(call.params.required('UserName')));
}

/** The named user, or the caller. */
function userOrCaller(call: Call): User {
  return call.params.get('UserName') ? userOf(call) : caller(call, 'UserName');
}

const groupOf = (call: Call) => call.account.group(call.params.required('GroupName'));

const onUser = (action: string) => (call: Call) =>
  on(
    call,
    action,
    `user/${call.params.get('UserName') ?? (call.principal.kind === 'user' ? call.principal.user.name : '*')}`,
  );
const onUsers = (action: string) => (call: Call) => on(call, action, 'user/*');
const onGroup = (action: string) => (call: Call) =>
  on(call, action, `group/${call.params.get('GroupName') ?? '*'}`);
const onUserAndGroup = (action: string) => (call: Call) => [
  ...onUser(action)(call),
  ...onGroup(action)(call),
];
const onUserAndPolicy = (action: string) => (call: Call) => [
  ...onUser(action)(call),
  policyCheck(call, action),
];
const onGroupAndPolicy = (action: string) => (call: Call) => [
  ...onGroup(action)(call),
  policyCheck(call, action),
];
const onAccount = (action: string) => (call: Call) => on(call, action, '*');

const policyOf = (call: Call) =>
  call.account.policy(call.params.required('PolicyName'), call.params.required('PolicyType'));

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

function checkPassword(password: string | undefined): void {
  if (password !== undefined && password.length < 8) throw refusal('InvalidParameter.Password.TooWeak');
}

const users: Record<string, Action> = {
  ListUsers: read(onUsers('ListUsers'), (call) => {
    const result = page(
      call.account.users.values(),
      (user) => user.name,
      call.params.get('Marker'),
      pageSize(call, 1000, 100),
    );
    return { ...pageFields(result), Users: { User: result.items.map(basics) } };
  }),
  GetUser: read(onUser('GetUser'), (call) => {
    const user = userOf(call);
    return { User: { ...basics(user), ...lastLoginField(call, 'LastLoginDate', user) } };
  }),
  CreateUser: write(onUsers('CreateUser'), (call) => {
    const name = checkUserName(call.params.required('UserName'));
    if (call.account.users.size >= call.account.usersQuota) throw refusal('LimitExceeded.User');
    const user = call.account.createUser(name, { displayName: call.params.get('DisplayName') });
    user.comments = call.params.get('Comments') ?? '';
    user.email = call.params.get('Email') ?? '';
    user.mobilePhone = call.params.get('MobilePhone') ?? '';
    return { User: basics(user) };
  }),
  UpdateUser: write(onUser('UpdateUser'), (call) => {
    const user = userOf(call);
    const newName = call.params.get('NewUserName');
    if (newName !== undefined && newName !== user.name) call.account.renameUser(user, checkUserName(newName));
    user.displayName = call.params.get('NewDisplayName') ?? user.displayName;
    user.comments = call.params.get('NewComments') ?? user.comments;
    user.email = call.params.get('NewEmail') ?? user.email;
    user.mobilePhone = call.params.get('NewMobilePhone') ?? user.mobilePhone;
    user.updatedAt = call.now;
    return { User: basics(user) };
  }),
  DeleteUser: write(onUser('DeleteUser'), (call) => {
    call.account.deleteUser(userOf(call));
    return {};
  }),
};

const keys: Record<string, Action> = {
  CreateAccessKey: write(onUser('CreateAccessKey'), (call) => {
    const key = call.account.issueKey(userOrCaller(call));
    return {
      AccessKey: {
        AccessKeyId: key.id,
        AccessKeySecret: key.secret,
        Status: key.status,
        CreateDate: wireTime(key.createdAt),
      },
    };
  }),
  ListAccessKeys: read(onUser('ListAccessKeys'), (call) => {
    const AccessKey = [...userOrCaller(call).keys.values()].map((key) => ({
      AccessKeyId: key.id,
      Status: key.status,
      CreateDate: wireTime(key.createdAt),
    }));
    return { AccessKeys: { AccessKey } };
  }),
  UpdateAccessKey: write(onUser('UpdateAccessKey'), (call) => {
    const key = call.account.key(userOrCaller(call), call.params.required('UserAccessKeyId'));
    call.account.setKeyStatus(key, status(call));
    return {};
  }),
  DeleteAccessKey: write(onUser('DeleteAccessKey'), (call) => {
    call.account.deleteKey(call.account.key(userOrCaller(call), call.params.required('UserAccessKeyId')));
    return {};
  }),
  GetAccessKeyLastUsed: read(onUser('GetAccessKeyLastUsed'), (call) => {
    const key = call.account.key(userOrCaller(call), call.params.required('UserAccessKeyId'));
    return lastUsedAnswer(call, key, false);
  }),
};

function loginOf(user: User) {
  if (!user.login) throw refusal('EntityNotExist.User.LoginProfile');
  return user.login;
}

function loginProfile(user: User): Record<string, unknown> {
  const login = loginOf(user);
  return {
    LoginProfile: {
      UserName: user.name,
      PasswordResetRequired: login.passwordResetRequired,
      MFABindRequired: login.mfaBindRequired,
      CreateDate: wireTime(login.createdAt),
    },
  };
}

function applyLogin(call: Call, user: User): void {
  const login = loginOf(user);
  checkPassword(call.params.get('Password'));
  if (call.params.get('PasswordResetRequired'))
    login.passwordResetRequired = call.params.flag('PasswordResetRequired');
  if (call.params.get('MFABindRequired')) login.mfaBindRequired = call.params.flag('MFABindRequired');
  login.updatedAt = call.now;
}

const logins: Record<string, Action> = {
  GetLoginProfile: read(onUser('GetLoginProfile'), (call) => loginProfile(userOf(call))),
  CreateLoginProfile: write(onUser('CreateLoginProfile'), (call) => {
    const user = userOf(call);
    checkPassword(call.params.required('Password'));
    call.account.createLogin(user);
    applyLogin(call, user);
    return loginProfile(user);
  }),
  UpdateLoginProfile: write(onUser('UpdateLoginProfile'), (call) => {
    applyLogin(call, userOf(call));
    return {};
  }),
  DeleteLoginProfile: write(onUser('DeleteLoginProfile'), (call) => {
    const user = userOf(call);
    loginOf(user);
    user.login = undefined;
    return {};
  }),
};

const mfa: Record<string, Action> = {
  GetUserMFAInfo: read(onUser('GetUserMFAInfo'), (call) => {
    const device = userOf(call).mfa;
    if (!device) throw refusal('EntityNotExist.User.MFADevice');
    return { MFADevice: { SerialNumber: device.serialNumber, Type: 'VMFA' } };
  }),
  ListVirtualMFADevices: read(
    (call) => on(call, 'ListVirtualMFADevices', 'mfa/*'),
    (call) => {
      const VirtualMFADevice = [...call.account.mfaDevices.values()].map((device) => ({
        SerialNumber: device.serialNumber,
        ...(device.activatedAt === undefined ? {} : { ActivateDate: wireTime(device.activatedAt) }),
        ...(device.user
          ? {
              User: {
                UserId: device.user.id,
                UserName: device.user.name,
                DisplayName: device.user.displayName,
              },
            }
          : {}),
      }));
      return { VirtualMFADevices: { VirtualMFADevice } };
    },
  ),
  CreateVirtualMFADevice: write(
    (call) => on(call, 'CreateVirtualMFADevice', 'mfa/*'),
    (call) => {
      const device = call.account.createMfaDevice(call.params.required('VirtualMFADeviceName'));
      const seed = call.cloud.identifiers.serial(device.serialNumber);
      return { VirtualMFADevice: { SerialNumber: device.serialNumber, Base32StringSeed: seed } };
    },
  ),
  BindMFADevice: write(onUser('BindMFADevice'), (call) => {
    const device = call.account.mfaDevices.get(call.params.required('SerialNumber'));
    if (!device) throw refusal('EntityNotExist.VirtualMFADevice');
    call.account.bindMfa(userOf(call), device);
    return {};
  }),
  UnbindMFADevice: write(onUser('UnbindMFADevice'), (call) => ({
    MFADevice: { SerialNumber: call.account.unbindMfa(userOf(call)).serialNumber },
  })),
  DeleteVirtualMFADevice: write(
    (call) => [
      {
        action: 'ram:DeleteVirtualMFADevice',
        resources: [call.params.get('SerialNumber') ?? `acs:ram::${call.account.id}:mfa/*`],
      },
    ],
    (call) => {
      const serialNumber = call.params.required('SerialNumber');
      const device = call.account.mfaDevices.get(serialNumber);
      if (!device) throw refusal('EntityNotExist.VirtualMFADevice');
      if (device.user) throw refusal('DeleteConflict.VirtualMFADevice.User');
      call.account.mfaDevices.delete(serialNumber);
      return {};
    },
  ),
};

function groupFields(call: Call): Record<string, unknown> {
  const group = groupOf(call);
  return {
    Group: {
      GroupId: group.id,
      GroupName: group.name,
      Comments: group.comments,
      CreateDate: wireTime(group.createdAt),
      UpdateDate: wireTime(group.updatedAt),
    },
  };
}

const groups: Record<string, Action> = {
  CreateGroup: write(
    (call) => on(call, 'CreateGroup', 'group/*'),
    (call) => {
      const group = call.account.createGroup(
        checkName(call.params.required('GroupName'), 'GroupName', GROUP_NAME),
      );
      group.comments = call.params.get('Comments') ?? '';
      return groupFields(call);
    },
  ),
  GetGroup: read(onGroup('GetGroup'), groupFields),
  DeleteGroup: write(onGroup('DeleteGroup'), (call) => {
    const group = groupOf(call);
    if (group.members.size > 0) throw refusal('DeleteConflict.Group.User');
    if (group.policies.size > 0) throw refusal('DeleteConflict.Group.Policy');
    call.account.groups.delete(group.name);
    return {};
  }),
  ListGroups: read(
    (call) => on(call, 'ListGroups', 'group/*'),
    (call) => {
      const result = page(
        call.account.groups.values(),
        (group) => group.name,
        call.params.get('Marker'),
        pageSize(call, 1000, 100),
      );
      const Group = result.items.map((group) => ({
        GroupId: group.id,
        GroupName: group.name,
        Comments: group.comments,
        CreateDate: wireTime(group.createdAt),
        UpdateDate: wireTime(group.updatedAt),
      }));
      return { ...pageFields(result), Groups: { Group } };
    },
  ),
  ListGroupsForUser: read(onUser('ListGroupsForUser'), (call) => {
    const Group = [...userOf(call).groups].map(([group, at]) => ({
      GroupId: group.id,
      GroupName: group.name,
      Comments: group.comments,
      JoinDate: wireTime(at),
    }));
    return { Groups: { Group } };
  }),
  ListUsersForGroup: read(onGroup('ListUsersForGroup'), (call) => {
    const members = groupOf(call).members;
    const result = page(members, ([user]) => user.name, call.params.get('Marker'), pageSize(call, 1000, 100));
    const User = result.items.map(([user, at]) => ({
      UserName: user.name,
      DisplayName: user.displayName,
      JoinDate: wireTime(at),
    }));
    return { ...pageFields(result), Users: { User } };
  }),
  AddUserToGroup: write(onUserAndGroup('AddUserToGroup'), (call) => {
    joinGroup(userOf(call), groupOf(call), call.now);
    return {};
  }),
  RemoveUserFromGroup: write(onUserAndGroup('RemoveUserFromGroup'), (call) => {
    const user = userOf(call);
    call.account.removeFromGroup(user, groupOf(call));
    return {};
  }),
};

const attachments: Record<string, Action> = {
  ListPoliciesForUser: read(onUser('ListPoliciesForUser'), (call) => attachedPolicies(userOf(call))),
  AttachPolicyToUser: write(onUserAndPolicy('AttachPolicyToUser'), (call) => {
    attach(call.account, userOf(call), policyOf(call), 'User');
    return {};
  }),
  DetachPolicyFromUser: write(onUserAndPolicy('DetachPolicyFromUser'), (call) => {
    const user = userOf(call);
    detach(user, policyOf(call), 'User');
    return {};
  }),
  ListPoliciesForGroup: read(onGroup('ListPoliciesForGroup'), (call) => attachedPolicies(groupOf(call))),
  AttachPolicyToGroup: write(onGroupAndPolicy('AttachPolicyToGroup'), (call) => {
    attach(call.account, groupOf(call), policyOf(call), 'Group');
    return {};
  }),
  DetachPolicyFromGroup: write(onGroupAndPolicy('DetachPolicyFromGroup'), (call) => {
    detach(groupOf(call), policyOf(call), 'Group');
    return {};
  }),
};

const settings: Record<string, Action> = {
  GetSecurityPreference: read(onAccount('GetSecurityPreference'), (call) =>
    securityPreference(call.account, 'ram'),
  ),
  SetSecurityPreference: write(onAccount('SetSecurityPreference'), (call) => {
    setSecurityPreference(call);
    return securityPreference(call.account, 'ram');
  }),
  GetPasswordPolicy: read(onAccount('GetPasswordPolicy'), () => ({
    PasswordPolicy: {
      MinimumPasswordLength: 8,
      RequireLowercaseCharacters: false,
      RequireUppercaseCharacters: false,
      RequireNumbers: false,
      RequireSymbols: false,
      HardExpiry: false,
      MaxPasswordAge: 0,
      PasswordReusePrevention: 0,
      MaxLoginAttemps: 0,
    },
  })),
  GetAccountAlias: read(onAccount('GetAccountAlias'), (call) => ({
    AccountAlias: call.account.alias ?? call.account.id,
  })),
};

/** Resource Access Management, API version 2015-05-01. */
export const ram: Product = {
  name: 'ram',
  version: '2015-05-01',
  service: 'Ram',
  ...envelope(HOST),
  actions: {
    ...users,
    ...keys,
    ...logins,
    ...mfa,
    ...groups,
    ...attachments,
    ...settings,
    ...ramPolicies,
    ...ramRoles,
  },
};
