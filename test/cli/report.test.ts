import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DAY } from '../../packages/local-alibaba-cloud/index';
import type { PageModel } from '../../src/page/model';
import { hasBrowser, Reader } from '../support/browser';
import { operatorEnv } from '../support/cli-fixture';
import { policyFor } from '../support/rotation-fixture';
import { statusFixture } from '../support/status-fixture';

const fixture = statusFixture();
const { writes } = fixture;

beforeEach(() => {
  const { account } = fixture;
  for (const [name, age] of [
    ['svc-orders', 120],
    ['svc-search', 10],
    ['svc-legacy', 400],
  ] as const) {
    const createdAt = Date.now() - age * DAY;
    account.createUser(name, { createdAt });
    account.createKey(name, { createdAt, lastUsed: Date.now() - DAY / 2 });
  }
  account.createUser('old-laptop', { createdAt: Date.now() - 400 * DAY, consoleLogin: true });
  configure();
});
afterEach(() => {
  const { desk } = fixture.fixture;
  for (const file of readdirSync(desk)) rmSync(join(desk, file), { recursive: true });
});

const configure = (more: object = {}) =>
  fixture.fixture.configure({
    ...fixture.config,
    rotation: { users: { names: ['svc-orders', 'svc-search'] } },
    exempt: [{ user: 'svc-legacy', reason: '<b>until</b> the warehouse has moved', until: '2099-12-31' }],
    ...more,
  });
const report = (...args: string[]) => fixture.keyturn('report', ...args);
const desk = (name: string) => join(fixture.fixture.desk, name);
const written = (name: string) => readFileSync(desk(name), 'utf8');

test('writes page, table and JSON from one look that changes nothing', async () => {
  const rotated = await fixture.keyturn('rotate', '--json');
  writeFileSync(
    desk('rotate.log'),
    `noise\n${JSON.stringify({ message: JSON.stringify({ level: 'info', report: JSON.parse(rotated.stdout) }) })}\n`,
  );
  const before = writes().length;

  const ended = await report(
    '--html',
    'report.html',
    '--csv',
    'keys.csv',
    '--json',
    'report.json',
    '--runs',
    'rotate.log',
  );
  expect(ended).toMatchObject({
    stdout: '',
    stderr: 'Wrote report.html.\nWrote keys.csv.\nWrote report.json.\n',
    code: 0,
  });
  expect(writes()).toHaveLength(before);
  for (const name of ['report.html', 'keys.csv', 'report.json'])
    expect(statSync(desk(name)).mode & 0o777).toBe(0o600);

  const json: PageModel = JSON.parse(written('report.json'));
  expect(json).toMatchObject({
    version: 1,
    status: {
      version: 1,
      accounts: [{ account: fixture.account.id, users: [{ user: 'svc-orders' }, { user: 'svc-search' }] }],
    },
    inactivity: { function: 'disable-inactive', mode: 'plan' },
    runs: [{ function: 'rotate-keys', mode: 'enforce' }],
    unread: [],
  });
  expect(json.audit?.accounts[0]?.checks.length).toBeGreaterThan(5);

  const keys: Record<string, string>[] = parse(written('keys.csv'), { columns: true });
  const ofCloud = ['svc-orders', 'svc-search'].flatMap((name) => [...fixture.account.user(name).keys.keys()]);
  expect(keys.map(({ key_id }) => key_id).sort()).toEqual(ofCloud.sort());

  const html = written('report.html');
  for (const id of ofCloud) expect(html).toContain(id);
  for (const secret of fixture.cloud.issuedSecrets())
    for (const file of [html, written('keys.csv'), written('report.json')])
      expect(file).not.toContain(secret);
  if (hasBrowser) await expectShown(html);
});

async function expectShown(html: string): Promise<void> {
  const reader = await Reader.open();
  try {
    const { page, complaints, requests } = await reader.show(html);
    const main = (await page.locator('main').textContent()) ?? '';
    for (const text of ['svc-orders', 'old-laptop', '<b>until</b> the warehouse has moved', 'rotate-keys'])
      expect(main).toContain(text);
    expect([...complaints, ...requests]).toEqual([]);
  } finally {
    await reader.close();
  }
}

test('what the shipped policies grant suffices', async () => {
  const { account } = fixture;
  account.createUser('reader');
  for (const name of ['rotate-keys', 'disable-inactive', 'audit']) {
    account.attachUserPolicy('reader', policyFor(account.id, name));
  }
  fixture.operator = account.createKey('reader');
  expect(await report('--html', 'report.html')).toEqual({
    code: 0,
    stdout: '',
    stderr: 'Wrote report.html.\n',
  });
});

