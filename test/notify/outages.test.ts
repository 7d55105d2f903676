import type { RequestListener } from 'node:http';
import { createServer } from 'node:https';
import { afterEach, describe, expect, test } from 'vitest';
import type { Delivery } from '../../src/notify/notifier';
import { listening } from '../support/receiver';
import { ACCEPTANCE, HandClock, KINDS, type Kind, rotated, tell } from './fixtures';
import { selfSigned } from './self-signed';
import { vendors } from './vendors';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

async function serve(listener: RequestListener, server?: ReturnType<typeof createServer>) {
  let requests = 0;
  const counted: RequestListener = (request, response) => {
    requests += 1;
    request.resume();
    listener(request, response);
  };
  const running = await listening(counted, server);
  server?.on('request', counted);
  closing.push(running.close);
  return { ...running, requests: () => requests };
}

const answering = (status: number, body = '', headers = {}) =>
  serve((_, response) => response.writeHead(status, headers).end(body));

const CHATS: Kind[] = ['dingtalk', 'feishu', 'wecom', 'slack'];
const FUNCTIONS: Kind[] = ['fc2', 'fc3'];

function expectFailure(delivery: Delivery, error: RegExp) {
  expect(delivery.taken).toEqual([]);
  expect(delivery.failed.map((failure) => failure.error)).toEqual([expect.stringMatching(error)]);
  expect(JSON.stringify(delivery)).not.toMatch(/TOKEN|SEC-of|SECRET|127\.0\.0\.1|ä|\?|Signature|sign=/);
}

