import { expect, test } from 'vitest';
import { signedCall } from '../src/sign';
import { harness } from './harness';

const HOUR = 3_600_000;
const h = harness();

const ask = (action: string, AccessKey: string, query: Record<string, string> = {}) =>
  signedCall(h.cloud.endpoint, h.root, {
    version: '2020-07-06',
    action,
    query: { AccessKey, ...query },
    now: h.cloud.clock.now(),
  });

/** A key that was used twice by name, and then signed a call itself. */
async function usedKey(): Promise<string> {
  h.account.createUser('alice');
  const pair = h.account.createKey('alice');
  const now = h.cloud.clock.now();
  h.account.markUsed(pair.accessKeyId, { at: now - 5 * HOUR, service: 'Ecs', event: 'DescribeInstances' });
  h.account.markUsed(pair.accessKeyId, { at: now - 4 * HOUR, service: 'Oss', address: '203.0.113.7' });
  await h.call('sts', 'GetCallerIdentity', {}, pair);
  return pair.accessKeyId;
}

test('the last use is told after the lag, with the service and the event', async () => {
  const key = await usedKey();
  const before = await ask('GetAccessKeyLastUsedInfo', key);
  expect(before.body).toMatchObject({ UserName: 'alice', ServiceName: 'Oss' });
  h.turn(HOUR);
  const { body } = await ask('GetAccessKeyLastUsedInfo', key);
  expect(body).toMatchObject({ ServiceName: 'Sts', UsedTimestamp: h.cloud.clock.now() - HOUR });
  expect(JSON.parse(String(body.Detail))).toMatchObject({
    eventName: 'GetCallerIdentity',
    sourceIpAddress: '127.0.0.1',
  });
});

test('services, addresses and events, the latest of each, newest first', async () => {
  const key = await usedKey();
  h.turn(HOUR);
  const { body: products } = await ask('GetAccessKeyLastUsedProducts', key);
  expect(products.Products).toMatchObject([
    { ServiceName: 'Sts' },
    { ServiceName: 'Oss' },
    { ServiceName: 'Ecs' },
  ]);
});

test.each([
  ['GetAccessKeyLastUsedIps', 'Ips', [{ Ip: '203.0.113.7' }, { Ip: '192.0.2.1' }]],
  ['GetAccessKeyLastUsedEvents', 'Events', [{ EventName: 'Describe' }, { EventName: 'PutObject' }]],
])('%s tells of one service, the latest of each, newest first', async (action, field, expected) => {
  const key = await usedKey();
  const at = h.cloud.clock.now() - 6 * HOUR;
  h.account.markUsed(key, { at, service: 'Oss', event: 'PutObject' });
  h.account.markUsed(key, { at: at - HOUR, service: 'Oss', event: 'PutObject' });
  const { body } = await ask(action, key, { ServiceName: 'Oss' });
  expect(body[field]).toMatchObject(expected);
  expect(body[field]).toHaveLength(expected.length);
});

test.each(['GetAccessKeyLastUsedIps', 'GetAccessKeyLastUsedEvents'])('%s needs a service', async (action) => {
  expect(await ask(action, await usedKey())).toMatchObject({
    status: 400,
    body: { Code: 'MissingServiceName', Message: 'ServiceName is mandatory for this action.' },
  });
});

test('lists go on with their token, twenty at a time', async () => {
  h.account.createUser('alice');
  const { accessKeyId } = h.account.createKey('alice');
  const now = h.cloud.clock.now();
  for (let index = 0; index < 45; index++) {
    h.account.markUsed(accessKeyId, { at: now - (2 + index) * HOUR, address: `192.0.2.${index}` });
  }
  const query = { ServiceName: 'Ecs' };
  const seen: string[] = [];
  const sizes: number[] = [];
  let token: string | undefined;
  do {
    const { body } = await ask('GetAccessKeyLastUsedIps', accessKeyId, {
      ...query,
      ...(token && { NextToken: token }),
    });
    const ips = body.Ips as { Ip: string }[];
    seen.push(...ips.map(({ Ip }) => Ip));
    sizes.push(ips.length);
    token = body.NextToken as string | undefined;
  } while (token);
  expect(sizes).toEqual([20, 20, 5]);
  expect(seen).toEqual(Array.from({ length: 45 }, (_, index) => `192.0.2.${index}`));
  const all = await ask('GetAccessKeyLastUsedIps', accessKeyId, { ...query, PageSize: '100' });
  expect(all.body.Ips).toHaveLength(45);
  for (const [name, wrong] of [
    ['PageSize', '101'],
    ['PageSize', '0'],
    ['NextToken', 'elsewhere'],
  ] as const) {
    const { body } = await ask('GetAccessKeyLastUsedIps', accessKeyId, { ...query, [name]: wrong });
    expect(body.Code).toBe('InvalidParameter');
  }
});

test.each([
  ['absent', {}],
  ['zero', { UsedTimestamp: 0 }],
] as const)('a key that was never used: %s', async (look, expected) => {
  h.cloud.switches.actionTrailNever = look;
  h.account.createUser('alice');
  const { accessKeyId } = h.account.createKey('alice');
  const { body } = await ask('GetAccessKeyLastUsedInfo', accessKeyId);
  expect(body).toMatchObject({ UserName: 'alice', ...expected });
  expect('UsedTimestamp' in body).toBe(look === 'zero');
});

test('of a key that the account does not have there is nothing', async () => {
  const { body } = await ask('GetAccessKeyLastUsedInfo', 'LTAI5tNobodysNobodysNob1');
  expect(body).not.toHaveProperty('UserName');
});

test('an account without the audit', async () => {
  h.cloud.switches.actionTrailKnown = false;
  const { body } = await ask('GetAccessKeyLastUsedInfo', 'LTAI5tNobodysNobodysNob1');
  expect(body).toMatchObject({ Code: 'InvalidAction.NotFound' });
});
