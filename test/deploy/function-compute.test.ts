import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import Fc2 from '@alicloud/fc2';
import Fc3, { InvokeFunctionRequest } from '@alicloud/fc20230330';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  FunctionCompute,
  type Invoked,
  LocalCloud,
  type Pair,
  Timers,
} from '../../packages/local-alibaba-cloud/index';

/** A function that does as it is told. */
const CODE = `exports.handler = async (event, context) => {
  const order = JSON.parse(event.toString() || '{}');
  console.log('order ' + JSON.stringify(order));
  if (order.fail > context.retryCount) throw new RangeError('told to fail');
  if (order.waitMs) await new Promise((resolve) => setTimeout(resolve, order.waitMs));
  const { accessKeyId, securityToken } = context.credentials;
  return { order, retryCount: context.retryCount, requestId: context.requestId, session: [accessKeyId, securityToken.length > 0], user: process.env.OWN };
};`;

let codeDir: string;
let cloud: LocalCloud;
let compute: FunctionCompute;
let operator: Pair;
let invoked: Invoked[];
let now: number;

beforeAll(() => {
  codeDir = mkdtempSync(join(tmpdir(), 'keyturn-fc-'));
  writeFileSync(join(codeDir, 'index.js'), CODE);
});
afterAll(() => rmSync(codeDir, { recursive: true, force: true }));

beforeEach(async () => {
  now = Date.now();
  invoked = [];
  cloud = await LocalCloud.start({ now: () => now });
  const account = cloud.account();
  account.createRole('job', { policies: [allow('ram:ListUsers')] });
  account.createUser('operator');
  account.attachUserPolicy('operator', allow('fc:InvokeFunction'));
  operator = account.createKey('operator');
  const deployment = {
    name: 'job',
    account: account.id,
    region: cloud.region,
    role: 'job',
    codeDir,
    handler: 'index.handler',
    memory: 128,
    timeout: 1,
    env: { OWN: 'yes' },
    retries: 2,
    timers: [{ name: 'daily', cron: '0 0 3 * * *', payload: '{"by":"timer"}' }],
  };
  const functions = [
    deployment,
    { ...deployment, service: 'shop', timers: [] },
    { ...deployment, name: 'orphan', role: 'none', timers: [] },
    { ...deployment, name: 'tasks', asyncTask: true, reservedConcurrency: 2, timers: [] },
  ];
  compute = await FunctionCompute.start(cloud, functions, {
    watch: (one) => invoked.push(one),
    retryPauseMs: 1,
  });
});
afterEach(async () => {
  await compute.stop();
  await cloud.stop();
});

const allow = (Action: string) => ({
  Version: '1',
  Statement: [{ Effect: 'Allow' as const, Action, Resource: '*' }],
});

async function call3(
  order: unknown,
  headers: Record<string, string> = {},
  { name = 'job', as = operator } = {},
) {
  const config = new $OpenApiUtil.Config({
    ...as,
    endpoint: compute.url.replace('http://', ''),
    protocol: 'http',
    globalParameters: new $OpenApiUtil.GlobalParameters({ headers }),
  });
  const body = Readable.from([Buffer.from(JSON.stringify(order))]);
  const answer = await new Fc3(config).invokeFunction(name, new InvokeFunctionRequest({ body }));
  const text = (await answer.body?.toArray())?.join('') ?? '';
  return { status: answer.statusCode, headers: answer.headers ?? {}, body: text && JSON.parse(text) };
}

async function call2(order: unknown, headers: Record<string, string> = {}, as = operator) {
  const client = new Fc2(cloud.account().id, {
    accessKeyID: as.accessKeyId,
    accessKeySecret: as.accessKeySecret,
    region: cloud.region,
    endpoint: compute.url,
    secure: true,
    timeout: 5_000,
  });
  const answer = await client.invokeFunction('shop', 'job', JSON.stringify(order), headers, 'LATEST');
  return { headers: answer.headers, body: answer.data ? JSON.parse(String(answer.data)) : undefined };
}

