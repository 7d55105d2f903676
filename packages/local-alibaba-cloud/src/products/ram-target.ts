import { groupNamed } from '../account/groups';
import { policyNamed } from '../account/policies';
import { userNamed } from '../account/users';
import { refusal } from '../errors';
import type { Call, Product } from '../product';
import type { User } from '../state';
import { caller, checkUserName } from './identity';

export function userOf(call: Call): User {
  return userNamed(call.account, checkUserName(call.params.required('UserName')));
}

/** The named user, or the caller. */
export function userOrCaller(call: Call): User {
  return call.params.get('UserName') ? userOf(call) : caller(call, 'UserName');
}

export const groupOf = (call: Call) => groupNamed(call.account, call.params.required('GroupName'));

export const policyOf = (call: Call) =>
  policyNamed(call.account, call.params.required('PolicyName'), call.params.required('PolicyType'));

/** Whom and what a RAM call is about. */
export const ramSubjects: Product['subjects'] = {
  user: ({ params, principal }) => [
    params.get('UserName') ?? (principal.kind === 'user' ? principal.user.name : '*'),
  ],
  group: ({ params }) => [params.get('GroupName') ?? '*'],
  role: ({ params }) => [params.get('RoleName') ?? '*'],
  policy: ({ params }) => [params.get('PolicyName') ?? '*'],
  'policy-owner': ({ params, account }) => [params.get('PolicyType') === 'System' ? 'system' : account.id],
  mfa: ({ params, account }) => [params.get('SerialNumber') ?? `acs:ram::${account.id}:mfa/*`],
  tagged: (call) => {
    const type = call.params.get('ResourceType') ?? 'role';
    const names = call.params.get('ResourceNames') ? jsonList(call, 'ResourceNames').map(String) : ['*'];
    return names.map((name) => `${type}/${name}`);
  },
};

/** A parameter that is a list as JSON text. */
export function jsonList(call: Call, name: string): unknown[] {
  try {
    const list = JSON.parse(call.params.required(name));
    if (Array.isArray(list)) return list;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw refusal('InvalidParameter', `The parameter - "${name}" is incorrect.`);
}
