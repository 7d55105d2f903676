import type { SessionCredentials } from '../credentials';
import { refusal } from '../errors';
import { type Policy, type PolicyDocument, parseTrust, type StatementUse, trusts } from '../policy';
import type { AccountState, Role, Session } from '../state';
import { wireTime } from '../time';
import { attachDocument, policiesOf } from './policies';
import { TRUST_FUNCTION_COMPUTE } from './system-policies';

export interface NewRole {
  policies: PolicyDocument[];
  /** Default: Function Compute. */
  trust?: PolicyDocument;
  maxSessionSeconds?: number;
}

export function createRole(account: AccountState, name: string, options: NewRole): Role {
  if (account.roles.has(name)) throw refusal('EntityAlreadyExists.Role');
  const trustText = JSON.stringify(options.trust ?? TRUST_FUNCTION_COMPUTE);
  const role: Role = {
    name,
    id: account.cloud.identifiers.entityId('role', `${account.id}/${name}`),
    arn: `acs:ram::${account.id}:role/${name}`,
    trust: parseTrust(trustText),
    trustText,
    description: '',
    maxSessionSeconds: options.maxSessionSeconds ?? 3600,
    policies: new Map(),
    tags: new Map(),
    createdAt: account.now,
    updatedAt: account.now,
  };
  account.roles.set(name, role);
  for (const document of options.policies) attachDocument(account, role, `role-${name}`, document);
  return role;
}

/** @throws EntityNotExist.Role */
export function roleNamed(account: AccountState, name: string): Role {
  const role = account.roles.get(name);
  if (!role) throw refusal('EntityNotExist.Role');
  return role;
}

/** Which patterns of the role's policies were of use so far. */
export function grantsUsed(role: Role): StatementUse[] {
  return [...policiesOf(role)].flatMap((policy) => policy.use());
}

/**
 * Credentials of a role, as Function Compute puts them into a function's context: 36 hours by default. The role
 * has to trust it.
 */
export function assume(
  account: AccountState,
  role: Role,
  options: { durationSeconds?: number; sessionName?: string } = {},
): SessionCredentials {
  if (!trusts(role.trust, { service: 'fc.aliyuncs.com' }, {})) throw refusal('NoPermission');
  const session = openSession(account, role, {
    name: options.sessionName ?? 'fc',
    seconds: options.durationSeconds ?? 36 * 3600,
  });
  const { accessKeyId, accessKeySecret, securityToken, expiresAt } = session;
  return { accessKeyId, accessKeySecret, securityToken, expiration: wireTime(expiresAt) };
}

export function openSession(
  account: AccountState,
  role: Role,
  options: { name: string; seconds: number; policy?: Policy },
): Session {
  const { identifiers, sessions } = account.cloud;
  const owner = `${role.arn}/${options.name}`;
  const session: Session = {
    accessKeyId: identifiers.sessionKeyId(owner),
    accessKeySecret: identifiers.sessionSecret(owner),
    securityToken: identifiers.securityToken(owner),
    expiresAt: account.now + options.seconds * 1000,
    role,
    account,
    name: options.name,
    policy: options.policy,
  };
  sessions.set(session.accessKeyId, session);
  account.cloud.issued(session.accessKeySecret);
  account.cloud.issued(session.securityToken);
  return session;
}
