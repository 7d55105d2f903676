import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { nextFire, parseCron } from '../src/fc/cron';

const next = (expression: string, after: string) =>
  DateTime.fromMillis(nextFire(parseCron(expression), Date.parse(after)), { zone: 'utc' }).toFormat(
    "yyyy-MM-dd'T'HH:mm:ss'Z'",
  );

test.each([
  ['0 0 3 * * *', '2026-11-23T02:59:59Z', '2026-11-23T03:00:00Z'],
  ['0 0 3 * * *', '2026-11-23T03:00:00Z', '2026-11-24T03:00:00Z'],
  ['CRON_TZ=Asia/Shanghai 0 0 3 * * *', '2026-11-23T00:00:00Z', '2026-11-23T19:00:00Z'],
  ['CRON_TZ=Europe/Berlin 0 30 3 * * *', '2026-07-01T00:00:00Z', '2026-07-01T01:30:00Z'],
  ['*/20 * * * * *', '2026-11-23T03:00:01Z', '2026-11-23T03:00:20Z'],
  ['0 5,35 8-10 * * *', '2026-11-23T10:05:00Z', '2026-11-23T10:35:00Z'],
  ['0 0 12 1 * *', '2026-11-23T00:00:00Z', '2026-12-01T12:00:00Z'],
  ['0 0 12 ? * MON-FRI', '2026-11-27T12:00:00Z', '2026-11-30T12:00:00Z'],
  ['0 0 12 * JAN 7', '2026-11-23T00:00:00Z', '2027-01-03T12:00:00Z'],
  ['0 0 0 29 2 *', '2026-11-23T00:00:00Z', '2028-02-29T00:00:00Z'],
  ['0 0 12 1 * ?', '2026-11-23T00:00:00Z', '2026-12-01T12:00:00Z'],
  ['0 0 12 1 * MON', '2026-11-24T00:00:00Z', '2026-11-30T12:00:00Z'],
  ['@every 4m', '2026-11-23T03:00:30Z', '2026-11-23T03:04:30Z'],
  ['@every 1h30m', '2026-11-23T03:00:00Z', '2026-11-23T04:30:00Z'],
])('%s after %s fires at %s', (expression, after, expected) => {
  expect(next(expression, after)).toBe(expected);
});

test('it fires later than asked, and at the same moment whenever it is asked before', () => {
  const minute = fc.integer({ min: 0, max: 59 });
  const hour = fc.integer({ min: 0, max: 23 });
  const start = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-01-01'), noInvalidDate: true });
  fc.assert(
    fc.property(minute, hour, start, (m, h, date) => {
      const cron = parseCron(`0 ${m} ${h} * * *`);
      const fire = nextFire(cron, date.getTime());
      expect(fire).toBeGreaterThan(date.getTime());
      expect(fire - date.getTime()).toBeLessThanOrEqual(86_400_000);
      expect(nextFire(cron, fire - 1)).toBe(fire);
      expect(new Date(fire).getUTCMinutes()).toBe(m);
      expect(new Date(fire).getUTCHours()).toBe(h);
    }),
  );
});

describe('refuses', () => {
  test.each([
    ['0 3 * * *', '5 fields'],
    ['0 0 24 * * *', 'hour'],
    ['60 0 3 * * *', 'second'],
    ['0 0 3 0 * *', 'day'],
    ['0 0 3 * 13 *', 'month'],
    ['0 0 3 * * MOON', '"M"'],
    ['0 0 5-3 * * *', '5-3'],
    ['0 */0 3 * * *', 'step'],
    ['0 a 3 * * *', '"a"'],
    ['CRON_TZ=Mars/Base 0 0 3 * * *', 'Mars/Base'],
    ['@daily', 'fields'],
    ['@every 4', 'fields'],
    ['@every m', 'fields'],
    ['0 0 3 L * *', '"L"'],
    ['0 0 3 * * MON#1', '"#"'],
  ])('%s', (expression, message) => {
    expect(() => parseCron(expression)).toThrow(message);
  });

  test('a day that never comes', () => {
    expect(() => nextFire(parseCron('0 0 0 31 2 *'), 0)).toThrow('never');
  });
});
