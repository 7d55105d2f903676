import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AccountFacts } from '../../src/audit/facts';
import { known } from '../../src/audit/reading';
import { activeKey, ago, audited, denied, disabledKey, logon, policy, sound, user } from './facts';

const ofKeys = [
  'logon-and-keys',
  'old-keys',
  'unused-keys',
  'several-keys',
  'leftover-keys',
  'network-policies',
  'could-be-roles',
] as const;

/** Everything that a call of its own tells, and the checks that cannot pass without it. */
const dependents = {
  mainAccountKeys: ['main-account-keys'],
  mainAccountMfa: ['main-account-mfa'],
  passwordPolicy: [
    'password-uppercase',
    'password-lowercase',
    'password-symbol',
    'password-number',
    'password-length',
    'password-reuse',
    'password-expiry',
    'password-attempts',
  ],
  securityPreference: ['idle-rule'],
  networkPolicy: ['network-policies'],
  users: ['console-mfa', 'unused-logons', ...ofKeys],
  logon: ['console-mfa', 'unused-logons', 'logon-and-keys'],
  mfa: ['console-mfa'],
  keys: ofKeys,
  lastUse: ['unused-keys'],
  addresses: ['could-be-roles'],
  keyNetworkPolicy: ['network-policies'],
  policies: ['administrator-access', 'wildcard-policies', 'direct-policies'],
  document: ['wildcard-policies'],
  attachedTo: ['administrator-access', 'direct-policies'],
} as const;

type Source = keyof typeof dependents;
const sources = Object.keys(dependents) as Source[];

/** A sound account in which every source is needed, but for those that cannot be read. */
function accountWithout(missing: ReadonlySet<Source>, bystanders: number): AccountFacts {
  const or = <T>(source: Source, value: T) => (missing.has(source) ? denied : known(value));
  const all = sound();
  const settings = Object.fromEntries(
    (['mainAccountKeys', 'mainAccountMfa', 'passwordPolicy', 'securityPreference'] as const)
      .filter((source) => missing.has(source))
      .map((source) => [source, denied]),
  );
  const program = user({
    keys: or('keys', [
      activeKey({
        createdAt: ago('P89D'),
        lastUse: or('lastUse', { kind: 'at', at: ago('P1D') }),
        addresses: or('addresses', ['203.0.113.7']),
        networkPolicy: or('keyNetworkPolicy', 'none'),
      }),
      disabledKey(),
    ]),
  });
  const person = user({
    name: 'mia',
    keys: or('keys', []),
    logon: or('logon', logon({ mfa: or('mfa', true) })),
  });
  const others = Array.from({ length: bystanders }, (_, index) => user({ name: `other-${index}` }));
  return {
    ...all,
    ...settings,
    networkPolicy: or('networkPolicy', 'restricted'),
    users: or('users', [...others, program, person]),
    policies: or('policies', [
      policy({
        name: 'AdministratorAccess',
        attachedTo: or('attachedTo', { users: [], groups: [], roles: [] }),
      }),
      policy({ name: 'mine', document: or('document', '{"Statement":[]}') }),
    ]),
  };
}

/** Of keys older than 30 days the last use counts. */
const config = { inactivity: { keys: { disableAfter: 'P30D' } } };

test('with everything read everything passes', () => {
  const results = audited(accountWithout(new Set(), 2), config);
  expect([...results.values()].map(({ result }) => result)).toEqual([...results.keys()].map(() => 'passed'));
});

test.each(sources)('without %s exactly what depends on it is unknown', (source) => {
  const results = audited(accountWithout(new Set([source]), 0), config);
  const unknown = [...results.values()].filter(({ result }) => result === 'unknown').map(({ id }) => id);
  expect(unknown.sort()).toEqual([...dependents[source]].sort());
});

test('whatever cannot be read, no check that depends on it passes, and the others go on', () => {
  fc.assert(
    fc.property(fc.subarray(sources), fc.nat({ max: 3 }), (missing, bystanders) => {
      const results = audited(accountWithout(new Set(missing), bystanders), config);
      const affected = new Set<string>(missing.flatMap((source) => [...dependents[source]]));
      for (const { id, result, evidence } of results.values()) {
        expect([id, result]).toEqual([id, affected.has(id) ? 'unknown' : 'passed']);
        expect(evidence.length).toBeGreaterThan(0);
      }
    }),
  );
});