describe.each(KINDS)('%s', (kind) => {
  test('refused', async () => {
    const gone = await listening(() => {});
    await gone.close();
    const clock = new HandClock();
    expectFailure(
      await tell(kind, gone.origin, { clock }).deliver(rotated),
      /^no connection \(ECONNREFUSED\)$/,
    );
    expect(clock.slept).toHaveLength(2);
  });

  test('500', async () => {
    const { origin, requests } = await answering(
      500,
      '{"ErrorCode":"InternalServerError","Message":"TOKEN"}',
    );
    expectFailure(await tell(kind, origin).deliver(rotated), /^answered 500/);
    expect(requests()).toBe(3);
  });

  test('refused for good: one attempt is enough', async () => {
    const { origin, requests } = await answering(403, '{"ErrorCode":"AccessDenied","Code":"AccessDenied"}');
    expectFailure(await tell(kind, origin).deliver(rotated), /^answered 403/);
    expect(requests()).toBe(1);
  });

  test('an error page', async () => {
    const { origin } = await answering(502, '<html>TOKEN</html>', { 'content-type': 'text/html' });
    expectFailure(await tell(kind, origin).deliver(rotated), /^(answered 502|no usable answer)$/);
  });

  test('hang', async () => {
    const { origin, requests } = await serve(() => {});
    const delivery = await tell(kind, origin, { timeout: 50 }).deliver(rotated);
    expectFailure(delivery, /^no answer in time$/);
    expect(requests()).toBe(3);
  });

  test('cut off before the answer', async () => {
    const { origin } = await serve((request) => request.socket.destroy());
    expectFailure(await tell(kind, origin).deliver(rotated), /^no connection \(ECONNRESET\)$/);
  });

  test('no TLS where there should be', async () => {
    const { port } = await answering(200, 'ok');
    const delivery = await tell(kind, `https://127.0.0.1:${port}`).deliver(rotated);
    expectFailure(delivery, /^no connection \(EPROTO|ERR_SSL/);
  });

  test('a certificate that nobody vouches for', async () => {
    const { port, requests } = await serve((_, response) => response.end('ok'), createServer(selfSigned()));
    const delivery = await tell(kind, `https://127.0.0.1:${port}`).deliver(rotated);
    expectFailure(delivery, /^no connection \(DEPTH_ZERO_SELF_SIGNED_CERT\)$/);
    expect(requests()).toBe(0);
  });

  test.each([301, 302, 307, 308])('redirect with %i', async (status) => {
    const elsewhere = await answering(200, ACCEPTANCE[kind]);
    const { origin } = await answering(status, ACCEPTANCE[kind], { location: elsewhere.origin });
    expectFailure(await tell(kind, origin).deliver(rotated), /^answered 30\d: redirects are not followed$/);
    expect(elsewhere.requests()).toBe(0);
  });

  test.each([1, 2])('up again after %i failures', async (failures) => {
    const vendor = await vendors[kind]();
    closing.push(vendor.close);
    let left = failures;
    const proxy = await serve(async (request, response) => {
      if (left-- > 0) return void request.socket.destroy();
      const good = ACCEPTANCE[kind];
      response.writeHead(good ? 200 : 202).end(good);
    });
    const delivery = await tell(kind, proxy.origin).deliver(rotated);
    expect(delivery).toMatchObject({ failed: [], taken: [expect.any(String)] });
    expect(proxy.requests()).toBe(failures + 1);
  });
});

describe.each(CHATS)('%s: 200 says nothing yet', (kind) => {
  test.each([
    ['an error code', '{"errcode":310000,"code":19021,"errmsg":"TOKEN SEC-of","msg":"TOKEN"}', /, but /],
    ['another error code', '{"errcode":-1,"code":-1}', /, but /],
    ['the error code as text', '{"errcode":"0","code":"0"}', /, but /],
    ['no code at all', '{}', /, but /],
    ['a web page', '<html>ok</html>', /, but /],
    ['nothing', '', /, but /],
    ['null', 'null', /, but /],
    ['a list', '[0]', /, but /],
  ])('%s', async (_, body, error) => {
    const { origin } = await answering(200, body);
    expectFailure(await tell(kind, origin).deliver(rotated), error);
  });

  test('a body that is no UTF-8', async () => {
    const { origin } = await serve((_, response) => response.end(Buffer.from([0xff, 0xfe, 0x6f, 0x6b])));
    expectFailure(await tell(kind, origin).deliver(rotated), /its body cannot be read$/);
  });

  test('a body cut off', async () => {
    const { origin } = await serve((_, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write(ACCEPTANCE[kind]);
      setImmediate(() => response.destroy());
    });
    expectFailure(await tell(kind, origin).deliver(rotated), /cannot be read$|ECONNRESET/);
  });

  test('a body that hangs', async () => {
    const { origin } = await serve((_, response) => void response.writeHead(200).write(ACCEPTANCE[kind]));
    expectFailure(await tell(kind, origin, { timeout: 50 }).deliver(rotated), /cannot be read$/);
  });

  test('a huge body is not read to its end, even if it begins well', async () => {
    const { origin } = await answering(200, `${ACCEPTANCE[kind]}${' '.repeat(100_000)}`);
    expectFailure(await tell(kind, origin).deliver(rotated), /its body cannot be read$/);
  });

  test('a body without end ends with the attempt', async () => {
    const { origin } = await serve((_, response) => {
      const chunk = Buffer.alloc(64 * 1024, ' ');
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    expectFailure(await tell(kind, origin).deliver(rotated), /its body cannot be read$/);
  });
});

test.each([
  ['dingtalk', '{"errcode":310000}', 'check the secret'],
  ['feishu', '{"code":19021}', 'check the secret'],
  ['wecom', '{"errcode":93000}', 'the robot was removed'],
] as const)('%s: a code that is known is explained', async (kind, body, hint) => {
  const { origin } = await answering(200, body);
  const { failed } = await tell(kind, origin).deliver(rotated);
  expect(failed[0]?.error).toContain(hint);
});

describe('asked to wait', () => {
  const minutes = (count: number) => count * 60_000;

  test.each([
    ['dingtalk', 200, '{"errcode":130101,"errmsg":"send too fast"}', {}, minutes(10)],
    ['dingtalk', 200, '{"errcode":410100,"errmsg":"send too fast"}', {}, minutes(10)],
    ['feishu', 400, '{"code":9499,"msg":"too many request"}', {}, minutes(1)],
    ['feishu', 200, '{"code":11232,"msg":"frequency limited psm"}', {}, minutes(1)],
    ['wecom', 200, '{"errcode":45009,"errmsg":"api freq out of limit"}', {}, minutes(1)],
    ['slack', 429, 'rate_limited', { 'retry-after': '30' }, 30_000],
    ['slack', 429, '', { 'retry-after': '30' }, 30_000],
    ['webhook', 429, '', { 'retry-after': '7' }, 7_000],
    ['webhook', 503, '', { 'retry-after': '7' }, 7_000],
  ] as const)('%s, %i %s: later in this run', async (kind, status, body, headers, ms) => {
    let first = true;
    const { origin, requests } = await serve((_, response) => {
      const good = ACCEPTANCE[kind];
      if (first) response.writeHead(status, headers).end(body);
      else response.writeHead(200).end(good);
      first = false;
    });
    const clock = new HandClock();
    expect((await tell(kind, origin, { clock }).deliver(rotated)).failed).toEqual([]);
    expect(requests()).toBe(2);
    expect(clock.elapsed()).toBe(ms);
  });

  test.each([
    ['dingtalk', '{"errcode":130101}', 200, /code 130101 \(too many messages within a minute\)$/],
    ['feishu', '{"code":9499}', 400, /code 9499 \(too many messages\)$/],
    ['slack', 'rate_limited', 429, /code rate_limited \(too many messages\)$/],
  ] as const)('%s: in the next run, where this one is over by then', async (kind, body, status, error) => {
    const { origin, requests } = await answering(status, body, { 'retry-after': '3600' });
    const clock = new HandClock();
    expectFailure(await tell(kind, origin, { clock, deadline: 50_000 }).deliver(rotated), error);
    expect([requests(), clock.elapsed()]).toEqual([1, 0]);
  });

  test('a date', async () => {
    const { origin } = await answering(503, '', { 'retry-after': new Date(Date.now() + 3e6).toUTCString() });
    const delivery = await tell('webhook', origin, { deadline: 300_000 }).deliver(rotated);
    expectFailure(delivery, /^answered 503$/);
  });

  test.each(['soon', '-1', '1e9', ''])(
    'not understood (%s): tried three times, as without it',
    async (text) => {
      const { origin, requests } = await answering(503, '', { 'retry-after': text });
      expectFailure(await tell('webhook', origin).deliver(rotated), /^answered 503$/);
      expect(requests()).toBe(3);
    },
  );
});

test.each([
  ['dingtalk', 200, '{"errcode":310000,"errmsg":"keywords not in content"}', 'the keyword'],
  ['slack', 404, 'no_service', 'the webhook was removed or disabled'],
  ['slack', 400, 'invalid_blocks', 'a message that it does not understand'],
  ['feishu', 200, '{"code":19024}', 'set keyword'],
] as const)('%s, %i %s: never, so it is not tried again', async (kind, status, body, hint) => {
  const { origin, requests } = await answering(status, body);
  const { failed } = await tell(kind, origin).deliver(rotated);
  expect(failed[0]?.error).toContain(hint);
  expect(requests()).toBe(1);
});

test('a webhook has taken it once it answers 2xx, whatever follows', async () => {
  const { origin } = await serve((_, response) => void response.writeHead(200).write('…'));
  expect((await tell('webhook', origin).deliver(rotated)).failed).toEqual([]);
});

test.each(FUNCTIONS)('%s: a function that fails has not been told', async (kind) => {
  const { origin, requests } = await answering(200, '{"errorMessage":"TOKEN"}', {
    'x-fc-error-type': 'UnhandledInvocationError',
  });
  expectFailure(await tell(kind, origin).deliver(rotated), /^answered 20\d, but the function failed$/);
  expect(requests()).toBe(3);
});

test.each(FUNCTIONS)('%s: what the platform refuses is told by its code', async (kind) => {
  const { origin } = await answering(
    404,
    '{"ErrorCode":"FunctionNotFound","ErrorMessage":"TOKEN","Code":"FunctionNotFound","Message":"TOKEN"}',
    { 'content-type': 'application/json' },
  );
  expectFailure(await tell(kind, origin).deliver(rotated), /^answered 404 \(FunctionNotFound\)$/);
});
