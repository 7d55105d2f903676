import { DateTime } from 'luxon';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Cloud } from '../../src/cloud/cloud';
import { disagree, laterOf, readKeyUse } from '../../src/cloud/key-use';
import { ApiServer, type Behaviour } from './api-server';
import { HandClock } from './hand-clock';
import { cloudAt } from './open';

const key = 'LTAI5tOldOldOldOldOld001';
let server: ApiServer;
let cloud: Cloud;
let clock = new HandClock();

beforeEach(async () => {
  server = await ApiServer.start();
  clock = new HandClock();
  cloud = cloudAt(server.host, { clock });
});
afterEach(() => server.stop());

const answering = (trail: object, ims: object = {}): Behaviour => {
  return ({ action }) =>
    action === 'GetAccessKeyLastUsed'
      ? { body: { RequestId: 'R-1', AccessKeyLastUsed: ims } }
      : { body: { RequestId: 'R-1', ...trail } };
};

const now = () => clock.now().toUTC();
const at = (hours: number) => now().minus({ hours });
const use = (hours: number, service?: string) => ({
  kind: 'at' as const,
  at: at(hours),
  ...(service && { service }),
});
const never = { kind: 'never' } as const;
const unreadable = { kind: 'unreadable', why: 'w' } as const;

describe('what ActionTrail tells of the last use', () => {
  test('a use, with its service', async () => {
    server.behave = answering({ UsedTimestamp: at(5).toMillis(), ServiceName: 'Ecs' });
    expect(await cloud.actionTrail.lastUse(key)).toEqual({ kind: 'at', at: at(5), service: 'Ecs' });
    expect(server.received[0]?.query.get('AccessKey')).toBe(key);
  });

  test.each([
    ['absent', {}],
    ['null', { UsedTimestamp: null }],
    ['zero', { UsedTimestamp: 0 }],
    ['empty', { UsedTimestamp: '' }],
  ])('%s: never', async (_, answer) => {
    server.behave = answering(answer);
    expect(await cloud.actionTrail.lastUse(key)).toEqual(never);
  });

  test.each([
    ['a text', { UsedTimestamp: 'yesterday' }],
    ['a fraction', { UsedTimestamp: 1.5 }],
    ['beyond all dates', { UsedTimestamp: 9e15 }],
    ['an object', { UsedTimestamp: {} }],
  ])('%s: unreadable, which counts as in use', async (_, answer) => {
    server.behave = answering(answer);
    expect(await cloud.actionTrail.lastUse(key)).toMatchObject({ kind: 'unreadable' });
  });

  test('the future: unreadable', async () => {
    server.behave = answering({ UsedTimestamp: at(-1).toMillis() });
    expect(await cloud.actionTrail.lastUse(key)).toMatchObject({ kind: 'unreadable' });
  });

  test.each<[string, Behaviour]>([
    ['a failure of the service', () => ({ status: 503, body: { Code: 'ServiceUnavailable' } })],
    ['no answer of the cloud', () => ({ body: '<html></html>' })],
    ['too many calls', () => ({ status: 429, body: { Code: 'Throttling.User', RequestId: 'R' } })],
  ])('%s: unreadable', async (_, behave) => {
    server.behave = behave;
    expect(await cloud.actionTrail.lastUse(key)).toMatchObject({ kind: 'unreadable' });
    expect([...cloud.notes]).toEqual([]);
  });

  test.each<[string, Behaviour]>([
    ['no permission', () => ({ status: 403, body: { Code: 'NoPermission', Message: 'no', RequestId: 'R' } })],
    ['no such action', () => ({ status: 404, body: { Code: 'InvalidAction.NotFound', RequestId: 'R' } })],
  ])('%s: it is not to be had, which is said once and asked once', async (_, behave) => {
    server.behave = behave;
    const later = cloud.until(Number.POSITIVE_INFINITY);
    expect(await cloud.actionTrail.lastUse(key)).toBeUndefined();
    expect(await later.actionTrail.lastUse(key)).toBeUndefined();
    expect(server.received).toHaveLength(1);
    expect([...later.notes]).toEqual([expect.stringContaining('ActionTrail is not read in account 1234')]);
  });

  test('nobody there: it is not to be had', async () => {
    const { host } = server;
    await server.stop();
    expect(await cloudAt(host).actionTrail.lastUse(key)).toBeUndefined();
    server = await ApiServer.start();
  });
});

