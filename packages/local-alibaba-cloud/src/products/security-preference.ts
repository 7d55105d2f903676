import { refusal } from '../errors';
import type { Call } from '../product';
import type { AccountState } from '../state';

const IDLE_DAYS = [90, 180, 365, 730];

/** The SecurityPreference object; IMS tells of the idle rule, RAM does not. */
export function securityPreference(account: AccountState, product: 'ram' | 'ims'): Record<string, unknown> {
  const { preference } = account;
  return {
    SecurityPreference: {
      AccessKeyPreference: { AllowUserToManageAccessKeys: preference.allowUserToManageAccessKeys },
      LoginProfilePreference: {
        AllowUserToChangePassword: true,
        EnableSaveMFATicket: false,
        LoginSessionDuration: 6,
        LoginNetworkMasks: '',
      },
      MFAPreference: { AllowUserToManageMFADevices: true },
      ...(product === 'ims'
        ? {
            MaxIdleDays: {
              MaxIdleDaysForAccessKeys: preference.maxIdleDaysForAccessKeys,
              MaxIdleDaysForUsers: preference.maxIdleDaysForUsers,
            },
          }
        : {}),
    },
  };
}

export function setSecurityPreference(call: Call): void {
  const { preference } = call.account;
  preference.maxIdleDaysForAccessKeys = idleDays(
    call,
    'MaxIdleDaysForAccessKeys',
    preference.maxIdleDaysForAccessKeys,
  );
  preference.maxIdleDaysForUsers = idleDays(call, 'MaxIdleDaysForUsers', preference.maxIdleDaysForUsers);
  if (call.params.get('AllowUserToManageAccessKeys')) {
    preference.allowUserToManageAccessKeys = call.params.flag('AllowUserToManageAccessKeys');
  }
}

function idleDays(call: Call, name: string, current: number): number {
  const days = call.params.integer(name, { min: 90, max: 730, default: current });
  if (!IDLE_DAYS.includes(days)) throw refusal('InvalidParameter', `The parameter - "${name}" is incorrect.`);
  return days;
}
