import { expect, test } from 'vitest';
import { Permits } from '../../src/rotation/permits';

test('no more are granted than the limit', async () => {
  const permits = new Permits(2);
  expect([await permits.take(), await permits.take()]).toEqual([true, true]);
  permits.settle(true);
  permits.settle(true);
  expect(await permits.take()).toBe(false);
});

test('one that comes to nothing goes to whoever asked first', async () => {
  const permits = new Permits(1);
  await permits.take();
  const order: string[] = [];
  const asked = ['first', 'second'].map(async (name) => {
    if (await permits.take()) order.push(name);
    return order.length;
  });
  permits.settle(false);
  await asked[0];
  expect(order).toEqual(['first']);
  permits.settle(true);
  await asked[1];
  expect(order).toEqual(['first']);
});

test('nobody waits for ever: once all have begun, those who wait are told', async () => {
  const permits = new Permits(2);
  await permits.take();
  await permits.take();
  const waiting = [permits.take(), permits.take(), permits.take()];
  permits.settle(true);
  permits.settle(false);
  expect(await waiting[0]).toBe(true);
  permits.settle(true);
  expect(await Promise.all(waiting)).toEqual([true, false, false]);
});

test('whoever cannot wait gets what is free now', async () => {
  const permits = new Permits(1);
  expect(permits.takeNow()).toBe(true);
  expect(permits.takeNow()).toBe(false);
  permits.settle(false);
  expect(permits.takeNow()).toBe(true);
});
