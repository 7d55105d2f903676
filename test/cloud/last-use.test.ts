import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { readLastUse } from '../../src/cloud/last-use';

const now = DateTime.fromISO('2026-11-23T03:00:00Z', { zone: 'utc' });

describe('readLastUse', () => {
  it.each([undefined, null, '', ' ', '-', 'N/A'])('%j is never', (text) => {
    expect(readLastUse(text, 'Ecs', now)).toEqual({ kind: 'never' });
  });

  it.each([
    ['2026-11-20T08:09:10Z', '2026-11-20T08:09:10.000Z'],
    ['2026-11-20T08:09Z', '2026-11-20T08:09:00.000Z'],
    ['2026-11-20T08:09:10.713703651+08:00', '2026-11-20T00:09:10.713Z'],
    ['2026-11-23T03:15:00Z', '2026-11-23T03:15:00.000Z'],
    ['2019-06-01T00:00:00Z', '2019-06-01T00:00:00.000Z'],
  ])('%s is a date', (text, iso) => {
    expect(readLastUse(text, 'Ecs', now)).toEqual({
      kind: 'at',
      at: DateTime.fromISO(iso, { zone: 'utc' }),
      service: 'Ecs',
    });
  });

  it.each([
    '2026-11-23T03:15:01Z',
    '2027-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
    '2026-02-30T00:00:00Z',
    '2026-11-20',
    '2026-11-20T08:09:10',
    '2026',
    '0',
    '1763784000',
    'never',
    'NotUsed',
    'null',
    'n/a',
    '--',
    'Fri, 20 Nov 2026 08:09:10 GMT',
  ])('%s is unreadable', (text) => {
    expect(readLastUse(text, 'Ecs', now)).toMatchObject({ kind: 'unreadable' });
  });

  it.each([undefined, '', '-', 'N/A'])('service %j is not told', (service) => {
    expect(readLastUse('2026-11-20T08:09:10Z', service, now)).toEqual({
      kind: 'at',
      at: DateTime.fromISO('2026-11-20T08:09:10Z', { zone: 'utc' }),
    });
  });
});
