import { Chance } from '../packages/local-alibaba-cloud/src/chance';
import { FunctionHost, type Outcome } from '../packages/local-alibaba-cloud/src/host/function-host';
import { HOUR, MINUTE } from '../packages/local-alibaba-cloud/src/time';
import type { RunReport, UserReport } from '../src/report/run-report';
import { Application, type Hour } from './application';
import { type Cast, castOf, type Happening } from './cast';
import { type KeyEnd, measured } from './emergency';
import { Idle } from './idle';
import { Leak, type LeakTale } from './leak';
import { RuleWatch } from './rules';
import { INACTIVITY, ROTATION } from './times';
import { FUNCTION_ROLE, IDLE_NIGHTLY, NIGHTLY, World } from './world';

/** As s.yaml has it: what the platform does by itself after a run that failed. */
const RETRIES = 2;
const RETRY_AFTER = MINUTE;

export interface PlayOptions {
  readonly days: number;
  readonly seed: number;
  /** The folder of what was built. */
  readonly built: string;
  /** More that people do; for tests of the demo itself. */
  readonly meddling?: readonly Happening[];
  readonly opened?: (cast: Cast) => void;
  readonly progress?: (state: { day: number; calls: number; failed: number }) => void;
}

/** What happened to a user, for the reader. */
export interface Event {
  readonly at: number;
  readonly user: string;
  readonly what: string;
}

export interface Emergency extends KeyEnd {
  readonly at: number;
  readonly user: string;
  readonly leakedKeyId: string;
  readonly newKeyId: string;
  readonly failedCalls: number;
}

export interface Story {
  readonly startsAt: number;
  readonly days: number;
  /** By user, what the nightly run said of it, day by day; nothing of a person who is in use. */
  readonly nights: ReadonlyMap<string, readonly (UserReport | undefined)[]>;
  readonly events: readonly Event[];
  readonly emergency: Emergency | undefined;
  readonly leak: LeakTale | undefined;
  readonly totals: Totals;
  /** Why the demo is no success; empty if it is. */
  readonly troubles: readonly string[];
}

export interface Totals {
  readonly runs: number;
  readonly killed: number;
  readonly rotations: number;
  readonly deletions: number;
  readonly calls: number;
  readonly failedCalls: number;
  readonly keysAlive: number;
  readonly orphans: number;
  /** Milliseconds. */
  readonly longestAge: number;
  readonly idle: Readonly<Record<'runs' | 'warned' | 'disabled' | 'restored', number>>;
}

