import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { every, KINDS, NOW, rotated, tell } from './fixtures';
import { type Vendor, vendors } from './vendors';

/** The SDKs of Function Compute take the date of a request from the system. */
beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'], now: NOW.toMillis() }));

let vendor: Vendor | undefined;
afterEach(async () => {
  vi.useRealTimers();
  await vendor?.close();
});

describe.each(KINDS)('%s', (kind) => {
  test.each(Object.values(every))('takes $type', async (fact) => {
    vendor = await vendors[kind]();
    const { deliver, channels } = tell(kind, vendor.origin, { timeout: 10_000 });
    const delivery = await deliver(fact);
    expect(delivery.failed).toEqual([]);
    expect(delivery.taken).toEqual(channels.map(({ id }) => id));
    expect(vendor.taken).toHaveLength(1);
  });

  test('takes the messages in Chinese', async () => {
    vendor = await vendors[kind]();
    const { deliver } = tell(kind, vendor.origin, { locale: 'zh-CN', timeout: 10_000 });
    for (const fact of Object.values(every)) expect((await deliver(fact)).failed).toEqual([]);
    expect(vendor.taken).toHaveLength(Object.keys(every).length);
  });

  test('a repeat is told under the same id, and nothing of the channel is in a body', async () => {
    vendor = await vendors[kind]();
    const { deliver } = tell(kind, vendor.origin, { timeout: 10_000 });
    await deliver(rotated);
    await deliver(rotated);
    const [first, second] = vendor.taken;
    expect(second?.body).toBe(first?.body);
    expect(first?.body).not.toMatch(/TOKEN|SEC-of|SECRET/);
  });
});
