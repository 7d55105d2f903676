import {
  DAY,
  HOUR,
  LocalCloud,
  makeCredentialReport,
  type PolicyDocument,
  wireTime,
} from '../../packages/local-alibaba-cloud/index';
import type { Progress } from '../base/progress';
import { rolesFor } from '../setup/roles';
import { secretName } from '../users/secret-name';
import { Applications, type Failure } from './applications';
import { Chronicle } from './chronicle';
import type { SimulatedConfig } from './configuration';
import { Functions } from './functions';
import { LATELY_DAYS, type SimulatedAccount } from './member';
import type { FailedCalls, Halt, Simulation } from './result';
import { seedAccount } from './seed';
import { NoticeSink } from './sink';
import { verdictOn } from './verdict';

/** What is told of a use lags behind by about two hours: this is what a run can still know of. */
const LAST_KNOWN_USE = 2.5 * HOUR;

export interface SimulateOptions {
  readonly configuration: SimulatedConfig;
  readonly cast: SimulatedAccount;
  readonly source: Simulation['source'];
  readonly days: number;
  readonly seed: number;
  /** Users whose application keeps the key that it has. */
  readonly careless: readonly string[];
  /** The folder of s.yaml and of what was built. */
  readonly project: string;
  /** Of the timers; default: as s.yaml has it. */
  readonly timezone: string | undefined;
  /** Told of each day. */
  readonly progress: Progress;
}

/** Plays the configuration forward, day by day, on a local cloud of its own. @throws NotBuiltError */
export async function simulate(options: SimulateOptions): Promise<Simulation> {
  const { cast, configuration, seed, project, timezone, progress } = options;
  const { region, startsAt } = cast;
  const time = { now: startsAt };
  const turnTo = (moment: number) => {
    time.now = Math.max(time.now, moment);
  };
  const cloud = await LocalCloud.start({ seed, region, now: () => time.now, recordCalls: false });
  const sink = await NoticeSink.open();
  try {
    const account = cloud.account(cast.account);
    const site = {
      account: account.id,
      region,
      logProject: 'simulated',
      logStore: 'keyturn',
      failureTopic: 'simulated',
    };
    for (const { name, policy } of rolesFor(configuration.config, { ...site, userPrefix: '', protect: [] })) {
      account.createRole(name, { policies: [asSent(policy)] });
    }
    const config = configuration.documentFor({ endpoint: cloud.url, sink: sink.url });
    const functions = await Functions.open({ project, account, region, timezone, config }, turnTo);
    try {
      return await new Simulator(options, cloud, sink, functions, turnTo).play();
    } finally {
      progress.stop();
      await functions.stop();
    }
  } finally {
    await Promise.all([sink.close(), cloud.stop()]);
  }
}

/** A policy as the cloud reads it. */
const asSent = (policy: object): PolicyDocument => JSON.parse(JSON.stringify(policy));

class Simulator {
  readonly #options: SimulateOptions;
  readonly #cloud: LocalCloud;
  readonly #sink: NoticeSink;
  readonly #functions: Functions;
  readonly #applications: Applications;
  readonly #chronicle: Chronicle;
  /** Users of whom a call wrote something in this run. */
  readonly #touched = new Set<string>();
  readonly #halts: Halt[] = [];
  readonly #keyIds: ReadonlyMap<string, string>;

