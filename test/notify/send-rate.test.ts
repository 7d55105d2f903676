import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type RateLimit, SendRate } from '../../src/notify/send-rate';
import { urgencies } from '../../src/notify/urgency';
import { HandClock } from './fixtures';

const minute = 60_000;

/** Sends each message as soon as it may go; when each was sent, and how urgent it was. */
async function sendAll(
  limit: RateLimit,
  messages: { urgency: (typeof urgencies)[number]; takesMs: number }[],
) {
  const clock = new HandClock();
  const rate = new SendRate(limit, clock);
  const sent: { at: number; urgency: string }[] = [];
  for (const { urgency, takesMs } of messages) {
    await clock.sleep(rate.waitFor(urgency));
    expect(rate.waitFor(urgency)).toBe(0);
    const answered = rate.take();
    sent.push({ at: clock.elapsed(), urgency });
    await clock.sleep(takesMs);
    answered();
  }
  return sent;
}

const messages = fc.array(
  fc.record({ urgency: fc.constantFrom(...urgencies), takesMs: fc.nat({ max: 5_000 }) }),
  { maxLength: 100 },
);

test('no minute holds more than the limit, however long the receiver takes', async () => {
  await fc.assert(
    fc.asyncProperty(messages, fc.integer({ min: 1, max: 30 }), async (all, perMinute) => {
      const sent = await sendAll({ perMinute }, all);
      for (const { at } of sent) {
        const within = sent.filter((other) => other.at >= at && other.at < at + minute);
        expect(within.length).toBeLessThanOrEqual(perMinute);
      }
    }),
    { numRuns: 50 },
  );
});

test('an alarm finds room beside twenty reminders', async () => {
  const clock = new HandClock();
  const rate = new SendRate({ perMinute: 20 }, clock);
  for (let sent = 0; rate.waitFor('rest') === 0; sent += 1) {
    expect(sent).toBeLessThan(20);
    rate.take()();
  }
  expect(rate.waitFor('gating')).toBeGreaterThan(0);
  expect(rate.waitFor('alarm')).toBe(0);
  rate.take()();
  expect(rate.waitFor('alarm')).toBe(0);
});

test('one message a minute is not kept for an alarm that never comes', () => {
  expect(new SendRate({ perMinute: 1 }, new HandClock()).waitFor('rest')).toBe(0);
});

test('no second holds more than its limit', async () => {
  const sent = await sendAll({ perSecond: 5 }, Array(20).fill({ urgency: 'rest', takesMs: 10 }));
  for (const { at } of sent)
    expect(sent.filter((other) => other.at >= at && other.at < at + 1000).length).toBeLessThanOrEqual(5);
});

test('a receiver that asks to wait is left alone, also by alarms', async () => {
  const clock = new HandClock();
  const rate = new SendRate({}, clock);
  rate.hold(600_000);
  rate.hold(1_000);
  expect(rate.waitFor('alarm')).toBe(600_000);
  await clock.sleep(600_000);
  expect(rate.waitFor('rest')).toBe(0);
});
