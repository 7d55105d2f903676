import { HOUR, MINUTE, type Pair, signedCall } from '../../packages/local-alibaba-cloud/index';
import type { RotationFixture } from '../support/rotation-fixture';

/** The longest that a consumer may hold on to a pair it has read. */
const cacheMs = 6 * HOUR + 10 * MINUTE;

/** An application that signs with the pair under ACSCurrent, which it reads again only so often. */
export class Application {
  readonly failures: string[] = [];
  /** Reads the pair anew where a call is refused, as it must in an emergency. */
  readsOnRefusal = false;
  readonly #rotation: RotationFixture;
  readonly #user: string;
  #pair: Pair | undefined;
  #retired = false;

  constructor(rotation: RotationFixture, user: string, pair?: Pair) {
    this.#rotation = rotation;
    this.#user = user;
    this.#pair = pair;
  }

  /** Has a pair from elsewhere until there is a secret. */
  begin(pair: Pair): void {
    this.#pair = pair;
  }

  /** Works no more: its key is to die, and there is to be no other. */
  retire(): void {
    this.#retired = true;
  }

  /** Works up to that moment. Whether a pair is dead shows at the latest when it is as old as it may get. */
  async workUntil(end: number): Promise<void> {
    const { clock } = this.#rotation;
    do {
      await this.#work();
      this.#refresh();
      clock.advance(Math.min(cacheMs, Math.max(0, end - Date.now())));
    } while (Date.now() < end);
    await this.#work();
  }

  async #work(): Promise<void> {
    if (this.#retired || !this.#pair || (await this.#sign(this.#pair))) return;
    if (this.readsOnRefusal) this.#refresh();
    if (this.readsOnRefusal && (await this.#sign(this.#pair))) return;
    const { accessKeyId } = this.#pair;
    this.failures.push(`at ${new Date().toISOString()} the application failed with ${accessKeyId}`);
  }

  async #sign(pair: Pair): Promise<boolean> {
    const answer = await signedCall(this.#rotation.cloud.endpoint, pair, {
      version: '2015-04-01',
      action: 'GetCallerIdentity',
    });
    return answer.status === 200;
  }

  #refresh(): void {
    const versions = this.#rotation.account.secret(`keyturn/${this.#user}`)?.versions.values() ?? [];
    const current = [...versions].find((version) => version.stages.has('ACSCurrent'));
    if (!current) return;
    const { AccessKeyId, AccessKeySecret } = JSON.parse(current.data);
    this.#pair = { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret };
  }
}
