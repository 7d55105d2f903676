import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FunctionHost, type FunctionOptions, type Outcome } from '../../packages/local-alibaba-cloud/index';

const credentials = { accessKeyId: 'STS.role', accessKeySecret: 'secret', securityToken: 'token' };

let codeDir: string;
let hosts: FunctionHost[];

beforeEach(async () => {
  codeDir = await mkdtemp(join(tmpdir(), 'function-'));
  hosts = [];
});
afterEach(async () => {
  await Promise.all(hosts.map((host) => host.stop()));
  await rm(codeDir, { recursive: true });
});

/** A function of one module, with this handler. */
async function hosting(handler: string, options: Partial<FunctionOptions> = {}): Promise<FunctionHost> {
  await writeFile(join(codeDir, 'index.js'), `let runs = 0; exports.handler = ${handler};`);
  const host = await FunctionHost.start({
    codeDir,
    name: 'rotate-keys',
    accountId: '1234567890123456',
    region: 'cn-hangzhou',
    ...options,
  });
  hosts.push(host);
  return host;
}

const textOf = (outcome: Outcome) => (outcome.ok ? outcome.result.toString() : outcome.error);

test('hands over the event as a Buffer, and the context', async () => {
  const host = await hosting(
    'async (event, context) => ({ buffer: Buffer.isBuffer(event), event: event.toString(), context })',
    { timeout: 30, memory: 256 },
  );
  const outcome = await host.invoke({ users: ['a'] }, { credentials, requestId: 'r-1', retryCount: 2 });
  expect(JSON.parse(String(textOf(outcome)))).toMatchObject({
    buffer: true,
    event: '{"users":["a"]}',
    context: {
      requestId: 'r-1',
      credentials,
      function: { name: 'rotate-keys', handler: 'index.handler', memory: 256, timeout: 30 },
      region: 'cn-hangzhou',
      accountId: '1234567890123456',
      retryCount: 2,
    },
  });
});

test.each([
  ['Buffer.from("bytes")', 'bytes'],
  ['({ an: "object" })', '{"an":"object"}'],
  ['"text"', 'text'],
  ['42', '42'],
])('a result of %s goes out as %s', async (expression, expected) => {
  const host = await hosting(`async () => (${expression})`);
  expect(textOf(await host.invoke('', { credentials }))).toBe(expected);
});

test('shows the platform’s variables and the function’s own, and none of this process', async () => {
  process.env.OF_THIS_PROCESS = 'yes';
  const host = await hosting('async () => process.env', { env: { KEYTURN_CONFIG: 'mode: plan' } });
  const env = JSON.parse(String(textOf(await host.invoke('', { credentials }))));
  expect(env).toMatchObject({
    KEYTURN_CONFIG: 'mode: plan',
    FC_REGION: 'cn-hangzhou',
    FC_ACCOUNT_ID: '1234567890123456',
    FC_FUNCTION_NAME: 'rotate-keys',
    FC_FUNC_CODE_PATH: codeDir,
    ALIBABA_CLOUD_ACCESS_KEY_ID: 'STS.role',
  });
  expect(env).not.toHaveProperty('OF_THIS_PROCESS');
});

test('an error comes back in the form of the platform', async () => {
  const host = await hosting('async () => { throw new RangeError("too far"); }');
  const outcome = await host.invoke('', { credentials });
  expect(outcome).toMatchObject({
    ok: false,
    crashed: false,
    error: { errorMessage: 'too far', errorType: 'RangeError' },
  });
  expect(outcome.ok || outcome.error.stackTrace?.[0]).toBe('RangeError: too far');
});

test('gives all lines that were printed, before it gives the answer', async () => {
  const host = await hosting('async () => { for (let i = 0; i < 2000; i++) console.log(`line ${i}`); }');
  const { logs } = await host.invoke('', { credentials });
  expect(logs).toEqual(Array.from({ length: 2000 }, (_, index) => `line ${index}`));
});

test('starts cold, stays warm, and starts cold again after a crash', async () => {
  const host = await hosting(
    'async (event) => { if (String(event) === "crash") process.exit(3); return ++runs; }',
  );
  const first = await host.invoke('', { credentials });
  const second = await host.invoke('', { credentials });
  const crash = await host.invoke('crash', { credentials });
  const third = await host.invoke('', { credentials });
  expect([first, second, third].map(textOf)).toEqual(['1', '2', '1']);
  expect([first, second, third].map(({ coldStart }) => coldStart)).toEqual([true, false, true]);
  expect(crash).toMatchObject({
    ok: false,
    crashed: true,
    error: { errorMessage: 'Process exited unexpectedly before completing request' },
  });
});

test('kills what takes longer than its time', async () => {
  const host = await hosting('() => new Promise(() => setInterval(() => 0, 1000))', { timeout: 0.2 });
  expect(await host.invoke('', { credentials })).toMatchObject({
    ok: false,
    crashed: true,
    error: { errorMessage: 'Function timed out after 0.2 seconds' },
  });
});

test('is killed at any moment', async () => {
  const host = await hosting(
    '() => new Promise(() => { console.log("begun"); setInterval(() => 0, 1000); })',
  );
  const running = host.invoke('', { credentials });
  setTimeout(() => host.kill(), 100);
  expect(await running).toMatchObject({ ok: false, crashed: true });
});

test('the clock stands where it is turned to', async () => {
  const host = await hosting(
    'async () => [Date.now(), new Date().toISOString(), new Date(0).toISOString(), Date.name]',
  );
  for (const moment of ['2026-11-23T03:00:00.000Z', '2027-11-23T03:00:00.000Z']) {
    const outcome = await host.invoke('', { credentials, now: Date.parse(moment) });
    expect(JSON.parse(String(textOf(outcome)))).toEqual([
      Date.parse(moment),
      moment,
      '1970-01-01T00:00:00.000Z',
      'Date',
    ]);
  }
});

test('rejects where nothing is built', async () => {
  const nowhere = { name: 'f', accountId: '1', region: 'r', codeDir: join(codeDir, 'nowhere') };
  await expect(FunctionHost.start(nowhere)).rejects.toThrow('nowhere');
});
