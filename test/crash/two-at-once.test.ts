import { array, assert, asyncProperty, nat } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { exhaustive } from '../support/effort';
import { CrashFixture, user } from './crash-fixture';
import { Door } from './door';
import { firstKey, rotation, type Scenario, takeOver } from './scenarios';

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
  const fixture = await CrashFixture.open(scenario.config, scenario.seed, { switches: { tagReadLagMs } });
  const { rotation, rules } = fixture;
  try {
    await scenario.before?.(fixture);
    const urgent = events.some((event) => 'emergency' in event);
    fixture.application.readsOnRefusal = urgent;
    if (urgent) rules.emergency(user);
    if (events.some((event) => 'containOnly' in event)) {
      rules.allowGap(user);
      fixture.application.retire();
    }
    const before = new Set(rotation.account.user(user).keys.keys());
    const door = new Door(rotation.cloud);
    let step = 0;
    const both = Promise.all(events.map((event) => rotation.run(event)));
    const ran = await door.attend(both, (many) => {
      rotation.clock.advance(20);
      return many === 0 ? 0 : (choices[step++ % choices.length] ?? 0) % many;
    });
    fixture.noteDelivery(rotation.cloud.clock.now());
    expect(ran.map(({ error }) => error?.message).filter(Boolean)).toEqual([]);
    const issued = [
      ...rotation.account.user(user).keys.keys(),
      ...rotation.account.user(user).bin.map(({ id }) => id),
    ];
    expect(issued.filter((id) => !before.has(id)).length).toBeLessThanOrEqual(1);
    await door.attend(converge(fixture), () => 0);
    fixture.expectSound();
    expect(fixture.standing().filter((line) => line === 'key Active ACSCurrent')).toHaveLength(1);
    expect(fixture.standing().filter((line) => line.startsWith('key Active'))).toHaveLength(1);
  } finally {
    await fixture.close();
  }
}

async function converge(fixture: CrashFixture): Promise<void> {
  for (let run = 0; run < 3; run++) {
    await fixture.pass('P1D');
    await fixture.run();
  }
}

describe.each(pairs)('$name, tags read $tagReadLagMs ms late', (pair) => {
  test('keep apart however their calls interleave', async () => {
    const choices = array(nat(), { minLength: 60, maxLength: 60 });
    await assert(
      asyncProperty(choices, (order) => interleave(pair, order)),
      { numRuns: exhaustive ? 100 : 5, endOnFailure: true },
    );
  });
});