  constructor(
    options: SimulateOptions,
    cloud: LocalCloud,
    sink: NoticeSink,
    functions: Functions,
    turnTo: (moment: number) => void,
  ) {
    const { cast, configuration, seed } = options;
    const { config } = configuration;
    this.#options = options;
    this.#cloud = cloud;
    this.#sink = sink;
    this.#functions = functions;
    const account = this.#account;
    const furnished = seedAccount(account, cast, config);
    const careless = new Set(options.careless);
    this.#applications = new Applications({
      cloud,
      account,
      config,
      cast,
      furnished,
      seed,
      careless,
      turnTo,
    });
    this.#keyIds = furnished.keyIds;
    this.#chronicle = new Chronicle(
      (user) => account.users.get(user)?.keys.size ?? 0,
      (text) => text.replaceAll(/\bLTAI[A-Za-z0-9]+/g, this.#toldKeyId),
    );
    cloud.onCall(({ write, params }) => {
      if (write) this.#touched.add(userIn(params, secretName(config.rotation, cast.account, '{userName}')));
    });
  }

  get #account() {
    return this.#cloud.account(this.#options.cast.account);
  }

  async play(): Promise<Simulation> {
    const { cast, days, progress } = this.#options;
    const end = cast.startsAt + days * DAY;
    progress.start(days);
    let day = 0;
    // What has happened until now shows whether an application has a new key to read.
    this.#applications.runEnded(cast.startsAt, new Set());
    for (let { next } = this.#functions; next.at < end; next = this.#functions.next) {
      if (next.function === 'rotate-keys') this.#applications.callAt(next.at - LAST_KNOWN_USE);
      await this.#applications.liveUntil(next.at);
      this.#signIn();
      await this.#run();
      for (; cast.startsAt + (day + 1) * DAY <= next.at; day++) progress.tick();
    }
    return this.#result(end);
  }

  async #run(): Promise<void> {
    this.#touched.clear();
    if (this.#functions.next.function === 'disable-inactive') {
      await makeCredentialReport(this.#cloud, this.#account);
    }
    const ran = await this.#functions.run();
    this.#chronicle.ran(ran);
    if (ran.reports.at(-1)?.status === 'halted') this.#halts.push(this.#haltAt(ran.at));
    this.#applications.runEnded(this.#account.now, this.#touched);
  }

  /** The reader knows keys by the ids that they have in the real account. */
  readonly #toldKeyId = (keyId: string): string => this.#keyIds.get(keyId) ?? keyId;

  /** People who signed in lately go on doing so. */
  #signIn(): void {
    const { members, startsAt } = this.#options.cast;
    const account = this.#account;
    for (const { known, logon } of members) {
      const login = account.users.get(known.user)?.login;
      if (logon && login?.status === 'Active' && logon.lastAt > startsAt - LATELY_DAYS * DAY) {
        account.markLogin(known.user, account.now - LAST_KNOWN_USE);
      }
    }
  }

  /** The notice of a halt says how much was due. */
  #haltAt(at: number): Halt {
    const notice = [...this.#sink.notices.values()].findLast(({ type }) => type === 'keyturn.run.halted');
    return { at: wireTime(at), due: Number(notice?.data.due), limit: Number(notice?.data.limit) };
  }

  #result(end: number): Simulation {
    const { cast, configuration, days, seed, source, careless } = this.#options;
    const { limits } = configuration.config;
    const { events, failedRuns, runs, months, blocked, inactive } = this.#chronicle;
    const { calls, failures } = this.#applications;
    const told = {
      version: 1,
      from: wireTime(cast.startsAt),
      to: wireTime(end),
      days,
      seed,
      account: cast.account,
      source,
      configuredMode: configuration.mode,
      users: {
        inAccount: cast.members.length + cast.others,
        managed: cast.members.filter(({ managed }) => managed).length,
        careless,
      },
      notes: [...configuration.notes, ...cast.notes],
      runs,
      months,
      rotations: this.#chronicle.rotations(limits.rotationsPerRun),
      halts: this.#halts,
      failedRuns,
      inactive,
      blocked,
      applications: { calls, failed: summed(failures, this.#toldKeyId) },
      notices: countedTypes(this.#sink),
      events,
      ok: failedRuns.length === 0 && this.#halts.length === 0 && failures.length === 0,
    } as const;
    return { ...told, verdict: verdictOn(told) };
  }
}

/** Whom a call is about. */
function userIn(params: Readonly<Record<string, string>>, secretName: string): string {
  const [before = '', after = ''] = secretName.split('{userName}');
  const [principal = ''] = (params.UserPrincipalName ?? '').split('@');
  const { UserName, SecretName = '' } = params;
  return UserName || principal || SecretName.slice(before.length, SecretName.length - after.length);
}

function summed(failures: readonly Failure[], told: (keyId: string) => string): FailedCalls[] {
  const byKey = new Map<string, FailedCalls>();
  for (const { user, keyId, code, at } of failures) {
    const subject = `${user} ${keyId} ${code}`;
    const before = byKey.get(subject) ?? { user, keyId: told(keyId), code, count: 0, firstAt: wireTime(at) };
    byKey.set(subject, { ...before, count: before.count + 1 });
  }
  return [...byKey.values()];
}

function countedTypes({ notices }: NoticeSink): Record<string, number> {
  const counts = new Map<string, number>();
  for (const { type } of notices.values()) counts.set(type, (counts.get(type) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
