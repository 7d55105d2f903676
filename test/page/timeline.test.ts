import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lanesOf, placeOf, ticksOf, windowAround } from '../../src/page/timeline';
import type { KeyStatus } from '../../src/status/account-status';
import { days, key, now } from './sample';

const DAY = 86_400_000;
const at = Date.parse(now);
const maxAge = 90 * DAY;

/** The stretches of the first of these keys, in days from now. */
const told = (...keys: KeyStatus[]): string[] =>
  (lanesOf(keys, maxAge, at)[0]?.stretches ?? []).map(
    ({ phase, from, to, expected }) =>
      `${phase} ${Math.round((from - at) / DAY)}..${Math.round((to - at) / DAY)}${expected ? ' expected' : ''}`,
  );

describe('what a key is, when', () => {
  test.each<[string, string[], KeyStatus, ...KeyStatus[]]>([
    [
      'current',
      ['standby -50..-48', 'current -48..0', 'current 0..40 expected'],
      key(50, { currentSince: days(-48) }),
    ],
    ['current, since when is not told', ['current -50..0', 'current 0..40 expected'], key(50)],
    ['over age', ['current -99..0'], key(99)],
    ['standby', ['standby -1..0'], key(1, { role: 'standby' })],
    [
      'in grace',
      ['current -92..-1', 'replaced -1..0', 'replaced 0..1 expected'],
      key(92, { role: 'old', replacedAt: days(-1), graceEndsAt: days(1) }),
    ],
    [
      'grace over, still in use',
      ['current -99..-9', 'replaced -9..0'],
      key(99, { role: 'old', replacedAt: days(-9), graceEndsAt: days(-7) }),
    ],
    [
      'notice not delivered',
      ['current -92..-3', 'replaced -3..0'],
      key(92, { role: 'old' }),
      key(4, { currentSince: days(-3) }),
    ],
    [
      'in recovery',
      ['current -99..-9', 'replaced -9..-3', 'disabled -3..0', 'disabled 0..4 expected'],
      key(99, {
        role: 'old',
        status: 'Inactive',
        replacedAt: days(-9),
        disabledAt: days(-3),
        deletedFrom: days(4),
      }),
    ],
    [
      'deletion overdue',
      ['current -99..-20', 'replaced -20..-18', 'disabled -18..0'],
      key(99, {
        role: 'old',
        status: 'Inactive',
        replacedAt: days(-20),
        disabledAt: days(-18),
        deletedFrom: days(-11),
      }),
    ],
    ['disabled, nobody knows when', ['unused -30..0'], key(30, { role: 'other', status: 'Inactive' })],
    [
      'current but disabled',
      ['current -30..-5', 'disabled -5..0'],
      key(30, { status: 'Inactive', disabledAt: days(-5) }),
    ],
    ['foreign', ['other -400..0'], key(400, { role: 'other' })],
    ['orphan', ['orphan -2..0'], key(2, { role: 'orphan' })],
    ['created this moment', ['standby 0..0'], key(0, { role: 'standby' })],
  ])('%s', (_, stretches, ...keys) => {
    expect(told(...keys)).toEqual(stretches);
  });
});

test('marks what matters, and nothing that is over', () => {
  const marks = (one: KeyStatus) => lanesOf([one], maxAge, at)[0]?.marks.map(({ kind }) => kind);
  expect(marks(key(3))).toEqual(['lastUse', 'limit']);
  expect(marks(key(92, { role: 'old', graceEndsAt: days(1), lastUse: { kind: 'never' } }))).toEqual([
    'graceEnds',
  ]);
  expect(
    marks(
      key(92, {
        role: 'old',
        status: 'Inactive',
        graceEndsAt: days(-9),
        deletedFrom: days(3),
        lastUse: { kind: 'unread', why: 'denied' },
      }),
    ),
  ).toEqual(['deletion']);
});

const time = fc.oneof(
  fc.integer({ min: -1000, max: 200 }).map((day) => days(day)),
  fc.constantFrom('', 'never', '2026-13-45'),
);
const anyKey: fc.Arbitrary<KeyStatus> = fc.record(
  {
    keyId: fc.constant('LTAI'),
    role: fc.constantFrom('current', 'standby', 'old', 'orphan', 'other'),
    status: fc.constantFrom('Active', 'Inactive'),
    createdAt: time,
    ageDays: fc.nat(),
    lastUse: fc.oneof(
      time.map((used) => ({ kind: 'at' as const, at: used })),
      fc.constant({ kind: 'never' as const }),
    ),
    currentSince: time,
    replacedAt: time,
    graceEndsAt: time,
    disabledAt: time,
    deletedFrom: time,
  },
  { requiredKeys: ['keyId', 'role', 'status', 'createdAt', 'ageDays', 'lastUse'] },
);

test('whatever the times: no gap, no overlap, nothing expected of the past, all within the picture', () => {
  fc.assert(
    fc.property(fc.array(anyKey, { maxLength: 3 }), fc.integer({ min: 1, max: 4000 }), (keys, limit) => {
      const window = windowAround(at, limit * DAY);
      for (const { stretches, marks } of lanesOf(keys, limit * DAY, at)) {
        stretches.forEach(({ from, to, expected }, index) => {
          expect(to).toBeGreaterThan(from);
          if (expected) expect(from).toBeGreaterThanOrEqual(at);
          else expect(to).toBeLessThanOrEqual(at);
          if (index > 0) expect(from).toBe(stretches[index - 1]?.to);
        });
        for (const place of [
          ...stretches.flatMap(({ from, to }) => [from, to]),
          ...marks.map((mark) => mark.at),
        ]) {
          expect(placeOf(place, window)).toBeGreaterThanOrEqual(0);
          expect(placeOf(place, window)).toBeLessThanOrEqual(1);
        }
      }
    }),
  );
});

test.each([1, 2, 7, 30, 90, 180, 365, 1000, 3650])('an age limit of %i days has a readable axis', (limit) => {
  const window = windowAround(at, limit * DAY);
  const ticks = ticksOf(window);
  expect(ticks.length).toBeGreaterThanOrEqual(2);
  expect(ticks.length).toBeLessThanOrEqual(8);
  for (const { at: place, label } of ticks) {
    expect(place).toBeGreaterThanOrEqual(window.from);
    expect(place).toBeLessThanOrEqual(window.to);
    expect(label).toMatch(/^\d\d:\d\d$|^\d\d-\d\d$|^[A-Z][a-z]{2}$|^\d{4}$/);
  }
});

test('months are told by name, and a year by its number', () => {
  expect(ticksOf(windowAround(at, maxAge)).map(({ label }) => label)).toEqual([
    'Sep',
    'Oct',
    'Nov',
    'Dec',
    '2027',
  ]);
});
