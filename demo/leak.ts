import { FunctionHost } from '../packages/local-alibaba-cloud/src/host/function-host';
import { MINUTE } from '../packages/local-alibaba-cloud/src/time';
import respondPolicy from '../policies/respond-to-leaks.json';
import type { RunReport } from '../src/report/run-report';
import { type KeyEnd, measured } from './emergency';
import type { World } from './world';

export const LEAK_ROLE = 'keyturn-respond-to-leaks';

/** As s.yaml has it. */
const EVERY = 5 * MINUTE;
/** Since the last run of the timer. */
const FOUND_AFTER = 2 * MINUTE;

export interface LeakOptions {
  readonly world: World;
  /** The folder of what was built. */
  readonly built: string;
  readonly env: Record<string, string>;
}

/** What became of a key that Security Center found. Times in milliseconds. */
export interface LeakTale extends KeyEnd {
  readonly at: number;
  readonly user: string;
  readonly leakedKeyId: string;
  readonly newKeyId: string;
  /** What Security Center was told of it. */
  readonly remark: string;
  /** From the finding to the timer's next run. */
  readonly waited: number;
  readonly failedCalls: number;
}

/** Security Center finds a key in public code, and the timer of respond-to-leaks fires. */
export class Leak {
  readonly #world: World;
  readonly #function: FunctionHost;

  static async start({ world, built, env }: LeakOptions): Promise<Leak> {
    world.account.createRole(LEAK_ROLE, { policies: [world.functionPolicy(respondPolicy)] });
    const host = await FunctionHost.start({
      name: 'respond-to-leaks',
      codeDir: `${built}/respond-to-leaks`,
      accountId: world.account.id,
      region: world.region,
      env,
    });
    return new Leak(world, host);
  }

  private constructor(world: World, host: FunctionHost) {
    this.#world = world;
    this.#function = host;
  }

  async stop(): Promise<void> {
    await this.#function.stop();
  }

  /**
   * @param ran gets all that the run printed and returned
   * @returns what happened, or why it went wrong
   */
  async happen(
    user: string,
    leakedKeyId: string,
    ran: (output: readonly string[]) => void,
  ): Promise<LeakTale | string> {
    const { account, cloud } = this.#world;
    const at = this.#world.now + FOUND_AFTER;
    this.#world.turnTo(at);
    const finding = account.leak(leakedKeyId, { repository: 'someone/dotfiles', file: '.env' });
    const waited = EVERY - FOUND_AFTER;
    this.#world.turnTo(at + waited);

    const event = {
      triggerTime: new Date(this.#world.now).toISOString(),
      triggerName: 'every-five-minutes',
      payload: '{}',
    };
    const credentials = account.assume(LEAK_ROLE, { sessionName: 'respond-to-leaks' });
    const { ran: outcome, end } = await measured(cloud, leakedKeyId, () =>
      this.#function.invoke(event, { credentials, now: this.#world.now }),
    );
    const result = outcome.ok ? outcome.result.toString() : JSON.stringify(outcome.error);
    ran([result, ...outcome.logs]);
    if (!outcome.ok) return `respond-to-leaks failed: ${outcome.error.errorMessage}`;
    const report: RunReport = JSON.parse(result);
    const [done] = report.users;
    if (!end || done?.reason !== 'LeakReplaced')
      return `the leaked key ${leakedKeyId} of ${user} was not replaced`;
    if (finding.status !== 'dealed')
      return `the finding about ${leakedKeyId} of ${user} was not marked as handled`;
    return {
      at,
      user,
      leakedKeyId,
      newKeyId: done.actions.find(({ action }) => action === 'CreateAccessKey')?.keyId ?? '',
      remark: finding.remark,
      waited,
      ...end,
      failedCalls: 0,
    };
  }
}
