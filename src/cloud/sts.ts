import type { DateTime } from 'luxon';
import { type Origin, required, toldInstant } from './answer';
import type { Credentials, KeyPair } from './credentials';
import type { Endpoint } from './endpoints';
import { type Gate, read } from './gate';
import { OpenApi } from './sdk';
import { Secret } from './secret';

type Sdk = typeof import('@alicloud/sts20150401');
type Client = InstanceType<Sdk['default']>;

export interface CallerIdentity {
  readonly accountId: string;
  readonly arn: string;
  readonly type: string;
  /** Of a RAM user only. */
  readonly userId?: string;
}

export interface AssumedRole extends Credentials {
  readonly expiresAt: DateTime;
}

export interface AssumeRoleOptions {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly externalId?: string;
  readonly durationSeconds?: number;
}

/** Security Token Service, API version 2015-04-01. It changes nothing, so all its calls are reads. */
export class Sts {
  readonly #api: OpenApi<Client, Sdk>;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#api = new OpenApi(() => import('@alicloud/sts20150401'), gate, credentials, endpoint);
  }

  /** Who the credentials belong to. It needs no permission, so it proves any key that signs. */
  async callerIdentity(): Promise<CallerIdentity> {
    const from = origin('GetCallerIdentity');
    const identity = await this.#api.call(from, read, (client) => client.getCallerIdentity());
    return {
      accountId: required(from, 'AccountId', identity.accountId),
      arn: required(from, 'Arn', identity.arn),
      type: required(from, 'IdentityType', identity.identityType),
      userId: identity.userId,
    };
  }

  async assumeRole(options: AssumeRoleOptions): Promise<AssumedRole> {
    const from = origin('AssumeRole');
    const body = await this.#api.call(from, read, (client, sdk) =>
      client.assumeRole(
        new sdk.AssumeRoleRequest({
          roleArn: options.roleArn,
          roleSessionName: options.sessionName,
          externalId: options.externalId,
          durationSeconds: options.durationSeconds,
        }),
      ),
    );
    const credentials = required(from, 'Credentials', body.credentials);
    return {
      accessKeyId: required(from, 'AccessKeyId', credentials.accessKeyId),
      accessKeySecret: new Secret(required(from, 'AccessKeySecret', credentials.accessKeySecret)),
      securityToken: new Secret(required(from, 'SecurityToken', credentials.securityToken)),
      expiresAt: toldInstant(from, 'Expiration', credentials.expiration),
    };
  }
}

/** Asks who this pair belongs to, signed with the pair itself: the proof that it is Active and its secret right. */
export function callerIdentityOf(pair: KeyPair, gate: Gate, endpoint: Endpoint): Promise<CallerIdentity> {
  const credentials = { accessKeyId: pair.keyId, accessKeySecret: pair.secret };
  return new Sts(gate, credentials, endpoint).callerIdentity();
}

function origin(action: string): Origin {
  return { product: 'STS', action };
}
