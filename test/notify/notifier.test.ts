import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Channel as ChannelConfig } from '../../src/config/schema';
import type { Fact } from '../../src/notify/fact';
import { matchesGlob } from '../../src/notify/glob';
import { listening, type Receiver, receiver } from '../support/receiver';
import { configOf, every, HandClock, KINDS, notifier, rotated, secret, tell } from './fixtures';

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((server) => server.close()));
});

async function up(...answers: Parameters<typeof receiver>): Promise<Receiver> {
  const server = await receiver(...answers);
  closing.push(server);
  return server;
}

const hook = (url: string, narrowing: Partial<ChannelConfig> = {}): ChannelConfig =>
  ({ type: 'webhook', url, secret, allowPrivate: false, ...narrowing }) as ChannelConfig;

describe('due', () => {
  const labels = (narrowing: Partial<ChannelConfig>, fact: Fact) =>
    notifier([hook('https://a.example.com/', narrowing)]).due(fact).length;

  test.each<[string, Partial<ChannelConfig>, Fact, boolean]>([
    ['no narrowing', {}, rotated, true],
    ['its user', { users: ['svc-orders'] }, rotated, true],
    ['a glob of users', { users: ['nobody', 'svc-*'] }, rotated, true],
    ['another user', { users: ['svc-order'] }, rotated, false],
    ['no user at all', { users: [] }, rotated, false],
    ['its event', { events: ['keyturn.accesskey.*'] }, rotated, true],
    ['another event', { events: ['keyturn.accesskey.stillused'] }, rotated, false],
    ['its user, another event', { users: ['*'], events: ['keyturn.run.*'] }, rotated, false],
    ['a run is not narrowed by users', { users: ['nobody'] }, every['keyturn.run.failed'], true],
    ['a run is narrowed by events', { events: ['keyturn.accesskey.*'] }, every['keyturn.run.halted'], false],
    ['a test goes everywhere', { users: [], events: [] }, every['keyturn.test'], true],
  ])('%s', (_, narrowing, fact, due) => {
    expect(labels(narrowing, fact)).toBe(due ? 1 : 0);
  });

  test('without channels nobody is due, and telling them is done at once', async () => {
    const { due, deliver } = notifier([]);
    expect(due(rotated)).toEqual([]);
    expect(await deliver(rotated)).toEqual({ taken: [], failed: [], answers: {} });
  });
});

describe('channels', () => {
  test('have a short id that goes with type and address, and a label without either', () => {
    const all = KINDS.map((kind) => configOf[kind]('https://hooks.example.com'));
    const { channels } = notifier(all);
    const { channels: reversed } = notifier([...all].reverse());
    for (const { id } of channels) expect(id).toMatch(/^[0-9a-z]{6}$/);
    expect(new Set(channels.map(({ id }) => id)).size).toBe(KINDS.length);
    expect(channels.map(({ id }) => id)).toEqual(reversed.map(({ id }) => id).reverse());
    expect(channels.map(({ label }) => label)).toEqual([
      'webhook #1',
      'dingtalk #2',
      'feishu #3',
      'wecom #4',
      'slack #5',
      'function #6',
      'function #7',
    ]);
  });
});

