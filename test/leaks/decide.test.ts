import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LeaksConfig } from '../../src/config/schema';
import { decide } from '../../src/leaks/decide';
import type { Observation, Owner, OwningUser } from '../../src/leaks/observation';

const keyId = 'LTAI5tLeakedLeakedLeak01';
const observed = (owner: Owner): Observation => ({
  keyId,
  findings: [{ id: '389357', keyId, owner: 'user' }],
  owner,
});
const owner = (more: Partial<OwningUser> = {}): OwningUser => ({
  kind: 'user',
  id: '1',
  name: 'svc-orders',
  tags: new Map(),
  key: 'Active',
  managed: true,
  ...more,
});
const exemption = { user: 'svc-orders', reason: 'break glass' };

const replace: LeaksConfig = { action: 'replace', users: 'managed' };
const replaceAll: LeaksConfig = { action: 'replace', users: 'all' };
const contain: LeaksConfig = { action: 'contain', users: 'managed' };
const containAll: LeaksConfig = { action: 'contain', users: 'all' };
const report: LeaksConfig = { action: 'report', users: 'all' };

describe('decide', () => {
  test.each<[what: string, owner: Owner, config: LeaksConfig, does: string, reason: string]>([
    ['replaces the key of a managed user', owner(), replace, 'replace', 'LeakReplaced'],
    ['disables it where that is asked for', owner(), contain, 'contain', 'LeakContained'],
    ['reports it where that is asked for', owner(), report, 'report', 'LeakReported'],
    ['reports that of others', owner({ managed: false }), replace, 'report', 'LeakNotManaged'],
    [
      'or only disables it, as nobody reads a secret',
      owner({ managed: false }),
      replaceAll,
      'contain',
      'LeakContained',
    ],
    ['disables that of others too', owner({ managed: false }), containAll, 'contain', 'LeakContained'],
    ['touches no exempt user', owner({ exemption }), replaceAll, 'report', 'LeakExempt'],
    ['says so where it would only report', owner({ exemption }), report, 'report', 'LeakExempt'],
    ['marks where the key is disabled', owner({ key: 'Inactive' }), replace, 'settle', 'LeakedKeyDisabled'],
    ['marks where the key is gone', owner({ key: 'gone' }), contain, 'settle', 'LeakedKeyGone'],
    ['marks so for an exempt user', owner({ key: 'gone', exemption }), contain, 'settle', 'LeakedKeyGone'],
    [
      'marks so for others',
      owner({ key: 'Inactive', managed: false }),
      replace,
      'settle',
      'LeakedKeyDisabled',
    ],
    ['marks nothing where it reports only', owner({ key: 'Inactive' }), report, 'leave', 'LeakedKeyDisabled'],
    ["reports the account's own key", { kind: 'account' }, replaceAll, 'report', 'LeakOfAccountKey'],
    [
      'reports a key of nobody',
      { kind: 'nobody', keyValid: 'unknown' },
      replaceAll,
      'report',
      'LeakOfUnknownKey',
    ],
    ['and one that works', { kind: 'nobody', keyValid: true }, replaceAll, 'report', 'LeakOfUnknownKey'],
    ['marks one that does not', { kind: 'nobody', keyValid: false }, replace, 'settle', 'LeakedKeyGone'],
    ['reports what it cannot read', { kind: 'unreadable' }, replaceAll, 'report', 'LeakUnreadable'],
  ])('%s', (_, whose, config, does, reason) => {
    const decision = decide(observed(whose), config);
    expect(decision).toMatchObject({ do: does, reason });
    expect(decision.message).toMatch(/\.$/);
  });
});

const anyOwner: fc.Arbitrary<Owner> = fc.oneof(
  fc
    .record({
      key: fc.constantFrom('Active' as const, 'Inactive' as const, 'gone' as const),
      managed: fc.boolean(),
      exemption: fc.constantFrom(undefined, exemption),
    })
    .map(({ exemption: exempt, ...rest }) => owner({ ...rest, ...(exempt && { exemption: exempt }) })),
  fc.constantFrom<Owner>({ kind: 'account' }, { kind: 'unreadable' }),
  fc.constantFrom(true, false, 'unknown' as const).map((keyValid): Owner => ({ kind: 'nobody', keyValid })),
);
const anyConfig: fc.Arbitrary<LeaksConfig> = fc.record({
  action: fc.constantFrom('report', 'contain', 'replace'),
  users: fc.constantFrom('managed', 'all'),
});

test('whatever is seen, only an enabled key of a user who may be touched is, and only what is known to be dead is marked', () => {
  fc.assert(
    fc.property(anyOwner, anyConfig, (whose, config) => {
      const { do: does } = decide(observed(whose), config);
      const touches = does === 'contain' || does === 'replace';
      const user = whose.kind === 'user' ? whose : undefined;
      const mayTouch = user?.key === 'Active' && !user.exemption && (user.managed || config.users === 'all');
      expect(touches).toBe(mayTouch && config.action !== 'report');
      const dead = whose.kind === 'nobody' ? whose.keyValid === false : user && user.key !== 'Active';
      expect(does === 'settle').toBe(dead === true && config.action !== 'report');
      if (does === 'replace') expect([user?.managed, config.action]).toEqual([true, 'replace']);
    }),
  );
});
