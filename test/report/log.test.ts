import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/cloud/secret';
import { createLogger, type Logger, logReport } from '../../src/report/log';
import { reportOf } from '../../src/report/run-report';

function linesOf(use: (logger: Logger) => void): string[] {
  const lines: string[] = [];
  use(createLogger({ requestId: 'r-1', write: (line) => lines.push(line) }));
  return lines;
}

function fieldsOf(use: (logger: Logger) => void) {
  const [line, ...others] = linesOf(use);
  expect(others).toEqual([]);
  return JSON.parse(line ?? '');
}

test('a line says when, how bad, what, and in which invocation', () => {
  const line = fieldsOf((logger) =>
    logger.warn({ user: 'svc-orders', keyId: 'LTAI5tExample' }, 'still in use'),
  );
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    requestId: 'r-1',
    user: 'svc-orders',
    keyId: 'LTAI5tExample',
    msg: 'still in use',
  });
});

test('whatever is logged, a line is one line of JSON', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.jsonValue(), (text, value) => {
      const [line, ...others] = linesOf((logger) => logger.info({ value, text }, text));
      expect(others).toEqual([]);
      expect(line?.indexOf('\n')).toBe((line?.length ?? 0) - 1);
      expect(JSON.parse(line ?? '')).toHaveProperty('level', 'info');
    }),
  );
});

describe('secrets do not get out', () => {
  const leak = 'hunter2hunter2hunter2hunter2hu';
  const url = `https://kms.example.com/?Action=PutSecretValue&SecretData=${leak}&Signature=${leak}`;
  const sdkError = Object.assign(new Error(`socket hang up POST ${url}`), {
    code: 'ECONNRESET',
    data: { Authorization: leak },
    request: { headers: { 'x-acs-security-token': leak }, body: `anything ${leak}` },
  });

  test.each<[where: string, use: (logger: Logger) => void]>([
    ['in the message', (logger) => logger.info(`called ${url}`)],
    ['in a field', (logger) => logger.info({ url })],
    ['deep in a field', (logger) => logger.info({ a: [{ b: [`POST ${url}`] }] })],
    ['told by the name of its field only', (logger) => logger.info({ answer: { AccessKeySecret: leak } })],
    [
      'in a pair as KMS stores it',
      (logger) => logger.info({ pair: JSON.stringify({ AccessKeyId: 'a', AccessKeySecret: leak }) }),
    ],
    ['as Secret', (logger) => logger.info({ pair: { secret: new Secret(leak) } }, `${new Secret(leak)}`)],
    ['in an error of an SDK', (logger) => logger.error(sdkError)],
    ['in an error under its own name', (logger) => logger.error({ error: sdkError }, 'failed')],
    [
      'in the cause of an error',
      (logger) => logger.error({ error: new Error('failed', { cause: sdkError }) }),
    ],
    ['in a child', (logger) => logger.child({ url }).info('m')],
  ])('%s', (_where, use) => {
    const lines = linesOf(use);
    expect(lines).toHaveLength(1);
    expect(lines.join()).not.toContain(leak);
  });
});

test('an error is told by its name, code, message and causes', () => {
  const cause = Object.assign(new Error('no such host'), { code: 'ENOTFOUND' });
  const { error } = fieldsOf((logger) => logger.error({ error: new TypeError('failed', { cause }) }, 'm'));
  expect(error).toMatchObject({
    name: 'TypeError',
    message: 'failed',
    cause: { name: 'Error', code: 'ENOTFOUND', message: 'no such host' },
  });
  expect(error.stack).toContain('log.test.ts');
});

test('an error that is its own cause ends', () => {
  const error = new Error('round');
  error.cause = error;
  expect(fieldsOf((logger) => logger.error(error)).error.message).toBe('round');
});

const report = (status: 'ok' | 'failed', users: number) =>
  reportOf({
    function: 'disable-inactive',
    requestId: 'r-1',
    trigger: 'timer',
    mode: 'plan',
    startedAt: DateTime.fromISO('2026-11-23T03:00:00Z'),
    finishedAt: DateTime.fromISO('2026-11-23T03:00:07Z'),
    users: Array.from({ length: users }, (_, index) => ({
      account: '1',
      user: `user-${index}`,
      reason: 'InUse',
      message: 'm',
      actions: [{ action: 'DisableAccessKey', keyId: 'LTAIx', outcome: 'planned' }],
    })),
    ...(status === 'failed' && { error: { code: 'c', message: 'm' } }),
  });

test('the report is logged whole, however many users there are', () => {
  const all = report('ok', 2_000);
  expect(fieldsOf((logger) => logReport(logger, all))).toMatchObject({ level: 'info', report: all });
});

test('the report of a run that failed is an error', () => {
  expect(fieldsOf((logger) => logReport(logger, report('failed', 0)))).toMatchObject({
    level: 'error',
    msg: 'disable-inactive failed',
  });
});

test('bundled into one file, a line is out before the process is killed', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'keyturn-log-'));
  try {
    const outfile = join(folder, 'index.js');
    await build({
      stdin: {
        contents: `
          import { createLogger } from './src/report/log';
          const logger = createLogger({ requestId: 'r-1' });
          for (let n = 0; n < 500; n++) logger.info({ n, text: 'x'.repeat(1000) });
          process.kill(process.pid, 'SIGKILL');
        `,
        resolveDir: process.cwd(),
      },
      outfile,
      bundle: true,
      platform: 'node',
      format: 'cjs',
    });
    const killed = await promisify(execFile)(process.execPath, [outfile], {
      cwd: folder,
      maxBuffer: 1e7,
    }).catch((error: { signal: string; stdout: string }) => error);
    expect(killed).toHaveProperty('signal', 'SIGKILL');
    const lines = killed.stdout.trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line).n)).toEqual(Array.from({ length: 500 }, (_, n) => n));
  } finally {
    await rm(folder, { recursive: true });
  }
});
