import { FunctionHost, makeCredentialReport, type Outcome } from '../packages/local-alibaba-cloud/index';
import type { Restored } from '../src/inactivity/restore';
import type { RunReport, UserReport } from '../src/report/run-report';
import type { Person } from './cast';
import type { Chronicle } from './chronicle';
import type { RuleWatch } from './rules';
import { INACTIVITY_ROLE, type World } from './world';

export interface IdleOptions {
  readonly world: World;
  readonly people: readonly Person[];
  /** The folder of what was built. */
  readonly built: string;
  readonly env: Record<string, string>;
  readonly watch: RuleWatch;
  readonly chronicle: Chronicle;
}

/** Said day by day, and told when it was said first. */
const KNOWN = new Set(['Warned', 'Disabled']);

/** The people of the account, and what disable-inactive makes of them. */
export class Idle {
  /** By user, what the run of each day said; nothing of a user who is in use. */
  readonly days: ReadonlyMap<string, (UserReport | undefined)[]>;
  runs = 0;
  warned = 0;
  disabled = 0;
  restored = 0;

  readonly #options: IdleOptions;
  readonly #function: FunctionHost;
  readonly #restore: FunctionHost;
  readonly #back = new Set<string>();

  static async start(options: IdleOptions): Promise<Idle> {
    const { world, built, env } = options;
    const common = { accountId: world.account.id, region: world.region, env };
    return new Idle(
      options,
      await FunctionHost.start({ ...common, name: 'disable-inactive', codeDir: `${built}/disable-inactive` }),
      await FunctionHost.start({
        ...common,
        name: 'restore',
        codeDir: `${built}/demo`,
        handler: 'restore.handler',
      }),
    );
  }

  private constructor(options: IdleOptions, disabling: FunctionHost, restoring: FunctionHost) {
    this.#options = options;
    this.#function = disabling;
    this.#restore = restoring;
    this.days = new Map(options.people.map(({ user }) => [user, []]));
  }

  async stop(): Promise<void> {
    await Promise.all([this.#function.stop(), this.#restore.stop()]);
  }

  /** The timer of disable-inactive fires. */
  async run(): Promise<void> {
    const { world, watch, chronicle } = this.#options;
    const event = {
      triggerTime: new Date(world.now).toISOString(),
      triggerName: 'daily',
      payload: '{}',
    };
    await makeCredentialReport(world.cloud, world.account);
    this.runs += 1;
    const credentials = world.account.assume(INACTIVITY_ROLE, { sessionName: 'disable-inactive' });
    const outcome = await this.#function.invoke(event, { credentials, now: world.now });
    watch.runEnds([textOf(outcome), ...outcome.logs]);
    if (outcome.ok) this.#take(JSON.parse(textOf(outcome)));
    else chronicle.trouble(`disable-inactive failed: ${outcome.error.errorMessage}`);
  }

  /** People sign in, and who comes back to a user that is disabled asks for it. */
  async morning(): Promise<void> {
    const { world, people } = this.#options;
    for (const { user, here, backAfter } of people) {
      if (here || this.#back.has(user)) world.account.markLogin(user);
      const disabledOn = this.days.get(user)?.findIndex((report) => report?.reason === 'Due') ?? -1;
      if (backAfter !== undefined && disabledOn >= 0 && world.day === disabledOn + backAfter) {
        await this.#comeBack(user);
      }
    }
  }

  async #comeBack(user: string): Promise<void> {
    const { world, chronicle } = this.#options;
    chronicle.tell(
      user,
      `Somebody needs ${user} again and cannot sign in. An operator runs: keyturn restore ${user}`,
    );
    const credentials = { ...world.account.rootKey, securityToken: '' };
    const outcome = await this.#restore.invoke(user, { credentials, now: world.now });
    const restored: Restored | undefined = outcome.ok ? JSON.parse(textOf(outcome)) : undefined;
    if (restored?.reason !== 'Restored')
      return chronicle.trouble(`${user} was not restored: ${textOf(outcome)}`);
    this.restored += 1;
    this.#back.add(user);
    this.days.get(user)?.splice(world.day, 1, { ...restored, actions: [...restored.actions] });
    chronicle.tell(user, restored.message);
    world.account.markLogin(user);
  }

  #take({ users }: RunReport): void {
    this.warned += users.filter(({ reason }) => reason === 'Inactive').length;
    this.disabled += users.filter(disables).length;
    for (const [user, days] of this.days) {
      const report = users.find((each) => each.user === user);
      const before = days.at(-1);
      days.push(report);
      if (report && report.reason !== before?.reason && !KNOWN.has(report.reason)) {
        this.#options.chronicle.tell(user, report.message);
      }
    }
  }
}

const textOf = (outcome: Outcome): string =>
  outcome.ok ? outcome.result.toString() : JSON.stringify(outcome.error);

const disables = ({ actions }: UserReport): boolean =>
  actions.some(
    ({ action, outcome }) =>
      outcome === 'done' && (action === 'DisableAccessKey' || action === 'DisableLogin'),
  );
