import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { statusText, wantsColors } from '../../src/cli/text/status';
import type { AccountStatus, Status, UserStatus } from '../../src/status/account-status';

const blocked: UserStatus = {
  user: 'svc-\u001b[2J\nx',
  state: 'blocked',
  reason: 'SecretUnusable',
  message: 'Its secret is broken:\r\n\u001b[31m坏了。',
  keys: [],
  secret: { name: 'keyturn/svc', state: 'unusable' },
};

const account: AccountStatus = {
  account: '1234567890123456',
  region: 'cn-hangzhou',
  mode: 'enforce',
  rotation: { maxAge: 'P3M', grace: 'P2D', quiet: 'PT24H', recovery: 'P7D' },
  usersInAccount: 3,
  users: [
    {
      user: 'svc-orders',
      state: 'current',
      reason: 'Current',
      message: 'Nothing is due.',
      next: 'a successor is issued',
      nextAt: '2027-01-01T00:00:00Z',
      keys: [
        {
          keyId: 'LTAI5tOrders',
          role: 'current',
          status: 'Active',
          createdAt: '2026-11-01T00:00:00Z',
          ageDays: 22,
          lastUse: { kind: 'unread', why: 'no permission' },
        },
      ],
      secret: { name: 'keyturn/svc-orders', state: 'present' },
    },
    blocked,
  ],
  exemptions: [],
  missing: [],
};

const status = (...accounts: AccountStatus[]): Status => ({
  version: 1,
  at: '2026-11-23T00:00:00Z',
  accounts,
});

test('a row per key, those first of whom a person must take care', () => {
  expect(statusText(status(account), false)).toBe(
    `
As of 2026-11-23T00:00:00Z

Account 1234567890123456, cn-hangzhou, mode enforce
2 of 3 users, 1 blocked, 1 current

USER        STATE    KEY           ROLE     AGE        LAST USE  NEXT                   AT THE EARLIEST
svc- [2J x  blocked  none                                        a person must act
svc-orders  current  LTAI5tOrders  current  22 of P3M  unread    a successor is issued  2027-01-01T00:00:00Z

svc- [2J x: Its secret is broken: [31m坏了。`.trimStart(),
  );
});

test('colours change nothing but the colours', () => {
  const colored = statusText(status(account), true);
  expect(colored).toContain('\u001b[31m');
  expect(stripVTControlCharacters(colored)).toBe(statusText(status(account), false));
});

test('each account has its own part, one that could not be read too', () => {
  const { users: _, ...frame } = account;
  const error = { code: 'NoPermission', message: 'RAM ListUsers was refused.' };
  const unread = { ...frame, account: '999', users: [], error };
  const text = statusText(status(unread, account), false);
  expect(text).toContain('Account 999, cn-hangzhou, mode enforce\nIt could not be read. NoPermission: RAM');
  expect(text).toContain('svc-orders');
});

test.each([
  ['a terminal', { isTTY: true }, {}, true],
  ['a pipe', {}, {}, false],
  ['a terminal with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
  ['a terminal with an empty NO_COLOR, which is none', { isTTY: true }, { NO_COLOR: '' }, true],
])('colours on %s: %s', (_, out, env, expected) => {
  expect(wantsColors(out, env)).toBe(expected);
});
