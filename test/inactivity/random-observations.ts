import fc from 'fast-check';
import type { LastUse } from '../../src/cloud/access-key';
import type { Logon, Observation } from '../../src/inactivity/observation';
import { daysAgo, key, logon, never, noLogon, profile, seen, stampOf, unreadable } from './observations';

const days = fc.integer({ min: 0, max: 200 });
const use: fc.Arbitrary<LastUse | undefined> = fc.oneof(
  days.map((ago): LastUse => ({ kind: 'at', at: daysAgo(ago), service: 'Ecs' })),
  fc.constantFrom<LastUse | undefined>(never, never, unreadable, undefined),
);
const keyId = fc.constantFrom('K1', 'K2', 'K3');
const observedKeys = fc.uniqueArray(
  fc.record({
    id: keyId,
    status: fc.constantFrom('Active' as const, 'Inactive' as const),
    created: days,
    changed: fc.option(days, { nil: undefined }),
    lastUse: use,
  }),
  { selector: ({ id }) => id, maxLength: 3 },
);
const logons: fc.Arbitrary<Logon> = fc.oneof(
  fc.constant(noLogon),
  fc.constant<Logon>({ kind: 'unread' }),
  fc
    .tuple(fc.constantFrom('active' as const, 'inactive' as const), days)
    .map(([kind, ago]) => logon(kind, ago)),
);
const about = fc.constantFrom('user', 'K1', 'K2', 'K3');
export const tags = fc.record(
  {
    'keyturn:warned': fc
      .uniqueArray(fc.tuple(about, fc.integer({ min: 0, max: 30 })), {
        selector: ([of]) => of,
        minLength: 1,
        maxLength: 3,
      })
      .map((entries) => entries.map(([of, ago]) => `${of}/${stampOf(ago)}`).join('+')),
    'keyturn:disabled-keys': fc.tuple(keyId, days).map(([id, ago]) => `${id}/${stampOf(ago)}`),
    'keyturn:disabled-user': fc
      .tuple(days, fc.uniqueArray(fc.constantFrom('logon', 'K1', 'K2'), { minLength: 1 }))
      .map(([ago, what]) => `${stampOf(ago)}/${what.join('+')}`),
    'keyturn:restored': days.map(stampOf),
    'keyturn:current': fc
      .tuple(keyId, fc.constantFrom('issued', 'adopted'), days)
      .map(([id, origin, ago]) => `${id}/${origin}/${stampOf(ago)}`),
    'keyturn:old': fc
      .tuple(keyId, fc.constantFrom('replaced', 'disabled', 'inactive'), days)
      .map(([id, phase, ago]) => `${id}/${phase}/${stampOf(ago)}`),
  },
  { requiredKeys: [] },
);

/** Users in every state, likely or not. */
export const observations = fc
  .record({ tags, keys: observedKeys, logon: logons, created: days, lastLogin: use, managed: fc.boolean() })
  .map(({ tags: all, keys, created, lastLogin, managed, ...rest }): Observation => {
    const user = profile(all, { createdAt: daysAgo(created), lastLogin: lastLogin ?? never, managed });
    const observed = keys.map(({ id, status, created: born, changed: since, lastUse }) =>
      key(id, {
        status,
        createdAt: daysAgo(born),
        updatedAt: since === undefined ? undefined : daysAgo(Math.min(born, since)),
        lastUse,
      }),
    );
    return seen(user, observed, rest.logon);
  });
