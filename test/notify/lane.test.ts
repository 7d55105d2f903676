import { describe, expect, test } from 'vitest';
import type { Channel, Facts } from '../../src/notify/channel';
import { DeliveryError } from '../../src/notify/delivery-error';
import * as facts from '../../src/notify/fact';
import { Lane, type LaneOptions } from '../../src/notify/lane';
import { nextParcel } from '../../src/notify/parcel';
import { ACCOUNT, every, HandClock, NOW } from './fixtures';

const user = (name: string) => ({ account: ACCOUNT, user: name });
const deleted = (name: string) => facts.deleted(NOW, { ...user(name), keyId: 'LTAI5tOld' });
const blocked = (name: string) => facts.blocked(NOW, { ...user(name), reason: 'A', message: 'a' });
const rotated = (name: string, emergency?: true) =>
  facts.rotated(NOW, {
    ...user(name),
    secretName: 'keyturn/a',
    versionId: name,
    keyId: name,
    ...(emergency && { emergency }),
  });
const alarm = every['keyturn.run.failed'];
const names = (count: number) => Array.from({ length: count }, (_, index) => `svc-${index}`);

/** A lane to a channel that answers with what `answer` says of the so manieth message, or throws it. */
function laneTo(
  answer: (message: number) => Error | undefined = () => undefined,
  channel: Partial<Channel> = {},
  options: Partial<LaneOptions> = {},
) {
  const clock = new HandClock();
  const messages: { at: number; subjects: string[]; type: string }[] = [];
  const deliver = async (sent: Facts) => {
    const error = answer(messages.length);
    messages.push({
      at: clock.elapsed(),
      subjects: sent.map(({ subject }) => subject),
      type: sent[0].type.replace('keyturn.', ''),
    });
    if (error) throw error;
    return 'answered 200';
  };
  const lane = new Lane(
    {
      id: 'abc123',
      label: 'chat #1',
      packing: { kind: 'digest', above: 5 },
      limit: {},
      atOnce: 1,
      deliver,
      ...channel,
    },
    { clock, timeoutMs: 5_000, deadlineFor: () => 600_000, ...options },
  );
  return { lane, messages, clock };
}

const later = (laterMs: number) => new DeliveryError('answered 429', { retryable: true, laterMs });
const down = () => new DeliveryError('answered 503', { retryable: true });

describe('order', () => {
  test('alarms first, then what a step waits for, then the rest', async () => {
    const { lane, messages } = laneTo();
    const sent = [deleted('a'), rotated('b'), alarm, blocked('c'), rotated('d', true), rotated('e')];
    await Promise.all(sent.map((fact) => lane.send(fact)));
    expect(messages.map(({ type, subjects }) => [type, ...subjects])).toEqual([
      ['run.failed', ACCOUNT],
      ['accesskey.rotated', 'd'],
      ['accesskey.rotated', 'b'],
      ['accesskey.rotated', 'e'],
      ['accesskey.deleted', 'a'],
      ['accesskey.blocked', 'c'],
    ]);
  });

  test('an alarm that comes while the rest waits for its turn does not wait with it', async () => {
    const { lane, messages } = laneTo(undefined, { packing: { kind: 'single' }, limit: { perMinute: 4 } });
    const rest = names(5).map((name) => lane.send(deleted(name)));
    await rest[1];
    const alarmed = lane.send(alarm);
    await alarmed;
    await Promise.all(rest);
    expect(messages.map(({ type }) => type)).toEqual([
      'accesskey.deleted',
      'accesskey.deleted',
      'run.failed',
      ...Array(3).fill('accesskey.deleted'),
    ]);
    expect(messages[2]?.at).toBeLessThanOrEqual(1_000);
  });
});

describe('in one message', () => {
  test.each([
    [5, 5],
    [6, 1],
    [300, 1],
  ])('%i facts of one type are %i messages', async (count, sent) => {
    const { lane, messages } = laneTo();
    const outcomes = await Promise.all(names(count).map((name) => lane.send(deleted(name))));
    expect(messages).toHaveLength(sent);
    expect(messages.flatMap(({ subjects }) => subjects)).toEqual(names(count));
    expect(outcomes).toEqual(Array(count).fill({ taken: true, answer: 'answered 200' }));
  });

  test('another type, and an emergency, is not among them', async () => {
    const { lane, messages } = laneTo();
    const sent = [...names(6).map((name) => rotated(name)), rotated('leaked', true), deleted('gone')];
    await Promise.all(sent.map((fact) => lane.send(fact)));
    expect(messages.map(({ subjects }) => subjects)).toEqual([['leaked'], names(6), ['gone']]);
  });

  test('a message that nobody took is the failure of each fact in it', async () => {
    const { lane } = laneTo(() => new DeliveryError('answered 403', { retryable: false }));
    const outcomes = await Promise.all(names(6).map((name) => lane.send(deleted(name))));
    expect(outcomes).toEqual(Array(6).fill({ taken: false, error: 'answered 403' }));
  });

  test('what comes while the channel waits for its turn goes out together', async () => {
    const { lane, messages } = laneTo(undefined, { limit: { perMinute: 2 } });
    await lane.send(deleted('first'));
    await Promise.all(names(6).map((name) => lane.send(deleted(name))));
    expect(messages.map(({ subjects }) => subjects.length)).toEqual([1, 6]);
  });

  test('a batch holds facts of all types, as many as fit', () => {
    const queue = [rotated('a'), deleted('b'), blocked('c')].map((fact) => ({ fact }));
    const bytes = (count: number) =>
      queue.slice(0, count).reduce((sum, { fact }) => sum + Buffer.byteLength(JSON.stringify(fact)), 0);
    const batch = (most: number, mostBytes: number) =>
      nextParcel(queue, { kind: 'batch', most, mostBytes }).length;
    expect(batch(10, 10_000)).toBe(3);
    expect(batch(2, 10_000)).toBe(2);
    expect(batch(10, bytes(2))).toBe(2);
    expect(batch(10, bytes(2) - 1)).toBe(1);
    expect(batch(10, 1)).toBe(1);
  });
});