describe('deliver', () => {
  test('one that is down does not keep the others from being told', async () => {
    const [good, bad] = [await up(), await up({ status: 500 })];
    const { deliver, channels } = notifier([hook(bad.origin), hook(good.origin)]);
    const { taken, failed } = await deliver(rotated);
    expect(taken).toEqual([channels[1]?.id]);
    expect(failed).toEqual([{ ...channels[0], error: 'answered 500' }]);
  });

  test('side by side: each answers only when all have been asked', async () => {
    const waiting: (() => void)[] = [];
    const servers = await Promise.all(
      [1, 2, 3].map(() =>
        listening((_, response) => {
          waiting.push(() => response.end());
          if (waiting.length === 3) for (const go of waiting) go();
        }),
      ),
    );
    closing.push(...servers);
    const { deliver } = notifier(servers.map(({ origin }) => hook(origin)));
    expect((await deliver(rotated)).taken).toHaveLength(3);
  });

  test('only those asked for, of those due', async () => {
    const [one, two] = [await up(), await up()];
    const { deliver, channels } = notifier([hook(one.origin), hook(two.origin, { users: ['nobody'] })]);
    const [first, second] = channels.map(({ id }) => id);
    expect((await deliver(rotated, [second ?? ''])).taken).toEqual([]);
    expect((await deliver(rotated, [first ?? '', second ?? ''])).taken).toEqual([first]);
    expect([one.received.length, two.received.length]).toEqual([1, 0]);
  });

  test('two channels to one address tell it once', async () => {
    const server = await up();
    const { deliver, due } = notifier([hook(server.origin, { users: ['svc-*'] }), hook(server.origin)]);
    expect(due(rotated)).toHaveLength(1);
    await deliver(rotated);
    expect(server.received).toHaveLength(1);
  });

  test('in mode plan nothing is sent', async () => {
    const server = await up();
    const { deliver, due } = notifier([hook(server.origin)], { mode: 'plan' });
    expect(due(rotated)).toHaveLength(1);
    await expect(deliver(rotated)).rejects.toThrow(/mode is plan/);
    expect(server.received).toEqual([]);
  });

  test('attempts are three, with a growing pause between them', async () => {
    const server = await up({ status: 503 });
    const clock = new HandClock();
    await notifier([hook(server.origin)], { clock }).deliver(rotated);
    expect(server.received).toHaveLength(3);
    expect(clock.slept).toEqual([1_000, 3_000]);
  });

  test('no pause goes beyond the deadline', async () => {
    const server = await up({ status: 503 });
    const clock = new HandClock();
    const { failed } = await notifier([hook(server.origin)], { clock, deadline: 3_500 }).deliver(rotated);
    expect(failed).toEqual([expect.objectContaining({ error: 'answered 503' })]);
    expect(clock.slept).toEqual([1_000]);
  });

  test('after the deadline nothing is begun', async () => {
    const server = await up();
    const clock = new HandClock();
    await clock.sleep(10_000);
    const { failed } = await notifier([hook(server.origin)], { clock, deadline: 10_000 }).deliver(rotated);
    expect(failed).toEqual([expect.objectContaining({ error: 'no time left in this run' })]);
    expect(server.received).toEqual([]);
  });

  test('an attempt under way ends at the deadline', async () => {
    const server = await listening(() => {});
    closing.push(server);
    const { deliver } = notifier([hook(server.origin)], { deadline: 50, timeout: 60_000 });
    expect((await deliver(rotated)).failed).toEqual([
      expect.objectContaining({ error: 'no answer in time' }),
    ]);
  });

  test('a function without credentials to call it', async () => {
    const { failed } = await tell('fc3', 'http://127.0.0.1:1', { functions: undefined }).deliver(rotated);
    expect(failed).toEqual([
      expect.objectContaining({ error: 'not sent: no credentials to call functions' }),
    ]);
  });

  test('credentials are taken afresh for every attempt', async () => {
    let taken = 0;
    const credentials = () => {
      taken += 1;
      return { accessKeyId: 'LTAI5t', accessKeySecret: secret };
    };
    const server = await up({ status: 500, body: '{}' });
    const endpoint = { protocol: 'http' as const, host: new URL(server.origin).host };
    await tell('fc3', server.origin, { functions: { credentials, endpoint } }).deliver(rotated);
    expect(taken).toBe(3);
  });
});

describe('glob', () => {
  test.each([
    ['*', '', true],
    ['svc-*', 'svc-orders', true],
    ['svc-?', 'svc-a', true],
    ['svc-?', 'svc-ab', false],
    ['svc.orders', 'svc-orders', false],
    ['[a-z]', 'a', false],
    ['*.accesskey.*', 'keyturn.accesskey.rotated', true],
  ])('%s %s', (pattern, name, matches) => {
    expect(matchesGlob(pattern, name)).toBe(matches);
  });

  test('a name matches itself, and with any part starred', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (start, rest) => {
        fc.pre(!/[*?]/.test(start + rest));
        expect(matchesGlob(start + rest, start + rest)).toBe(true);
        expect(matchesGlob(`${start}*`, start + rest)).toBe(true);
        expect(matchesGlob(`${start}?`, start)).toBe(false);
      }),
    );
  });
});
