import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Account,
  type Deployment,
  FunctionHost,
  MINUTE,
  nextFire,
  type Outcome,
  parseCron,
  readDeployments,
} from '../../packages/local-alibaba-cloud/index';
import type { RunReport } from '../report/run-report';
import type { Simulated } from './result';

/** The simulated functions, by the names that s.yaml deploys them under. */
const simulated: Readonly<Record<string, Simulated>> = {
  'keyturn-rotate-keys': 'rotate-keys',
  'keyturn-disable-inactive': 'disable-inactive',
};
/** Before a failed run is repeated; it doubles each time. */
const RETRY_AFTER = MINUTE;

/** The built functions are not where they should be. */
export class NotBuiltError extends Error {
  override readonly name = 'NotBuiltError';
}

export interface FunctionsOptions {
  /** The folder of s.yaml. */
  readonly project: string;
  readonly account: Account;
  readonly region: string;
  readonly timezone: string | undefined;
  /** The configuration document. */
  readonly config: string;
}

/** What became of a timer, its repetitions included. */
export interface Ran {
  readonly function: Simulated;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of each attempt that came so far as to have one. */
  readonly reports: readonly RunReport[];
  /** Of the last attempt, where it failed. */
  readonly error?: string;
}

interface Deployed {
  readonly name: Simulated;
  readonly deployment: Deployment;
  readonly host: FunctionHost;
  readonly next: (after: number) => number;
  readonly payload: string;
  dueAt: number;
}

/** Both functions as s.yaml deploys them, each in a process of its own, on a clock that somebody else turns. */
export class Functions {
  readonly #all: readonly Deployed[];
  readonly #account: Account;
  readonly #turnTo: (moment: number) => void;

  /** @throws NotBuiltError */
  static async open(options: FunctionsOptions, turnTo: (moment: number) => void): Promise<Functions> {
    const { project, account, region, timezone, config } = options;
    const env = {
      ALIYUN_ACCOUNT_ID: account.id,
      FC_DEPLOY_REGION: region,
      SLS_PROJECT: 'simulated',
      ...(timezone && { KEYTURN_TIMEZONE: timezone }),
    };
    const deployments = readDeployments(join(project, 's.yaml'), project, env);
    const all = deployments.flatMap((deployment) => {
      const name = simulated[deployment.name];
      return name ? [{ name, deployment }] : [];
    });
    const missing = all.filter(({ deployment }) => !existsSync(deployment.codeDir)).map(({ name }) => name);
    if (missing.length > 0) {
      throw new NotBuiltError(`Not built yet: ${missing.join(', ')}. Run \`npm run build\` first.`);
    }
    const deployed = all.map(async ({ name, deployment }): Promise<Deployed> => {
      const { codeDir, handler, memory, timeout, timers } = deployment;
      const [timer] = timers;
      if (!timer) throw new NotBuiltError(`s.yaml has no timer for ${deployment.name}.`);
      const cron = parseCron(timer.cron);
      const host = await FunctionHost.start({
        name: deployment.name,
        accountId: account.id,
        region,
        codeDir,
        handler,
        memory,
        timeout,
        env: { KEYTURN_CONFIG: config },
      });
      const next = (after: number) => nextFire(cron, after);
      return { name, deployment, host, next, payload: timer.payload, dueAt: next(account.now) };
    });
    return new Functions(await Promise.all(deployed), account, turnTo);
  }

  private constructor(all: readonly Deployed[], account: Account, turnTo: (moment: number) => void) {
    this.#all = all;
    this.#account = account;
    this.#turnTo = turnTo;
  }

  /** When the next timer fires, and whose. */
  get next(): { function: Simulated; at: number } {
    const { name, dueAt } = this.#earliest;
    return { function: name, at: dueAt };
  }

  /** Runs the next one; where it fails, again, as often as it is deployed to. */
  async run(): Promise<Ran> {
    const deployed = this.#earliest;
    const { name, deployment, payload, dueAt: at } = deployed;
    this.#turnTo(at);
    const event = { triggerTime: new Date(at).toISOString(), triggerName: 'daily', payload };
    const reports: RunReport[] = [];
    let error: string | undefined;
    for (let attempt = 0; attempt <= deployment.retries; attempt++) {
      const outcome = await this.#invoke(deployed, event, attempt);
      const report = reportIn(outcome);
      if (report) reports.push(report);
      error = outcome.ok ? undefined : outcome.error.errorMessage;
      if (outcome.ok) break;
      this.#turnTo(this.#account.now + RETRY_AFTER * 2 ** attempt);
    }
    deployed.dueAt = deployed.next(at);
    return { function: name, at, reports, ...(error !== undefined && { error }) };
  }

  async stop(): Promise<void> {
    await Promise.all(this.#all.map(({ host }) => host.stop()));
  }

  get #earliest(): Deployed {
    return this.#all.reduce((first, each) => (each.dueAt < first.dueAt ? each : first));
  }

  #invoke({ host, deployment }: Deployed, event: object, retryCount: number): Promise<Outcome> {
    const credentials = this.#account.assume(deployment.role, { sessionName: deployment.name });
    return host.invoke(event, { credentials, now: this.#account.now, retryCount });
  }
}

/** The last line that a run logs, whatever became of it. */
function reportIn({ logs }: Outcome): RunReport | undefined {
  const line = logs.findLast((each) => each.includes('"report":'));
  return line === undefined ? undefined : JSON.parse(line).report;
}
