import { HOUR, MINUTE } from '../packages/local-alibaba-cloud/index';
import type { Progress } from '../src/base/progress';
import { SeededRandom } from '../src/base/seeded-random';
import { type Cast, castOf, type Happening } from './cast';
import { Chronicle } from './chronicle';
import { Idle } from './idle';
import { Leak } from './leak';
import { Programs } from './programs';
import { Rotation } from './rotation';
import { RuleWatch } from './rules';
import type { FoundKey, Refusals, Replacement, Story } from './story';
import { INACTIVITY, ROTATION } from './times';
import { IDLE_NIGHTLY, NIGHTLY, World } from './world';

export interface PlayOptions {
  readonly days: number;
  readonly seed: number;
  /** The folder of what was built. */
  readonly built: string;
  /** More that people do; for tests of the demo itself. */
  readonly meddling?: readonly Happening[];
  readonly opened: (cast: Cast) => void;
  /** Ticks once a day. */
  readonly progress: Progress;
}

/** The functions that keyturn deploys. */
interface Functions {
  readonly rotation: Rotation;
  readonly idle: Idle;
  readonly leak: Leak;
}

/** Lives through the days, hour by hour. */
export async function play(options: PlayOptions): Promise<Story> {
  const { days, seed, built, opened } = options;
  const world = await World.begin(seed);
  const cast = castOf(world, days);
  opened(cast);
  const users = cast.members.map(({ user }) => user);
  const chronicle = new Chronicle(world);
  const managed = users.filter((user) => world.account.users.has(user));
  const watch = new RuleWatch(world, managed, cast.exemptUntil);
  const env = { KEYTURN_CONFIG: JSON.stringify(configOf(world, cast)) };
  const common = { world, built, env, watch, chronicle };
  const rotation = await Rotation.start({ ...common, users });
  const idle = await Idle.start({ ...common, people: cast.people });
  const leak = await Leak.start(common);
  try {
    const functions = { rotation, idle, leak };
    return await new Play(world, cast, functions, watch, chronicle, options).live();
  } finally {
    await Promise.all([rotation.stop(), idle.stop(), leak.stop()]);
    await world.end();
  }
}

const configOf = ({ cloud }: World, { config }: Cast) => ({
  mode: 'enforce',
  endpoints: Object.fromEntries(['ram', 'ims', 'kms', 'sts'].map((product) => [product, cloud.url])),
  rotation: { ...ROTATION, users: config.users },
  inactivity: INACTIVITY,
  leaks: { action: 'replace' },
  exempt: config.exempt,
  limits: { rotationsPerRun: 1, readsPerSecond: 500, writesPerSecond: 200 },
});

/** The order of a day: which function runs when, and what people do. */
class Play {
  readonly #world: World;
  readonly #cast: Cast;
  readonly #functions: Functions;
  readonly #watch: RuleWatch;
  readonly #chronicle: Chronicle;
  readonly #options: PlayOptions;
  readonly #programs: Programs;
  readonly #happenings: readonly Happening[];
  readonly #earliestKill: number;
  readonly #earliestLeak: number;
  #emergency: Replacement | undefined;
  #leak: FoundKey | undefined;

  constructor(
    world: World,
    cast: Cast,
    functions: Functions,
    watch: RuleWatch,
    chronicle: Chronicle,
    options: PlayOptions,
  ) {
    this.#world = world;
    this.#cast = cast;
    this.#functions = functions;
    this.#watch = watch;
    this.#chronicle = chronicle;
    this.#options = options;
    this.#programs = new Programs(world, cast.members, chronicle);
    this.#happenings = [...cast.happenings, ...(options.meddling ?? [])];
    const chance = new SeededRandom(options.seed, 'accidents');
    this.#earliestKill = Math.round(options.days * chance.between(0.35, 0.45));
    this.#earliestLeak = Math.round(options.days * chance.between(0.55, 0.7));
  }

  async live(): Promise<Story> {
    const { days, progress } = this.#options;
    progress.start(days);
    for (let day = 0; day < days; day++) {
      await this.#day(day);
      progress.tick();
    }
    progress.stop();
    return this.#story();
  }

  async #day(day: number): Promise<void> {
    const { rotation, idle } = this.#functions;
    const at = (moment: number) => this.#world.turnTo(this.#world.timeOf(day, moment));
    for (let hour = 0; hour < 24; hour++) {
      at(hour * HOUR);
      if (hour * HOUR === NIGHTLY) await rotation.night(this.#mayDie(day));
      if (hour * HOUR === IDLE_NIGHTLY) await idle.run();
      if (hour === 9) await Promise.all([this.#people(day), idle.morning()]);
      at(hour * HOUR + 10 * MINUTE);
      if (hour === 14 && this.#leaksNow(day)) await this.#leaked();
      if (hour === 16 && this.#isFoundNow(day)) await this.#found();
      at(hour * HOUR + 30 * MINUTE);
      await this.#programs.hour();
    }
  }

  #mayDie(day: number): boolean {
    return day >= this.#earliestKill && this.#happeningsOf(day - 1).length === 0;
  }

  #happeningsOf(day: number): Happening[] {
    return this.#happenings.filter((happening) => happening.day === day);
  }

  async #people(day: number): Promise<void> {
    for (const { user, what, act } of this.#happeningsOf(day)) {
      this.#chronicle.tell(user, what);
      await act(this.#world);
    }
  }

  #leaksNow(day: number): boolean {
    if (this.#emergency || day < this.#earliestLeak) return false;
    return this.#functions.rotation.isCalm(this.#cast.leak);
  }

  async #leaked(): Promise<void> {
    const user = this.#cast.leak;
    const keyId = this.#programs.keyOf(user);
    this.#programs.expectRefusals(keyId);
    this.#emergency = await this.#functions.rotation.emergency(user, keyId);
  }

  #isFoundNow(day: number): boolean {
    if (this.#leak || !this.#emergency || day < this.#options.days * 0.75) return false;
    return this.#functions.rotation.isCalm(this.#cast.found);
  }

  async #found(): Promise<void> {
    const user = this.#cast.found;
    const keyId = this.#programs.keyOf(user);
    this.#programs.expectRefusals(keyId);
    this.#leak = await this.#functions.leak.happen(user, keyId);
  }

  #story(): Story {
    const { rotation, idle } = this.#functions;
    const { rotations, deletions, longestAge, violations } = this.#watch;
    const { runs, warned, disabled, restored } = idle;
    const orphans = this.#watch.orphans();
    const users = [...this.#world.account.users.values()];
    return {
      startsAt: this.#world.timeOf(0),
      days: this.#options.days,
      nights: new Map([...rotation.nights, ...idle.days]),
      events: this.#chronicle.events,
      emergency: this.#emergency && this.#withRefusals(this.#emergency),
      leak: this.#leak && this.#withRefusals(this.#leak),
      totals: {
        runs: rotation.runs,
        killed: rotation.killed,
        rotations,
        deletions,
        calls: this.#programs.calls,
        failedCalls: this.#programs.failed,
        keysAlive: users.reduce((sum, { keys }) => sum + keys.size, 0),
        orphans: orphans.length,
        longestAge,
        idle: { runs, warned, disabled, restored },
      },
      troubles: [
        ...violations,
        ...this.#chronicle.troubles,
        ...orphans.map(({ id, user }) => `key ${id} of ${user.name} is an orphan`),
      ],
    };
  }

  #withRefusals<T extends Replacement>(replaced: T): T & Refusals {
    return { ...replaced, failedCalls: this.#programs.refusedWith(replaced.leakedKeyId) };
  }
}
