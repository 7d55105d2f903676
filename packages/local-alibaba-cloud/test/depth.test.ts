import { expect, test } from 'vitest';
import type { CallRecord } from '../src/calls';
import { callsOneAfterAnother } from '../src/depth';

const call = (startedAt: number, finishedAt: number) => ({ startedAt, finishedAt }) as CallRecord;

test.each<[string, [number, number][], number]>([
  ['one call', [[0, 10]], 1],
  [
    'side by side',
    [
      [0, 10],
      [1, 11],
    ],
    1,
  ],
  [
    'one after another',
    [
      [0, 10],
      [10, 20],
      [21, 30],
    ],
    3,
  ],
  [
    'two side by side, then one',
    [
      [0, 10],
      [0, 12],
      [12, 20],
    ],
    2,
  ],
  [
    'a long one beside two short ones',
    [
      [0, 10],
      [11, 20],
      [1, 25],
    ],
    1,
  ],
])('%s', (_, spans, expected) => {
  const calls = spans.map(([start, end]) => call(start, end));
  const last = calls.at(-1);
  expect(last && callsOneAfterAnother(calls, last)).toBe(expected);
});

test('counts in the order of time, however the calls were noted down', () => {
  const [first, second] = [call(0, 10), call(11, 20)];
  expect(callsOneAfterAnother([second, first], second)).toBe(2);
});
