import fc from 'fast-check';
import { expect, test } from 'vitest';
import { exhaustive, runs } from '../support/effort';
import { InactivityFixture } from './inactivity-fixture';
import { settle, userLife } from './lives';

const standings = (fixture: InactivityFixture): Map<string, string> =>
  new Map([...fixture.account.users.keys()].map((name) => [name, fixture.standing(name)]));

/** Users whose keys or logon changed. Nobody of these has more than three subjects. */
function changes(before: Map<string, string>, after: Map<string, string>): string[] {
  return [...before].filter(([name, standing]) => after.get(name) !== standing).map(([name]) => name);
}

/** Long idle more often than not, and warned about. */
const warnedLife = userLife.map((life) => ({ ...life, created: 200, warned: 10 }));

test('a run does all that is due or nothing, never more than the limit, and nothing twice', async () => {
  let disabling = 0;
  let halting = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(warnedLife, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 3 }),
      async (lives, disablesPerRun) => {
        const fixture = await InactivityFixture.open({ limits: { disablesPerRun } });
        try {
          settle(fixture, lives);
          const before = standings(fixture);
          const plan = await fixture.run({ dryRun: true });
          expect(changes(before, standings(fixture))).toEqual([]);
          const ran = await fixture.run();
          const changed = changes(before, standings(fixture));
          expect(ran.report.status).toBe(plan.report.status);
          if (ran.report.status === 'halted') expect(changed).toEqual([]);
          expect(changed.length).toBeLessThanOrEqual(disablesPerRun);
          const planned = plan.report.users
            .filter(({ actions }) => actions.length > 0)
            .map(({ user }) => user);
          if (ran.report.status === 'ok') expect(changed).toEqual(planned);
          const once = standings(fixture);
          const again = await fixture.run();
          expect(changes(once, standings(fixture))).toEqual([]);
          if (ran.report.status === 'ok') expect(again.report.summary.actions).toEqual({});
          disabling += changed.length > 0 ? 1 : 0;
          halting += ran.report.status === 'halted' ? 1 : 0;
        } finally {
          await fixture.close();
        }
      },
    ),
    runs(50, 20),
  );
  expect(disabling).toBeGreaterThan(exhaustive ? 5 : 1);
  expect(halting).toBeGreaterThan(0);
}, 60_000);
