import { userNamed } from '../account/users';
import { refusal } from '../errors';
import type { Call, Product } from '../product';
import type { User } from '../state';
import { caller } from './identity';

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
export const imsSubjects: Product['subjects'] = {
  user: ({ params, principal }) => [
    nameIn(params.get('UserPrincipalName')) ?? (principal.kind === 'user' ? principal.user.name : '*'),
  ],
  'sought-user': (call) => [soughtName(call)],
  group: ({ params }) => [params.get('GroupName') ?? '*'],
  'tagged-user': ({ params, account }) => {
    const names = [
      ...params.list('ResourcePrincipalName').map((name) => nameIn(name) ?? '*'),
      ...params.list('ResourceId').map((id) => account.usersById.get(id)?.name ?? '*'),
    ];
    return names.length > 0 ? names : ['*'];
  },
};

const nameIn = (principalName: string | undefined) => principalName?.split('@')[0];

/** The user that GetUser is about: by principal name, id or AccessKey. */
export function soughtUser(call: Call): User {
  const { params, account } = call;
  const keyId = params.get('UserAccessKeyId');
  if (keyId) {
    const entry = call.cloud.keys.get(keyId);
    if (!entry || entry.account !== account || 'root' in entry.key || !entry.key.user.keys.has(keyId)) {
      throw refusal('EntityNotExist.User.AccessKey');
    }
    return entry.key.user;
  }
  const id = params.get('UserId');
  if (id) {
    const user = account.usersById.get(id);
    if (!user) throw refusal('EntityNotExist.User');
    return user;
  }
  return userByPrincipalName(call, params.required('UserPrincipalName'));
}

/** Every user, where there is none of that id. */
function soughtName(call: Call): string {
  try {
    return nameIn(call.params.get('UserPrincipalName')) ?? soughtUser(call).name;
  } catch {
    return '*';
  }
}
