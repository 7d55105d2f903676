import fc from 'fast-check';
import { expect, test } from 'vitest';
import { House } from './house';
import { settle, userLife } from './lives';

const standings = (house: House): Map<string, string> =>
  new Map([...house.account.users.keys()].map((name) => [name, house.standing(name)]));

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
        const house = await House.open({ limits: { disablesPerRun } });
        try {
          settle(house, lives);
          const before = standings(house);
          const plan = await house.run({ dryRun: true });
          expect(changes(before, standings(house))).toEqual([]);
          const ran = await house.run();
          const changed = changes(before, standings(house));
          expect(ran.report.status).toBe(plan.report.status);
          if (ran.report.status === 'halted') expect(changed).toEqual([]);
          expect(changed.length).toBeLessThanOrEqual(disablesPerRun);
          const planned = plan.report.users
            .filter(({ actions }) => actions.length > 0)
            .map(({ user }) => user);
          if (ran.report.status === 'ok') expect(changed).toEqual(planned);
          const once = standings(house);
          const again = await house.run();
          expect(changes(once, standings(house))).toEqual([]);
          if (ran.report.status === 'ok') expect(again.report.summary.actions).toEqual({});
          disabling += changed.length > 0 ? 1 : 0;
          halting += ran.report.status === 'halted' ? 1 : 0;
        } finally {
          await house.close();
        }
      },
    ),
    { numRuns: 50 },
  );
  expect(disabling).toBeGreaterThan(5);
  expect(halting).toBeGreaterThan(0);
}, 60_000);