describe('where a key was used', () => {
  const service = (name: string, hours: number) => ({
    ServiceName: name,
    UsedTimestamp: at(hours).toMillis(),
  });
  const address = (Ip: string, hours: number) => ({ Ip, UsedTimestamp: at(hours).toMillis() });
  const event = (EventName: string, hours: number) => ({ EventName, UsedTimestamp: at(hours).toMillis() });
  const two = [service('Ecs', 1), service('Oss', 2)];

  /** Answers by action, and by service and page where it is asked for one. */
  function trail(answers: {
    products: readonly object[];
    ips?: (service: string | null, page: string | null) => object;
    events?: (service: string | null, page: string | null) => object;
  }): Behaviour {
    return ({ action, query }) => {
      const [asked, page] = [query.get('ServiceName'), query.get('NextToken')];
      if (action.endsWith('Products')) return { body: { RequestId: 'R-1', Products: answers.products } };
      if (asked === null)
        return { status: 400, body: { Code: 'MissingServiceName', Message: 'm', RequestId: 'R' } };
      const answer = action.endsWith('Ips')
        ? (answers.ips?.(asked, page) ?? { Ips: [] })
        : (answers.events?.(asked, page) ?? { Events: [] });
      return 'status' in answer
        ? (answer as ReturnType<Behaviour>)
        : { body: { RequestId: 'R-1', ...answer } };
    };
  }

  test('the services, and of the newest five the addresses and events; newest first, ten at most', async () => {
    const products = Array.from({ length: 12 }, (_, hour) => service(`S${hour}`, hour + 1));
    server.behave = trail({
      products: products.toReversed(),
      ips: (name) => ({ Ips: [address('203.0.113.7', Number(name?.slice(1)) + 1), address(`${name}`, 9)] }),
      events: (name) => ({ Events: [1, 2, 3].map((hour) => event(`${name}-${hour}`, hour)) }),
    });
    const traces = await cloud.actionTrail.traces(key);
    expect(traces?.services.map(({ what }) => what)).toEqual(
      products.slice(0, 10).map(({ ServiceName }) => ServiceName),
    );
    expect(traces?.addresses[0]?.what).toBe('203.0.113.7');
    expect(traces?.addresses.map(({ what }) => what).sort()).toEqual(
      ['203.0.113.7', 'S0', 'S1', 'S2', 'S3', 'S4'].sort(),
    );
    expect(traces?.events).toHaveLength(10);
    expect(traces?.events.slice(0, 5).every(({ what }) => what.endsWith('-1'))).toBe(true);
    expect(traces?.incomplete).toEqual({});
  });

  test('all pages of both', async () => {
    server.behave = trail({
      products: [service('Ecs', 1)],
      ips: (_, page) =>
        page === null
          ? { Ips: [address('192.0.2.1', 2)], NextToken: 'second' }
          : { Ips: [address('192.0.2.2', 1)] },
      events: (_, page) => ({
        Events: [event(`E${page ?? '0'}`, 1)],
        ...(page !== '2' && { NextToken: page === null ? '1' : '2' }),
      }),
    });
    const traces = await cloud.actionTrail.traces(key);
    expect(traces?.addresses.map(({ what }) => what)).toEqual(['192.0.2.2', '192.0.2.1']);
    expect(traces?.events.map(({ what }) => what).sort()).toEqual(['E0', 'E1', 'E2']);
    const sizes = server.received.map(({ query }) => query.get('PageSize'));
    expect(sizes).toEqual([null, ...sizes.slice(1).map(() => '100')]);
  });

  test.each<[string, object]>([
    ['fails', { status: 503, body: { Code: 'ServiceUnavailable', RequestId: 'R' } }],
    ['is no list', { Ips: 'none' }],
    ['lacks an address', { Ips: [{ UsedTimestamp: 5 }] }],
    ['lacks a time', { Ips: [{ Ip: '192.0.2.9', UsedTimestamp: 'now' }] }],
  ])('what one list %s leaves the others, and is named', async (_, broken) => {
    server.behave = trail({
      products: two,
      ips: (name) => (name === 'Ecs' ? broken : { Ips: [address('192.0.2.1', 1)] }),
      events: () => ({ Events: [event('Describe', 1)] }),
    });
    const traces = await cloud.actionTrail.traces(key);
    expect(traces?.services).toHaveLength(2);
    expect(traces?.addresses.map(({ what }) => what)).toEqual(['192.0.2.1']);
    expect(traces?.events).toHaveLength(1);
    expect(traces?.incomplete).toEqual({ addresses: expect.stringContaining('GetAccessKeyLastUsedIps') });
  });

  test('one of the three refused: the others are told, and the last use is still asked for', async () => {
    const behave = trail({ products: two, events: () => ({ Events: [event('Describe', 1)] }) });
    server.behave = (call) =>
      call.action === 'GetAccessKeyLastUsedIps'
        ? { status: 403, body: { Code: 'NoPermission', RequestId: 'R' } }
        : behave(call);
    const traces = await cloud.actionTrail.traces(key);
    expect(traces).toMatchObject({ addresses: [], incomplete: { addresses: expect.any(String) } });
    expect(traces?.events).toHaveLength(1);
    server.behave = answering({});
    expect(await cloud.actionTrail.lastUse(key)).toEqual(never);
  });

  test.each(['MissingServiceName', 'MissingParameter', 'InvalidParameter.ServiceName'])(
    '%s is a fault of the call, and does not mean that there is no trail',
    async (Code) => {
      server.behave = () => ({ status: 400, body: { Code, Message: 'm', RequestId: 'R' } });
      await expect(cloud.actionTrail.traces(key)).rejects.toMatchObject({ code: Code });
      expect(await cloud.actionTrail.lastUse(key)).toMatchObject({ kind: 'unreadable' });
      expect([...cloud.notes]).toEqual([]);
    },
  );

  test('the services refused: nothing is to be had', async () => {
    server.behave = () => ({ status: 403, body: { Code: 'NoPermission', RequestId: 'R' } });
    expect(await cloud.actionTrail.traces(key)).toBeUndefined();
    expect(server.actions).toEqual(['GetAccessKeyLastUsedProducts']);
  });
});

