import { expect, test } from 'vitest';
import { groupOf, planText } from '../../src/cli/text/plan';
import type { RunReport, UserReport } from '../../src/report/run-report';

const user = (reason: string, more: Partial<UserReport> = {}): UserReport => ({
  account: '1234567890123456',
  user: 'svc-orders',
  reason,
  message: 'One sentence.',
  actions: [],
  ...more,
});
const actions = [{ action: 'DisableAccessKey', keyId: 'LTAI5tOld', outcome: 'planned' }] as const;
const error = { code: 'ForeignSecondKey', message: 'Delete the one that is not in use.' };

test.each([
  ['now', user('OldKeyQuiet', { actions: [...actions] })],
  ['now', user('RecordBehind')],
  ['now', user('Inactive')],
  ['waits', user('InGrace', { nextCheckAt: '2026-11-25T01:00:00Z' })],
  ['waits', user('Busy')],
  ['waits', user('Disabled', { nextCheckAt: '2026-11-25T01:00:00Z' })],
  ['alone', user('Disabled')],
  ['alone', user('Current', { nextCheckAt: '2027-01-01T00:00:00Z' })],
  ['alone', user('Exempt')],
  ['limited', user('LimitExceeded', { actions: [...actions] })],
  ['limited', user('RotationsPerRunReached')],
  ['blocked', user('SecretUnusable')],
  ['blocked', user('ForeignSecondKey', { actions: [...actions], error })],
  ['failed', user('Failed', { error })],
])('%s: $reason', (group, report) => {
  expect(groupOf(report)).toBe(group);
});

const report = (...users: UserReport[]): RunReport => ({
  function: 'rotate-keys',
  requestId: 'cli-1',
  trigger: 'manual',
  mode: 'plan',
  status: 'ok',
  startedAt: '2026-11-24T01:00:00Z',
  finishedAt: '2026-11-24T01:00:01Z',
  users,
  summary: { users: users.length, actions: {}, failed: 0 },
});
const text = (plan: RunReport) => planText(plan, { mode: 'enforce', all: false, colored: false });

test('an error that the message does not tell is told beside it', () => {
  expect(text(report(user('ForeignSecondKey', { error })))).toContain(
    'One sentence. (ForeignSecondKey: Delete the one that is not in use.)',
  );
});

test('the account is told where there are several', () => {
  const plan = text(report(user('SecretUnusable'), user('SecretUnusable', { account: '999' })));
  expect(plan).toContain('svc-orders of account 999: SecretUnusable');
  expect(text(report(user('SecretUnusable')))).not.toContain('of account');
});

test('an account that failed is told first, and nothing of it is said to be due', () => {
  const failed = { ...report(), error: { code: 'NoPermission', message: 'account 999:\nrefused.' } };
  expect(text(failed).split('\n')).toEqual([
    'What rotate-keys would do next, as of 2026-11-24T01:00:00Z. Nothing was done.',
    'NoPermission: account 999: refused.',
    '',
    'In the next run: nothing',
  ]);
});
