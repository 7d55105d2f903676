import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { channelLines } from '../../src/check/channels';
import { parseConfig } from '../../src/config/load';
import type { Resolve } from '../../src/notify/address';

let server: Server;
let received: string;
beforeEach(async () => {
  received = '';
  server = createServer((socket) =>
    socket
      .on('data', (data) => {
        received += data;
      })
      .on('error', () => undefined),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const port = () => (server.address() as AddressInfo).port;
const check = (notify: object[], resolve?: Resolve, more: object = {}) =>
  channelLines(parseConfig(JSON.stringify({ notify, ...more }), {}), resolve && { resolve });
const hook = (url: string, more: object = {}) => ({
  type: 'webhook',
  url,
  secret: 'signs-what-is-sent',
  ...more,
});

test('one that takes connections: nothing is sent, and what is not proven is said', async () => {
  const [line] = await check([hook(`http://127.0.0.1:${port()}/path?token=t`)]);
  expect(line).toMatchObject({ state: 'ok', text: expect.stringContaining('notify-test --channel 1') });
  expect(JSON.stringify(line)).not.toContain('token');
  expect(received).toBe('');
});

test.each([
  ['nobody listens', () => hook('http://127.0.0.1:1/'), undefined, 'ECONNREFUSED'],
  [
    'no TLS there',
    () => hook(`https://127.0.0.1:${port()}/`),
    undefined,
    'no answer|no connection|no usable',
  ],
  [
    'a name that nobody knows',
    () => hook('https://hooks.example.com/'),
    async () => Promise.reject(Object.assign(new Error('x'), { code: 'ENOTFOUND' })),
    'ENOTFOUND',
  ],
  [
    'a public name with a private address',
    () => hook('https://hooks.example.com/'),
    async () => [{ address: '10.0.0.1', family: 4 }],
    'private',
  ],
  ['a private address', () => hook('https://10.0.0.1/'), undefined, 'private'],
] as const)(
  '%s: a failure that names the channel and the way to try again',
  async (_, channel, resolve, words) => {
    if (_ === 'no TLS there') server.once('connection', (socket) => socket.end('plain'));
    const [line] = await check([channel()], resolve);
    expect(line).toMatchObject({
      id: 'channel',
      state: 'failure',
      text: expect.stringMatching(words),
      remedy: expect.stringContaining('notify[0]'),
    });
  },
);

test('a function is looked for at its endpoint only', async () => {
  const target = 'acs:fc:cn-hangzhou:1234567890123456:functions/reload';
  const endpoints = { fc: `http://127.0.0.1:${port()}` };
  const [line] = await check([{ type: 'function', target }], undefined, { endpoints });
  expect(line).toMatchObject({ state: 'ok', text: expect.stringContaining('That the function exists') });
  expect(received).toBe('');
});

test('a function may be called inside a VPC, a webhook only if that is allowed', async () => {
  const resolve: Resolve = async () => [{ address: '127.0.0.1', family: 4 }];
  const target = 'acs:fc:cn-hangzhou:1234567890123456:functions/reload';
  const endpoints = { fc: `https://fc.example.com:${port()}` };
  server.on('connection', (socket) => socket.end('plain'));
  const url = `https://hooks.example.com:${port()}/`;
  const lines = await check(
    [{ type: 'function', target }, hook(url), hook(`${url}2`, { allowPrivate: true })],
    resolve,
    { endpoints },
  );
  expect(lines.map(({ text }) => text.includes('private'))).toEqual([false, true, false]);
});

test('none at all is a warning', async () => {
  expect(await check([])).toEqual([expect.objectContaining({ state: 'warning' })]);
});
