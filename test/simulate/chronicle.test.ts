import { beforeEach, expect, test } from 'vitest';
import { DAY } from '../../packages/local-alibaba-cloud/index';
import type { Action, RunReport, UserReport } from '../../src/report/run-report';
import { Chronicle } from '../../src/simulate/chronicle';
import type { Simulated } from '../../src/simulate/result';

const start = Date.parse('2027-01-30T19:00:00Z');
let chronicle: Chronicle;
let keys: number;

beforeEach(() => {
  keys = 2;
  chronicle = new Chronicle(
    () => keys,
    (text) => text.replace('LTAIlocal', 'LTAIreal'),
  );
});

const user = (name: string, reason: string, actions: [Action, string][] = []): UserReport => ({
  account: '1',
  user: name,
  reason,
  message: `${reason} of LTAIlocal.`,
  actions: actions.map(([action, keyId]) => ({ action, keyId, outcome: 'done' })),
});

function ran(day: number, users: UserReport[], name: Simulated = 'rotate-keys', error?: string): void {
  const report = { function: name, users, status: error === undefined ? 'ok' : 'failed' };
  chronicle.ran({
    function: name,
    at: start + day * DAY,
    reports: [report as RunReport],
    ...(error !== undefined && { error }),
  });
}

test('a rotation lasts from the new key to the end of the old one, and months without anything are listed', () => {
  ran(0, [user('a', 'Due', [['CreateAccessKey', 'new']])]);
  ran(2, [user('a', 'OldKeyQuiet', [['DisableAccessKey', 'old']])]);
  ran(9, [user('a', 'RecoveryOver', [['DeleteAccessKey', 'old']])]);
  ran(40, []);
  expect(chronicle.rotations(50)).toEqual({
    begun: 1,
    finished: 1,
    days: { shortest: 9, median: 9, longest: 9 },
    most: { day: '2027-01-30', begun: 1, limit: 50 },
    putOff: { runs: 0, mostUsers: 0 },
  });
  expect(chronicle.months).toMatchObject([
    { month: '2027-01', rotationsBegun: 1, rotationsFinished: 0 },
    { month: '2027-02', rotationsBegun: 0, rotationsFinished: 1, keysDisabled: 1, keysDeleted: 1 },
    { month: '2027-03', rotationsBegun: 0, rotationsFinished: 0 },
  ]);
});

test('a first key has none to wait for, and an orphan that is removed is the end of no rotation', () => {
  keys = 1;
  ran(0, [user('a', 'FirstKey', [['CreateAccessKey', 'first']])]);
  keys = 2;
  ran(1, [
    user('b', 'Due', [
      ['DisableAccessKey', 'orphan'],
      ['DeleteAccessKey', 'orphan'],
      ['CreateAccessKey', 'new'],
    ]),
  ]);
  expect(chronicle.rotations(50)).toMatchObject({
    begun: 2,
    finished: 1,
    days: { shortest: 0, longest: 0 },
  });
});

test('an event is what was done, or a reason that is new; what goes well is none', () => {
  ran(0, [user('b', 'OldKeyInUse'), user('a', 'Current')]);
  ran(1, [user('b', 'OldKeyInUse'), user('a', 'Due', [['CreateAccessKey', 'x']])]);
  ran(2, [user('b', 'Current'), user('a', 'Current')]);
  ran(3, [user('b', 'OldKeyInUse')]);
  expect(chronicle.events.map(({ at, user: name, reason }) => [at.slice(0, 10), name, reason])).toEqual([
    ['2027-01-30', 'b', 'OldKeyInUse'],
    ['2027-01-31', 'a', 'Due'],
    ['2027-02-02', 'b', 'OldKeyInUse'],
  ]);
  expect(chronicle.events[0]?.message).toBe('OldKeyInUse of LTAIreal.');
});

test('who is blocked, from when and to when', () => {
  ran(0, [user('a', 'TooManyKeys'), user('b', 'SecretUnusable')]);
  ran(1, [user('a', 'TooManyKeys'), user('b', 'Current')]);
  expect(chronicle.blocked).toMatchObject([
    { user: 'b', reason: 'SecretUnusable', from: '2027-01-30T19:00:00Z', to: '2027-01-31T19:00:00Z' },
    { user: 'a', reason: 'TooManyKeys', from: '2027-01-30T19:00:00Z' },
  ]);
  expect(chronicle.blocked[1]).not.toHaveProperty('to');
});

test('rotations that were put off, and runs that failed, are counted', () => {
  ran(0, [user('a', 'RotationsPerRunReached'), user('b', 'RotationsPerRunReached')]);
  ran(1, [user('a', 'RotationsPerRunReached')], 'rotate-keys', 'KMS is gone.');
  expect(chronicle.rotations(1).putOff).toEqual({ runs: 2, mostUsers: 2 });
  expect(chronicle.runs['rotate-keys']).toEqual({ count: 2, failed: 1, halted: 0 });
  expect(chronicle.failedRuns).toEqual([
    { at: '2027-01-31T19:00:00Z', function: 'rotate-keys', error: 'KMS is gone.' },
  ]);
});

test('disabled and deleted for inactivity are counted apart from rotation', () => {
  ran(0, [user('a', 'Inactive', [])], 'disable-inactive');
  ran(
    7,
    [
      user('a', 'Due', [
        ['DisableAccessKey', 'x'],
        ['DisableLogin', ''],
      ]),
    ],
    'disable-inactive',
  );
  expect(chronicle.inactive).toMatchObject([{ user: 'a', actions: ['DisableAccessKey', 'DisableLogin'] }]);
  expect(chronicle.months).toMatchObject([
    { warned: 1, inactiveKeysDisabled: 0 },
    { warned: 0, keysDisabled: 0, inactiveKeysDisabled: 1, logonsDisabled: 1 },
  ]);
});
