import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { DEFAULT_SWITCHES, parseSwitches, SWITCHES, valuesOf } from '../src/switches';

test('the README tells every switch', () => {
  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const rows = [...readme.matchAll(/^\| `(\w+)` \| (.*) \| (.*) \|$/gm)].map((row) => row.slice(1));
  expect(rows).toEqual(Object.entries(SWITCHES).map(([name, entry]) => [name, entry.about, valuesOf(entry)]));
});

test('the first value is the default', () => {
  expect(DEFAULT_SWITCHES).toMatchObject({
    neverUsed: '',
    lastUsedLagMs: 7_200_000,
    throttlingStatus: 400,
    deleteActiveAllowed: true,
    accessKeyPolicyNone: 'empty-object',
  });
});

test.each([
  [['neverUsed=absent', 'updateDate=false'], { neverUsed: 'absent', updateDate: false }],
  [['neverUsed='], { neverUsed: '' }],
  [['throttlingStatus=503', 'propagationMs=5000'], { throttlingStatus: 503, propagationMs: 5000 }],
  [[], {}],
])('%j is read', (settings, expected) => {
  expect(parseSwitches(settings)).toEqual(expected);
});

test.each([
  ['neverUsed', 'name=value'],
  ['neverused=absent', 'sets no switch'],
  ['constructor=1', 'sets no switch'],
  ['neverUsed=never', "'' (default), absent, -, N/A"],
  ['throttlingStatus=500', '400 (default), 429, 503'],
  ['propagationMs=soon', 'a number, 0 by default'],
  ['propagationMs=-1', 'a number'],
  ['updateDate=yes', 'true (default), false'],
])('%s is refused', (setting, message) => {
  expect(() => parseSwitches([setting])).toThrow(message);
});
