/** What RAM and IMS have in common: two doors to the same users and keys. */

import { CloudError, refusal } from '../errors';
import type { Page } from '../pages';
import type { Action, Call, Product } from '../product';
import type { AccessKey, AccountState, Attached, Group, ManagedPolicy, User } from '../state';
import type { Never } from '../switches';
import { DAY, wireTime } from '../time';

const NAME = /^[A-Za-z0-9._-]+$/;
const TAG_KEY = /^(?!aliyun|acs:).{1,128}$/is;

/** An action that reads. */
export function read(run: Action['run']): Action {
  return { write: false, run };
}

/** An action that writes. */
export function write(run: Action['run']): Action {
  return { write: true, run };
}

/** The error envelope of RAM, IMS and STS. */
export const envelope = (host: string): Pick<Product, 'errorBody' | 'missing' | 'dialect' | 'requestId'> => ({
  missing: (parameter) =>
    new CloudError(400, `Missing${parameter}`, `${parameter} is mandatory for this action.`),
  dialect: {},
  requestId: (uuid) => uuid.toUpperCase(),
  errorBody: (error, requestId) => ({
    RequestId: requestId.toUpperCase(),
    HostId: host,
    Code: error.code,
    Message: error.message,
    Recommend: `https://api.aliyun.com/troubleshoot?q=${error.code}`,
    ...error.fields,
  }),
});

/** Of RAM's own names: 1–64 letters, digits, `.`, `_`, `-`. */
export function checkUserName(name: string): string {
  if (name.length > 64) throw refusal('InvalidParameter.UserName.Length');
  if (!NAME.test(name)) throw refusal('InvalidParameter.UserName.InvalidChars');
  return name;
}

export function checkName(
  name: string,
  code: 'GroupName' | 'RoleName' | 'PolicyName',
  pattern = /^[A-Za-z0-9.-]{1,64}$/,
): string {
  if (!pattern.test(name)) throw refusal(`InvalidParameter.${code}.InvalidChars`);
  return name;
}

/** The caller himself, where an action names no user. */
export function caller(call: Call, parameter: string): User {
  if (call.principal.kind === 'user') return call.principal.user;
  call.params.required(parameter);
  throw refusal('EntityNotExist.User');
}

export function checkTag(key: string, value: string): void {
  if (!TAG_KEY.test(key)) throw refusal('InvalidParameter.TagKey');
  if (value.length > 128) throw refusal('InvalidParameter.TagValue');
}

/** A date field, or what stands for "never". */
export function dateField(name: string, at: number | undefined, never: Never): Record<string, string> {
  if (at !== undefined) return { [name]: wireTime(at) };
  return never === 'absent' ? {} : { [name]: never };
}

/** The last use that a lagging read shows. */
export function visibleUse(call: Call, key: AccessKey): AccessKey['uses'][number] | undefined {
  const horizon = call.now - call.cloud.switches.lastUsedLagMs;
  return key.uses.findLast((use) => use.at <= horizon);
}

/** The AccessKeyLastUsed object of an answer. */
export function lastUsedAnswer(call: Call, key: AccessKey, withService: boolean): Record<string, unknown> {
  const { lastUsedAnswer: spoilt, neverUsed } = call.cloud.switches;
  if (spoilt === 'no-object') return {};
  const use = visibleUse(call, key);
  const service = withService && use ? { ServiceName: use.service } : {};
  const date =
    spoilt === 'text'
      ? { LastUsedDate: 'unavailable' }
      : dateField('LastUsedDate', spoilt === 'future' ? call.now + 30 * DAY : use?.at, neverUsed);
  return { AccessKeyLastUsed: { ...date, ...service } };
}

/** A LastLoginDate or LastLoginTime field. */
export function lastLoginField(call: Call, name: string, user: User): Record<string, string> {
  const { lastLoginAnswer: spoilt, neverUsed } = call.cloud.switches;
  if (spoilt === 'text') return { [name]: 'unavailable' };
  return dateField(name, spoilt === 'future' ? call.now + 30 * DAY : user.lastLogin, neverUsed);
}

export function status(call: Call): 'Active' | 'Inactive' {
  const text = call.params.required('Status');
  if (text !== 'Active' && text !== 'Inactive') throw refusal('InvalidParameter.Status');
  return text;
}

export function pageFields(result: Page<unknown>): Record<string, unknown> {
  return {
    IsTruncated: result.next !== undefined,
    ...(result.next === undefined ? {} : { Marker: result.next }),
  };
}

export function pageSize(call: Call, max: number, standard: number): number {
  return call.params.integer('MaxItems', {
    min: 1,
    max,
    default: standard,
    error: refusal('InvalidParameter.MaxItems'),
  });
}

export function attach(
  account: AccountState,
  attached: Attached,
  policy: ManagedPolicy,
  kind: 'User' | 'Group' | 'Role',
): void {
  if (attached.policies.has(policy)) throw refusal(`EntityAlreadyExists.${kind}.Policy`);
  const sameType = [...attached.policies.keys()].filter((one) => one.type === policy.type).length;
  if (sameType >= (policy.type === 'System' ? 20 : 10)) throw refusal(`LimitExceeded.${kind}.Policy`);
  attached.policies.set(policy, account.now);
}

export function detach(attached: Attached, policy: ManagedPolicy, kind: 'User' | 'Group' | 'Role'): void {
  if (!attached.policies.delete(policy)) throw refusal(`EntityNotExist.${kind}.Policy`);
}

export function attachedPolicies(attached: Attached): Record<string, unknown> {
  const Policy = [...attached.policies].map(([policy, at]) => ({
    PolicyName: policy.name,
    PolicyType: policy.type,
    Description: policy.description,
    DefaultVersion: policy.current.id,
    AttachDate: wireTime(at),
  }));
  return { Policies: { Policy } };
}

export function joinGroup(user: User, group: Group, now: number): void {
  if (user.groups.has(group)) throw refusal('EntityAlreadyExists.User.Group');
  if (user.groups.size >= 5) throw refusal('LimitExceeded.User.Group');
  user.groups.set(group, now);
  group.members.set(user, now);
}
