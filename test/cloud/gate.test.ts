import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/base/clock';
import { CloudError } from '../../src/cloud/error';
import {
  DeadlineError,
  Gate,
  type GateOptions,
  PlanModeError,
  read,
  repeatableWrite,
  singleWrite,
} from '../../src/cloud/gate';
import { HandClock } from './hand-clock';

const ask = { product: 'RAM', action: 'ListAccessKeys', ...read };
const put = { product: 'KMS', action: 'PutSecretValue', ...repeatableWrite };
const create = { product: 'RAM', action: 'CreateAccessKey', ...singleWrite };

function gateOf(options: Partial<GateOptions> = {}): { gate: Gate; clock: HandClock } {
  const clock = new HandClock();
  const gate = new Gate({
    account: '1234567890123456',
    mode: 'enforce',
    readsPerSecond: 50,
    writesPerSecond: 10,
    clock,
    ...options,
  });
  return { gate, clock };
}

const answered =
  (status: number, Code: string, more: object = {}) =>
  () =>
    Promise.reject(
      Object.assign(new Error(Code), {
        statusCode: status,
        data: { Code, Message: 'No.', RequestId: 'R-1' },
        ...more,
      }),
    );
const throttled = answered(400, 'Throttling.User');
const denied = answered(403, 'NoPermission');
const broken = answered(500, 'InternalError');
const reset = () => Promise.reject(Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' }));
const page = () => Promise.reject(new SyntaxError('Unexpected token <'));

afterEach(() => {
  vi.useRealTimers();
});

describe('mode', () => {
  it('plan lets reads pass and refuses every write before it is sent', async () => {
    const { gate } = gateOf({ mode: 'plan' });
    const send = vi.fn(async () => 'sent');
    await expect(gate.call(ask, send)).resolves.toBe('sent');
    for (const write of [put, create]) {
      await expect(gate.call(write, send)).rejects.toBeInstanceOf(PlanModeError);
      await expect(gate.within(1000).call(write, send)).rejects.toBeInstanceOf(PlanModeError);
    }
    expect(send).toHaveBeenCalledTimes(1);
  });
});

describe('what is sent again', () => {
  const cases = [
    { call: ask, name: 'a read', failure: throttled, what: 'throttled', times: 4 },
    { call: ask, name: 'a read', failure: broken, what: 'a 500', times: 4 },
    { call: ask, name: 'a read', failure: reset, what: 'reset', times: 4 },
    { call: ask, name: 'a read', failure: page, what: 'answered with a page', times: 4 },
    { call: ask, name: 'a read', failure: denied, what: 'denied', times: 1 },
    { call: put, name: 'a repeatable write', failure: throttled, what: 'throttled', times: 4 },
    { call: put, name: 'a repeatable write', failure: reset, what: 'reset', times: 4 },
    { call: put, name: 'a repeatable write', failure: denied, what: 'denied', times: 1 },
    { call: create, name: 'CreateAccessKey', failure: throttled, what: 'throttled', times: 4 },
    { call: create, name: 'CreateAccessKey', failure: broken, what: 'a 500', times: 1 },
    { call: create, name: 'CreateAccessKey', failure: reset, what: 'reset', times: 1 },
    { call: create, name: 'CreateAccessKey', failure: page, what: 'answered with a page', times: 1 },
    { call: create, name: 'CreateAccessKey', failure: denied, what: 'denied', times: 1 },
  ];
  it.each(cases)('$name, $what: $times', async ({ call, failure, times }) => {
    const { gate } = gateOf();
    const send = vi.fn(failure);
    await expect(gate.call(call, send)).rejects.toBeInstanceOf(CloudError);
    expect(send).toHaveBeenCalledTimes(times);
  });

  it('CreateAccessKey is not sent again after a time-out', async () => {
    const { gate } = gateOf({ timeoutMs: 5 });
    const send = vi.fn(() => new Promise<never>(() => {}));
    await expect(gate.call(create, send)).rejects.toMatchObject({ code: 'Timeout', outcome: 'unknown' });
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('a call that succeeds after failures answers', async () => {
    const { gate } = gateOf();
    const send = vi
      .fn<() => Promise<string>>()
      .mockImplementationOnce(throttled)
      .mockImplementationOnce(reset);
    send.mockResolvedValue('well');
    await expect(gate.call(ask, send)).resolves.toBe('well');
  });

  it('waits with full jitter below 200 ms, 400 ms and 800 ms', async () => {
    const { gate, clock } = gateOf({ readsPerSecond: 500 });
    const random = vi.spyOn(Math, 'random').mockReturnValue(0.5);
    await expect(gate.call(ask, broken)).rejects.toThrow();
    random.mockRestore();
    expect(clock.sleeps).toEqual([100, 200, 400]);
  });

  it('waits as long as the cloud asks for, if that is not too long', async () => {
    const patient = gateOf({ readsPerSecond: 500 });
    const send = vi.fn(answered(429, 'Throttling', { retryAfter: 7_000 }));
    await expect(patient.gate.call(ask, send)).rejects.toThrow();
    expect(patient.clock.sleeps).toEqual([7_000, 7_000, 7_000]);

    const { gate, clock } = gateOf();
    await expect(gate.call(ask, answered(429, 'Throttling', { retryAfter: 3_600_000 }))).rejects.toThrow();
    expect(clock.sleeps).toEqual([]);
  });
});

describe('deadlines', () => {
  it('ends an attempt that hangs, whatever the SDK does', async () => {
    const { gate } = gateOf();
    const hanging = { ...ask, timeoutMs: 5 };
    await expect(gate.call(hanging, () => new Promise(() => {}))).rejects.toMatchObject({ code: 'Timeout' });
  });

  it('begins no call once the time is over', async () => {
    const { gate, clock } = gateOf({ deadlineAt: 1000 });
    const send = vi.fn(async () => 'sent');
    await expect(gate.call(ask, send)).resolves.toBe('sent');
    await clock.sleep(1000);
    await expect(gate.call(ask, send)).rejects.toBeInstanceOf(DeadlineError);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('does not begin a call whose turn comes too late', async () => {
    const { gate, clock } = gateOf({ writesPerSecond: 1, deadlineAt: 1500 });
    const send = vi.fn(async () => 'sent');
    const results = await Promise.allSettled([1, 2, 3].map(() => gate.call(put, send)));
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(send).toHaveBeenCalledTimes(2);
    expect(clock.sleeps).toEqual([1000]);
  });

  it('does not begin a call if it slept past its time, as a frozen instance does', async () => {
    class Oversleeping extends HandClock {
      override sleep(ms: number): Promise<void> {
        return super.sleep(ms * 100);
      }
    }
    const { gate } = gateOf({ clock: new Oversleeping(), deadlineAt: 5000 });
    const send = vi.fn(async () => 'sent');
    const results = await Promise.allSettled([gate.call(put, send), gate.call(put, send)]);
    expect(results).toMatchObject([{ status: 'fulfilled' }, { reason: expect.any(DeadlineError) }]);
    expect(send).toHaveBeenCalledTimes(1);
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { gate } = gateOf();
    await gate.call(ask, async () => 1);
    await expect(gate.call(ask, denied)).rejects.toThrow();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not wait for a retry that comes too late', async () => {
    const { gate, clock } = gateOf({ deadlineAt: 1000 });
    const send = vi.fn(answered(429, 'Throttling', { retryAfter: 2000 }));
    await expect(gate.call(ask, send)).rejects.toMatchObject({ code: 'Throttling' });
    expect(send).toHaveBeenCalledTimes(1);
    expect(clock.sleeps).toEqual([]);
  });

  it('a gate within a gate closes first, and never later', async () => {
    const { gate, clock } = gateOf({ deadlineAt: 1000 });
    const lease = gate.within(400);
    expect([lease.deadlineAt, gate.within(5000).deadlineAt, gate.until(700).deadlineAt]).toEqual([
      400, 1000, 700,
    ]);
    await clock.sleep(500);
    await expect(lease.call(ask, async () => 1)).rejects.toBeInstanceOf(DeadlineError);
    await expect(gate.call(ask, async () => 1)).resolves.toBe(1);
  });
});

describe('rate', () => {
  it('never sends more than the rate in any second, and reaches it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 500 }),
        fc.integer({ min: 1, max: 150 }),
        fc.integer({ min: 0, max: 900 }),
        async (readsPerSecond, calls, latency) => {
          const { gate, clock } = gateOf({ readsPerSecond });
          const sent: number[] = [];
          const send = async () => {
            sent.push(clock.elapsed());
            await clock.sleep(latency);
          };
          const lease = gate.within(1e9);
          await Promise.all(
            Array.from({ length: calls }, (_, i) => (i % 2 === 0 ? gate : lease).call(ask, send)),
          );
          expect(sent).toHaveLength(calls);
          for (const [i, at] of sent.entries()) {
            const later = sent[i + readsPerSecond];
            if (later !== undefined) expect(later - at).toBeGreaterThanOrEqual(1000 - 1e-6);
          }
          const last = sent.at(-1) ?? 0;
          expect(last).toBeLessThanOrEqual(((calls - 1) / readsPerSecond) * 1000 * 1.1 + 1e-6);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is counted per product and action', async () => {
    const { gate, clock } = gateOf({ readsPerSecond: 1 });
    await Promise.all([
      gate.call(ask, async () => 1),
      gate.call({ ...ask, action: 'GetUser' }, async () => 1),
      gate.call({ ...ask, product: 'IMS' }, async () => 1),
    ]);
    expect(clock.sleeps).toEqual([]);
  });

  it('has no more than a second of calls in flight', async () => {
    const { gate, clock } = gateOf({ readsPerSecond: 10 });
    let inFlight = 0;
    let most = 0;
    const slow = async () => {
      inFlight++;
      most = Math.max(most, inFlight);
      await clock.sleep(9_000);
      inFlight--;
    };
    await Promise.all(Array.from({ length: 40 }, () => gate.call(ask, slow)));
    expect(most).toBe(10);
  });

  it('holds on the real clock while the wall clock is frozen or turned back', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-11-23T03:00:00Z') });
    const { gate } = gateOf({ clock: systemClock, readsPerSecond: 200 });
    const begin = systemClock.elapsed();
    const calls = Array.from({ length: 21 }, () => gate.call(ask, async () => 1));
    vi.setSystemTime(new Date('2026-11-22T03:00:00Z'));
    await Promise.all(calls);
    await gate.call(ask, async () => 1);
    expect(systemClock.elapsed() - begin).toBeGreaterThanOrEqual(100);
    expect(systemClock.elapsed() - begin).toBeLessThan(2_000);
  });
});

describe('a quota below the configured rate', () => {
  it('holds the whole lane back, so that every call succeeds all the same', async () => {
    const quota = 40;
    const { gate, clock } = gateOf({ readsPerSecond: 50 });
    let tokens = quota;
    let at = 0;
    let refusals = 0;
    const send = async () => {
      tokens = Math.min(quota, tokens + ((clock.elapsed() - at) / 1000) * quota);
      at = clock.elapsed();
      if (tokens < 1) {
        refusals++;
        return throttled();
      }
      tokens -= 1;
      return clock.sleep(30);
    };
    await Promise.all(Array.from({ length: 1500 }, () => gate.call(ask, send)));
    expect(refusals).toBeGreaterThan(0);
    expect(refusals).toBeLessThan(150);
    expect(clock.elapsed()).toBeLessThan((1500 / quota) * 1000 * 1.1);
  });
});

describe('the clock of the service', () => {
  const apart = (date: string | undefined) => {
    const { gate, clock } = gateOf();
    gate.heardDate(date);
    return gate.until(1000).serviceClock.now().diff(clock.now()).as('minutes');
  };
  const inMinutes = (minutes: number) => gateOf().clock.now().plus({ minutes }).toHTTP() ?? '';

  it.each([
    ['ahead of this machine', inMinutes(14), 14],
    ['behind it', inMinutes(-14), -14],
    ['the same but for the rounding to seconds', inMinutes(0.05), 0],
    ['not told', undefined, 0],
    ['told in words that are no date', 'soon', 0],
  ])('%s', (_, date, minutes) => {
    expect(apart(date)).toBeCloseTo(minutes, 1);
  });
});
