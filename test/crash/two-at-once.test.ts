import { array, assert, asyncProperty, nat } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Door } from './door';
import { firstKey, rotation, type Scenario, takeOver } from './scenarios';
import { user, World } from './world';

const timer = {};
const emergency = { users: [user], emergency: true };
const containment = { ...emergency, containOnly: true };

interface Pair {
  readonly name: string;
  readonly scenario: Scenario;
  readonly events: readonly [object, object];
  readonly tagReadLagMs: number;
}

const combinations = [
  { name: 'two timer runs on a first key', scenario: firstKey, events: [timer, timer] },
  { name: 'two timer runs on a takeover', scenario: takeOver, events: [timer, timer] },
  { name: 'two timer runs on a rotation', scenario: rotation, events: [timer, timer] },
  { name: 'a timer run and an emergency', scenario: rotation, events: [timer, emergency] },
  { name: 'a timer run and a containment', scenario: rotation, events: [timer, containment] },
  { name: 'two emergencies', scenario: rotation, events: [emergency, emergency] },
] as const;

const pairs: readonly Pair[] = combinations.flatMap((pair) =>
  [0, 2_000].map((tagReadLagMs) => ({ ...pair, tagReadLagMs })),
);

/** Both runs, call by call in the order chosen; then runs go on one by one. */
async function interleave(
  { scenario, events, tagReadLagMs }: Pair,
  choices: readonly number[],
): Promise<void> {
  const world = await World.open(scenario.config, scenario.seed, { switches: { tagReadLagMs } });
  const { stage, rules } = world;
  try {
    await scenario.before?.(world);
    const urgent = events.some((event) => 'emergency' in event);
    world.application.readsOnRefusal = urgent;
    if (urgent) rules.emergency(user);
    if (events.some((event) => 'containOnly' in event)) {
      rules.allowGap(user);
      world.application.retire();
    }
    const before = new Set(stage.account.user(user).keys.keys());
    const door = new Door(stage.cloud);
    let step = 0;
    const both = Promise.all(events.map((event) => stage.run(event)));
    const ran = await door.attend(both, (many) => {
      stage.clock.advance(20);
      return many === 0 ? 0 : (choices[step++ % choices.length] ?? 0) % many;
    });
    world.noteDelivery(stage.cloud.clock.now());
    expect(ran.map(({ error }) => error?.message).filter(Boolean)).toEqual([]);
    const issued = [
      ...stage.account.user(user).keys.keys(),
      ...stage.account.user(user).bin.map(({ id }) => id),
    ];
    expect(issued.filter((id) => !before.has(id)).length).toBeLessThanOrEqual(1);
    await door.attend(converge(world), () => 0);
    world.expectSound();
    expect(world.standing().filter((line) => line === 'key Active ACSCurrent')).toHaveLength(1);
    expect(world.standing().filter((line) => line.startsWith('key Active'))).toHaveLength(1);
  } finally {
    await world.close();
  }
}

async function converge(world: World): Promise<void> {
  for (let run = 0; run < 3; run++) {
    await world.pass('P1D');
    await world.run();
  }
}

describe.each(pairs)('$name, tags read $tagReadLagMs ms late', (pair) => {
  test('keep apart however their calls interleave', async () => {
    const choices = array(nat(), { minLength: 60, maxLength: 60 });
    await assert(
      asyncProperty(choices, (order) => interleave(pair, order)),
      { numRuns: 25, endOnFailure: true },
    );
  });
});
