import type { Account } from './account/account';
import type { LocalCloud } from './cloud';
import type { Pair, SessionCredentials } from './credentials';
import { signedCall } from './sign';
import { DAY } from './time';

/** A call that the cloud refused. */
export interface Refused {
  readonly keyId: string;
  /** The cloud's code, such as `InvalidAccessKeyId.Inactive`. */
  readonly code: string;
}

/** The two calls of a program that works as a RAM user: it reads its secret by a role of its own, and signs. */
export class Consumer {
  readonly #cloud: LocalCloud;
  readonly #account: Account;
  readonly #role: string;
  #session: { credentials: SessionCredentials; until: number } | undefined;

  /** @param name of the program; no other may have it */
  constructor(
    cloud: LocalCloud,
    account: Account,
    name: string,
    readonly secret: string,
  ) {
    this.#cloud = cloud;
    this.#account = account;
    this.#role = `${name}-app`;
    account.createRole(this.#role, { policies: [this.#mayRead()] });
  }

  /** The pair under ACSCurrent. */
  async read(): Promise<Pair> {
    const { status, body } = await signedCall(this.#cloud.endpoint, this.#credentials(), {
      version: '2016-01-20',
      action: 'GetSecretValue',
      query: { SecretName: this.secret },
      now: this.#cloud.clock.now(),
    });
    if (status !== 200) throw new Error(`secret ${this.secret} cannot be read: ${body.Code}`);
    const { AccessKeyId, AccessKeySecret } = JSON.parse(String(body.SecretData));
    return { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret };
  }

  async sign(pair: Pair): Promise<Refused | undefined> {
    const { status, body } = await signedCall(this.#cloud.endpoint, pair, {
      version: '2015-04-01',
      action: 'GetCallerIdentity',
      now: this.#cloud.clock.now(),
    });
    return status === 200 ? undefined : { keyId: pair.accessKeyId, code: String(body.Code) };
  }

  #credentials(): SessionCredentials {
    const now = this.#cloud.clock.now();
    if (!this.#session || now >= this.#session.until) {
      const credentials = this.#account.assume(this.#role, { sessionName: 'app' });
      this.#session = { credentials, until: now + DAY };
    }
    return this.#session.credentials;
  }

  #mayRead() {
    const Resource = `acs:kms:${this.#cloud.region}:${this.#account.id}:secret/${this.secret}`;
    return {
      Version: '1',
      Statement: [{ Effect: 'Allow' as const, Action: 'kms:GetSecretValue', Resource }],
    };
  }
}
