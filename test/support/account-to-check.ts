import {
  type Account,
  LocalCloud,
  type Pair,
  type PolicyDocument,
} from '../../packages/local-alibaba-cloud/index';
import { systemClock } from '../../src/base/clock';
import { checkEverything } from '../../src/check/check';
import type { Line } from '../../src/check/line';
import { needs } from '../../src/check/needs';
import { parseConfig } from '../../src/config/load';

/** Besides what the functions need: to look at the deployed roles, and for KMS instances. */
const toLookAround = ['ram:GetRole', 'ram:GetPolicy', 'ram:ListPoliciesForRole', 'kms:ListKmsInstances'];

export const everythingNeeded = (): string[] => [...needs().map(({ action }) => action), ...toLookAround];

export const allowing = (actions: readonly string[]): PolicyDocument => ({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: [...actions], Resource: '*' }],
});

/** An account where nothing is wrong, and an operator who may do what keyturn needs and no more. */
export class AccountToCheck {
  readonly account: Account;
  readonly operator: Pair;

  private constructor(readonly cloud: LocalCloud) {
    this.account = cloud.account();
    this.account.createUser('operator');
    this.account.attachUserPolicy('operator', allowing(everythingNeeded()));
    this.operator = this.account.createKey('operator');
    this.account.createUser('svc-orders');
    this.account.createKey('svc-orders');
    this.account.kmsInstances.add('kst-hzz1');
  }

  static async open(): Promise<AccountToCheck> {
    return new AccountToCheck(await LocalCloud.start());
  }

  close(): Promise<void> {
    return this.cloud.stop();
  }

  config(more: object = {}): Record<string, unknown> {
    const products = ['ram', 'ims', 'kms', 'sts', 'actionTrail', 'resourceManager', 'sas'];
    return {
      region: 'cn-hangzhou',
      endpoints: Object.fromEntries(products.map((product) => [product, this.cloud.url])),
      rotation: { users: { names: ['svc-orders'] }, secret: { kmsInstanceId: 'kst-hzz1' } },
      limits: { readsPerSecond: 500, writesPerSecond: 200 },
      ...more,
    };
  }

  /** Lets the operator do this, and nothing else. */
  allow(actions: readonly string[]): void {
    const [policy] = this.account.user('operator').policies.keys();
    if (policy) this.account.addPolicyVersion(policy, allowing(actions), true);
  }

  /** What `keyturn check` finds, in this process. */
  async check(more: object = {}, account?: string): Promise<readonly Line[]> {
    const { lines } = await checkEverything({
      config: parseConfig(JSON.stringify(this.config(more)), {}),
      clock: systemClock,
      context: async () => ({ requestId: 'check', credentials: this.operator, region: 'cn-hangzhou' }),
      deployment: { region: 'cn-hangzhou', logStore: 'keyturn', failureTopic: 'keyturn-failures' },
      askFunction: async () => ({ kind: 'absent' }),
      account,
    });
    return lines;
  }

  /** Calls that changed something, or would have if their target had been there. */
  get changes(): string[] {
    return this.cloud.calls.filter(({ write, executed }) => write && executed).map(({ action }) => action);
  }
}

export const texts = (lines: readonly Line[], id: string): string[] =>
  lines.filter((line) => line.id === id).map(({ state, text }) => `${state}: ${text}`);
