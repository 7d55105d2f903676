import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/load';
import { LeaksFixture, user } from './leaks-fixture';

const text = readFileSync(new URL('../../docs/leaks.md', import.meta.url), 'utf8');
const blocks = (language: string): string[] =>
  [...text.matchAll(new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g'))].map(([, block = '']) => block);

let fixture: LeaksFixture;
beforeEach(async () => {
  fixture = await LeaksFixture.open();
});
afterEach(() => fixture.close());

test('the configuration shown is one', () => {
  const [shown = ''] = blocks('yaml');
  expect(parseConfig(shown, {}).leaks).toEqual(parse(shown).leaks);
});

test('the event shown is what the rule shown lets through, and makes the function look', async () => {
  const [rule, event] = blocks('json').map((block) => JSON.parse(block));
  expect(rule.source).toContain(event.source);
  expect(event.type.startsWith(rule.type[0].prefix)).toBe(true);
  const leaked = fixture.key();
  fixture.account.leak(leaked);
  const ran = await fixture.run(event);
  expect(ran.report).toMatchObject({ trigger: 'event', status: 'ok', users: [{ user }] });
  expect(fixture.status(leaked)).toBe('Inactive');
});

test('every reason that a decision gives is in the table', () => {
  const decisions = readFileSync(new URL('../../src/leaks/decide.ts', import.meta.url), 'utf8');
  const reasons = new Set([...decisions.matchAll(/'(Leak[A-Za-z]+)'/g)].map(([, reason]) => reason));
  for (const reason of reasons) expect(text).toContain(`\`${reason}\``);
});
