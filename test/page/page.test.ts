import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { page as rendered } from '../../src/page/page';
import { hasBrowser, Reader, type Shown, inBrowser as test } from '../support/browser';
import { account, audit, days, everyState, key, model, plan, user } from './sample';

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8');

let reader: Reader;
beforeAll(async () => {
  if (!hasBrowser) return;
  reader = await Reader.open();
});
afterEach(() => reader?.clear());
afterAll(() => reader?.close());

const wide = { width: 1280, height: 900 };
const narrow = { width: 360, height: 740 };
const html = rendered(model());

interface Violations {
  violations: { id: string; nodes: { html: string }[] }[];
}
async function violations({ page }: Shown): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate('axe.run(document)')) as Violations;
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`);
}
const openAll = ({ page }: Shown) =>
  page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
const overflow = ({ page }: Shown) =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

test.each([
  ['light', wide],
  ['dark', narrow],
] as const)('%s, %o: accessible with everything unfolded', async (colorScheme, viewport) => {
  const shown = await reader.show(html, { colorScheme, viewport });
  await openAll(shown);
  expect(await violations(shown)).toEqual([]);
});

test.each([
  ['light', wide],
  ['dark', wide],
  ['light', narrow],
  ['dark', narrow],
] as const)('%s, %o: quiet, asks for nothing, and fits', async (colorScheme, viewport) => {
  const shown = await reader.show(html, { colorScheme, viewport });
  expect(await overflow(shown)).toBe(0);
  await openAll(shown);
  expect(await overflow(shown)).toBe(0);
  expect(shown.complaints).toEqual([]);
  expect(shown.requests).toEqual([]);
  const ground = await shown.page.evaluate('getComputedStyle(document.body).backgroundColor');
  expect(ground).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(20, 23, 27)');
});

test('has one main part, and headings in order', async () => {
  const { page } = await reader.show(html);
  expect(await page.locator('html').getAttribute('lang')).toBe('en');
  for (const landmark of ['header', 'nav', 'main', 'footer'])
    expect(await page.locator(landmark).count()).toBe(1);
  const levels = await page
    .locator('h1,h2,h3,h4,h5')
    .evaluateAll((all) => all.map(({ tagName }) => Number(tagName[1])));
  expect(levels[0]).toBe(1);
  expect(levels.filter((level) => level === 1)).toHaveLength(1);
  levels.slice(1).forEach((level, index) => {
    expect(level - (levels[index] ?? 0)).toBeLessThanOrEqual(1);
  });
  const broken = await page.evaluate(
    '[...document.querySelectorAll("a")].map((link) => link.getAttribute("href")).filter((href) => !document.querySelector(href))',
  );
  expect(broken).toEqual([]);
});

test('tells the facts of every user as text, the time line beside a table', async () => {
  const { page } = await reader.show(html);
  for (const { user: name, message, keys, reason, secret } of everyState()) {
    const article = page.locator('article.user').filter({ has: page.getByText(name, { exact: true }) });
    const text = (await article.textContent()) ?? '';
    for (const fact of [message, reason, secret.name]) expect(text).toContain(fact);
    expect(await article.locator('details tbody tr').count()).toBe(keys.length);
    for (const { usedBy } of keys) {
      const seen = Object.values(usedBy ?? {}).flat();
      for (const { what } of seen) expect(text).toContain(what);
    }
    expect(await article.locator('svg[role=img]').count()).toBe(keys.length > 0 ? 1 : 0);
  }
  const cells = await page
    .locator('article.user', { hasText: 'svc-payments' })
    .locator('tbody tr')
    .nth(1)
    .locator('td')
    .allTextContents();
  expect(cells).toEqual([
    'old',
    'disabled',
    '2026-08-12 03:00',
    '104',
    '2026-11-18 03:00, Log',
    '–',
    '2026-11-12 03:00',
    '2026-11-21 03:00',
    '2026-11-28 03:00',
  ]);
});

test('who needs a person comes first, who needs nothing is folded', async () => {
  const { page } = await reader.show(html);
  const needs = await page.locator('.needs li').allTextContents();
  expect(needs.map((line) => line.trim().split(' ')[0])).toEqual([
    'Emergency',
    'Failed',
    'Blocked',
    'Audit',
    'Unread',
    'Exemption',
    'Config',
    'Run',
  ]);
  const names = await page.locator('article.user h5 .name').allTextContents();
  expect(names.slice(0, 4)).toEqual(['svc-catalog', 'svc-dunning', 'svc-billing', 'svc-export']);
  expect(await page.getByRole('heading', { name: 'svc-billing' }).isVisible()).toBe(true);
  expect(await page.locator('h5', { hasText: 'svc-search' }).isVisible()).toBe(false);
});

test('works the same without scripts, and has none', async () => {
  expect(html).not.toMatch(/<script|javascript:| on\w+=/i);
  const { page, complaints } = await reader.show(html, { javaScriptEnabled: false });
  await page.getByText('2 users', { exact: true }).click();
  expect(await page.locator('h5', { hasText: 'svc-search' }).isVisible()).toBe(true);
  expect(complaints).toEqual([]);
});

test('can be read with the keyboard alone', async () => {
  const { page } = await reader.show(html);
  const focused = () => page.evaluate('document.activeElement.className || document.activeElement.tagName');
  await page.keyboard.press('Tab');
  expect(await focused()).toBe('skip');
  expect(await page.locator('.skip').boundingBox()).toMatchObject({ x: 16 });
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.id')).toBe('main');
  const seen: unknown[] = [];
  while (!seen.includes('SUMMARY') && seen.length < 40) {
    await page.keyboard.press('Tab');
    seen.push(await focused());
  }
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
  await page.keyboard.press('Enter');
  expect(await page.evaluate('document.activeElement.parentElement.open')).toBe(true);
  await page.keyboard.press('Tab');
  expect(await page.evaluate('document.activeElement.className')).toBe('scroll');
});

test('prints what is folded, dark on white, on the width of the paper', async () => {
  const { page } = await reader.show(html, { colorScheme: 'dark', viewport: { width: 718, height: 1010 } });
  await page.emulateMedia({ media: 'print' });
  const hidden = await page
    .locator('.folded')
    .evaluateAll(
      (all) =>
        all.filter((each) => !each.checkVisibility() || each.getBoundingClientRect().height < 10).length,
    );
  expect(hidden).toBe(0);
  expect(await page.evaluate('getComputedStyle(document.body).backgroundColor')).toBe('rgb(255, 255, 255)');
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(718);
  expect((await page.pdf({ format: 'A4' })).length).toBeGreaterThan(10_000);
});

const hostile = [
  '<script>window.owned = 1</script>',
  '"><img src="https://example.com/x" onerror="window.owned = 1">',
  '</title></style><svg onload=window.owned=1>',
  ']]>--><!--',
  `'"&amp;&lt;`,
  '\u202Egnp.exe\u0000\u0007',
  'W'.repeat(3000),
  '<a href="javascript:window.owned=1">x</a>',
].join(' ');

