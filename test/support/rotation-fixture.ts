import { readFileSync } from 'node:fs';
import { DateTime, Duration } from 'luxon';
import { vi } from 'vitest';
import { stringify } from 'yaml';
import { type Account, LocalCloud, type LocalCloudOptions } from '../../packages/local-alibaba-cloud/index';
import { type AccountContext, accountsOf, openAccount } from '../../src/accounts/open';
import type { Clock } from '../../src/base/clock';
import type { Cloud } from '../../src/cloud/cloud';
import type { Mode } from '../../src/cloud/gate';
import { parseConfig } from '../../src/config/load';
import type { RunReport } from '../../src/report/run-report';
import { rotateKeysFunction } from '../../src/rotation/rotate-keys';
import { handlerOf, RunFailedError } from '../../src/run/handler';
import type { Definition } from '../../src/run/use-case';
import { filledIn } from '../../src/setup/placeholders';

const epoch = '2026-11-23T03:00:00Z';
const roleName = 'keyturn-rotate-keys';

/** A sleep takes no time: it turns the clock of everybody. */
class TurnedClock implements Clock {
  #elapsed = 0;

  now(): DateTime {
    return DateTime.utc();
  }

  elapsed(): number {
    return this.#elapsed;
  }

  async sleep(ms: number): Promise<void> {
    this.advance(ms);
    await new Promise((resolve) => setImmediate(resolve));
  }

  advance(ms: number): void {
    this.#elapsed += ms;
    vi.setSystemTime(Date.now() + ms);
  }
}

export interface RunOptions {
  /** Seconds that the platform gives the function. */
  readonly timeout?: number;
  readonly config?: Record<string, unknown>;
  /** The run's own, such as one that stops with it. */
  readonly clock?: Clock;
  /** Other ones than those of the function's role. */
  readonly credentials?: { accessKeyId: string; accessKeySecret: string };
}

export interface Ran {
  readonly report: RunReport;
  readonly error: Error | undefined;
  readonly lines: string[];
}

/** One account of the local cloud, the function's role with exactly the shipped policy, and a clock turned by hand. */
export class RotationFixture {
  readonly cloud: LocalCloud;
  readonly account: Account;
  readonly clock = new TurnedClock();
  readonly lines: string[] = [];
  config: Record<string, unknown>;
  #runs = 0;

  private constructor(cloud: LocalCloud, config: Record<string, unknown>) {
    this.cloud = cloud;
    this.account = cloud.account();
    this.config = config;
  }

  static async open(
    config: Record<string, unknown> = {},
    options: LocalCloudOptions = {},
  ): Promise<RotationFixture> {
    vi.useFakeTimers({ toFake: ['Date'], now: new Date(epoch) });
    const cloud = await LocalCloud.start(options);
    const fixture = new RotationFixture(cloud, {
      mode: 'enforce',
      region: 'cn-hangzhou',
      limits: { readsPerSecond: 500, writesPerSecond: 200 },
      endpoints: Object.fromEntries(['ram', 'ims', 'kms', 'sts'].map((product) => [product, cloud.url])),
      ...config,
    });
    fixture.account.createRole(roleName, { policies: [policyFor(fixture.account.id)] });
    return fixture;
  }

  async close(): Promise<void> {
    vi.useRealTimers();
    await this.cloud.stop();
  }

  /** ISO 8601 duration, such as P1D. */
  advance(duration: string): void {
    const from = DateTime.utc();
    this.clock.advance(from.plus(Duration.fromISO(duration)).diff(from).toMillis());
  }

  get now(): DateTime {
    return DateTime.utc();
  }

  /** Runs rotate-keys as Function Compute would. */
  async run(event: unknown = {}, more: RunOptions = {}): Promise<Ran> {
    return this.runFunction(rotateKeysFunction('/nowhere'), event, more);
  }

  /** What Function Compute hands to a handler, with fresh credentials of the function's role. */
  contextFor(name: string, timeout = 600) {
    return {
      requestId: `run-${++this.#runs}`,
      credentials: this.account.assume(roleName, { durationSeconds: 3600 }),
      function: { name: `keyturn-${name}`, timeout },
      region: 'cn-hangzhou',
      accountId: this.account.id,
    };
  }

  async runFunction<R extends { dryRun: boolean; account?: string; reason?: string }>(
    definition: Definition<R>,
    event: unknown,
    { timeout, config = this.config, clock = this.clock, credentials }: RunOptions = {},
  ): Promise<Ran> {
    const lines: string[] = [];
    const handler = handlerOf(definition, {
      clock,
      write: (line) => {
        lines.push(line);
        this.lines.push(line);
      },
    });
    process.env.KEYTURN_CONFIG = stringify(config);
    const context = { ...this.contextFor(definition.name, timeout), ...(credentials && { credentials }) };
    let error: Error | undefined;
    let report: RunReport | undefined;
    try {
      report = await handler(Buffer.from(JSON.stringify(event)), context);
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown;
      error = thrown;
      if (thrown instanceof RunFailedError) report = thrown.report;
    }
    return {
      error,
      lines,
      get report() {
        if (!report) throw error ?? new Error('no report');
        return report;
      },
    };
  }

  /** What an operator's command opens accounts with. */
  opening(mode: Mode): AccountContext {
    return {
      config: parseConfig(stringify(this.config), {}),
      context: { requestId: 'operator', credentials: this.account.rootKey },
      clock: this.clock,
      mode,
      deadlineAt: Number.POSITIVE_INFINITY,
      doors: new Map(),
    };
  }

  /** The account in an operator's hands. */
  async operator(mode: Mode = 'enforce'): Promise<Cloud> {
    const opening = this.opening(mode);
    const [account] = await accountsOf(opening, undefined);
    if (!account) throw new Error('there is no account');
    return openAccount(opening, account);
  }

  /** AccessKeyId and stages of a user's secret, newest first. */
  stages(user: string): Record<string, string> {
    const secret = this.account.secret(`keyturn/${user}`);
    const marks = [...(secret?.versions ?? [])].flatMap(([id, version]) =>
      [...version.stages].map((fixture) => [fixture, id] as const),
    );
    return Object.fromEntries(marks);
  }

  keys(user: string): Record<string, string> {
    return Object.fromEntries([...this.account.user(user).keys.values()].map((key) => [key.id, key.status]));
  }
}

export function policyFor(account: string, name = 'rotate-keys') {
  const secrets = { secretPrefix: 'keyturn/', encryptionKeyId: '*', kmsInstanceId: '*' };
  const template = JSON.parse(readFileSync(new URL(`../../policies/${name}.json`, import.meta.url), 'utf8'));
  return filledIn(template, { account, region: 'cn-hangzhou', ...secrets });
}
