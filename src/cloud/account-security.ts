import { type NetworkPolicy, parseAccessKeyPolicy } from './access-key-policy';
import { required } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { orUndefined, unreadableAnswer } from './error';
import { type Gate, read } from './gate';
import { Rpc } from './rpc';
import { OpenApi } from './sdk';

type Sdk = typeof import('@alicloud/ims20190815');
type Client = InstanceType<Sdk['default']>;

/** What passwords of RAM users must be like. A zero stands for "no such rule". */
export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly lowercase: boolean;
  readonly uppercase: boolean;
  readonly numbers: boolean;
  readonly symbols: boolean;
  /** So many former passwords cannot be used again. */
  readonly reusePrevention: number;
  /** Days for which a password is valid. */
  readonly maxAge: number;
  /** Wrong passwords within an hour until the logon is blocked for an hour. */
  readonly maxAttempts: number;
}

/** What Identity Management Service tells of the account as a whole, its main account included. Only reads. */
export class AccountSecurity {
  readonly #api: OpenApi<Client, Sdk>;
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#api = new OpenApi(() => import('@alicloud/ims20190815'), gate, credentials, endpoint);
    this.#rpc = new Rpc(gate, credentials, endpoint, '2019-08-15');
  }

  /** How many AccessKeys the main account has. */
  async mainAccountKeys(): Promise<number> {
    const from = origin('GetAccountSecurityPracticeReport');
    const body = await this.#api.call(from, read, (client) => client.getAccountSecurityPracticeReport());
    const info = required(from, 'AccountSecurityPracticeInfo', body.accountSecurityPracticeInfo);
    const users = required(from, 'AccountSecurityPracticeUserInfo', info.accountSecurityPracticeUserInfo);
    return required(from, 'RootWithAccessKey', users.rootWithAccessKey);
  }

  async mainAccountHasMfa(): Promise<boolean> {
    const from = origin('GetAccountMFAInfo');
    const body = await this.#api.call(from, read, (client) => client.getAccountMFAInfo());
    return required(from, 'IsMFAEnable', body.isMFAEnable);
  }

  async passwordPolicy(): Promise<PasswordPolicy> {
    const from = origin('GetPasswordPolicy');
    const body = await this.#api.call(from, read, (client) => client.getPasswordPolicy());
    const policy = required(from, 'PasswordPolicy', body.passwordPolicy);
    return {
      minimumLength: required(from, 'MinimumPasswordLength', policy.minimumPasswordLength),
      lowercase: required(from, 'RequireLowercaseCharacters', policy.requireLowercaseCharacters),
      uppercase: required(from, 'RequireUppercaseCharacters', policy.requireUppercaseCharacters),
      numbers: required(from, 'RequireNumbers', policy.requireNumbers),
      symbols: required(from, 'RequireSymbols', policy.requireSymbols),
      reusePrevention: required(from, 'PasswordReusePrevention', policy.passwordReusePrevention),
      maxAge: required(from, 'MaxPasswordAge', policy.maxPasswordAge),
      // The API spells it so.
      maxAttempts: required(from, 'MaxLoginAttemps', policy.maxLoginAttemps),
    };
  }

  /** The network policy for the keys of all users; kind `unknown` where the account has no such policies. */
  async networkPolicy(): Promise<NetworkPolicy> {
    const from = origin('GetAccessKeyPolicyForAccount');
    const body = await orUndefined(
      this.#rpc.call(from, read, {}),
      'InvalidAction.NotFound',
      'InvalidApi.NotFound',
    );
    if (!body) return { kind: 'unknown' };
    const policy = parseAccessKeyPolicy(required(from, 'AccessKeyPolicy', body.AccessKeyPolicy));
    if (policy) return policy;
    throw unreadableAnswer(from.product, from.action, 'AccessKeyPolicy is not as documented');
  }
}

const origin = (action: string) => ({ product: 'IMS', action });
