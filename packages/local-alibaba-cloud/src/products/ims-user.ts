import { userNamed } from '../account/users';
import { refusal } from '../errors';
import type { Call } from '../product';
import type { User } from '../state';
import { caller, on } from './identity';

/** Throws EntityNotExist.User, also for the domain of another account. */
export function userByPrincipalName(call: Call, principalName: string): User {
  const at = principalName.lastIndexOf('@');
  const domain = principalName.slice(at + 1);
  if (at <= 0) throw refusal('InvalidParameter.UserPrincipalName');
  if (domain !== call.account.domain && domain !== `${call.account.id}.onaliyun.com`) {
    throw refusal('EntityNotExist.User');
  }
  return userNamed(call.account, principalName.slice(0, at));
}

/** The user of UserPrincipalName, or the caller. */
export function userOrCaller(call: Call): User {
  const principalName = call.params.get('UserPrincipalName');
  return principalName ? userByPrincipalName(call, principalName) : caller(call, 'UserPrincipalName');
}

/** Policies name users by their names, whatever the call names them by. */
export const onUser = (action: string) => (call: Call) => {
  const principalName = call.params.get('UserPrincipalName');
  if (principalName) return on(call, action, `user/${principalName.split('@')[0]}`);
  return on(call, action, `user/${call.principal.kind === 'user' ? call.principal.user.name : '*'}`);
};
