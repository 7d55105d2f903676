import type { Action } from '../product';
import type { AccountState } from '../state';
import { read } from './identity';
import { accessKeyPolicyOffered } from './ims-access-key-policy';

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

/** IMS's actions on the account as a whole. */
export const accountSecurity: Record<string, Action> = {
  GetPasswordPolicy: read((call) => passwordPolicy(call.account, 'ims')),
  GetAccountMFAInfo: read((call) => ({ IsMFAEnable: call.account.security.mainAccountMfa })),
  GetAccountSecurityPracticeReport: read(({ account }) => ({
    AccountSecurityPracticeInfo: {
      AccountSecurityPracticeUserInfo: {
        BindMfa: account.security.mainAccountMfa,
        RootWithAccessKey: account.security.mainAccountKeys,
        SubUser: account.users.size,
        SubUserBindMfa: [...account.users.values()].filter(({ mfa }) => mfa).length,
      },
    },
  })),
  GetAccessKeyPolicyForAccount: {
    ...read(({ account }) => ({
      AccessKeyPolicy: account.security.networkPolicy ?? '{"Version":1,"Status":"Inactive","Statements":[]}',
    })),
    offered: accessKeyPolicyOffered,
  },
};
