import { DateTime, Duration } from 'luxon';
import { resultOf } from '../../src/audit/check';
import { checks } from '../../src/audit/checks';
import type {
  AccountFacts,
  ActiveKey,
  DisabledKey,
  Logon,
  PolicyFacts,
  UserFacts,
} from '../../src/audit/facts';
import type { CheckResult } from '../../src/audit/finding';
import { known } from '../../src/audit/reading';
import { configSchema } from '../../src/config/schema';

export const now = DateTime.fromISO('2026-11-24T03:00:00Z', { zone: 'utc' });
/** An ISO 8601 duration before now. */
export const ago = (duration: string) => now.minus(Duration.fromISO(duration));

export const config = (document: object = {}) => configSchema.parse(document);

export const denied = { kind: 'unread', why: 'RAM SomeAction was refused: NoPermission.' } as const;

export const activeKey = (about: Partial<ActiveKey> = {}): ActiveKey => ({
  status: 'Active',
  id: 'LTAIactive',
  createdAt: ago('P30D'),
  lastUse: known({ kind: 'at', at: ago('P1D') }),
  addresses: known(['203.0.113.7']),
  networkPolicy: known('restricted'),
  ...about,
});

export const disabledKey = (about: Partial<DisabledKey> = {}): DisabledKey => ({
  status: 'Inactive',
  id: 'LTAIdisabled',
  createdAt: ago('P400D'),
  disabledAt: ago('P3D'),
  ...about,
});

export type EnabledLogon = Extract<Logon, { kind: 'enabled' }>;

export const logon = (about: Partial<EnabledLogon> = {}): EnabledLogon => ({
  kind: 'enabled',
  mfa: known(true),
  lastLogon: { kind: 'at', at: ago('P1D') },
  since: ago('P400D'),
  ...about,
});

export const user = (about: Partial<UserFacts> = {}): UserFacts => ({
  name: 'svc-orders',
  exemption: known(undefined),
  logon: known({ kind: 'none' }),
  keys: known([activeKey()]),
  ...about,
});

export const policy = (about: Partial<PolicyFacts> = {}): PolicyFacts => ({
  name: 'AliyunOSSFullAccess',
  attachedTo: known({ users: [], groups: ['storage'], roles: [] }),
  ...about,
});

export const document = (Action: unknown, Resource: unknown, more: object = {}) =>
  JSON.stringify({ Version: '1', Statement: [{ Effect: 'Allow', Action, Resource, ...more }] });

/** An account in which every check passes, and none for want of things to look at. */
export const sound = (about: Partial<AccountFacts> = {}): AccountFacts => ({
  mainAccountKeys: known(0),
  mainAccountMfa: known(true),
  passwordPolicy: known({
    minimumLength: 14,
    lowercase: true,
    uppercase: true,
    numbers: true,
    symbols: true,
    reusePrevention: 5,
    maxAge: 365,
    maxAttempts: 5,
  }),
  securityPreference: known({ maxIdleDaysForAccessKeys: 90, maxIdleDaysForUsers: 365 }),
  networkPolicy: known('none'),
  users: known([
    user({ keys: known([activeKey(), disabledKey()]) }),
    user({ name: 'mia', logon: known(logon()), keys: known([]) }),
  ]),
  policies: known([
    policy(),
    policy({ name: 'read-orders', document: known(document('oss:GetObject', 'acs:oss:*:*:orders/*')) }),
  ]),
  ...about,
});

export function audited(facts: AccountFacts, document: object = {}): ReadonlyMap<string, CheckResult> {
  const results = checks.map((check) => resultOf(check, facts, config(document), now));
  return new Map(results.map((result) => [result.id, result]));
}
