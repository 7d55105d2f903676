import { FunctionHost, MINUTE, type Outcome } from '../packages/local-alibaba-cloud/index';
import type { RunReport, UserReport } from '../src/report/run-report';
import type { Chronicle } from './chronicle';
import { type KeyEnd, measured } from './measured';
import type { RuleWatch } from './rules';
import type { Replacement } from './story';
import { FUNCTION_ROLE, type World } from './world';

/** As s.yaml has it: what the platform does by itself after a run that failed. */
const RETRIES = 2;
const RETRY_AFTER = MINUTE;

/** Said every night of somebody, and no story. */
const QUIET_REASONS = new Set(['Current', 'RecordBehind', 'InRecovery']);

const RUN_KILLED =
  'ACCIDENT. The run is killed right after CreateAccessKey: a new key exists, and its secret is lost. No program notices.';
const ORPHAN_GONE =
  'The next night finds the lost key by the intent that was written before it, and deletes it. The rotation begins anew.';

export interface RotationOptions {
  readonly world: World;
  /** Those whom rotate-keys reports on. */
  readonly users: readonly string[];
  /** The folder of what was built. */
  readonly built: string;
  readonly env: Record<string, string>;
  readonly watch: RuleWatch;
  readonly chronicle: Chronicle;
}

interface InvokeOptions {
  readonly killAfter?: string;
  /** The user whose key is replaced without grace. */
  readonly emergency?: string;
  readonly retryCount?: number;
}

interface Run {
  readonly report: RunReport | undefined;
  readonly outcome: Outcome;
}

/** rotate-keys, deployed: its timer, its retries, the night in which it is killed, and the emergency. */
export class Rotation {
  /** By user, what the run of each night said. */
  readonly nights: ReadonlyMap<string, UserReport[]>;
  runs = 0;
  killed = 0;

  readonly #options: RotationOptions;
  readonly #function: FunctionHost;
  readonly #toldReasons = new Set<string>();
  /** The user for whom a key was issued whose secret is lost. */
  #orphaned: string | undefined;

  static async start(options: RotationOptions): Promise<Rotation> {
    const { world, built, env } = options;
    const host = await FunctionHost.start({
      codeDir: `${built}/rotate-keys`,
      name: 'rotate-keys',
      accountId: world.account.id,
      region: world.region,
      env,
    });
    return new Rotation(options, host);
  }

  private constructor(options: RotationOptions, host: FunctionHost) {
    this.#options = options;
    this.#function = host;
    this.nights = new Map(options.users.map((user) => [user, []]));
  }

  async stop(): Promise<void> {
    await this.#function.stop();
  }

  /**
   * The timer fires; where the run fails, the platform fires again.
   * @param mayDie the run may be killed in this night, where it is the worst one for that
   */
  async night(mayDie: boolean): Promise<void> {
    const { world, chronicle } = this.#options;
    const victim = mayDie ? this.#victim() : undefined;
    const event = {
      triggerTime: new Date(world.now).toISOString(),
      triggerName: 'rotate-daily',
      payload: '',
    };
    for (let attempt = 0; attempt <= RETRIES; attempt++) {
      const dies = victim !== undefined && attempt === 0;
      const { report, outcome } = await this.#invoke(event, {
        retryCount: attempt,
        ...(dies && { killAfter: 'CreateAccessKey' }),
      });
      if (outcome.ok && report) return this.#tellNight(report);
      if (dies && !outcome.ok && outcome.crashed) this.#tellAccident(victim);
      else if (!outcome.ok) chronicle.trouble(`the run failed: ${outcome.error.errorMessage}`);
      world.turnTo(world.now + RETRY_AFTER);
    }
  }

  /** Somebody invokes the function, since a key was found in public. */
  async emergency(user: string, leakedKeyId: string): Promise<Replacement | undefined> {
    const { world, chronicle } = this.#options;
    const at = world.now;
    const event = { users: [user], emergency: true, reason: 'found in a public repository' };
    const { ran, end } = await measured(world.cloud, leakedKeyId, () =>
      this.#invoke(event, { emergency: user }),
    );
    const done = ran.report?.users[0];
    if (!end || !done) {
      chronicle.trouble(`the emergency did not end key ${leakedKeyId} of ${user}`);
      return undefined;
    }
    chronicle.tell(user, `EMERGENCY. ${done.message}`);
    return replacement({ at, user, leakedKeyId }, done, end);
  }

  /** Whether nothing is under way for this user: one key, and the last night said that it is current. */
  isCalm(user: string): boolean {
    const { keys } = this.#options.world.account.user(user);
    return keys.size === 1 && this.nights.get(user)?.at(-1)?.reason === 'Current';
  }

  async #invoke(event: unknown, { killAfter, emergency, retryCount = 0 }: InvokeOptions): Promise<Run> {
    const { world, watch } = this.#options;
    this.runs += 1;
    watch.runBegins(emergency);
    const stop = world.cloud.onCall((call) => {
      if (call.action === killAfter) this.#function.kill();
    });
    const credentials = world.account.assume(FUNCTION_ROLE, { sessionName: 'rotate-keys' });
    const outcome = await this.#function.invoke(event, { credentials, now: world.now, retryCount });
    stop();
    const result = outcome.ok ? outcome.result.toString() : JSON.stringify(outcome.error);
    watch.runEnds([result, ...outcome.logs]);
    return { outcome, report: outcome.ok ? JSON.parse(result) : undefined };
  }

  /** One run is killed at the worst moment, in a night when nothing but one user's rotation is due. */
  #victim(): string | undefined {
    const { now } = this.#options.world;
    if (this.killed > 0) return undefined;
    const due = [...this.nights].filter(([, reports]) => isDue(reports.at(-1), now));
    const [[user, reports] = []] = due;
    return due.length === 1 && reports?.at(-1)?.reason === 'Current' ? user : undefined;
  }

  #tellNight({ users }: RunReport): void {
    const { chronicle } = this.#options;
    for (const report of users) {
      this.nights.get(report.user)?.push(report);
      if (report.user === this.#orphaned && deleted(report)) {
        chronicle.tell(report.user, ORPHAN_GONE);
        this.#orphaned = undefined;
      }
      if (QUIET_REASONS.has(report.reason) || this.#toldReasons.has(report.reason)) continue;
      this.#toldReasons.add(report.reason);
      chronicle.tell(report.user, report.message);
    }
  }

  #tellAccident(user: string): void {
    this.killed += 1;
    this.#orphaned = user;
    this.#options.chronicle.tell(user, RUN_KILLED);
  }
}

/** What a run that replaced a leaked key made of it. */
export const replacement = (
  about: Pick<Replacement, 'at' | 'user' | 'leakedKeyId'>,
  { actions }: UserReport,
  end: KeyEnd,
): Replacement => ({
  ...about,
  newKeyId: actions.find(({ action }) => action === 'CreateAccessKey')?.keyId ?? '',
  ...end,
});

/** Something may have to be done for this user in the next run. */
const isDue = (last: UserReport | undefined, now: number): boolean =>
  last?.reason === 'RotationsPerRunReached' ||
  (last?.nextCheckAt !== undefined && Date.parse(last.nextCheckAt) <= now);

const deleted = ({ actions }: UserReport): boolean =>
  actions.some(({ action, outcome }) => action === 'DeleteAccessKey' && outcome === 'done');
