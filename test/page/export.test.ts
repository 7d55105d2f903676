import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { csvOf } from '../../src/page/export/csv';
import { mustBeWritable, putFile } from '../../src/page/export/write-file';
import { newestFirst, runsIn } from '../../src/page/read-runs';
import type { AccountStatus } from '../../src/status/account-status';
import { account, days, key, now, runs, user } from './sample';

describe('CSV', () => {
  const rowsOf = (...accounts: AccountStatus[]): Record<string, string>[] =>
    parse(csvOf({ version: 1, at: now, accounts }), { columns: true });

  test('has a row per key, one for a user without keys, one for an account that could not be read', () => {
    const rows = rowsOf(
      account({
        users: [user('two', { keys: [key(1), key(9, { role: 'old' })] }), user('none', { keys: [] })],
      }),
      account({ account: '2', users: [], error: { code: 'NoPermission', message: 'denied' } }),
    );
    expect(
      rows.map(({ account: id, user: name, key_id, state, reason }) => [
        id,
        name,
        key_id?.slice(0, 4),
        state,
        reason,
      ]),
    ).toEqual([
      ['1234567890123456', 'two', 'LTAI', 'current', 'Current'],
      ['1234567890123456', 'two', 'LTAI', 'current', 'Current'],
      ['1234567890123456', 'none', '', 'current', 'Current'],
      ['2', '', '', 'failed', 'NoPermission'],
    ]);
  });

  test('tells every fact of a key', () => {
    const [row] = rowsOf(
      account({
        users: [
          user('svc', {
            state: 'recovery',
            reason: 'InRecovery',
            message: 'Wait, "please".',
            next: 'the old key is deleted',
            nextAt: days(4),
            hold: {},
            exemption: { who: 'user svc', reason: 'why', endsAt: days(9), over: false },
            keys: [
              key(99, {
                keyId: 'LTAI1',
                role: 'old',
                status: 'Inactive',
                replacedAt: days(-9),
                graceEndsAt: days(-7),
                disabledAt: days(-3),
                deletedFrom: days(4),
                lastUse: { kind: 'at', at: days(-6), service: 'Ecs' },
              }),
            ],
          }),
        ],
      }),
    );
    expect(row).toEqual({
      at: now,
      account: '1234567890123456',
      user: 'svc',
      state: 'recovery',
      reason: 'InRecovery',
      message: 'Wait, "please".',
      next: 'the old key is deleted',
      next_at: days(4),
      key_id: 'LTAI1',
      role: 'old',
      status: 'Inactive',
      created_at: days(-99),
      age_days: '99',
      last_use: days(-6),
      last_use_service: 'Ecs',
      current_since: '',
      replaced_at: days(-9),
      grace_ends_at: days(-7),
      disabled_at: days(-3),
      deleted_from: days(4),
      secret: 'keyturn/svc',
      secret_state: 'present',
      hold_until: 'open',
      exempt_as: 'user svc',
      exempt_reason: 'why',
      exempt_until: days(9),
    });
  });

  test('docs/report.md describes every column', () => {
    const text = readFileSync(new URL('../../docs/report.md', import.meta.url), 'utf8');
    const [header = ''] = csvOf({ version: 1, at: now, accounts: [] }).split('\r\n');
    for (const column of header.split(',')) expect(text).toContain(`\`${column}\``);
  });

  test('no cell begins like a formula, and every text can be read back', () => {
    const text = fc
      .tuple(
        fc.constantFrom('=', '+', '-', '@', '\t', '\r', '', '"', ',', '\n'),
        fc.string({ unit: 'binary' }),
      )
      .map(([first, rest]) => `${first}${rest}`);
    fc.assert(
      fc.property(text, (reason) => {
        const [row] = rowsOf(
          account({ users: [user('svc', { exemption: { who: 'x', reason, over: false } })] }),
        );
        const cell = row?.exempt_reason ?? '';
        expect(cell).not.toMatch(/^[=+\-@\t\r]/);
        expect(cell).not.toMatch(/(?![\t\n])\p{Cc}/u);
        if (/^[\w ]*$/.test(reason)) expect(cell).toBe(reason);
      }),
    );
  });
});

describe('past runs are found', () => {
  const [run] = runs();
  const line = JSON.stringify({
    level: 'info',
    time: now,
    requestId: '1',
    report: run,
    msg: 'rotate-keys ok',
  });
  const others = '{"level":"info","msg":"startedAt"}\n\nnot JSON {startedAt\n[1,2]\n"startedAt"\nnull\n';

  test.each([
    ['as the functions log them', `${others}${line}\n${others}`],
    ['behind what the platform puts before them', `2026-11-24 03:00:00 1-65f2 [INFO] ${line}`],
    ['behind brackets', `[2026-11-24] ${line}`],
    ['in an export that holds the line', JSON.stringify({ __time__: 1, message: line })],
    ['in an export that holds it as content', JSON.stringify({ content: line })],
    ['in an export that took the line apart', JSON.stringify({ level: 'info', report: run })],
    ['in an export whose field is a text', JSON.stringify({ report: JSON.stringify(run) })],
    ['in an export that is one list', JSON.stringify([{ message: 'other' }, { message: line }], null, 2)],
    ['by themselves, as --json prints them', JSON.stringify(run, null, 2)],
    ['with Windows line ends', `${others}${line}\r\n`],
  ])('%s', (_, log) => {
    expect(runsIn(log)).toEqual([run]);
  });

  test.each([
    ['nothing', ''],
    ['other lines', others],
    ['what only looks like a report', JSON.stringify({ report: { ...run, users: 'many' } })],
    ['a time that is none', JSON.stringify({ report: { ...run, startedAt: 'yesterday' } })],
    ['endless wrapping', '{"message":'.repeat(50) + line],
  ])('not in %s', (_, log) => {
    expect(runsIn(log)).toEqual([]);
  });

  test('each once, the newest first', () => {
    const [newer, older] = runs();
    if (!newer || !older) throw new Error('two runs');
    expect(newestFirst([older, newer, { ...older }])).toEqual([newer, older]);
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'keyturn-files-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('are put in place whole, over what was there, for their owner only', async () => {
    const path = join(folder, 'report.html');
    writeFileSync(path, 'before');
    chmodSync(path, 0o644);
    await putFile(path, 'after');
    expect(readFileSync(path, 'utf8')).toBe('after');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['report.html']);
  });

  test('keep a link in its place', async () => {
    writeFileSync(join(folder, 'real'), 'before');
    symlinkSync('real', join(folder, 'link'));
    await putFile(join(folder, 'link'), 'after');
    expect(readFileSync(join(folder, 'real'), 'utf8')).toBe('after');
    expect(readdirSync(folder).sort()).toEqual(['link', 'real']);
  });

  test('leave nothing behind where they cannot be written', async () => {
    await expect(putFile(join(folder, 'none', 'report.html'), 'x')).rejects.toThrow('ENOENT');
    expect(existsSync(join(folder, 'none'))).toBe(false);
  });

  test('are refused beforehand where there is no such folder, or one of that name', async () => {
    await expect(mustBeWritable(join(folder, 'none', 'a'))).rejects.toThrow('ENOENT');
    await expect(mustBeWritable(folder)).rejects.toThrow('is a folder');
    await mustBeWritable(join(folder, 'a'));
    await mustBeWritable('/dev/null');
    await putFile('/dev/null', 'x');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });
});
