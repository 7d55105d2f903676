import fc from 'fast-check';
import type { NewKey, NewUser } from '../../packages/local-alibaba-cloud/index';
import { ago, type InactivityFixture } from './inactivity-fixture';

const days = (min: number, max: number) => fc.integer({ min, max });
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const keyLife = fc.record({
  created: days(0, 200),
  used: maybe(days(0, 200)),
  off: fc.boolean(),
  changed: days(0, 200),
});
export const userLife = fc.record({
  created: days(0, 200),
  logon: maybe(fc.record({ last: maybe(days(0, 200)), off: fc.boolean() })),
  keys: fc.array(keyLife, { maxLength: 2 }),
  status: fc.constantFrom('active', 'active', 'active', 'freeze'),
  warned: maybe(days(0, 20)),
});
export type Life = typeof userLife extends fc.Arbitrary<infer T> ? T : never;

export function settle(fixture: InactivityFixture, lives: readonly Life[]): void {
  lives.forEach(({ created, logon, keys, status, warned }, index) => {
    const name = `user-${index}`;
    const user: NewUser = {
      createdAt: ago(created),
      status,
      ...(logon && { consoleLogin: true }),
      ...(logon?.last !== undefined && { lastLogin: ago(Math.min(logon.last, created)) }),
    };
    fixture.user(
      name,
      user,
      ...keys.map((key): NewKey => {
        const born = Math.min(key.created, created);
        return {
          createdAt: ago(born),
          status: key.off ? 'Inactive' : 'Active',
          updatedAt: ago(Math.min(key.changed, born)),
          ...(key.used !== undefined && { lastUsed: ago(Math.min(key.used, born) + 0.2) }),
        };
      }),
    );
    const account = fixture.account.user(name);
    if (account.login && logon?.off) account.login.status = 'Inactive';
    if (warned !== undefined) {
      const stamp = new Date(Number(ago(warned))).toISOString().replace(/[-:]|\.\d+/g, '');
      const warnings = ['user', ...account.keys.keys()].map((about) => `${about}/${stamp}`);
      account.tags.set('keyturn:warned', warnings.join('+'));
    }
  });
}
