import type {
  Account,
  LocalCloudOptions,
  ManagedPolicy,
  Moment,
  NewKey,
  NewUser,
  PolicyDocument,
} from '../../packages/local-alibaba-cloud/index';
import { Gate } from '../../src/cloud/gate';
import { Ims } from '../../src/cloud/ims';
import { Secret } from '../../src/cloud/secret';
import { disableInactiveFunction } from '../../src/inactivity/disable-inactive';
import type { UserReport } from '../../src/report/run-report';
import { rotateKeysFunction } from '../../src/rotation/rotate-keys';
import { policyFor, type Ran, RotationFixture, type RunOptions } from '../support/rotation-fixture';

export const DAY = 86_400_000;
export const ago = (days: number): Moment => Date.now() - days * DAY;

const roleName = 'keyturn-rotate-keys';

/** A rotation on which disable-inactive runs with exactly its own policy, and rotate-keys with its. */
export class InactivityFixture {
  readonly rotation: RotationFixture;
  readonly #policies: Record<'disable-inactive' | 'rotate-keys', ManagedPolicy>;

  private constructor(rotation: RotationFixture, policy: PolicyDocument | undefined) {
    this.rotation = rotation;
    const { account } = rotation;
    this.#policies = {
      'disable-inactive': account.createPolicy(
        'inactive',
        policy ?? policyFor(account.id, 'disable-inactive'),
      ),
      'rotate-keys': account.createPolicy('rotate', policyFor(account.id)),
    };
  }

  static async open(
    config: Record<string, unknown> = {},
    { policy, ...options }: LocalCloudOptions & { policy?: PolicyDocument } = {},
  ): Promise<InactivityFixture> {
    return new InactivityFixture(await RotationFixture.open(config, options), policy);
  }

  get account(): Account {
    return this.rotation.account;
  }

  get cloud() {
    return this.rotation.cloud;
  }

  close(): Promise<void> {
    return this.rotation.close();
  }

  /** Runs disable-inactive. */
  run(event: unknown = {}, options: RunOptions = {}): Promise<Ran> {
    this.#actAs('disable-inactive');
    return this.rotation.runFunction(disableInactiveFunction('/nowhere'), event, options);
  }

  /** Runs disable-inactive with keys of a person. */
  runAs(credentials: { accessKeyId: string; accessKeySecret: string }): Promise<Ran> {
    return this.rotation.runFunction(disableInactiveFunction('/nowhere'), {}, { credentials });
  }

  rotate(event: unknown = {}): Promise<Ran> {
    this.#actAs('rotate-keys');
    return this.rotation.runFunction(rotateKeysFunction('/nowhere'), event);
  }

  /** As somebody might in the console. */
  async makeCredentialReport(): Promise<void> {
    const { cloud, account, rotation } = this;
    const { accessKeyId, accessKeySecret } = account.rootKey;
    const gate = new Gate({
      account: account.id,
      mode: 'enforce',
      readsPerSecond: 500,
      writesPerSecond: 200,
      clock: rotation.clock,
    });
    const endpoint = { protocol: 'http' as const, host: cloud.endpoint };
    await new Ims(
      gate,
      { accessKeyId, accessKeySecret: new Secret(accessKeySecret) },
      endpoint,
    ).generateCredentialReport();
  }

  /** Lets days pass, with a run of disable-inactive now, every week, and at the end; gives the last. */
  async days(count: number): Promise<Ran> {
    let ran = await this.run();
    for (let left = count; left > 0; left -= 7) {
      this.rotation.advance(`P${Math.min(left, 7)}D`);
      ran = await this.run();
    }
    return ran;
  }

  /** Lets days pass, with a run of each function every third day. */
  async daysOfBoth(
    count: number,
    also: (day: number) => Promise<void> | void = () => undefined,
  ): Promise<void> {
    for (let day = 0; day < count; day += 3) {
      await also(day);
      await this.rotate();
      await this.run();
      this.rotation.advance('P3D');
    }
  }

  user(name: string, options: NewUser = {}, ...keys: NewKey[]): string[] {
    this.account.createUser(name, { createdAt: ago(400), ...options });
    return keys.map((key) => this.account.createKey(name, { createdAt: ago(400), ...key }).accessKeyId);
  }

  tags(name: string): Record<string, string> {
    return Object.fromEntries(this.account.user(name).tags);
  }

  /** Keys with their status and the logon's, as `Active Inactive | Active`. */
  standing(name: string): string {
    const user = this.account.users.get(name);
    if (!user) return 'deleted';
    const keys = [...user.keys.values()].map(({ status }) => status).join(' ');
    return user.login ? `${keys} | ${user.login.status}` : keys;
  }

  /** Actions of writing calls since the given call. */
  writesSince(seq: number): string[] {
    return this.cloud.calls.filter((call) => call.seq >= seq && call.write).map(({ action }) => action);
  }

  #actAs(name: 'disable-inactive' | 'rotate-keys'): void {
    const { policies } = this.account.role(roleName);
    policies.clear();
    policies.set(this.#policies[name], 0);
  }
}

export function reportOn({ report }: Ran, user: string): UserReport {
  const found = report.users.find((each) => each.user === user);
  if (!found) throw new Error(`the report does not speak of ${user}: ${JSON.stringify(report)}`);
  return found;
}

export const reasonOf = (ran: Ran, user: string): string | undefined =>
  ran.report.users.find((each) => each.user === user)?.reason;

export const actionsOf = (ran: Ran): string[] =>
  ran.report.users.flatMap(({ actions }) => actions.map(({ action, outcome }) => `${action} ${outcome}`));
