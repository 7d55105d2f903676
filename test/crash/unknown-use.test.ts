import { describe, expect, test } from 'vitest';
import type { Fault } from '../../packages/local-alibaba-cloud/src/faults';
import { DEFAULT_SWITCHES, type Switches } from '../../packages/local-alibaba-cloud/src/switches';
import { HOUR } from '../../packages/local-alibaba-cloud/src/time';
import { user, World } from './world';

const neverWritten = ['', 'absent', '-', 'N/A'] as const;

async function rotated(switches: Partial<Switches>, more: Record<string, unknown> = {}): Promise<World> {
  const world = await World.open({ rotation: { users: { names: [user] }, ...more } }, undefined, {
    switches,
  });
  await world.run();
  world.stage.advance('P90D');
  await world.run();
  return world;
}

const statusOf = (world: World) => world.standing().filter((line) => line.startsWith('key '));
const oldKeyOf = (world: World) => [...world.stage.account.user(user).keys.values()][0];

describe.each([true, false])('with UpdateDate told: %s', (updateDate) => {
  describe.each([0, 2 * HOUR, 3 * HOUR])('last use lags by %i ms', (lastUsedLagMs) => {
    test.each(neverWritten)(
      'a key never used, told as "%s", is disabled after its grace',
      async (neverUsed) => {
        const world = await rotated({ neverUsed, lastUsedLagMs, updateDate });
        const old = oldKeyOf(world);
        if (old) old.uses = [];
        for (let day = 0; day < 2; day++) {
          world.stage.advance('P1D');
          await world.run();
        }
        expect(statusOf(world)).toEqual(['key Active ACSCurrent', 'key Inactive ACSPrevious']);
        world.expectSound();
        await world.close();
      },
    );

    test.each(neverWritten)(
      'a key in use is not disabled before it is quiet, "never" told as "%s"',
      async (neverUsed) => {
        const world = await rotated({ neverUsed, lastUsedLagMs, updateDate });
        const old = oldKeyOf(world);
        for (let hours = 0; hours < 5 * 24; hours += 6) {
          world.stage.advance('PT6H');
          if (hours < 3 * 24 && old) world.stage.account.markUsed(old.id);
          await world.run();
          world.expectSound();
        }
        expect(old?.status).toBe('Inactive');
        await world.close();
      },
    );
  });
});

const spoilt: readonly [string, Partial<Switches>, Omit<Fault, 'match'>?][] = [
  ['another text', { lastUsedAnswer: 'text' }],
  ['a date in the future', { lastUsedAnswer: 'future' }],
  ['no AccessKeyLastUsed object', { lastUsedAnswer: 'no-object' }],
  ['an error', {}, { kind: 'error', status: 500, times: 1000 } as Omit<Fault, 'match'>],
  [
    'a refusal',
    {},
    { kind: 'error', status: 403, code: 'NoPermission', times: 1000 } as Omit<Fault, 'match'>,
  ],
  ['HTML', {}, { kind: 'html', times: 1000 }],
];

test.each(spoilt)(
  'a last use told as %s counts as in use, for as long as it does',
  async (_, switches, fault) => {
    const world = await rotated({});
    const { cloud } = world.stage;
    Object.assign(cloud.switches, switches);
    if (fault)
      cloud.faults.add({ ...fault, match: ({ action }) => action === 'GetAccessKeyLastUsed' } as Fault);
    for (let day = 0; day < 6; day++) {
      world.stage.advance('P1D');
      await world.run();
    }
    expect(statusOf(world)).toEqual(['key Active ACSCurrent', 'key Active ACSPrevious']);
    cloud.faults.clear();
    Object.assign(cloud.switches, DEFAULT_SWITCHES);
    await world.run();
    expect(statusOf(world)).toEqual(['key Active ACSCurrent', 'key Inactive ACSPrevious']);
    world.expectSound();
    await world.close();
  },
);

describe.each([true, false])('recovery, with UpdateDate told: %s', (updateDate) => {
  test('lasts to its end', async () => {
    const world = await rotated({ updateDate });
    await days(world, 2);
    const old = oldKeyOf(world);
    expect(old?.status).toBe('Inactive');
    await days(world, 6);
    expect(statusOf(world)).toHaveLength(2);
    await days(world, 2);
    expect(statusOf(world)).toEqual(['key Active ACSCurrent']);
    world.expectSound();
    await world.close();
  });

  test('begins anew where somebody enabled and disabled the key, seen by a run', async () => {
    const world = await rotated({ updateDate });
    await days(world, 2);
    const old = oldKeyOf(world);
    if (!old) throw new Error('there is no old key');
    world.stage.account.setKeyStatus(old, 'Active');
    await days(world, 1);
    world.stage.advance('PT1H');
    world.stage.account.setKeyStatus(old, 'Inactive');
    await days(world, 6);
    expect(statusOf(world)).toHaveLength(2);
    await days(world, 2);
    expect(statusOf(world)).toEqual(['key Active ACSCurrent']);
    world.expectSound();
    await world.close();
  });
});

test('recovery begins anew where the key was enabled and disabled between two runs, as UpdateDate tells', async () => {
  const world = await rotated({ updateDate: true });
  await days(world, 2);
  const old = oldKeyOf(world);
  if (!old) throw new Error('there is no old key');
  await days(world, 4);
  world.stage.account.setKeyStatus(old, 'Active');
  world.stage.advance('PT1H');
  world.stage.account.setKeyStatus(old, 'Inactive');
  await days(world, 6);
  expect(statusOf(world)).toHaveLength(2);
  await days(world, 2);
  expect(statusOf(world)).toEqual(['key Active ACSCurrent']);
  world.expectSound();
  await world.close();
});

async function days(world: World, count: number): Promise<void> {
  for (let day = 0; day < count; day++) {
    world.stage.advance('P1D');
    await world.run();
  }
}
