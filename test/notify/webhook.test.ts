import { createHmac } from 'node:crypto';
import { afterEach, expect, test } from 'vitest';
import { type Receiver, receiver } from '../support/receiver';
import { CHANNEL_SECRET, every, notifier, rotated, secret } from './fixtures';

let server: Receiver | undefined;
afterEach(() => server?.close());

test('the CloudEvent arrives in structured mode, signed over its very bytes', async () => {
  server = await receiver({ status: 204 });
  const { deliver, channels } = notifier([
    { type: 'webhook', url: `${server.origin}/hook?team=a`, secret, allowPrivate: false },
  ]);

  const delivery = await deliver(rotated);

  const id = channels[0]?.id ?? '';
  expect(delivery).toEqual({ taken: [id], failed: [], answers: { [id]: 'answered 204' } });
  const [request] = server.received;
  expect(request).toMatchObject({ method: 'POST', path: '/hook' });
  expect(request?.query.get('team')).toBe('a');
  expect(request?.headers['content-type']).toMatch(/^application\/cloudevents\+json\b/);
  const mac = (text: string) => `sha256=${createHmac('sha256', CHANNEL_SECRET).update(text).digest('hex')}`;
  expect(request?.headers).toMatchObject({
    'x-keyturn-signature': mac(`${request?.body}`),
    'x-keyturn-time': '2026-11-23T03:00:00Z',
    'x-keyturn-time-signature': mac(`2026-11-23T03:00:00Z.${request?.body}`),
  });
  expect(JSON.parse(request?.body ?? '')).toEqual({
    specversion: '1.0',
    id: 'keyturn.accesskey.rotated/1234567890123456/svc-orders/LTAI5tNewNewNewNewNew001',
    source: 'acs:ram::1234567890123456',
    type: 'keyturn.accesskey.rotated',
    subject: 'svc-orders',
    time: '2026-11-23T03:00:00Z',
    datacontenttype: 'application/json',
    data: rotated.data,
  });
});

test('with batch several arrive as one list, whatever they are about; one is a list too', async () => {
  server = await receiver({ status: 200 });
  const { deliver } = notifier([
    { type: 'webhook', url: server.origin, secret, allowPrivate: false, batch: true },
  ]);
  const facts = Object.values(every);
  const [alarm, ...others] = [...facts.slice(-3), ...facts.slice(0, -3)];
  await Promise.all([...others, alarm].map((fact) => fact && deliver(fact)));
  await deliver(rotated);
  const lists = server.received.map(({ body }) => JSON.parse(body).map(({ id }: { id: string }) => id));
  expect(lists).toHaveLength(2);
  expect(lists[0].toSorted()).toEqual(facts.map(({ id }) => id).toSorted());
  expect(lists[1]).toEqual([rotated.id]);
  const [request] = server.received;
  expect(request?.headers['content-type']).toMatch(/^application\/cloudevents-batch\+json\b/);
  const mac = createHmac('sha256', CHANNEL_SECRET).update(request?.body ?? '');
  expect(request?.headers['x-keyturn-signature']).toBe(`sha256=${mac.digest('hex')}`);
});

test.each(Object.values(every))('$type is delivered with an id that a repeat has too', async (fact) => {
  server = await receiver({ status: 200 });
  const { deliver } = notifier([{ type: 'webhook', url: server.origin, secret, allowPrivate: false }]);
  await deliver(fact);
  await deliver(fact);
  const ids = server.received.map(({ body }) => JSON.parse(body).id);
  expect(ids).toEqual([fact.id, fact.id]);
});
