import { refusal } from '../errors';
import type { Action, Call } from '../product';
import type { AccountState } from '../state';
import { on, onAll, read } from './identity';

/** The PasswordPolicy object; RAM and IMS have different names for one field. */
export function passwordPolicy({ security }: AccountState, product: 'ram' | 'ims'): Record<string, unknown> {
  const policy = security.passwordPolicy;
  return {
    PasswordPolicy: {
      MinimumPasswordLength: policy.minimumLength,
      RequireLowercaseCharacters: policy.lowercase,
      RequireUppercaseCharacters: policy.uppercase,
      RequireNumbers: policy.numbers,
      RequireSymbols: policy.symbols,
      [product === 'ram' ? 'HardExpiry' : 'HardExpire']: policy.hardExpiry,
      MaxPasswordAge: policy.maxAge,
      PasswordReusePrevention: policy.reusePrevention,
      MaxLoginAttemps: policy.maxAttempts,
      ...(product === 'ims' && { InitialPasswordAge: policy.initialPasswordAge }),
    },
  };
}

/** As with the policies of single keys: not every account has them yet. */
function onNetworkPolicy(call: Call) {
  if (!call.cloud.switches.accessKeyPolicyKnown) throw refusal('InvalidAction.NotFound');
  return onAll('GetAccessKeyPolicyForAccount');
}

/** IMS's actions on the account as a whole. */
export const accountSecurity: Record<string, Action> = {
  GetPasswordPolicy: read(
    (call) => on(call, 'GetPasswordPolicy', '*'),
    (call) => passwordPolicy(call.account, 'ims'),
  ),
  GetAccountMFAInfo: read(
    () => onAll('GetAccountMFAInfo'),
    (call) => ({ IsMFAEnable: call.account.security.mainAccountMfa }),
  ),
  GetAccountSecurityPracticeReport: read(
    () => onAll('GetAccountSecurityPracticeReport'),
    ({ account }) => ({
      AccountSecurityPracticeInfo: {
        AccountSecurityPracticeUserInfo: {
          BindMfa: account.security.mainAccountMfa,
          RootWithAccessKey: account.security.mainAccountKeys,
          SubUser: account.users.size,
          SubUserBindMfa: [...account.users.values()].filter(({ mfa }) => mfa).length,
        },
      },
    }),
  ),
  GetAccessKeyPolicyForAccount: read(onNetworkPolicy, ({ account }) => ({
    AccessKeyPolicy: account.security.networkPolicy ?? '{"Version":1,"Status":"Inactive","Statements":[]}',
  })),
};
