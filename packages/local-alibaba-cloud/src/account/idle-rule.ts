import type { AccountState } from '../state';
import { DAY } from '../time';
import { setKeyStatus } from './keys';
import { setLoginStatus } from './logins';

/** What RAM does each day: disables keys and logons idle for longer than the security preference allows. */
export function enforceIdleRule({ users, preference, now }: AccountState): void {
  const keysBefore = now - preference.maxIdleDaysForAccessKeys * DAY;
  const usersBefore = now - preference.maxIdleDaysForUsers * DAY;
  for (const { keys, login, lastLogin } of users.values()) {
    for (const key of keys.values()) {
      const lastUse = key.uses.at(-1)?.at ?? 0;
      if (Math.max(key.createdAt, lastUse) < keysBefore) setKeyStatus(key, 'Inactive', now);
    }
    if (login?.status === 'Active' && Math.max(login.updatedAt, lastLogin ?? 0) < usersBefore) {
      setLoginStatus(login, 'Inactive', now);
    }
  }
}