async function until(done: () => boolean): Promise<void> {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe.each([
  ['3.0', call3],
  ['2.0', call2],
])('the API of Function Compute %s', (_, call) => {
  test('answers what the function returns, run with credentials of its role', async () => {
    const { body, headers } = await call({ n: 1 });
    expect(body).toMatchObject({
      order: { n: 1 },
      session: [expect.stringMatching(/^STS\./), true],
      user: 'yes',
    });
    expect(headers['x-fc-request-id']).toBe(body.requestId);
    expect(headers['x-fc-error-type']).toBeUndefined();
  });

  test('answers an error of the function with 200 and its type', async () => {
    const { body, headers } = await call({ fail: 9 });
    expect(headers['x-fc-error-type']).toBe('HandledInvocationError');
    expect(body).toMatchObject({ errorMessage: 'told to fail', errorType: 'RangeError' });
  });

  test('kills what takes too long', async () => {
    const { body, headers } = await call({ waitMs: 60_000 });
    expect(headers['x-fc-error-type']).toBe('UnhandledInvocationError');
    expect(body.errorMessage).toContain('timed out after 1 seconds');
  });

  test('gives the end of the log to who asks for it', async () => {
    const { headers } = await call({ n: 2 }, { 'x-fc-log-type': 'Tail' });
    expect(Buffer.from(headers['x-fc-log-result'] ?? '', 'base64').toString()).toContain('order {"n":2}');
    expect((await call({})).headers['x-fc-log-result']).toBeUndefined();
  });

  test('takes an asynchronous invocation and repeats it until it succeeds', async () => {
    await call({ fail: 2 }, { 'x-fc-invocation-type': 'Async' });
    await until(() => invoked.length === 3);
    expect(invoked.map(({ outcome }) => outcome.ok)).toEqual([false, false, true]);
    expect(new Set(invoked.map(({ outcome }) => outcome.requestId)).size).toBe(1);
  });

  test('gives up in the end', async () => {
    await call({ fail: 9 }, { 'x-fc-invocation-type': 'Async' });
    await until(() => invoked.some(({ lost }) => lost));
    expect(invoked).toHaveLength(3);
  });
});

describe('refuses', () => {
  const wrongSecret = () => ({ ...operator, accessKeySecret: 'x'.repeat(30) });
  const stranger = () => {
    cloud.account().createUser('stranger');
    return cloud.account().createKey('stranger');
  };

  test('a wrong signature', async () => {
    await expect(call3({}, {}, { as: wrongSecret() })).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
    });
    await expect(call2({}, {}, wrongSecret())).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' });
    expect(invoked).toEqual([]);
  });

  test('whoever may not invoke', async () => {
    const as = stranger();
    await expect(call3({}, {}, { as })).rejects.toMatchObject({ code: 'AccessDenied', statusCode: 403 });
    await expect(call2({}, {}, as)).rejects.toMatchObject({ code: 'AccessDenied' });
    expect(invoked).toEqual([]);
  });

  test('an unknown function', async () => {
    await expect(call3({}, {}, { name: 'none' })).rejects.toMatchObject({
      code: 'FunctionNotFound',
      statusCode: 404,
    });
  });

  test('a function whose role cannot be assumed', async () => {
    await expect(call3({}, {}, { name: 'orphan' })).rejects.toMatchObject({ code: 'InvalidArgument' });
  });

  test('a second synchronous invocation while one is under way; an asynchronous one waits', async () => {
    const first = call3({ waitMs: 300 });
    await until(() => compute.lanes[0]?.busy === true);
    await expect(call3({})).rejects.toMatchObject({ code: 'ResourceThrottled', statusCode: 429 });
    expect((await call3({ n: 3 }, { 'x-fc-invocation-type': 'Async' })).status).toBe(202);
    await first;
    await until(() => invoked.length === 2);
    expect(invoked.every(({ outcome }) => outcome.ok)).toBe(true);
  });

  test('an unsigned call', async () => {
    const { status } = await fetch(`${compute.url}/2023-03-30/functions/job/invocations`, { method: 'POST' });
    expect(status).toBe(403);
  });
});

describe('asynchronous tasks', () => {
  const async = (id: string) => ({ 'x-fc-invocation-type': 'Async', 'x-fc-async-task-id': id });

  test('an id is taken once', async () => {
    expect((await call3({ n: 1 }, async('a'), { name: 'tasks' })).status).toBe(202);
    await expect(call3({ n: 1 }, async('a'), { name: 'tasks' })).rejects.toMatchObject({ statusCode: 409 });
    expect((await call3({ n: 2 }, async('b'), { name: 'tasks' })).status).toBe(202);
    await until(() => invoked.length === 2);
  });

  test('without task mode ids count for nothing', async () => {
    await call3({}, async('a'));
    expect((await call3({}, async('a'))).status).toBe(202);
    await until(() => invoked.length === 2);
  });

  test('as many run side by side as are reserved', async () => {
    const both = await Promise.all([1, 2].map((n) => call3({ n, waitMs: 100 }, {}, { name: 'tasks' })));
    expect(both.map(({ body }) => body.order.n)).toEqual([1, 2]);
  });
});

test('timers fire by the clock of the cloud, once for however long it was turned', async () => {
  now = Date.parse('2026-11-23T01:00:00Z');
  const timers = new Timers(compute.lanes, () => cloud.clock.now());
  timers.tick();
  expect(compute.lanes[0]?.busy).toBe(false);
  now = Date.parse('2026-11-25T12:00:00Z');
  timers.tick();
  timers.tick();
  await until(() => invoked.length === 1);
  now = Date.parse('2026-11-26T03:00:00Z');
  timers.tick();
  await until(() => invoked.length === 2);
  const orders = invoked.map(({ outcome }) => outcome.ok && JSON.parse(outcome.result.toString()).order);
  expect(orders).toEqual([
    { triggerTime: '2026-11-23T03:00:00Z', triggerName: 'daily', payload: '{"by":"timer"}' },
    { triggerTime: '2026-11-26T03:00:00Z', triggerName: 'daily', payload: '{"by":"timer"}' },
  ]);
});
