import type {
  Account,
  LocalCloudOptions,
  ManagedPolicy,
  PolicyDocument,
} from '../../packages/local-alibaba-cloud/index';
import { respondToLeaksFunction } from '../../src/leaks/respond-to-leaks';
import type { UserReport } from '../../src/report/run-report';
import { type Receiver, receiver } from '../support/receiver';
import { policyFor, type Ran, RotationFixture, type RunOptions } from '../support/rotation-fixture';

export const user = 'svc-orders';

const roleName = 'keyturn-rotate-keys';

export interface Told {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  // biome-ignore lint/suspicious/noExplicitAny: whatever was sent
  readonly data: any;
}

/** A rotation on which respond-to-leaks runs with exactly its own policy, rotate-keys with its, and one channel listens. */
export class LeaksFixture {
  readonly rotation: RotationFixture;
  readonly #receiver: Receiver;
  readonly #policies: Record<'respond-to-leaks' | 'rotate-keys', ManagedPolicy>;
  /** An instance of the function, warm from run to run. */
  #function = respondToLeaksFunction('/nowhere');

  private constructor(rotation: RotationFixture, told: Receiver, policy: PolicyDocument | undefined) {
    this.rotation = rotation;
    this.#receiver = told;
    const { account } = rotation;
    account.role(roleName).policies.clear();
    const shipped = policyFor(account.id, 'respond-to-leaks');
    this.#policies = {
      'respond-to-leaks': account.createPolicy('leaks', policy ?? shipped),
      'rotate-keys': account.createPolicy('rotate', policyFor(account.id)),
    };
  }

  static async open(
    config: Record<string, unknown> = {},
    { policy, ...options }: LocalCloudOptions & { policy?: PolicyDocument } = {},
  ): Promise<LeaksFixture> {
    const told = await receiver({ status: 200 });
    const rotation = await RotationFixture.open(
      {
        rotation: { users: { names: [user] } },
        leaks: { action: 'replace' },
        notify: [{ type: 'webhook', url: `${told.origin}/hook`, secret: 'signs-what-is-sent' }],
        ...config,
      },
      options,
    );
    return new LeaksFixture(rotation, told, policy);
  }

  get account(): Account {
    return this.rotation.account;
  }

  get cloud() {
    return this.rotation.cloud;
  }

  async close(): Promise<void> {
    await this.#receiver.close();
    await this.rotation.close();
  }

  /** Runs respond-to-leaks. */
  run(event: unknown = {}, options: RunOptions = {}): Promise<Ran> {
    this.#actAs('respond-to-leaks');
    return this.rotation.runFunction(this.#function, event, options);
  }

  rotate(event: unknown = {}): Promise<Ran> {
    this.#actAs('rotate-keys');
    return this.rotation.run(event);
  }

  /** The platform starts a new instance. */
  coldStart(): void {
    this.#function = respondToLeaksFunction('/nowhere');
  }

  /** Makes the user where there is none, and gives it a key. */
  key(name = user): string {
    if (!this.account.users.has(name)) this.account.createUser(name);
    return this.account.createKey(name).accessKeyId;
  }

  status(keyId: string): string {
    const entry = this.cloud.keys.get(keyId)?.key;
    if (!entry || 'root' in entry) return 'root';
    return entry.user.keys.has(keyId) ? entry.status : 'gone';
  }

  /** `pending`, or how each finding was dealt with. */
  get findings(): string[] {
    return this.account.leaks.map(({ status, dealType }) => (status === 'pending' ? status : dealType));
  }

  get current(): string {
    return this.rotation.stages(user).ACSCurrent ?? '';
  }

  get told(): Told[] {
    return this.#receiver.received.map(({ body }) => JSON.parse(body));
  }

  /** Types without `keyturn.`, since the given one. */
  toldTypes(since = 0): string[] {
    return this.told.slice(since).map(({ type }) => type.replace('keyturn.', ''));
  }

  /** What was written, by action. */
  get writes(): string[] {
    return this.cloud.calls.filter((call) => call.write && call.executed).map(({ action }) => action);
  }

  #actAs(name: 'respond-to-leaks' | 'rotate-keys'): void {
    const { policies } = this.account.role(roleName);
    for (const policy of Object.values(this.#policies)) policies.delete(policy);
    policies.set(this.#policies[name], 0);
  }
}

export function only({ report }: Ran): UserReport {
  const [first, second] = report.users;
  if (!first || second) throw new Error(`not one user: ${JSON.stringify(report)}`);
  return first;
}
