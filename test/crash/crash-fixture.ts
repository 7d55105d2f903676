import { setTimeout as realDelay } from 'node:timers/promises';
import { DateTime, Duration } from 'luxon';
import { expect } from 'vitest';
import { stringify } from 'yaml';
import { claimOf, type Fault, type LocalCloud, type Request } from '../../packages/local-alibaba-cloud/index';
import { rotateKeysFunction } from '../../src/rotation/rotate-keys';
import type { Request as Asked, Definition } from '../../src/run/use-case';
import { type Ran, RotationFixture } from '../support/rotation-fixture';
import { Application } from './application';
import { AttemptTimers } from './attempt-timers';
import type { Blow } from './faults';
import { leaksIn, revealed } from './leaks';
import { MortalClock } from './mortal-clock';
import { FunctionProcess } from './process';
import { Rules, type RulesOptions } from './rules';

export const user = 'svc-orders';

/** Which call of a run is hit, and how often in a row. */
export interface Plan {
  readonly blow: Blow;
  /** Index of the call within the run, or the first call of an action. */
  readonly at: number | string;
  readonly times: number;
}

interface CurrentRun {
  readonly plan: Plan | undefined;
  readonly kill: () => Promise<void> | void;
  dead: boolean;
  readonly calls: string[];
  hits: number;
  /** The action that was hit: its repeats are hit too. */
  struck?: string;
}

export interface RunResult {
  readonly ran?: Ran;
  /** `ram CreateAccessKey`, in the order of arrival. */
  readonly calls: readonly string[];
  readonly hit: boolean;
}

/** One account in which keyturn and an application live, watched by the rules, and struck at any call. */
export class CrashFixture {
  readonly rotation: RotationFixture;
  readonly rules: Rules;
  readonly application: Application;
  readonly #timers: AttemptTimers;
  readonly #deadSessions = new Set<string>();
  readonly #outcomes: string[] = [];
  #run: CurrentRun | undefined;
  /** Lines of the log that were looked through for notices. */
  #noted = 0;

  private constructor(rotation: RotationFixture, options: RulesOptions) {
    this.rotation = rotation;
    this.#timers = new AttemptTimers((ms) => rotation.clock.advance(ms));
    this.rules = new Rules(rotation.cloud, rotation.account, options);
    this.application = new Application(rotation, user);
    const execute = rotation.cloud.handle.bind(rotation.cloud);
    rotation.cloud.handle = (request) => this.#meet(request, execute);
  }

  static async open(
    config: Record<string, unknown> = {},
    seed: (rotation: RotationFixture) => void = (rotation) => void rotation.account.createUser(user),
    options: RulesOptions & Parameters<typeof RotationFixture.open>[1] = {},
  ): Promise<CrashFixture> {
    const rotation = await RotationFixture.open(
      { rotation: { users: { names: [user] } }, ...config },
      { seed: 7, ...options },
    );
    seed(rotation);
    return new CrashFixture(rotation, options);
  }

  async close(): Promise<void> {
    this.#timers.restore();
    this.rules.close();
    await this.rotation.close();
  }

  /** Lets time pass to the next run; applications work on meanwhile. */
  async pass(duration: string): Promise<void> {
    await this.application.workUntil(DateTime.utc().plus(Duration.fromISO(duration)).toMillis());
  }

  /** As `pass`, but the application works at both ends only. */
  async skip(duration: string): Promise<void> {
    const end = DateTime.utc().plus(Duration.fromISO(duration));
    await this.application.workUntil(Date.now());
    this.rotation.clock.advance(Math.max(0, end.minus({ hours: 6 }).diffNow().toMillis()));
    await this.application.workUntil(end.toMillis());
  }

  /** A run of rotate-keys, struck according to plan. */
  async run(event: unknown = {}, plan?: Plan): Promise<RunResult> {
    return this.runOf(rotateKeysFunction('/nowhere'), event, plan);
  }

