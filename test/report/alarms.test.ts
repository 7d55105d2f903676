import { DateTime, Duration } from 'luxon';
import { expect, test } from 'vitest';
import type { RunReport } from '../../src/report/run-report';
import { Alarms } from '../../src/run/alarms';

const now = DateTime.fromISO('2026-11-24T03:00:00Z', { zone: 'utc' });
const failing = (message: string, ...codes: string[]): RunReport => ({
  function: 'respond-to-leaks',
  requestId: message,
  trigger: 'timer',
  mode: 'enforce',
  status: 'failed',
  startedAt: '2026-11-24T03:00:00Z',
  finishedAt: '2026-11-24T03:00:01Z',
  users: codes.map((code, index) => ({
    account: '1234567890123456',
    user: `svc-${index}`,
    reason: 'Failed',
    message,
    actions: [],
    error: { code, message },
  })),
  summary: { users: codes.length, actions: {}, failed: codes.length },
});

test('the same failure is new again only after the time, whatever its words; another one is', () => {
  const alarms = new Alarms(Duration.fromObject({ days: 1 }));
  const first = failing('request 1', 'Timeout');
  expect(alarms.isNew(first, now)).toBe(true);
  expect(alarms.isNew(first, now)).toBe(true);
  alarms.remember(first, now);
  expect(alarms.isNew(failing('request 2', 'Timeout'), now.plus({ hours: 23 }))).toBe(false);
  expect(alarms.isNew(failing('request 3', 'NoPermission'), now)).toBe(true);
  expect(alarms.isNew(failing('request 4', 'Timeout', 'Timeout'), now)).toBe(true);
  expect(alarms.isNew({ ...first, status: 'halted' }, now)).toBe(true);
  expect(alarms.isNew(failing('request 5', 'Timeout'), now.plus({ days: 1 }))).toBe(true);
});
