import { afterEach, describe, expect, test } from 'vitest';
import type { Resolve } from '../../src/notify/address';
import { type Receiver, receiver } from '../support/receiver';
import { notifier, rotated, secret } from './fixtures';

let server: Receiver | undefined;
afterEach(() => server?.close());

const hook = (url: string, allowPrivate = false) => ({ type: 'webhook' as const, url, secret, allowPrivate });

const resolvesTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

const NOT_PUBLIC = [
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '127.0.0.1',
  '169.254.169.254',
  '100.64.0.1',
  '100.100.100.200',
  '0.0.0.0',
  '192.0.2.1',
  '198.18.0.1',
  '224.0.0.1',
  '255.255.255.255',
  '::1',
  '::',
  'fd00::1',
  'fe80::1',
  'fec0::1',
  'ff02::1',
  '::ffff:10.0.0.1',
  '::ffff:127.0.0.1',
  '::127.0.0.1',
  '64:ff9b::a00:1',
  '2002:a00:1::1',
  '2001:db8::1',
];

const REFUSED = [
  expect.objectContaining({ error: expect.stringMatching(/^not sent: its host is a private/) }),
];

describe.each(NOT_PUBLIC)('%s', (address) => {
  test('is refused where a name stands for it', async () => {
    const { deliver } = notifier([hook('https://hooks.example.com/')], { resolve: resolvesTo(address) });
    expect((await deliver(rotated)).failed).toEqual(REFUSED);
  });

  test('is refused among others', async () => {
    const resolve = resolvesTo('203.0.114.1', address);
    const { deliver } = notifier([hook('https://hooks.example.com/')], { resolve });
    expect((await deliver(rotated)).failed).toEqual(REFUSED);
  });
});

test.each(NOT_PUBLIC.filter((address) => !['127.0.0.1', '::1', '::ffff:127.0.0.1'].includes(address)))(
  '%s is refused as it is',
  async (address) => {
    const host = address.includes(':') ? `[${address}]` : address;
    expect((await notifier([hook(`https://${host}/`)]).deliver(rotated)).failed).toEqual(REFUSED);
  },
);

test.each(['http://hooks.example.com/', 'http://10.0.0.1/', 'ftp://127.0.0.1/'])(
  '%s is no place for a notice, not even with allowPrivate',
  async (url) => {
    const { deliver } = notifier([hook(url, true)], { resolve: resolvesTo('203.0.114.1') });
    const { failed } = await deliver(rotated);
    expect(failed).toEqual([expect.objectContaining({ error: 'not sent: its URL is not https' })]);
  },
);

test.each(['127.0.0.1', 'localhost'])('loopback is reached as %s', async (host) => {
  server = await receiver();
  const { port } = new URL(server.origin);
  const { deliver } = notifier([hook(`http://${host}:${port}/`)], { resolve: resolvesTo('127.0.0.1') });
  expect((await deliver(rotated)).failed).toEqual([]);
  expect(server.received).toHaveLength(1);
});

test('localhost that is somewhere else is refused', async () => {
  const { deliver } = notifier([hook('http://localhost/')], { resolve: resolvesTo('10.0.0.1') });
  expect((await deliver(rotated)).failed).toEqual(REFUSED);
});

test('the connection goes to the address that was checked: a name is looked up once an attempt', async () => {
  server = await receiver();
  const { port } = new URL(server.origin);
  const lookups: string[] = [];
  const resolve: Resolve = async (host) => {
    lookups.push(host);
    return resolvesTo('127.0.0.1')(host);
  };
  const { deliver } = notifier([hook(`https://rebinding.invalid:${port}/`, true)], { resolve });

  const { failed } = await deliver(rotated);

  expect(failed).toEqual([expect.objectContaining({ error: expect.stringMatching(/EPROTO|ERR_SSL/) })]);
  expect(lookups).toEqual(Array(3).fill('rebinding.invalid'));
});

test('a name that is not known', async () => {
  const resolve: Resolve = async () => {
    throw Object.assign(new Error('getaddrinfo ENOTFOUND hooks.example.com'), { code: 'ENOTFOUND' });
  };
  const { deliver } = notifier([hook('https://hooks.example.com/')], { resolve });
  const { failed } = await deliver(rotated);
  expect(failed).toEqual([expect.objectContaining({ error: 'no connection (ENOTFOUND)' })]);
});

test('a name without an address', async () => {
  const { deliver } = notifier([hook('https://hooks.example.com/')], { resolve: resolvesTo() });
  const { failed } = await deliver(rotated);
  expect(failed).toEqual([expect.objectContaining({ error: 'no connection (ENOTFOUND)' })]);
});
