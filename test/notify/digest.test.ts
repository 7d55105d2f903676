import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Fact, FactType } from '../../src/notify/fact';
import { catalogues, digestFor } from '../../src/notify/message';
import type { Phrase } from '../../src/notify/phrase';
import { fitted, render } from '../../src/notify/text';
import { configOf, every, notifier, tell } from './fixtures';
import { type Vendor, vendors } from './vendors';

let vendor: Vendor | undefined;
afterEach(() => vendor?.close());

/** So many facts like this one, each about another user. */
function like(fact: Fact, count: number, user = (index: number) => `svc-${String(index).padStart(4, '0')}`) {
  const many = Array.from({ length: count }, (_, index) => {
    const data = 'user' in fact.data ? { ...fact.data, user: user(index) } : fact.data;
    return { ...fact, id: `${fact.id}/${index}`, subject: user(index), data } as Fact;
  });
  return many as [Fact, ...Fact[]];
}

const types = Object.values(every) as Fact[];
const identity = (text: string) => text;
const written = (facts: [Fact, ...Fact[]], locale: 'en' | 'zh-CN') => {
  const { title, lines, todo } = render(digestFor(facts, locale), identity, 'UTC');
  return [title, ...lines, todo].join('\n');
};

describe('what it says', () => {
  test('how many, of what, the first ten, where the rest is, and what to do', () => {
    expect(written(like(every['keyturn.accesskey.rotated'], 300), 'en')).toMatchInlineSnapshot(`
      "300 AccessKeys rotated
      Account 1234567890123456:
      • svc-0000: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      • svc-0001: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      • svc-0002: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      • svc-0003: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      • svc-0004: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      • svc-0005: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      • svc-0006: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      • svc-0007: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      • svc-0008: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      • svc-0009: LTAI5t…w001 in the secret keyturn/svc-orders; the old one ends from 2026-11-25 03:00 UTC on
      and 290 more: see the report of this run, or keyturn status
      What to do: let every program of these users read its secret again (stage ACSCurrent)."
    `);
    expect(written(like(every['keyturn.inactive.warning'], 7), 'zh-CN')).toMatchInlineSnapshot(`
      "7 个用户或密钥即将因长期未活动被禁用
      账号 1234567890123456：
      • svc-0000：2026-11-30 03:00 UTC 起禁用
      • svc-0001：2026-11-30 03:00 UTC 起禁用
      • svc-0002：2026-11-30 03:00 UTC 起禁用
      • svc-0003：2026-11-30 03:00 UTC 起禁用
      • svc-0004：2026-11-30 03:00 UTC 起禁用
      • svc-0005：2026-11-30 03:00 UTC 起禁用
      • svc-0006：2026-11-30 03:00 UTC 起禁用
      请处理：如仍需要，请在此之前使用，或添加豁免并写明理由。"
    `);
  });

  test('what is disabled first comes first, then names in order', () => {
    const from = ['2026-12-03T00:00:00Z', '2026-12-01T00:00:00Z', '2026-12-03T00:00:00Z'];
    const facts = like(every['keyturn.inactive.warning'], 3, (index) => `svc-${3 - index}`).map(
      (fact, index) => ({ ...fact, data: { ...fact.data, disabledFrom: from[index] } }),
    ) as [Fact, ...Fact[]];
    const users = written(facts, 'en').match(/svc-\d/g);
    expect(users).toEqual(['svc-2', 'svc-1', 'svc-3']);
  });

  test('several accounts are counted', () => {
    const [one, other] = like(every['keyturn.accesskey.deleted'], 2);
    if (!other) throw new Error('two were made');
    expect(written([one, { ...other, account: '2' } as Fact], 'en')).toContain('In 2 accounts:');
  });

  test.each(types)('$type: in both languages', (fact) => {
    const many = like(fact, 12);
    expect(written(many, 'en')).toMatch(/12[\s\S]*\nand 2 more: [\s\S]*\nWhat to do: [A-Za-z].*\.$/);
    expect(written(many, 'zh-CN')).toMatch(/12[\s\S]*\n另有 2 项[\s\S]*\n请处理：.*。$/);
    for (const locale of ['en', 'zh-CN'] as const) {
      expect(written(many, locale)).not.toMatch(/undefined|NaN|\[object|LTAI5t\w/);
      for (const { words } of digestFor(many, locale).lines) expect(words[0]).not.toBe('');
    }
  });
});

describe('the two languages', () => {
  test('have the same messages', () => {
    const keys = (catalogue: object) =>
      Object.entries(catalogue).map(([part, value]) => [part, Object.keys(value).toSorted()]);
    expect(keys(catalogues['zh-CN'])).toEqual(keys(catalogues.en));
    expect(Object.keys(catalogues.en.one).toSorted()).toEqual(Object.keys(every).toSorted());
  });

  test.each(types)('$type: say the same of it', (fact) => {
    const outside = (phrases: Phrase[]) =>
      phrases
        .flatMap((phrase) => phrase.outside.map((each) => (typeof each === 'string' ? each : each('UTC'))))
        .filter(isTold)
        .toSorted();
    const [en, zh] = (['en', 'zh-CN'] as const).map((locale) => {
      const one = catalogues[locale].one[fact.type as 'keyturn.test'](fact as never);
      const many = catalogues[locale].many[fact.type as FactType];
      return [
        one.tone,
        outside([one.title, ...one.lines, one.todo]),
        many.tone,
        outside([many.title(7), many.line(fact as never), many.todo]),
      ];
    });
    expect(zh).toEqual(en);
  });

  /** Lists are joined as the language does, and one day has words of its own. */
  const isTold = (text: string) => !/[,，]|^1$/.test(text);
});

describe('what does not fit', () => {
  test('is left out from the end, and counted', () => {
    const message = render(digestFor(like(every['keyturn.accesskey.deleted'], 30), 'en'), identity, 'UTC');
    const { lines } = fitted(message, (part) => part.lines.length <= 5);
    expect(lines).toHaveLength(5);
    expect(lines.at(0)).toMatch(/^Account /);
    expect(lines.at(-2)).toMatch(/svc-0002/);
    expect(lines.at(-1)).toMatch(/^and 27 more/);
  });

  test('every fact is shown or counted, whatever the room', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 14 }), (count, room) => {
        const message = render(
          digestFor(like(every['keyturn.accesskey.deleted'], count), 'en'),
          identity,
          'UTC',
        );
        const { lines } = fitted(message, (part) => part.lines.length <= room);
        const shown = lines.filter((line) => line.startsWith('•')).length;
        const left = Number(/and (\d+) more/.exec(lines.at(-1) ?? '')?.[1] ?? 0);
        expect(shown + left).toBe(count);
      }),
    );
  });

  const longName = (index: number) => `${index}-${'长'.repeat(160)}`;

  test.each(['dingtalk', 'feishu', 'wecom', 'slack'] as const)(
    '%s takes a digest of each type, with the longest texts, in both languages',
    async (kind) => {
      vendor = await vendors[kind]();
      for (const locale of ['en', 'zh-CN'] as const) {
        for (const fact of types) {
          const { deliver } = tell(kind, vendor.origin, { locale, timeout: 10_000 });
          const deliveries = await Promise.all(like(fact, 300, longName).map((each) => deliver(each)));
          expect(deliveries.flatMap(({ failed }) => failed)).toEqual([]);
        }
      }
      expect(vendor.taken).toHaveLength(2 * types.length);
    },
  );
});

test.each(['dingtalk', 'feishu', 'wecom', 'slack'] as const)(
  '%s: every message holds the keyword, whatever it is about',
  async (kind) => {
    vendor = await vendors[kind]();
    const { deliver } = tell(kind, vendor.origin, { timeout: 10_000 });
    for (const fact of types) await deliver(fact);
    expect(vendor.taken).toHaveLength(types.length);
    for (const { body } of vendor.taken) expect(body.replaceAll(/keyturn[/:：.]/g, '')).toContain('keyturn');
  },
);

test('the keyword of the configuration instead', async () => {
  vendor = await vendors.dingtalk();
  const { deliver } = notifier([{ ...configOf.dingtalk(vendor.origin), keyword: '告警' }], {
    timeout: 10_000,
  });
  await deliver(every['keyturn.accesskey.deleted']);
  expect(vendor.taken[0]?.body).toContain('告警');
});
