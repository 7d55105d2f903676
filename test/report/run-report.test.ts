import fc from 'fast-check';
import { DateTime } from 'luxon';
import { expect, test } from 'vitest';
import { isoSeconds } from '../../src/base/time';
import { type RunOutcome, reportOf, summarise, type UserReport } from '../../src/report/run-report';

const user = (name: string, more: Partial<UserReport> = {}): UserReport => ({
  account: '1234567890123456',
  user: name,
  reason: 'UpToDate',
  message: 'The key is young enough.',
  actions: [],
  ...more,
});

const failed = { error: { code: 'Throttling', message: 'RAM took no more calls.' } };

const outcome = (more: Partial<RunOutcome> = {}): RunOutcome => ({
  function: 'rotate-keys',
  requestId: 'r-1',
  trigger: 'timer',
  mode: 'enforce',
  startedAt: DateTime.fromISO('2026-11-23T03:00:00.999Z'),
  finishedAt: DateTime.fromISO('2026-11-23T11:00:07+08:00'),
  users: [],
  ...more,
});

test('a report says what ran, when, and what came of it', () => {
  const done = user('svc-orders', {
    actions: [{ action: 'CreateAccessKey', keyId: 'LTAIx', outcome: 'done' }],
  });
  expect(reportOf(outcome({ users: [done] }))).toEqual({
    function: 'rotate-keys',
    requestId: 'r-1',
    trigger: 'timer',
    mode: 'enforce',
    status: 'ok',
    startedAt: '2026-11-23T03:00:00Z',
    finishedAt: '2026-11-23T03:00:07Z',
    users: [done],
    summary: { users: 1, actions: { CreateAccessKey: 1 }, failed: 0 },
  });
});

test.each<[status: string, what: string, outcome: Partial<RunOutcome>]>([
  ['ok', 'nobody was due', {}],
  ['failed', 'one user failed', { users: [user('a'), user('b', failed)] }],
  ['failed', 'the run failed before its users were known', { error: { code: 'NoPermission', message: 'm' } }],
  ['halted', 'a limit was exceeded', { halted: true }],
  ['halted', 'a limit was exceeded and a user failed', { halted: true, users: [user('a', failed)] }],
  ['failed', 'the run failed after it was halted', { halted: true, error: { code: 'c', message: 'm' } }],
])('%s: %s', (status, _what, more) => {
  expect(reportOf(outcome(more)).status).toBe(status);
});

test('errors and notes of the whole run are told where there are any', () => {
  const error = { code: 'NoPermission', message: 'm' };
  expect(reportOf(outcome({ error, notes: ['n'] }))).toMatchObject({ error, notes: ['n'] });
  expect(Object.keys(reportOf(outcome({ notes: [] })))).not.toContain('notes');
});

test('the summary counts what was done or is planned, and who failed', () => {
  const users = [
    user('a', {
      actions: [
        { action: 'CreateAccessKey', outcome: 'done' },
        { action: 'StoreSecret', outcome: 'failed' },
      ],
      ...failed,
    }),
    user('b', {
      actions: [
        { action: 'CreateAccessKey', outcome: 'planned' },
        { action: 'DisableAccessKey', outcome: 'done' },
      ],
    }),
    user('c'),
  ];
  expect(summarise(users)).toEqual({
    users: 3,
    actions: { CreateAccessKey: 2, DisableAccessKey: 1 },
    failed: 1,
  });
});

test('times are UTC and whole seconds, whatever the zone', () => {
  const zone = fc.constantFrom('utc', 'Asia/Shanghai', 'America/St_Johns');
  const time = fc.date({ min: new Date('1970-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(time, zone, (date, inZone) => {
      const written = isoSeconds(DateTime.fromJSDate(date, { zone: inZone }));
      expect(written).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      expect(Date.parse(written)).toBe(Math.floor(date.getTime() / 1000) * 1000);
    }),
  );
});
