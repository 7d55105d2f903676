import { afterEach, describe, expect, test, vi } from 'vitest';
import { MINUTE } from '../../packages/local-alibaba-cloud/index';
import { RotationFixture } from '../support/rotation-fixture';
import { CrashFixture, user } from './crash-fixture';

const keysOf = (fixture: CrashFixture) => fixture.standing().filter((line) => line.startsWith('key '));

afterEach(() => {
  process.env.TZ = 'UTC';
});

describe('a time limit', () => {
  const names = Array.from({ length: 60 }, (_, index) => `svc-${index}`);

  test.each([6, 12])('of %i s leaves users to the next runs, and nobody starves', async (timeout) => {
    const rotation = await RotationFixture.open({ rotation: { users: { names } } });
    for (const name of names) rotation.account.createUser(name);
    const handle = rotation.cloud.handle.bind(rotation.cloud);
    rotation.cloud.handle = (request) => {
      rotation.clock.advance(5);
      return handle(request);
    };
    let left = names.length;
    for (let run = 1; left > 0; run++) {
      const { report, error } = await rotation.run({}, { timeout });
      expect(error).toBeUndefined();
      const late = report.users.filter(({ reason }) => reason === 'TimeLimitReached').length;
      expect(report.users).toHaveLength(names.length);
      expect(late).toBeLessThan(left);
      left = late;
      rotation.advance('PT1H');
      expect(run).toBeLessThan(20);
    }
    expect(names.filter((name) => !rotation.account.secret(`keyturn/${name}`))).toEqual([]);
    await rotation.close();
  });
});

describe.each([-10, 10])('a clock that is %i min off', (minutes) => {
  test('changes nothing in the course of a rotation', async () => {
    const fixture = await CrashFixture.open({}, undefined, { skewMs: Math.abs(minutes) * MINUTE });
    fixture.rotation.cloud.clock.skewMs = minutes * MINUTE;
    await fixture.run();
    await fixture.skip('P91D');
    for (let day = 0; day < 11; day++) {
      await fixture.run();
      await fixture.pass('P1D');
    }
    expect(keysOf(fixture)).toEqual(['key Active ACSCurrent']);
    fixture.expectSound();
    await fixture.close();
  });
});

test.each([
  ['late by days', ['P95D', 'P4D', 'P11D']],
  ['not at all for a month', ['P91D', 'P31D', 'P31D']],
  ['three times in a minute', ['P90D', 'PT20S', 'PT20S', 'P2D', 'PT20S', 'PT20S', 'P7D', 'PT20S', 'PT20S']],
])('runs that come %s end where others do', async (_, waits) => {
  const fixture = await CrashFixture.open();
  await fixture.run();
  for (const wait of waits) {
    await fixture.skip(wait);
    await fixture.run();
  }
  expect(keysOf(fixture)).toEqual(['key Active ACSCurrent']);
  fixture.expectSound();
  await fixture.close();
});

test.each([
  ['a leap day', '2028-02-28T12:00:00Z', 'UTC'],
  ['the begin of daylight saving', '2027-03-13T17:00:00Z', 'America/New_York'],
  ['the end of daylight saving', '2027-11-06T16:00:00Z', 'America/New_York'],
])('grace is 48 hours across %s', async (_, begin, zone) => {
  process.env.TZ = zone;
  const fixture = await CrashFixture.open();
  vi.setSystemTime(new Date(begin));
  fixture.rotation.account.createKey(user, { createdAt: new Date('2026-01-01T00:00:00Z') });
  await fixture.run();
  const statuses = async (wait: string) => {
    fixture.rotation.advance(wait);
    await fixture.run();
    return keysOf(fixture);
  };
  expect(await statuses('PT47H59M')).toEqual(['key Active', 'key Active ACSCurrent']);
  expect(await statuses('PT1M')).toEqual(['key Active ACSCurrent', 'key Inactive']);
  fixture.expectSound();
  await fixture.close();
});