test('- is standard output, and nothing else is on it', async () => {
  const { code, stdout, stderr } = await report('--csv', '-');
  expect(stdout.split('\r\n')[0]).toMatch(/^at,account,user,state,/);
  expect(parse(stdout, { columns: true })).toHaveLength(2);
  expect(stderr).toBe('');
  expect(code).toBe(0);
});

test('- names standard input as a log; what holds no run is told, and is no failure', async () => {
  const line = JSON.stringify({
    report: {
      function: 'rotate-keys',
      requestId: 'r-1',
      trigger: 'timer',
      mode: 'plan',
      status: 'ok',
      startedAt: '2026-11-23T03:00:00Z',
      finishedAt: '2026-11-23T03:00:09Z',
      users: [],
      summary: { users: 0, actions: {}, failed: 0 },
      notes: ['GET https://example.com/?Signature=c2lnbmF0dXJl was refused'],
    },
  });
  const fromInput = await fixture.fixture.keyturn(['report', '--json', '-', '--runs', '-'], {
    env: operatorEnv(fixture.operator),
    input: `${line}\n`,
  });
  expect(fromInput.code).toBe(0);
  expect(JSON.parse(fromInput.stdout)).toMatchObject({ runs: [{ requestId: 'r-1' }] });
  expect(fromInput.stdout).not.toContain('c2lnbmF0dXJl');

  writeFileSync(desk('empty.log'), '');
  const { code, stderr } = await report('--html', 'report.html', '--runs', 'empty.log');
  expect(stderr).toContain('empty.log holds no report of a run.');
  expect(written('report.html')).toContain('The logs that were named hold no report of a run.');
  expect(code).toBe(0);
});

test('what could not be read is on the page, and the command ends with 1', async () => {
  fixture.cloud.faults.add({
    match: ({ action }) =>
      action === 'ListPolicies' || action === 'GetPasswordPolicy' || action === 'GetAccountSummary',
    kind: 'error',
    code: 'NoPermission',
    status: 403,
    times: Number.POSITIVE_INFINITY,
  });
  const { code } = await report('--html', 'report.html');
  expect(written('report.html')).toContain('of the audit of account');
  expect(written('report.html')).toContain('NoPermission');
  expect(code).toBe(1);
});

test('an account that cannot be entered is told, the others are not kept from their place', async () => {
  configure({
    accounts: [
      { id: fixture.account.id },
      { id: '9999999999999999', roleArn: 'acs:ram::9999999999999999:role/keyturn' },
    ],
  });
  const { code } = await report('--html', 'report.html', '--csv', 'keys.csv');
  const html = written('report.html');
  expect(html).toContain('Account 9999999999999999');
  expect(html).toContain('The account could not be read.');
  const rows: Record<string, string>[] = parse(written('keys.csv'), { columns: true });
  expect(rows.filter(({ account }) => account === '9999999999999999')).toMatchObject([
    { user: '', state: 'failed' },
  ]);
  expect(rows).toHaveLength(3);
  expect(code).toBe(1);
});

test.each([
  ['nothing to write', [], '--html, --csv or --json'],
  ['one file for two', ['--html', 'a', '--csv', 'a'], 'name the same file'],
  ['no such folder', ['--html', 'none/report.html'], '--html cannot be written'],
  ['a folder', ['--json', '.'], 'is a folder'],
  ['a log that is not there', ['--csv', '-', '--runs', 'none.log'], '--runs cannot be read'],
  ['an option without its file', ['--html'], 'argument missing'],
  ['an unknown option', ['--htm', 'a'], '--html'],
  ['a configuration that is not there', ['--csv', '-', '-c', 'none.yaml'], 'none.yaml'],
])('%s: refused before any call', async (_, args, message) => {
  const { code, stdout, stderr } = await report(...args);
  expect(stderr).toContain(message);
  expect(stdout).toBe('');
  expect(code).toBe(2);
  expect(fixture.cloud.calls).toEqual([]);
});

test('an account that is not keyturn’s is refused, and no file is left', async () => {
  const { code, stderr } = await report('--html', 'report.html', '--account', '999');
  expect(stderr).toContain('none of the accounts');
  expect(code).toBe(2);
  expect(existsSync(desk('report.html'))).toBe(false);
});
