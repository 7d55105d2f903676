import { expect, test } from 'vitest';
import type { Simulation } from '../../src/simulate/result';
import { verdictOn } from '../../src/simulate/verdict';

const well: Omit<Simulation, 'verdict'> = {
  version: 1,
  from: '2027-01-04T00:00:00Z',
  to: '2027-02-03T00:00:00Z',
  days: 30,
  seed: 1,
  account: '1111222233334444',
  source: 'status',
  configuredMode: 'plan',
  users: { inAccount: 5, managed: 3, careless: [] },
  notes: [],
  runs: {
    'rotate-keys': { count: 30, failed: 0, halted: 0 },
    'disable-inactive': { count: 30, failed: 0, halted: 0 },
  },
  months: [],
  rotations: { begun: 0, finished: 0, most: { begun: 0, limit: 50 }, putOff: { runs: 0, mostUsers: 0 } },
  halts: [],
  failedRuns: [],
  inactive: [],
  blocked: [],
  applications: { calls: 90, failed: [] },
  notices: {},
  events: [],
  ok: true,
};
const halt = (day: string, due: number) => ({ at: `${day}T20:00:00Z`, due, limit: 20 });

test('all is well', () => {
  expect(verdictOn(well)).toEqual([
    "In 30 days every run did what was due, and no application's call failed.",
  ]);
});

test('halts on one day after another are told once, with the most that was due', () => {
  const halts = [
    halt('2027-01-10', 42),
    halt('2027-01-11', 44),
    halt('2027-01-12', 43),
    halt('2027-01-20', 21),
  ];
  const [first, second, ...rest] = verdictOn({ ...well, ok: false, halts });
  expect(first).toMatch(
    /^On 2027-01-10 42 users and keys are due .* allows \(20\): .* until 2027-01-12, with 44 due at most\./,
  );
  expect(second).toMatch(/^On 2027-01-20 21 users and keys are due .* nothing is disabled\. Look/);
  expect(rest).toEqual([]);
});

test.each<[string, Partial<Simulation>, RegExp]>([
  [
    'a run that fails',
    {
      ok: false,
      failedRuns: [{ at: '2027-01-05T19:00:00Z', function: 'rotate-keys', error: 'KMS is gone.' }],
    },
    /^On 2027-01-05 the run of rotate-keys fails: KMS is gone\.$/,
  ],
  [
    'an application that is refused',
    {
      ok: false,
      applications: {
        calls: 9,
        failed: [{ user: 'due', keyId: 'LTAI', code: 'Inactive', count: 2, firstAt: '2027-01-06T19:01:00Z' }],
      },
    },
    /^On 2027-01-06 the application of due is refused with key LTAI \(Inactive\)\.$/,
  ],
  [
    'rotations that wait',
    { rotations: { ...well.rotations, most: { begun: 2, limit: 2 }, putOff: { runs: 1, mostUsers: 7 } } },
    /^In 1 run rotations wait .* limits\.rotationsPerRun is 2; 7 at most\.$/,
  ],
  [
    'a rotation that never ends',
    {
      events: ['Due', 'OldKeyInUse'].map((reason) => ({
        at: '2027-01-06T19:00:00Z',
        user: 'a',
        function: 'rotate-keys',
        reason,
        message: '',
        actions: [],
      })),
    },
    /^Since 2027-01-06 the rotation of a waits, to the end: its old key stays enabled/,
  ],
  [
    'users who stay blocked',
    {
      blocked: [
        { user: 'a', reason: 'TooManyKeys', message: '', from: well.from },
        { user: 'b', reason: 'TooManyKeys', message: '', from: well.from, to: well.to },
      ],
    },
    /^A person must act for a: blocked to the end\.$/,
  ],
])('%s', (_, told, sentence) => {
  expect(verdictOn({ ...well, ...told })[0]).toMatch(sentence);
});
