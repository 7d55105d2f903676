import { openSession } from '../account/roles';
import { denial } from '../authorization';
import { CloudError, refusal } from '../errors';
import { type Applicant, type ConditionContext, type Policy, parsePolicy, trusts } from '../policy';
import type { Call, Product } from '../product';
import { wireTime } from '../time';
import { envelope, read } from './identity';

const HOST = 'sts.aliyuncs.com';
const ROLE_ARN = /^acs:ram::(\d+):role\/([A-Za-z0-9.-]{1,64})$/;
const SESSION_NAME = /^[A-Za-z0-9.@_-]{2,64}$/;
const SHORTEST_SESSION = 900;
const LONGEST_POLICY = 2048;

/** The ARNs by which a role's trust policy may name the caller. */
function applicant({ principal, account }: Call): Applicant {
  const owner = `acs:ram::${account.id}:root`;
  if (principal.kind === 'role') return { ram: [owner, principal.session.role.arn, principal.arn] };
  return { ram: [owner, principal.arn] };
}

function sessionPolicy(call: Call): Policy | undefined {
  const text = call.params.get('Policy');
  if (text === undefined) return undefined;
  if (text.length > LONGEST_POLICY) throw refusal('InvalidParameter.PolicySize');
  try {
    return parsePolicy('session', text);
  } catch {
    throw refusal('InvalidParameter.PolicyGrammar');
  }
}

/** The role that a call wants to assume. */
function wanted({ params }: Call) {
  const arn = params.required('RoleArn');
  const [, accountId, roleName] = ROLE_ARN.exec(arn) ?? [];
  if (!accountId || !roleName) throw refusal('InvalidParameter.RoleArn');
  return { arn, accountId, roleName };
}

function assumeRole(call: Call): Record<string, unknown> {
  const { principal, params, cloud } = call;
  const name = params.required('RoleSessionName');
  const { arn, accountId, roleName } = wanted(call);
  if (!SESSION_NAME.test(name)) throw refusal('InvalidParameter.RoleSessionName');
  const account = cloud.existingAccount(accountId);
  const role = account?.roles.get(roleName);
  if (!account || !role) throw refusal('EntityNotExist.Role', 'The specified Role not exists.');
  const longest =
    principal.kind === 'role'
      ? Math.min(role.maxSessionSeconds, cloud.switches.chainedSessionSeconds)
      : role.maxSessionSeconds;
  const seconds = params.integer('DurationSeconds', {
    min: SHORTEST_SESSION,
    max: longest,
    default: Math.min(3600, longest),
    error: refusal('InvalidParameter.DurationSeconds'),
  });
  const policy = sessionPolicy(call);
  const externalId = params.get('ExternalId');
  const context: ConditionContext = externalId === undefined ? {} : { 'sts:ExternalId': externalId };
  if (principal.kind === 'root' || !trusts(role.trust, applicant(call), context)) {
    throw denial(principal, { action: 'sts:AssumeRole', resource: arn }, 'implicit-deny');
  }
  const session = openSession(account, role, { name, seconds, policy });
  return {
    AssumedRoleUser: { Arn: `${role.arn}/${name}`, AssumedRoleId: `${role.id}:${name}` },
    Credentials: {
      AccessKeyId: session.accessKeyId,
      AccessKeySecret: session.accessKeySecret,
      SecurityToken: session.securityToken,
      Expiration: wireTime(session.expiresAt),
    },
  };
}

function callerIdentity({ principal }: Call): Record<string, unknown> {
  const common = { AccountId: principal.account.id, Arn: principal.arn };
  switch (principal.kind) {
    case 'root':
      return {
        ...common,
        IdentityType: 'Account',
        PrincipalId: principal.account.id,
        UserId: principal.account.id,
      };
    case 'user':
      return {
        ...common,
        IdentityType: 'RAMUser',
        PrincipalId: principal.user.id,
        UserId: principal.user.id,
      };
    case 'role': {
      const { role, name } = principal.session;
      return {
        ...common,
        IdentityType: 'AssumedRoleUser',
        PrincipalId: `${role.id}:${name}`,
        RoleId: role.id,
      };
    }
  }
}

/** Security Token Service, API version 2015-04-01. */
export const sts: Product = {
  name: 'sts',
  version: '2015-04-01',
  service: 'Sts',
  ...envelope(HOST),
  // A role that does not trust the caller is denied like one that he has no permission for.
  dialect: {
    NoPermission: ({ status, code, fields }) =>
      new CloudError(
        status,
        code,
        'You are not authorized to do this action. You should be authorized by RAM.',
        fields,
      ),
  },
  subjects: {
    role: (call) => [wanted(call).roleName],
    'role-owner': (call) => [wanted(call).accountId],
    'caller-identity': ({ cloud }) => (cloud.switches.callerIdentityNeedsPermission ? ['*'] : []),
  },
  actions: {
    AssumeRole: read(assumeRole),
    GetCallerIdentity: read(callerIdentity),
  },
};
