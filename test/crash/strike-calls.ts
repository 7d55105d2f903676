import { CrashFixture, type Plan, type RunResult, user } from './crash-fixture';
import type { Blow } from './faults';
import type { Scenario } from './scenarios';
import { strikeEach } from './strike-each';

/** Runs that a user may take at most to stand where it would have stood undisturbed. */
const runsToConverge = 3;

interface History {
  /** After each run that followed. */
  readonly standings: readonly string[];
  readonly complaints: string[];
  readonly hit: boolean;
  readonly calls: readonly string[];
}

interface Life {
  readonly every: string;
  readonly plan?: Plan;
  readonly inProcess?: boolean;
  /** Nothing new is to be expected of further runs. */
  readonly settled?: (standings: readonly string[]) => boolean;
}

/** The whole history of a scenario whose run is struck, or is not; then runs go on undisturbed. */
async function live(
  scenario: Scenario,
  { every, plan, inProcess = false, settled = () => false }: Life,
): Promise<History> {
  const kills = plan?.blow.kill ? plan.times : 0;
  const fixture = await CrashFixture.open(scenario.config, scenario.seed);
  try {
    await scenario.before?.(fixture);
    if (scenario.event?.emergency) {
      fixture.application.readsOnRefusal = true;
      fixture.rules.emergency(user);
    }
    if (scenario.event?.rollback) fixture.rules.rollback(user);
    // What a fault keeps from a successor in time dies without one: nothing but RAM keeps a leaked key alive.
    const outlasting = plan !== undefined && !plan.blow.kill && plan.times > 1;
    if (scenario.event?.containOnly || (scenario.event?.emergency && outlasting)) {
      fixture.rules.allowGap(user);
      fixture.application.retire();
    }
    const struck: RunResult =
      plan && inProcess
        ? await fixture.runProcess(scenario.event ?? {}, plan)
        : await fixture.run(scenario.event, plan);
    if (scenario.event && !fixture.isIntended()) {
      await fixture.pass('PT1M');
      await fixture.run(scenario.event);
    }
    for (let again = 1; again < kills; again++) {
      await fixture.pass(every);
      await fixture.run({}, plan);
    }
    const standings: string[] = [];
    while (standings.length < runsToConverge && !settled(standings)) {
      await fixture.pass(every);
      await fixture.run();
      standings.push(fixture.standing().join(' | '));
    }
    return { standings, complaints: fixture.complaints(), hit: struck.hit, calls: struck.calls };
  } finally {
    await fixture.close();
  }
}

export interface Strike {
  readonly blow: Blow;
  /** Of a kill: so many runs one after the other. */
  readonly times?: number;
  /** From one run to the next. */
  readonly every?: string;
  /** The run is a process of its own. */
  readonly inProcess?: boolean;
}

/** By scenario and pause between runs. */
const undisturbedHistories = new Map<string, Promise<History>>();

function undisturbedHistory(scenario: Scenario, every: string): Promise<History> {
  const key = `${scenario.name} ${every}`;
  const known = undisturbedHistories.get(key);
  const history = known ?? live(scenario, { every });
  undisturbedHistories.set(key, history);
  return history;
}

/**
 * Strikes each call of the scenario's run, or a few that the seed draws, and tells which histories end otherwise than
 * the undisturbed one.
 */
export async function strikeCalls(
  scenario: Scenario,
  { blow, times = 1, every = 'P1D', inProcess = false }: Strike,
): Promise<string[]> {
  const undisturbed = await undisturbedHistory(scenario, every);
  const isAsUndisturbed = (standings: readonly string[]) =>
    standings.at(-1) === undisturbed.standings[standings.length - 1];
  /** A single error is overcome within the run, or as if the run had been killed. */
  const settled = blow.kill || times > 1 ? undefined : isAsUndisturbed;
  const label = [scenario.name, blow.name, times, every, inProcess].join();
  return strikeEach(undisturbed, label, async (at) => {
    const history = await live(scenario, { every, plan: { blow, at, times }, inProcess, settled });
    const difference = isAsUndisturbed(history.standings)
      ? []
      : [`${history.standings.at(-1)} instead of ${undisturbed.standings.at(-1)}`];
    return { ...history, complaints: [...history.complaints, ...difference] };
  });
}
