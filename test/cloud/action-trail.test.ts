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
  test('newest first, ten at most, and without what cannot be read', async () => {
    const products = Array.from({ length: 12 }, (_, hour) => ({
      ServiceName: `S${hour}`,
      UsedTimestamp: at(hour + 1).toMillis(),
    }));
    server.behave = ({ action }) => ({
      body: {
        RequestId: 'R-1',
        ...(action === 'GetAccessKeyLastUsedProducts' && { Products: products.toReversed() }),
        ...(action === 'GetAccessKeyLastUsedIps' && {
          Ips: [{ Ip: '', UsedTimestamp: 5 }, null, { Ip: '203.0.113.7', UsedTimestamp: at(1).toMillis() }],
        }),
        ...(action === 'GetAccessKeyLastUsedEvents' && { Events: 'none' }),
      },
    });
    const traces = await cloud.actionTrail.traces(key);
    expect(traces?.services.map(({ what }) => what)).toEqual(
      products.slice(0, 10).map(({ ServiceName }) => ServiceName),
    );
    expect(traces?.addresses).toEqual([{ at: at(1), what: '203.0.113.7' }]);
    expect(traces?.events).toEqual([]);
  });

  test('one of the three refused: none, and the last use is still asked for', async () => {
    server.behave = ({ action }) =>
      action === 'GetAccessKeyLastUsedIps'
        ? { status: 403, body: { Code: 'NoPermission', RequestId: 'R' } }
        : { body: { RequestId: 'R-1' } };
    expect(await cloud.actionTrail.traces(key)).toBeUndefined();
    expect(await cloud.actionTrail.lastUse(key)).toEqual(never);
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