describe('both sources together', () => {
  test.each([
    ['the later one', use(5), use(3), use(3)],
    ['the later one, told by RAM', use(2), use(3), use(2)],
    ['a use counts more than none', never, use(3), use(3)],
    ['also the other way round', use(3), never, use(3)],
    ['never', never, never, never],
    ['what RAM cannot tell is not known', unreadable, use(3), unreadable],
    ['nor is what ActionTrail cannot tell', use(3), unreadable, unreadable],
  ])('%s', (_, told, trailed, expected) => {
    expect(laterOf(told, trailed).kind).toBe(expected.kind);
    if (expected.kind === 'at') expect(laterOf(told, trailed)).toMatchObject({ at: expected.at });
  });

  test.each([
    ['within the lag', 5, 8, false],
    ['beyond it', 5, 9, true],
    ['beyond it, the other way round', 9, 5, true],
    ['a use that RAM may not know of yet', undefined, 3, false],
    ['a use that RAM should know of', undefined, 4, true],
    ['a use older than ActionTrail', 401 * 24, undefined, false],
    ['a use that ActionTrail should know of', 399 * 24, undefined, true],
    ['no use at all', undefined, undefined, false],
  ])('they disagree: %s', (_, told, trailed, expected) => {
    const read = (hours: number | undefined) => (hours === undefined ? never : use(hours));
    expect(disagree(read(told), read(trailed), now())).toBe(expected);
  });

  test('a disagreement is noted with the key and both times', async () => {
    server.behave = answering({ UsedTimestamp: at(4).toMillis() }, { LastUsedDate: at(30).toISO() });
    expect(await readKeyUse(cloud, 'svc@x', key)).toMatchObject({ kind: 'at', at: at(4) });
    expect([...cloud.notes]).toEqual([expect.stringMatching(new RegExp(`${key}.*later one counts`))]);
  });

  test('ActionTrail is not asked where RAM tells enough', async () => {
    server.behave = answering({}, { LastUsedDate: DateTime.utc(2026, 1, 1).toISO() });
    await readKeyUse(cloud, 'svc@x', key, () => true);
    expect(server.actions).toEqual(['GetAccessKeyLastUsed']);
  });
});
