import { expect, test } from 'vitest';
import type { Audit, CheckResult } from '../../src/audit/finding';
import { auditText } from '../../src/cli/text/audit';

const check = (about: Partial<CheckResult>): CheckResult => ({
  id: 'old-keys',
  title: 'AccessKeys are rotated in time',
  severity: 'high',
  result: 'passed',
  evidence: ['No enabled key is older than 90 days.'],
  ...about,
});
const audit = (...checks: CheckResult[]): Audit => ({
  version: 1,
  at: '2026-11-24T03:00:00Z',
  accounts: [{ account: '1234567890123456', checks }],
});

test('what failed comes first, gravest first, then what is unknown, then what passed, in a line each', () => {
  const text = auditText(
    audit(
      check({ id: 'a' }),
      check({ id: 'b', result: 'unknown', evidence: ['Denied.'], remedy: 'Look.' }),
      check({ id: 'c', result: 'failed', severity: 'low', cis: '1.16', evidence: ['Wrong.'], remedy: 'Do.' }),
      check({ id: 'd', result: 'failed', evidence: ['1', '2', '3', '4', '5', '6', '7'] }),
    ),
    false,
  );
  expect(text).toBe(
    `As of 2026-11-24T03:00:00Z

Account 1234567890123456: 2 failed, 1 unknown, 1 passed

failed   high              AccessKeys are rotated in time (d)
  1
  2
  3
  4
  5
  … and 2 more; --json has them all.

failed   low     CIS 1.16  AccessKeys are rotated in time (c)
  Wrong.
  To do: Do.

unknown  high              AccessKeys are rotated in time (b)
  Denied.
  To do: Look.

passed   high              AccessKeys are rotated in time (a)`,
  );
});

test('only a coloured text has escapes, and evidence brings none of its own', () => {
  const hostile = audit(check({ result: 'failed', evidence: ['User x (exempt: \u001b[2J\nboo)'] }));
  expect(auditText(hostile, false)).toContain('User x (exempt:  [2J boo)');
  expect(auditText(hostile, true)).toContain('\u001b[31mfailed');
  expect(auditText(hostile, true)).not.toContain('\u001b[2J');
});