test('text from outside stays text, and breaks nothing', async () => {
  const users = [
    user(hostile, {
      state: 'blocked',
      message: hostile,
      next: hostile,
      error: { code: hostile, message: hostile },
      keys: [key(3, { keyId: hostile, lastUse: { kind: 'unread', why: hostile } })],
      secret: { name: hostile, state: 'present' },
      exemption: { who: hostile, reason: hostile, over: true },
    }),
  ];
  const checks = audit().checks.map((check) => ({
    ...check,
    title: hostile,
    evidence: [hostile],
    remedy: hostile,
    cis: hostile,
  }));
  const shown = await reader.show(
    rendered(
      model({
        status: {
          version: 1,
          at: days(0),
          accounts: [
            account({
              region: hostile,
              users,
              missing: [hostile],
              notes: [hostile],
              exemptions: [{ who: hostile, reason: hostile, endsAt: hostile, over: false }],
            }),
          ],
        },
        audit: { version: 1, at: days(0), accounts: [{ ...audit(), checks }] },
        inactivity: { ...plan(), notes: [hostile], error: { code: hostile, message: hostile } },
        unread: [{ part: 'audit', error: { code: hostile, message: hostile } }],
      }),
    ),
    { viewport: narrow },
  );
  await openAll(shown);
  expect(await shown.page.evaluate('window.owned')).toBeUndefined();
  expect(await shown.page.locator('script, img, [onload], [onerror], a:not([href^="#"])').count()).toBe(0);
  expect(shown.requests).toEqual([]);
  expect(shown.complaints).toEqual([]);
  expect(await overflow(shown)).toBe(0);
  const text = await shown.page.locator('main').textContent();
  expect(text).toContain('<script>window.owned = 1</script>');
  expect(text).toContain('[U+202E]gnp.exe[U+0000][U+0007]');
  expect(await violations(shown)).toEqual([]);
});

