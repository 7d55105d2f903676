import type { Action, Call, Product } from '../product';
import { passwordPolicy } from './account-security';
import { envelope, on, read, write } from './identity';
import { ramAttachments, ramGroups } from './ram-groups';
import { ramLoginProfiles } from './ram-login-profiles';
import { ramMfaDevices } from './ram-mfa-devices';
import { ramPolicies } from './ram-policies';
import { ramRoles } from './ram-roles';
import { ramAccessKeys, ramUsers } from './ram-users';
import { securityPreference, setSecurityPreference } from './security-preference';

const HOST = 'ram.aliyuncs.com';

const onAccount = (action: string) => (call: Call) => on(call, action, '*');

const settings: Record<string, Action> = {
  GetSecurityPreference: read(onAccount('GetSecurityPreference'), (call) =>
    securityPreference(call.account, 'ram'),
  ),
  SetSecurityPreference: write(onAccount('SetSecurityPreference'), (call) => {
    setSecurityPreference(call);
    return securityPreference(call.account, 'ram');
  }),
  GetPasswordPolicy: read(onAccount('GetPasswordPolicy'), (call) => passwordPolicy(call.account, 'ram')),
  GetAccountAlias: read(onAccount('GetAccountAlias'), (call) => ({
    AccountAlias: call.account.alias ?? call.account.id,
  })),
};

/** Resource Access Management, API version 2015-05-01. */
export const ram: Product = {
  name: 'ram',
  version: '2015-05-01',
  service: 'Ram',
  ...envelope(HOST),
  actions: {
    ...ramUsers,
    ...ramAccessKeys,
    ...ramLoginProfiles,
    ...ramMfaDevices,
    ...ramGroups,
    ...ramAttachments,
    ...settings,
    ...ramPolicies,
    ...ramRoles,
  },
};
