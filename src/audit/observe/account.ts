import type { Cloud } from '../../cloud/cloud';
import type { AccountFacts } from '../facts';
import { restrictionOf } from '../network-restriction';
import { reading } from '../reading';

type SettingFacts = Omit<AccountFacts, 'users' | 'policies'>;

/** The main account and the settings for all users: one call each. */
export async function observeSettings({ accountSecurity, ims }: Cloud): Promise<SettingFacts> {
  const [mainAccountKeys, mainAccountMfa, passwordPolicy, securityPreference, network] = await Promise.all([
    reading(accountSecurity.mainAccountKeys()),
    reading(accountSecurity.mainAccountHasMfa()),
    reading(accountSecurity.passwordPolicy()),
    reading(ims.getSecurityPreference()),
    reading(accountSecurity.networkPolicy()),
  ]);
  return {
    mainAccountKeys,
    mainAccountMfa,
    passwordPolicy,
    securityPreference,
    networkPolicy:
      network.kind === 'unread' ? network : restrictionOf(network.value, 'GetAccessKeyPolicyForAccount'),
  };
}