describe('a receiver that asks to wait', () => {
  test('gets the same after that time', async () => {
    const { lane, messages } = laneTo((message) => (message === 0 ? later(90_000) : undefined));
    expect(await lane.send(rotated('a'))).toMatchObject({ taken: true });
    expect(messages.map(({ at }) => at)).toEqual([0, 90_000]);
  });

  test('but not beyond the time of the run', async () => {
    const { lane, messages, clock } = laneTo(() => later(600_000));
    expect(await lane.send(rotated('a'))).toEqual({ taken: false, error: 'answered 429' });
    expect(messages).toHaveLength(1);
    expect(clock.elapsed()).toBe(0);
  });

  test('and not for ever', async () => {
    const { lane, messages } = laneTo(() => later(10));
    expect(await lane.send(rotated('a'))).toEqual({ taken: false, error: 'answered 429' });
    expect(messages).toHaveLength(4);
  });

  test('is not sent other notices meanwhile, and alarms go first after it', async () => {
    const { lane, messages } = laneTo((message) => (message === 0 ? later(60_000) : undefined));
    const waiting = lane.send(deleted('a'));
    while (messages.length === 0) await Promise.resolve();
    await Promise.all([waiting, lane.send(alarm)]);
    expect(messages.map(({ at, type }) => [at, type])).toEqual([
      [0, 'accesskey.deleted'],
      [60_000, 'run.failed'],
      [60_000, 'accesskey.deleted'],
    ]);
  });
});

describe('a receiver that is down', () => {
  test('is not tried for every one of many notices', async () => {
    const { lane, messages } = laneTo(down, { packing: { kind: 'single' } });
    const outcomes = await Promise.all(names(50).map((name) => lane.send(deleted(name))));
    expect(messages).toHaveLength(9);
    expect(outcomes.slice(0, 3)).toEqual(Array(3).fill({ taken: false, error: 'answered 503' }));
    expect(outcomes.slice(3)).toEqual(
      Array(47).fill({ taken: false, error: 'not tried: the notices before it were not taken' }),
    );
  });

  test('is tried for an alarm, and when it is up again for the rest too', async () => {
    const { lane } = laneTo((message) => (message < 9 ? down() : undefined), { packing: { kind: 'single' } });
    await Promise.all(names(4).map((name) => lane.send(deleted(name))));
    expect(await lane.send(alarm)).toMatchObject({ taken: true });
    expect(await lane.send(deleted('a'))).toMatchObject({ taken: true });
  });

  test('a refusal for good says nothing of the next notice', async () => {
    const refused = new DeliveryError('answered 400', { retryable: false });
    const { lane, messages } = laneTo(() => refused, { packing: { kind: 'single' } });
    await Promise.all(names(10).map((name) => lane.send(deleted(name))));
    expect(messages).toHaveLength(10);
  });
});

test('where the time is over for the rest, alarms still go', async () => {
  const deadlineFor = (urgency: string) => (urgency === 'alarm' ? 600_000 : 0);
  const { lane, messages } = laneTo(undefined, {}, { deadlineFor });
  const late = { taken: false, error: 'no time left in this run' };
  const sent = [deleted('a'), alarm, rotated('b')];
  expect(await Promise.all(sent.map((fact) => lane.send(fact)))).toEqual([
    late,
    { taken: true, answer: 'answered 200' },
    late,
  ]);
  expect(messages).toHaveLength(1);
});

test('an error that nobody expected is told by its name, and the next fact goes out', async () => {
  const { lane } = laneTo((message) => (message === 0 ? new TypeError('TOKEN') : undefined));
  expect(await lane.send(deleted('a'))).toEqual({ taken: false, error: 'unexpected TypeError' });
  expect(await lane.send(deleted('a'))).toMatchObject({ taken: true });
});
