import { FunctionHost, MINUTE } from '../packages/local-alibaba-cloud/index';
import respondPolicy from '../policies/respond-to-leaks.json';
import type { RunReport } from '../src/report/run-report';
import type { Chronicle } from './chronicle';
import { measured } from './measured';
import { replacement } from './rotation';
import type { RuleWatch } from './rules';
import type { FoundKey } from './story';
import { LEAK_ROLE, type World } from './world';

/** As s.yaml has it. */
const EVERY = 5 * MINUTE;
/** Since the last run of the timer. */
const FOUND_AFTER = 2 * MINUTE;

export interface LeakOptions {
  readonly world: World;
  /** The folder of what was built. */
  readonly built: string;
  readonly env: Record<string, string>;
  readonly watch: RuleWatch;
  readonly chronicle: Chronicle;
}

/** Security Center finds a key in public code, and the timer of respond-to-leaks fires. */
export class Leak {
  readonly #options: LeakOptions;
  readonly #function: FunctionHost;

  static async start(options: LeakOptions): Promise<Leak> {
    const { world, built, env } = options;
    world.account.createRole(LEAK_ROLE, { policies: [world.functionPolicy(respondPolicy)] });
    const host = await FunctionHost.start({
      name: 'respond-to-leaks',
      codeDir: `${built}/respond-to-leaks`,
      accountId: world.account.id,
      region: world.region,
      env,
    });
    return new Leak(options, host);
  }

  private constructor(options: LeakOptions, host: FunctionHost) {
    this.#options = options;
    this.#function = host;
  }

  async stop(): Promise<void> {
    await this.#function.stop();
  }

  async happen(user: string, leakedKeyId: string): Promise<FoundKey | undefined> {
    const { world, watch, chronicle } = this.#options;
    const at = world.now + FOUND_AFTER;
    world.turnTo(at);
    const finding = world.account.leak(leakedKeyId, { repository: 'someone/dotfiles', file: '.env' });
    const waited = EVERY - FOUND_AFTER;
    world.turnTo(at + waited);

    const event = {
      triggerTime: new Date(world.now).toISOString(),
      triggerName: 'every-five-minutes',
      payload: '{}',
    };
    watch.runBegins(user);
    const credentials = world.account.assume(LEAK_ROLE, { sessionName: 'respond-to-leaks' });
    const { ran: outcome, end } = await measured(world.cloud, leakedKeyId, () =>
      this.#function.invoke(event, { credentials, now: world.now }),
    );
    const result = outcome.ok ? outcome.result.toString() : JSON.stringify(outcome.error);
    watch.runEnds([result, ...outcome.logs]);
    if (!outcome.ok) {
      chronicle.trouble(`respond-to-leaks failed: ${outcome.error.errorMessage}`);
      return undefined;
    }
    const report: RunReport = JSON.parse(result);
    const [done] = report.users;
    if (!end || done?.reason !== 'LeakReplaced') {
      chronicle.trouble(`the leaked key ${leakedKeyId} of ${user} was not replaced`);
      return undefined;
    }
    const { status, remark } = finding;
    if (status !== 'dealed') {
      chronicle.trouble(`the finding about ${leakedKeyId} of ${user} was not marked as handled`);
    }
    chronicle.tell(
      user,
      `LEAK. Security Center finds the key in public code; three minutes later: ${remark}`,
    );
    return { ...replacement({ at, user, leakedKeyId }, done, end), remark, waited };
  }
}