test('parts that could not be read say so', async () => {
  const denied = { code: 'NoPermission', message: 'ims:GetAccountSummary was denied.' };
  const shown = await reader.show(
    rendered({
      version: 1,
      at: days(0),
      status: {
        version: 1,
        at: days(0),
        accounts: [
          account({ users: [], exemptions: [], missing: [], error: denied }),
          account({ account: '2', users: [], exemptions: [], missing: [] }),
        ],
      },
      unread: [
        { part: 'audit', error: denied },
        { part: 'inactivity', error: denied },
      ],
    }),
  );
  expect(await shown.page.locator('.needs li').allTextContents()).toEqual([
    expect.stringContaining('The audit could not be read. NoPermission'),
    expect.stringContaining('The plan of disable-inactive could not be read.'),
    expect.stringContaining('Account 1234567890123456 could not be read.'),
  ]);
  const alerts = (await shown.page.locator('.account .alert').allTextContents()).join('\n');
  for (const sentence of [
    'The account could not be read.',
    'The audit could not be done.',
    'It could not be told what is inactive.',
  ])
    expect(alerts).toContain(sentence);
  expect(await shown.page.locator('#runs').textContent()).toContain('No log was named');
  expect(await violations(shown)).toEqual([]);
});

test('every account has a section with what is its own', async () => {
  const { account: first } = account();
  const second = '2234567890123456';
  const both = model({
    status: {
      version: 1,
      at: days(0),
      accounts: [account(), account({ account: second, mode: 'plan', users: [user('svc-abroad')] })],
    },
    audit: { version: 1, at: days(0), accounts: [audit(), audit(second)] },
    inactivity: {
      ...plan(),
      status: 'halted',
      users: [
        ...plan().users,
        ...plan(second).users.map((each) => ({
          ...each,
          reason: 'LimitExceeded',
          user: `${each.user}-abroad`,
        })),
      ],
      notes: [`In account ${first} all is well.`, `In account ${second} too much is due.`],
    },
  });
  const shown = await reader.show(rendered(both));
  const [here, abroad] = await shown.page.locator('section.account').allTextContents();
  expect(here).toContain('old-laptop');
  for (const text of ['old-laptop-abroad', 'svc-abroad', 'too much', 'would be halted']) {
    expect(here).not.toContain(text);
    expect(abroad).toContain(text);
  }
  expect(abroad).not.toContain('all is well');
  expect(await shown.page.locator('header').textContent()).toMatch(
    /Accounts\s*1234567890123456, 2234567890123456.*enforce, plan/s,
  );
  expect(await shown.page.locator('#summary').textContent()).toContain('in 2 accounts');
  expect(await violations(shown)).toEqual([]);
});

test('nothing at all makes a calm page', async () => {
  const shown = await reader.show(
    rendered({
      ...model({ inactivity: undefined, runs: [] }),
      status: { version: 1, at: days(0), accounts: [account({ users: [], exemptions: [], missing: [] })] },
      audit: { version: 1, at: days(0), accounts: [] },
    }),
  );
  expect(await shown.page.locator('.calm').textContent()).toBe('Nothing.');
  expect(await shown.page.locator('#runs').textContent()).toContain('hold no report');
  expect(await violations(shown)).toEqual([]);
});

test('bears a thousand users', async () => {
  const users = Array.from({ length: 1000 }, (_, index) => {
    const keys = [
      key(index % 120, { currentSince: days(-(index % 120)) }),
      key(100, { role: 'old', replacedAt: days(-1), graceEndsAt: days(1) }),
    ];
    return user(`svc-${index}`, { keys, ...(index === 777 && { state: 'blocked' as const }) });
  });
  const before = process.cpuUsage();
  const large = rendered(model({ status: { version: 1, at: days(0), accounts: [account({ users })] } }));
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(3000);
  expect(Buffer.byteLength(large)).toBeLessThan(5_000_000);
  const { page } = await reader.show(large);
  expect(await page.locator('article.user h5 .name').first().textContent()).toBe('svc-777');
  expect(await page.locator('article.user').count()).toBe(1000);
});

test('the same model makes the same page', () => {
  const once = model();
  expect(rendered(structuredClone(once))).toBe(rendered(once));
});
