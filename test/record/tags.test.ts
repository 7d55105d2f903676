import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { claimTagKey, fits, fitsBesideEmergency, tagKeys, whyNoRoom } from '../../src/record/tags';

const others = (count: number): string[] => Array.from({ length: count }, (_, index) => `team-${index}`);

const own = fc.uniqueArray(fc.constantFrom(...Object.values(tagKeys)));
const claims = fc.array(
  fc.nat().map((n) => claimTagKey(`run${n}`)),
  { maxLength: 2 },
);
const tagged = fc
  .tuple(fc.nat({ max: 20 }), own, claims)
  .map(([count, keys, marks]) => [...new Set([...others(count), ...keys, ...marks])]);

const rotates = [claimTagKey('run'), tagKeys.user, tagKeys.current, tagKeys.old, tagKeys.notice];

describe('what a work may write fits beside all that a user carries when it begins', () => {
  test.each([
    ['rotation', rotates],
    ['emergency', [...rotates, tagKeys.emergency, tagKeys.leaked]],
    ['rollback', [...rotates, tagKeys.emergency, tagKeys.leaked, tagKeys.hold, tagKeys.rollback]],
  ] as const)('%s', (work, writes) => {
    fc.assert(
      fc.property(tagged, (keys) => {
        const whole = new Set([...keys, ...writes]);
        expect(whyNoRoom('svc', keys, work) === undefined).toBe(whole.size <= 20);
      }),
    );
  });

  test('a reminder never takes the place of an emergency', () => {
    fc.assert(
      fc.property(tagged, fc.constantFrom(tagKeys.told, tagKeys.leak, tagKeys.looked), (keys, key) => {
        if (!fitsBesideEmergency(keys, key)) return;
        expect(whyNoRoom('svc', [...keys, key], 'emergency')).toBeUndefined();
      }),
    );
  });
});

test.each([
  [others(15), 'rotation', undefined],
  [
    others(16),
    'rotation',
    'User svc carries 16 tags, so there is no room for those of a rotation: leave 15 at most.',
  ],
  [
    [...others(15), tagKeys.warned, tagKeys.leak],
    'rotation',
    'User svc carries 15 tags, so there is no room for those of a rotation: leave 13 at most.',
  ],
  [[...others(13), tagKeys.current, tagKeys.emergency], 'emergency', undefined],
  [
    others(14),
    'emergency',
    'User svc carries 14 tags, so there is no room for those of a rotation: leave 13 at most.',
  ],
  [
    others(12),
    'rollback',
    'User svc carries 12 tags, so there is no room for those of a rollback: leave 11 at most.',
  ],
] as const)('%#: %s', (keys, work, why) => {
  expect(whyNoRoom('svc', keys, work)).toBe(why);
});

test('a tag that is there already needs no room', () => {
  expect(fits(others(20), [tagKeys.hold])).toBe(false);
  expect(fits([...others(19), tagKeys.hold], [tagKeys.hold])).toBe(true);
});
