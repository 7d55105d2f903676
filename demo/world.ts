import {
  type Account,
  DAY,
  HOUR,
  LocalCloud,
  type PolicyDocument,
} from '../packages/local-alibaba-cloud/index';
import inactivityPolicy from '../policies/disable-inactive.json';
import rotationPolicy from '../policies/rotate-keys.json';
import { filledIn } from '../src/setup/placeholders';

const BEGINNING = Date.parse('2026-01-01T00:00:00Z');
const REGION = 'cn-hangzhou';
export const FUNCTION_ROLE = 'keyturn-rotate-keys';
export const INACTIVITY_ROLE = 'keyturn-disable-inactive';
export const LEAK_ROLE = 'keyturn-respond-to-leaks';
/** When the timers fire, of each day. */
export const NIGHTLY = 3 * HOUR;
export const IDLE_NIGHTLY = 4 * HOUR;

/** One account of the local cloud, and the time that is the same for everybody. */
export class World {
  readonly cloud: LocalCloud;
  readonly account: Account;
  readonly seed: number;
  readonly #time: { now: number };

  static async begin(seed: number): Promise<World> {
    const time = { now: BEGINNING };
    const cloud = await LocalCloud.start({ seed, now: () => time.now, recordCalls: false, region: REGION });
    return new World(cloud, seed, time);
  }

  private constructor(cloud: LocalCloud, seed: number, time: { now: number }) {
    this.cloud = cloud;
    this.account = cloud.account();
    this.seed = seed;
    this.#time = time;
    this.account.createRole(FUNCTION_ROLE, { policies: [this.functionPolicy(rotationPolicy)] });
    this.account.createRole(INACTIVITY_ROLE, { policies: [this.functionPolicy(inactivityPolicy)] });
  }

  get now(): number {
    return this.#time.now;
  }

  /** Days since the beginning, the first being 0. */
  get day(): number {
    return Math.floor((this.now - BEGINNING) / DAY);
  }

  get region(): string {
    return this.cloud.region;
  }

  timeOf(day: number, ofDay = 0): number {
    return BEGINNING + day * DAY + ofDay;
  }

  /** Time only goes on. */
  turnTo(moment: number): void {
    this.#time.now = Math.max(this.now, moment);
  }

  async end(): Promise<void> {
    await this.cloud.stop();
  }

  /** Exactly what is shipped, for this account. */
  functionPolicy(policy: object): PolicyDocument {
    const secrets = { secretPrefix: secretOf(''), encryptionKeyId: '*', kmsInstanceId: '*' };
    return filledIn(policy, { account: this.account.id, region: this.region, ...secrets }) as PolicyDocument;
  }
}

export const secretOf = (user: string): string => `keyturn/${user}`;

/** The value that Alibaba Cloud's own consumers expect in a secret. */
export const pairText = ({
  accessKeyId,
  accessKeySecret,
}: {
  accessKeyId: string;
  accessKeySecret: string;
}) => JSON.stringify({ AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret });
