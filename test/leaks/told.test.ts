import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { hasRoom, wasTold, withTold } from '../../src/record/leaks';
import { tagKeys } from '../../src/record/tags';

const now = DateTime.fromISO('2026-11-23T03:00:00Z', { zone: 'utc' });
const tagged = (value: string) => new Map([[tagKeys.leak, value]]);

describe('what people were told', () => {
  test('is remembered for a day, each finding and each tale by itself', () => {
    const value = withTold(new Map(), '389357/found', now);
    expect(value).toBe('389357/found:20261123T030000Z');
    expect(wasTold(tagged(value), '389357/found', now)).toBe(true);
    expect(wasTold(tagged(value), '389357/dead', now)).toBe(false);
    expect(wasTold(tagged(value), '389358/found', now)).toBe(false);
    expect(wasTold(tagged(value), '389357/found', now.plus({ hours: 23 }))).toBe(true);
    expect(wasTold(tagged(value), '389357/found', now.plus({ days: 1 }))).toBe(false);
  });

  test('is kept beside what was told before, until that is a day old', () => {
    const first = withTold(new Map(), '1/found', now);
    const second = withTold(tagged(first), '2/found', now.plus({ hours: 12 }));
    expect(second.split('+')).toHaveLength(2);
    expect(withTold(tagged(second), '3/dead', now.plus({ hours: 25 })).split('+')).toEqual([
      '2/found:20261123T150000Z',
      '3/dead:20261124T040000Z',
    ]);
  });

  test('fits into a tag: the oldest goes first', () => {
    let tags: ReadonlyMap<string, string> = new Map();
    for (let id = 0; id < 12; id++) {
      const value = withTold(tags, `123456789${id}/found`, now.plus({ minutes: id }));
      expect(value).toMatch(/^[A-Za-z0-9/+.:-]{1,128}$/);
      tags = tagged(value);
    }
    expect(wasTold(tags, '12345678911/found', now.plus({ hours: 1 }))).toBe(true);
  });

  test.each(['', 'x', '389357/found', '389357/found:yesterday', '389357/found:20991123T030000Z', '+:+'])(
    'says nothing where it is %j',
    (value) => {
      expect(wasTold(tagged(value), '389357/found', now)).toBe(false);
    },
  );

  test('takes no room that an emergency needs', () => {
    const foreign = (count: number) =>
      Array.from({ length: count }, (_, at): [string, string] => [`t${at}`, '']);
    expect(hasRoom(new Map(foreign(12)))).toBe(true);
    expect(hasRoom(new Map(foreign(13)))).toBe(false);
    expect(hasRoom(new Map([...foreign(13), [tagKeys.leak, '']]))).toBe(true);
  });
});
