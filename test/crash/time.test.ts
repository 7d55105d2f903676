import { afterEach, describe, expect, test, vi } from 'vitest';
import { MINUTE } from '../../packages/local-alibaba-cloud/src/time';
import { Stage } from '../e2e/stage';
import { user, World } from './world';

const keysOf = (world: World) => world.standing().filter((line) => line.startsWith('key '));

afterEach(() => {
  process.env.TZ = 'UTC';
});

describe('a time limit', () => {
  const names = Array.from({ length: 60 }, (_, index) => `svc-${index}`);

  test.each([6, 12])('of %i s leaves users to the next runs, and nobody starves', async (timeout) => {
    const stage = await Stage.open({ rotation: { users: { names } } });
    for (const name of names) stage.account.createUser(name);
    const handle = stage.cloud.handle.bind(stage.cloud);
    stage.cloud.handle = (request) => {
      stage.clock.advance(5);
      return handle(request);
    };
    let left = names.length;
    for (let run = 1; left > 0; run++) {
      const { report, error } = await stage.run({}, { timeout });
      expect(error).toBeUndefined();
      const late = report.users.filter(({ reason }) => reason === 'TimeLimitReached').length;
      expect(report.users).toHaveLength(names.length);
      expect(late).toBeLessThan(left);
      left = late;
      stage.advance('PT1H');
      expect(run).toBeLessThan(20);
    }
    expect(names.filter((name) => !stage.account.secret(`keyturn/${name}`))).toEqual([]);
    await stage.close();
  });
});

describe.each([-10, 10])('a clock that is %i min off', (minutes) => {
  test('changes nothing in the course of a rotation', async () => {
    const world = await World.open({}, undefined, { skewMs: Math.abs(minutes) * MINUTE });
    world.stage.cloud.clock.skewMs = minutes * MINUTE;
    await world.run();
    await world.skip('P91D');
    for (let day = 0; day < 11; day++) {
      await world.run();
      await world.pass('P1D');
    }
    expect(keysOf(world)).toEqual(['key Active ACSCurrent']);
    world.expectSound();
    await world.close();
  });
});

test.each([
  ['late by days', ['P95D', 'P4D', 'P11D']],
  ['not at all for a month', ['P91D', 'P31D', 'P31D']],
  ['three times in a minute', ['P90D', 'PT20S', 'PT20S', 'P2D', 'PT20S', 'PT20S', 'P7D', 'PT20S', 'PT20S']],
])('runs that come %s end where others do', async (_, waits) => {
  const world = await World.open();
  await world.run();
  for (const wait of waits) {
    await world.skip(wait);
    await world.run();
  }
  expect(keysOf(world)).toEqual(['key Active ACSCurrent']);
  world.expectSound();
  await world.close();
});

test.each([
  ['a leap day', '2028-02-28T12:00:00Z', 'UTC'],
  ['the begin of daylight saving', '2027-03-13T17:00:00Z', 'America/New_York'],
  ['the end of daylight saving', '2027-11-06T16:00:00Z', 'America/New_York'],
])('grace is 48 hours across %s', async (_, begin, zone) => {
  process.env.TZ = zone;
  const world = await World.open();
  vi.setSystemTime(new Date(begin));
  world.stage.account.createKey(user, { createdAt: new Date('2026-01-01T00:00:00Z') });
  await world.run();
  const statuses = async (wait: string) => {
    world.stage.advance(wait);
    await world.run();
    return keysOf(world);
  };
  expect(await statuses('PT47H59M')).toEqual(['key Active', 'key Active ACSCurrent']);
  expect(await statuses('PT1M')).toEqual(['key Active ACSCurrent', 'key Inactive']);
  world.expectSound();
  await world.close();
});
