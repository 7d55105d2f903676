import * as z from 'zod';
import { type NetworkPolicy, parseAccessKeyPolicy } from './access-key-policy';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { orUndefined, unreadableAnswer } from './error';
import { type Gate, read } from './gate';
import { imsApi } from './ims';
import { Rpc } from './rpc';
import { count } from './shape';

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

const practiceAnswer = z.object({
  AccountSecurityPracticeInfo: z.object({
    AccountSecurityPracticeUserInfo: z.object({ RootWithAccessKey: count }),
  }),
});

const mfaAnswer = z.object({ IsMFAEnable: z.boolean() });

const passwordPolicyAnswer = z.object({
  PasswordPolicy: z.object({
    MinimumPasswordLength: count,
    RequireLowercaseCharacters: z.boolean(),
    RequireUppercaseCharacters: z.boolean(),
    RequireNumbers: z.boolean(),
    RequireSymbols: z.boolean(),
    PasswordReusePrevention: count,
    MaxPasswordAge: count,
    // The API spells it so.
    MaxLoginAttemps: count,
  }),
});

/** A missing field says nothing here: no document tells how this action answers for an account without a policy. */
const networkPolicyAnswer = z.object({ AccessKeyPolicy: z.union([z.string().min(1), z.looseObject({})]) });

/** What Identity Management Service tells of the account as a whole, its main account included. Only reads. */
export class AccountSecurity {
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#rpc = new Rpc(gate, credentials, endpoint, imsApi);
  }

  /** How many AccessKeys the main account has. */
  async mainAccountKeys(): Promise<number> {
    const answer = await this.#rpc.call('GetAccountSecurityPracticeReport', read, {}, practiceAnswer);
    return answer.AccountSecurityPracticeInfo.AccountSecurityPracticeUserInfo.RootWithAccessKey;
  }

  async mainAccountHasMfa(): Promise<boolean> {
    return (await this.#rpc.call('GetAccountMFAInfo', read, {}, mfaAnswer)).IsMFAEnable;
  }

  async passwordPolicy(): Promise<PasswordPolicy> {
    const answer = await this.#rpc.call('GetPasswordPolicy', read, {}, passwordPolicyAnswer);
    const policy = answer.PasswordPolicy;
    return {
      minimumLength: policy.MinimumPasswordLength,
      lowercase: policy.RequireLowercaseCharacters,
      uppercase: policy.RequireUppercaseCharacters,
      numbers: policy.RequireNumbers,
      symbols: policy.RequireSymbols,
      reusePrevention: policy.PasswordReusePrevention,
      maxAge: policy.MaxPasswordAge,
      maxAttempts: policy.MaxLoginAttemps,
    };
  }

  /** The network policy for the keys of all users; kind `unknown` where the account has no such policies. */
  async networkPolicy(): Promise<NetworkPolicy> {
    const action = 'GetAccessKeyPolicyForAccount';
    const answer = await orUndefined(
      this.#rpc.call(action, read, {}, networkPolicyAnswer),
      'InvalidAction.NotFound',
      'InvalidApi.NotFound',
    );
    if (!answer) return { kind: 'unknown' };
    const policy = parseAccessKeyPolicy(answer.AccessKeyPolicy);
    if (policy) return policy;
    throw unreadableAnswer('IMS', action, 'AccessKeyPolicy is not as documented');
  }
}
