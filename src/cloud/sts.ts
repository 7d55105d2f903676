import type { DateTime } from 'luxon';
import * as z from 'zod';
import type { Credentials, KeyPair } from './credentials';
import type { Endpoint } from './endpoints';
import { type Gate, read } from './gate';
import { Rpc } from './rpc';
import { instant, optionalText, secret, text, token } from './shape';

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

const identityAnswer = z.object({
  AccountId: text,
  Arn: text,
  IdentityType: text,
  UserId: optionalText,
});

const sessionAnswer = z.object({
  Credentials: z.object({
    AccessKeyId: token,
    AccessKeySecret: secret,
    SecurityToken: secret,
    Expiration: instant,
  }),
});

/** Security Token Service. It changes nothing, so all its calls are reads. */
export class Sts {
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#rpc = new Rpc(gate, credentials, endpoint, { product: 'STS', version: '2015-04-01' });
  }

  /** Who the credentials belong to. It needs no permission, so it proves any key that signs. */
  async callerIdentity(): Promise<CallerIdentity> {
    const { AccountId, Arn, IdentityType, UserId } = await this.#rpc.call(
      'GetCallerIdentity',
      read,
      {},
      identityAnswer,
    );
    return { accountId: AccountId, arn: Arn, type: IdentityType, userId: UserId };
  }

  async assumeRole(options: AssumeRoleOptions): Promise<AssumedRole> {
    const params = {
      RoleArn: options.roleArn,
      RoleSessionName: options.sessionName,
      ExternalId: options.externalId,
      DurationSeconds: options.durationSeconds,
    };
    const { Credentials } = await this.#rpc.call('AssumeRole', read, params, sessionAnswer);
    return {
      accessKeyId: Credentials.AccessKeyId,
      accessKeySecret: Credentials.AccessKeySecret,
      securityToken: Credentials.SecurityToken,
      expiresAt: Credentials.Expiration,
    };
  }
}

/** Asks who this pair belongs to, signed with the pair itself: the proof that it is Active and its secret right. */
export function callerIdentityOf(pair: KeyPair, gate: Gate, endpoint: Endpoint): Promise<CallerIdentity> {
  const credentials = { accessKeyId: pair.keyId, accessKeySecret: pair.secret };
  return new Sts(gate, credentials, endpoint).callerIdentity();
}
