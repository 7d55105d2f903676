import { expect, test } from 'vitest';
import { signedCall } from '../src/sign';
import { harness } from './harness';

const HOUR = 3_600_000;
const h = harness();

const ask = (action: string, AccessKey: string) =>
  signedCall(h.cloud.endpoint, h.root, {
    version: '2020-07-06',
    action,
    query: { AccessKey },
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
  const { body: ips } = await ask('GetAccessKeyLastUsedIps', key);
  expect(ips.Ips).toMatchObject([{ Ip: '127.0.0.1' }, { Ip: '203.0.113.7' }, { Ip: '192.0.2.1' }]);
  const { body: events } = await ask('GetAccessKeyLastUsedEvents', key);
  expect(events.Events).toMatchObject([
    { EventName: 'GetCallerIdentity' },
    { EventName: 'Describe' },
    { EventName: 'DescribeInstances' },
  ]);
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
