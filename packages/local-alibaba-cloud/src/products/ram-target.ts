/** Whom and what a RAM call is about, and what has to be permitted for it. */

import { groupNamed } from '../account/groups';
import { policyNamed } from '../account/policies';
import { userNamed } from '../account/users';
import type { Call } from '../product';
import type { User } from '../state';
import { caller, checkUserName, on, policyCheck } from './identity';

export function userOf(call: Call): User {
  return userNamed(call.account, checkUserName(call.params.required('UserName')));
}

/** The named user, or the caller. */
export function userOrCaller(call: Call): User {
  return call.params.get('UserName') ? userOf(call) : caller(call, 'UserName');
}

export const groupOf = (call: Call) => groupNamed(call.account, call.params.required('GroupName'));

export const onUser = (action: string) => (call: Call) =>
  on(
    call,
    action,
    `user/${call.params.get('UserName') ?? (call.principal.kind === 'user' ? call.principal.user.name : '*')}`,
  );
export const onUsers = (action: string) => (call: Call) => on(call, action, 'user/*');
export const onGroup = (action: string) => (call: Call) =>
  on(call, action, `group/${call.params.get('GroupName') ?? '*'}`);
export const onUserAndGroup = (action: string) => (call: Call) => [
  ...onUser(action)(call),
  ...onGroup(action)(call),
];
export const onUserAndPolicy = (action: string) => (call: Call) => [
  ...onUser(action)(call),
  policyCheck(call, action),
];
export const onGroupAndPolicy = (action: string) => (call: Call) => [
  ...onGroup(action)(call),
  policyCheck(call, action),
];
export const policyOf = (call: Call) =>
  policyNamed(call.account, call.params.required('PolicyName'), call.params.required('PolicyType'));
