import fc from 'fast-check';
import { afterAll, beforeAll, expect } from 'vitest';
import { html, visible } from '../../src/page/markup';
import type { PageModel } from '../../src/page/model';
import { page as rendered } from '../../src/page/page';
import { hasBrowser, Reader, type Shown, inBrowser as test } from '../support/browser';
import { account, model, user } from './sample';

let reader: Reader;
let shown: Shown;
beforeAll(async () => {
  if (!hasBrowser) return;
  reader = await Reader.open();
  shown = await reader.show('<!doctype html><title>x</title>');
});
afterAll(() => reader?.close());

/** Elements, their attributes' names, and all text, as a browser reads the page. */
interface Read {
  readonly skeleton: string;
  readonly text: string;
  readonly attributes: string[];
}

const read = (source: string): Promise<Read> =>
  shown.page.evaluate(`(() => {
    const all = [...new DOMParser().parseFromString(${JSON.stringify(source)}, 'text/html').querySelectorAll('*')];
    return {
      skeleton: all.map((each) => each.tagName + '[' + each.getAttributeNames() + ']').join(' '),
      text: all[0].textContent,
      attributes: all.flatMap((each) => [...each.attributes].map(({ value }) => value)),
    };
  })()`);

/** Texts that others write; times, numbers and words of keyturn's own stay. */
const foreign = new Set([
  'user',
  'message',
  'next',
  'keyId',
  'why',
  'service',
  'name',
  'who',
  'title',
  'cis',
  'id',
  'remedy',
  'evidence',
  'notes',
  'missing',
  'requestId',
  'reason',
  'code',
  'trigger',
]);

function withTexts(original: PageModel, texts: Iterator<string>): PageModel {
  const replaced = (value: unknown, under: string): unknown => {
    if (typeof value === 'string') return foreign.has(under) ? texts.next().value : value;
    if (Array.isArray(value)) return value.map((each) => replaced(each, under));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, name)]));
  };
  return replaced(original, '') as PageModel;
}

const whole = model({
  status: {
    version: 1,
    at: model().at,
    accounts: [account({ users: [...account().users.slice(0, 6), user('x')] })],
  },
});
const slots: string[] = [];
withTexts(whole, { next: () => ({ value: slots[slots.push(`<slot ${slots.length}>`) - 1] ?? '' }) });

const nasty = fc.constantFrom(
  '<',
  '>',
  '&',
  '"',
  "'",
  '</p>',
  '<script>',
  '-->',
  '<!--',
  ']]>',
  '&lt;',
  '&#0;',
  '\0',
  '\r\n',
  '\u202E',
  '\u2028',
  '\uD800',
  '</svg>',
  '</title>',
  '</style>',
  '`',
  '=',
);
const hostile = fc
  .array(fc.oneof(nasty, fc.string({ unit: 'binary', maxLength: 5 })), { minLength: 1, maxLength: 6 })
  .map((parts) => `${parts.join('')}x`);

/** No two are alike, and none is within another: the page leaves out an error that the message tells already. */
const allHostile = fc
  .array(hostile, { minLength: slots.length, maxLength: slots.length })
  .map((texts) => texts.map((each, index) => `${each}<${index}>`));

const holds = ({ text, attributes }: Read, wanted: string): boolean =>
  text.includes(visible(wanted)) || attributes.some((value) => value.includes(visible(wanted)));

test('any text comes out as it went in, and makes no element and no attribute', async () => {
  const calm = await read(rendered(withTexts(whole, slots.values())));
  // Users of whom a past run did nothing are counted only.
  const shownSlots = slots.flatMap((slot, index) => (holds(calm, slot) ? [index] : []));
  expect(shownSlots.length).toBeGreaterThan(slots.length - 10);
  await fc.assert(
    fc.asyncProperty(allHostile, async (texts) => {
      const seen = await read(rendered(withTexts(whole, texts.values())));
      expect(seen.skeleton === calm.skeleton).toBe(true);
      for (const index of shownSlots) expect(holds(seen, texts[index] ?? '')).toBe(true);
    }),
    { numRuns: 25 },
  );
}, 30_000);

test('what can be seen is left alone; what cannot is named', () => {
  expect(visible('Jürgen 王 👩‍💻 a\tb\nc')).toBe('Jürgen 王 👩‍💻 a\tb\nc');
  expect(visible('a\u202Eb\u0000c\rd\uD800e\u200Ff\u2066')).toBe(
    'a[U+202E]b[U+0000]c[U+000D]d[U+D800]e[U+200F]f[U+2066]',
  );
});

test('markup goes in as markup, everything else as text', () => {
  expect(html`<p title="${'"'}">${'<b>'}${html`<i>${'&'}</i>`}${[1, undefined, "'"]}</p>`.source).toBe(
    '<p title="&quot;">&lt;b&gt;<i>&amp;</i>1&#39;</p>',
  );
});