  /** A run of any function, struck according to plan. */
  async runOf<R extends Asked>(
    definition: Definition<R>,
    event: unknown = {},
    plan?: Plan,
  ): Promise<RunResult> {
    const clock = new MortalClock(this.rotation.clock);
    return this.#watch(
      plan,
      () => clock.kill(),
      () => this.rotation.runFunction(definition, event, { clock }),
    );
  }

  /** The same, in a process of its own that ends where it is struck. */
  async runProcess(event: unknown, plan: Plan): Promise<RunResult> {
    const { rotation } = this;
    const child = await FunctionProcess.take();
    const invocation = {
      config: stringify(rotation.config),
      event: JSON.stringify(event),
      context: rotation.contextFor('rotate-keys'),
    };
    return this.#watch(
      plan,
      () => child.kill(),
      async () => {
        await child.invoke(invocation);
        rotation.lines.push(...child.lines);
        expect(child.clearFiles(), 'files that the process left').toEqual([]);
        return undefined;
      },
    );
  }

  async #watch(plan: Plan | undefined, end: CurrentRun['kill'], work: () => Promise<Ran | undefined>) {
    const startedAt = this.rotation.cloud.clock.now();
    let kill: CurrentRun['kill'] = end;
    const killed = new Promise<undefined>((resolve) => {
      kill = async () => {
        run.dead = true;
        await end();
        resolve(undefined);
      };
    });
    const run: CurrentRun = { plan, kill, dead: false, calls: [], hits: 0 };
    this.#run = run;
    const ran = await Promise.race([work(), killed]);
    if (run.dead) await this.#bury();
    if (ran) this.#outcomes.push(revealed(ran.error ?? ran.report));
    this.#run = undefined;
    this.noteDelivery(startedAt);
    return { ...(ran && { ran }), calls: run.calls, hit: run.hits > 0 };
  }

  /** What a dead process had sent already may still arrive; it is not carried out. */
  async #bury(): Promise<void> {
    await realDelay(2);
    this.#timers.forget();
    for (const id of this.rotation.cloud.sessions.keys()) this.#deadSessions.add(id);
  }

  /** Where no channel is due, the line in the log is the notice. */
  noteDelivery(runStartedAt: number): void {
    const fresh = this.rotation.lines.slice(this.#noted);
    this.#noted = this.rotation.lines.length;
    for (const line of fresh) {
      const { msg, keyId } = JSON.parse(line);
      if (msg?.startsWith('no channel is due')) this.rules.delivered(keyId, runStartedAt);
    }
  }

  async #meet(request: Request, execute: (request: Request) => Promise<Reply>): Promise<Reply> {
    const run = this.#run;
    const claim = claimOf(request);
    if (run?.dead || this.#deadSessions.has(claim?.accessKeyId ?? '')) return { kind: 'silence' };
    if (!run) return execute(request);
    const action = actionOf(request);
    const index = run.calls.push(action) - 1;
    if (!run.plan || !this.#strikes(run, run.plan, index, action)) return execute(request);
    const { blow } = run.plan;
    if (blow.kill) {
      if (blow.kill === 'after') await execute(request);
      await run.kill();
      return { kind: 'silence' };
    }
    this.rotation.cloud.faults.add({ ...blow.fault, match: () => true } as Fault);
    if (blow.fault.kind === 'hang') void this.#timers.expireHanging();
    return execute(request);
  }

  #strikes(run: CurrentRun, { blow, at, times }: Plan, index: number, action: string): boolean {
    const due = run.struck === undefined ? at === index || action.endsWith(` ${at}`) : action === run.struck;
    if (!due || run.hits >= (blow.kill ? 1 : times)) return false;
    run.struck = action;
    run.hits += 1;
    return true;
  }

  /** Whether what was asked for is written down, or done: else it is for whoever asked to repeat it. */
  isIntended(): boolean {
    const { tags } = this.rotation.account.user(user);
    return ['keyturn:emergency', 'keyturn:rollback', 'keyturn:hold'].some((key) => tags.has(key));
  }

  /** Where the user stands, without ids and times. */
  standing(): string[] {
    const { account } = this.rotation;
    const { keys, tags } = account.user(user);
    const versions = [...(account.secret(`keyturn/${user}`)?.versions.values() ?? [])];
    const stagesOf = (id: string) =>
      versions.flatMap((version) => (JSON.parse(version.data).AccessKeyId === id ? [...version.stages] : []));
    const live = [...keys.values()].map((key) =>
      // keyturn's own rotation may stay on a pair that has become current: the next standby takes it along.
      `key ${key.status} ${stagesOf(key.id).sort().join('+').replace('ACSCurrent+KeyturnStandby', 'ACSCurrent')}`.trim(),
    );
    const marked = [...tags].map(([name, value]) =>
      `${name.replace(/^(keyturn:run:).*/, '$1…')} ${meaningOf(value)}`.trim(),
    );
    // A containment whose mark could not be written leaves none: the key is then somebody else's doing.
    // So it is with the ids that leaked, where the run was killed between the end of the key and their record.
    const untold = ['keyturn:emergency contained', 'keyturn:leaked'];
    const lasting = marked.filter((mark) => !untold.some((each) => mark.startsWith(each)));
    return [...live.sort(), ...lasting.sort()];
  }

  /** Secrets in what left the process, and those of keys in URLs, which may hold no more than signatures. */
  leaks(signatures = false): string[] {
    const { cloud, lines } = this.rotation;
    return [
      ...leaksIn(cloud, [...lines, ...this.#outcomes], signatures),
      ...this.rules.violations.filter((violation) => violation.startsWith('rule 2')),
    ];
  }

  /** What must hold after everything: rules kept, nothing failed, no key whose secret is lost. */
  complaints(): string[] {
    const { account } = this.rotation;
    const stored = [...(account.secret(`keyturn/${user}`)?.versions.values() ?? [])].map(({ data }) =>
      JSON.parse(data),
    );
    const lost = [...account.user(user).keys.values()]
      .filter((key) => this.rules.issued(key.id))
      .filter(
        (key) => !stored.some((pair) => pair.AccessKeyId === key.id && pair.AccessKeySecret === key.secret),
      )
      .map((key) => `the secret of ${key.id} is lost`);
    return [...this.rules.violations, ...this.application.failures, ...lost, ...this.leaks()];
  }

  expectSound(): void {
    expect(this.complaints()).toEqual([]);
  }
}

/** Of a key that died in an emergency that was stopped nobody can tell who disabled it. */
type Reply = Awaited<ReturnType<LocalCloud['handle']>>;

const phases =
  /\b(?:issued|adopted|replaced|disabling|disabled|inactive|enabled|contain|contained|replace)\b/;

const meaningOf = (tag: string): string => phases.exec(tag)?.[0].replace('inactive', 'disabled') ?? '';

function actionOf({ headers, query, form }: Request): string {
  const version = headers['x-acs-version'] ?? form.Version ?? query.Version ?? '';
  return `${version} ${headers['x-acs-action'] ?? form.Action ?? query.Action ?? ''}`;
}
