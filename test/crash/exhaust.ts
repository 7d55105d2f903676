import type { Blow } from './faults';
import type { Scenario } from './scenarios';
import { type Plan, type RunResult, user, World } from './world';

/** Runs that a user may take at most to stand where it would have stood undisturbed. */
const runsToConverge = 3;

interface History {
  readonly standing: string[];
  readonly complaints: string[];
  readonly hit: boolean;
  readonly calls: readonly string[];
}

/** The whole history of a scenario whose run is struck, or is not; then runs go on undisturbed. */
async function live(scenario: Scenario, every: string, plan: Plan | undefined, kills = 0): Promise<History> {
  const world = await World.open(scenario.config, scenario.seed);
  try {
    await scenario.before?.(world);
    if (scenario.event?.emergency) {
      world.application.readsOnRefusal = true;
      world.rules.emergency(user);
    }
    if (scenario.event?.containOnly) world.rules.allowGap(user);
    const struck: RunResult = await world.run(scenario.event, plan);
    for (let again = 1; again < kills; again++) {
      await world.pass(every);
      await world.run({}, plan);
    }
    for (let run = 0; run < runsToConverge; run++) {
      await world.pass(every);
      await world.run();
    }
    return { standing: world.standing(), complaints: world.complaints(), hit: struck.hit, calls: struck.calls };
  } finally {
    await world.close();
  }
}

/** Strikes every call of the scenario's run, and tells which histories end otherwise than the undisturbed one. */
export async function exhaust(scenario: Scenario, blow: Blow, times: number, every: string): Promise<string[]> {
  const undisturbed = await live(scenario, every, undefined);
  const complaints = undisturbed.complaints.map((complaint) => `undisturbed: ${complaint}`);
  for (let at = 0; ; at++) {
    const history = await live(scenario, every, { blow, at, times }, blow.kill ? times : 0);
    if (!history.hit) return at < undisturbed.calls.length ? [...complaints, `only ${at} calls were struck`] : complaints;
    const where = `call ${at} (${undisturbed.calls[at] ?? history.calls[at]})`;
    for (const complaint of history.complaints) complaints.push(`${where}: ${complaint}`);
    if (history.standing.join() !== undisturbed.standing.join()) {
      complaints.push(`${where}: ${history.standing.join(' | ')} instead of ${undisturbed.standing.join(' | ')}`);
    }
  }
}

