import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import {
  type Account,
  type CallRecord,
  LocalCloud,
  type Pair,
} from '../../packages/local-alibaba-cloud/index';
import { CliFixture, type Ended, operatorEnv } from './cli-fixture';

/** What the tests of a command work with: a built keyturn for all of them, and for each a cloud of its own. */
export interface StatusFixture {
  readonly fixture: CliFixture;
  readonly cloud: LocalCloud;
  readonly account: Account;
  /** Who types: the account's root user, unless a test puts another in the place. */
  operator: Pair;
  /** A configuration that enforces, in this cloud. */
  readonly config: object;
  keyturn(...args: string[]): Promise<Ended>;
  /** In a process of its own, beside others. */
  keyturnProcess(...args: string[]): Promise<Ended>;
  /** The calls that would write, refused ones too. */
  writes(): readonly CallRecord[];
}

export function statusFixture(...bundles: string[]): StatusFixture {
  let fixture: CliFixture;
  let cloud: LocalCloud;
  let operator: Pair;

  beforeAll(async () => {
    fixture = await CliFixture.open('keyturn', ...bundles);
  });
  afterAll(() => fixture.close());
  beforeEach(async () => {
    cloud = await LocalCloud.start();
    operator = cloud.account().rootKey;
  });
  afterEach(() => cloud.stop());

  return {
    get fixture() {
      return fixture;
    },
    get cloud() {
      return cloud;
    },
    get account() {
      return cloud.account();
    },
    get operator() {
      return operator;
    },
    set operator(pair) {
      operator = pair;
    },
    get config() {
      const { url } = cloud;
      return {
        mode: 'enforce',
        region: 'cn-hangzhou',
        endpoints: { ram: url, ims: url, kms: url, sts: url },
      };
    },
    keyturn: (...args) => fixture.keyturn(args, { env: operatorEnv(operator) }),
    keyturnProcess: (...args) => fixture.keyturnProcess(args, { env: operatorEnv(operator) }),
    writes: () => cloud.calls.filter(({ write }) => write),
  };
}
