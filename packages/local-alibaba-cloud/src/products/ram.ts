import type { Action, Product } from '../product';
import { passwordPolicy } from './account-security';
import { envelope, read, write } from './identity';
import { ramAttachments, ramGroups } from './ram-groups';
import { ramLoginProfiles } from './ram-login-profiles';
import { ramMfaDevices } from './ram-mfa-devices';
import { ramPolicies } from './ram-policies';
import { ramRoles } from './ram-roles';
import { ramSubjects } from './ram-target';
import { ramAccessKeys, ramUsers } from './ram-users';
import { securityPreference, setSecurityPreference } from './security-preference';

const HOST = 'ram.aliyuncs.com';

const settings: Record<string, Action> = {
  GetSecurityPreference: read((call) => securityPreference(call.account, 'ram')),
  SetSecurityPreference: write((call) => {
    setSecurityPreference(call);
    return securityPreference(call.account, 'ram');
  }),
  GetPasswordPolicy: read((call) => passwordPolicy(call.account, 'ram')),
  GetAccountAlias: read((call) => ({
    AccountAlias: call.account.alias ?? call.account.id,
  })),
};

/** Resource Access Management, API version 2015-05-01. */
export const ram: Product = {
  name: 'ram',
  version: '2015-05-01',
  service: 'Ram',
  ...envelope(HOST),
  subjects: ramSubjects,
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