/** Lives through the days, hour by hour. */
export async function play(options: PlayOptions): Promise<Story> {
  const world = await World.begin(options.seed);
  const cast = castOf(world, options.days);
  options.opened?.(cast);
  const env = { KEYTURN_CONFIG: JSON.stringify(configOf(world, cast)) };
  const host = await FunctionHost.start({
    codeDir: `${options.built}/rotate-keys`,
    name: 'rotate-keys',
    accountId: world.account.id,
    region: world.region,
    env,
  });
  const story = new Play(world, cast, host, options);
  const idle = await Idle.start({ ...story.teller, world, people: cast.people, built: options.built, env });
  const leak = await Leak.start({ world, built: options.built, env });
  try {
    return await story.live(idle, leak);
  } finally {
    await Promise.all([host.stop(), idle.stop(), leak.stop()]);
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

interface Run {
  readonly report: RunReport | undefined;
  readonly outcome: Outcome;
}

class Play {
  readonly #world: World;
  readonly #cast: Cast;
  readonly #host: FunctionHost;
  readonly #options: PlayOptions;
  readonly #watch: RuleWatch;
  readonly #applications: readonly Application[];
  readonly #happenings: readonly Happening[];
  readonly #nights = new Map<string, UserReport[]>();
  readonly #events: Event[] = [];
  readonly #troubles: string[] = [];
  readonly #earliestKill: number;
  readonly #earliestLeak: number;
  #emergency: Emergency | undefined;
  #emergencyFailures = 0;
  #leak: LeakTale | undefined;
  #leakFailures = 0;
  readonly #toldReasons = new Set<string>();
  /** The user for whom a key was issued whose secret is lost. */
  #orphaned: string | undefined;
  #runs = 0;
  #killed = 0;
  #calls = 0;
  #failed = 0;

  constructor(world: World, cast: Cast, host: FunctionHost, options: PlayOptions) {
    this.#world = world;
    this.#cast = cast;
    this.#host = host;
    this.#options = options;
    const chance = new Chance(options.seed, 'accidents');
    this.#earliestKill = Math.round(options.days * chance.between(0.35, 0.45));
    this.#earliestLeak = Math.round(options.days * chance.between(0.55, 0.7));
    const managed = cast.members.map(({ user }) => user).filter((user) => world.account.users.has(user));
    this.#watch = new RuleWatch(world, managed, cast.exemptUntil);
    this.#applications = cast.members.flatMap(({ habits }) =>
      habits ? [new Application(world, habits)] : [],
    );
    this.#happenings = [...cast.happenings, ...(options.meddling ?? [])];
    for (const { user } of cast.members) this.#nights.set(user, []);
  }

  /** Whom the other part of the story tells what happens in it. */
  get teller() {
    return {
      tell: (user: string, what: string) => this.#tell(user, what),
      trouble: (what: string) => this.#trouble(what),
      ran: (output: readonly string[]) => this.#watch.runEnds(output),
    };
  }

  async live(idle: Idle, leak: Leak): Promise<Story> {
    for (let day = 0; day < this.#options.days; day++) await this.#day(day, idle, leak);
    const { runs, warned, disabled, restored } = idle;
    const orphans = this.#watch.orphans();
    const users = [...this.#world.account.users.values()];
    return {
      startsAt: this.#world.timeOf(0),
      days: this.#options.days,
      nights: new Map([...this.#nights, ...idle.days]),
      events: this.#events,
      emergency: this.#emergency && { ...this.#emergency, failedCalls: this.#emergencyFailures },
      leak: this.#leak && { ...this.#leak, failedCalls: this.#leakFailures },
      totals: {
        runs: this.#runs,
        killed: this.#killed,
        rotations: this.#watch.rotations,
        deletions: this.#watch.deletions,
        calls: this.#calls,
        failedCalls: this.#failed,
        keysAlive: users.reduce((sum, { keys }) => sum + keys.size, 0),
        orphans: orphans.length,
        longestAge: this.#watch.longestAge,
        idle: { runs, warned, disabled, restored },
      },
      troubles: [
        ...this.#watch.violations,
        ...this.#troubles,
        ...orphans.map(({ id, user }) => `key ${id} of ${user.name} is an orphan`),
      ],
    };
  }

  async #day(day: number, idle: Idle, leak: Leak): Promise<void> {
    const at = (moment: number) => this.#world.turnTo(this.#world.timeOf(day, moment));
    for (let hour = 0; hour < 24; hour++) {
      at(hour * HOUR);
      if (hour * HOUR === NIGHTLY) await this.#night();
      if (hour * HOUR === IDLE_NIGHTLY) await idle.run();
      if (hour === 9) await Promise.all([this.#people(day), idle.morning()]);
      at(hour * HOUR + 10 * MINUTE);
      if (hour === 14 && this.#leaksNow(day)) await this.#leaked();
      if (hour === 16 && this.#isFoundNow(day)) await this.#found(leak);
      at(hour * HOUR + 30 * MINUTE);
      this.#count(await Promise.all(this.#applications.map((application) => application.hour())));
    }
    this.#options.progress?.({ day: day + 1, calls: this.#calls, failed: this.#failed });
  }

  /** The timer fires; where the run fails, the platform fires again. */
  async #night(): Promise<void> {
    const victim = this.#diesTonight();
    const event = {
      triggerTime: new Date(this.#world.now).toISOString(),
      triggerName: 'rotate-daily',
      payload: '',
    };
    for (let attempt = 0; attempt <= RETRIES; attempt++) {
      const { report, outcome } = await this.#invoke(event, {
        retryCount: attempt,
        ...(victim && attempt === 0 && { killAfter: 'CreateAccessKey' }),
      });
      if (outcome.ok && report) return this.#tellNight(report);
      const accident = victim && attempt === 0 && !outcome.ok && outcome.crashed;
      if (accident) this.#tellAccident(victim);
      else if (!outcome.ok) this.#trouble(`the run failed: ${outcome.error.errorMessage}`);
      this.#world.turnTo(this.#world.now + RETRY_AFTER);
    }
  }

  async #people(day: number): Promise<void> {
    for (const { user, what, act } of this.#happenings.filter((happening) => happening.day === day)) {
      this.#tell(user, what);
      await act(this.#world);
    }
  }

  async #found(leak: Leak): Promise<void> {
    const user = this.#cast.found;
    this.#watch.runBegins(user);
    const keyId = this.#applicationOf(user)?.keyId ?? '';
    const tale = await leak.happen(user, keyId, (output) => this.#watch.runEnds(output));
    if (typeof tale === 'string') return this.#trouble(tale);
    this.#leak = tale;
    this.#tell(
      user,
      `LEAK. Security Center finds the key in public code; three minutes later: ${tale.remark}`,
    );
  }

  async #leaked(): Promise<void> {
    const { cloud, now } = this.#world;
    const user = this.#cast.leak;
    const leakedKeyId = this.#applicationOf(user)?.keyId ?? '';
    const event = { users: [user], emergency: true, reason: 'found in a public repository' };
    const { ran, end } = await measured(cloud, leakedKeyId, () => this.#invoke(event, { emergency: user }));
    const { report, outcome } = ran;
    const [done] = report?.users ?? [];
    if (!outcome.ok || !end || !done) {
      return this.#trouble(`the emergency did not end key ${leakedKeyId} of ${user}`);
    }
    this.#emergency = {
      at: now,
      user,
      leakedKeyId,
      newKeyId: done.actions.find(({ action }) => action === 'CreateAccessKey')?.keyId ?? '',
      ...end,
      failedCalls: 0,
    };
    this.#tell(user, `EMERGENCY. ${done.message}`);
  }

  async #invoke(
    event: unknown,
    { killAfter, emergency, retryCount = 0 }: { killAfter?: string; emergency?: string; retryCount?: number },
  ): Promise<Run> {
    const { account, cloud, now } = this.#world;
    this.#runs += 1;
    this.#watch.runBegins(emergency);
    const stop = cloud.onCall((call) => {
      if (call.action === killAfter) this.#host.kill();
    });
    const credentials = account.assume(FUNCTION_ROLE, { sessionName: 'rotate-keys' });
    const outcome = await this.#host.invoke(event, { credentials, now, retryCount });
    stop();
    const result = outcome.ok ? outcome.result.toString() : JSON.stringify(outcome.error);
    this.#watch.runEnds([result, ...outcome.logs]);
    return { outcome, report: outcome.ok ? JSON.parse(result) : undefined };
  }

  /** In one night the run is killed at the worst moment; one when nothing but one user's rotation is due. */
  #diesTonight(): string | undefined {
    const { now, day } = this.#world;
    if (this.#killed > 0 || day < this.#earliestKill) return undefined;
    if (this.#happenings.some((happening) => happening.day === day - 1)) return undefined;
    const due = [...this.#nights].filter(([, reports]) => isDue(reports.at(-1), now));
    const [[user, reports] = []] = due;
    return due.length === 1 && reports?.at(-1)?.reason === 'Current' ? user : undefined;
  }

  #leaksNow(day: number): boolean {
    if (this.#emergency || day < this.#earliestLeak) return false;
    const keys = [...this.#world.account.user(this.#cast.leak).keys.values()];
    return keys.length === 1 && this.#nights.get(this.#cast.leak)?.at(-1)?.reason === 'Current';
  }

  #isFoundNow(day: number): boolean {
    if (this.#leak || !this.#emergency || day < this.#options.days * 0.75) return false;
    const keys = [...this.#world.account.user(this.#cast.found).keys.values()];
    return keys.length === 1 && this.#nights.get(this.#cast.found)?.at(-1)?.reason === 'Current';
  }

  #tellNight({ users }: RunReport): void {
    for (const report of users) {
      this.#nights.get(report.user)?.push(report);
      if (report.user === this.#orphaned && deleted(report)) {
        this.#tell(report.user, ORPHAN_GONE);
        this.#orphaned = undefined;
      }
      if (QUIET_REASONS.has(report.reason) || this.#toldReasons.has(report.reason)) continue;
      this.#toldReasons.add(report.reason);
      this.#tell(report.user, report.message);
    }
  }

  #tellAccident(user: string): void {
    this.#killed += 1;
    this.#orphaned = user;
    this.#tell(user, RUN_KILLED);
  }

  #tell(user: string, what: string): void {
    this.#events.push({ at: this.#world.now, user, what });
  }

  #trouble(what: string): void {
    this.#troubles.push(`${new Date(this.#world.now).toISOString().slice(0, 10)}  ${what}`);
  }

  #count(hours: readonly Hour[]): void {
    hours.forEach(({ calls, failures, news }, index) => {
      const user = this.#applications[index]?.user ?? '';
      // On the first day every program starts.
      if (news && this.#world.day > 0) this.#tell(user, news);
      this.#calls += calls;
      this.#failed += failures.length;
      for (const { keyId, code } of failures) {
        if (keyId === this.#emergency?.leakedKeyId) this.#emergencyFailures += 1;
        else if (keyId === this.#leak?.leakedKeyId) this.#leakFailures += 1;
        else this.#trouble(`a call of ${user} failed: ${code} for key ${keyId}`);
      }
    });
  }

  #applicationOf(user: string): Application | undefined {
    return this.#applications.find((application) => application.user === user);
  }
}

/** Something may have to be done for this user in the next run. */
const isDue = (last: UserReport | undefined, now: number): boolean =>
  last?.reason === 'RotationsPerRunReached' ||
  (last?.nextCheckAt !== undefined && Date.parse(last.nextCheckAt) <= now);

const deleted = ({ actions }: UserReport): boolean =>
  actions.some(({ action, outcome }) => action === 'DeleteAccessKey' && outcome === 'done');

/** Said every night of somebody, and no story. */
const QUIET_REASONS = new Set(['Current', 'RecordBehind', 'InRecovery']);

const RUN_KILLED =
  'ACCIDENT. The run is killed right after CreateAccessKey: a new key exists, and its secret is lost. No program notices.';
const ORPHAN_GONE =
  'The next night finds the lost key by the intent that was written before it, and deletes it. The rotation begins anew.';
