import { refusal } from '../errors';
import type { AccountState, KeyStatus, LoginProfile, User } from '../state';
import { DAY } from '../time';

export type PasswordStatus = 'NotInitial' | 'InitialValid' | 'InitialExpired';

export function createLogin(user: User, createdAt: number): void {
  if (user.login) throw refusal('EntityAlreadyExists.User.LoginProfile');
  user.login = {
    status: 'Active',
    createdAt,
    updatedAt: createdAt,
    passwordResetRequired: false,
    mfaBindRequired: false,
    initialSince: user.lastLogin === undefined ? createdAt : undefined,
  };
}

/** Enabled again, a logon has an initial password. */
export function setLoginStatus(login: LoginProfile, status: KeyStatus, now: number): void {
  if (status === 'Active' && login.status === 'Inactive') login.initialSince = now;
  login.status = status;
  login.updatedAt = now;
}

/** An initial password expires after some days (IMS API reference, GetLoginProfile and GetPasswordPolicy). */
export function passwordStatus(account: AccountState, { initialSince }: LoginProfile): PasswordStatus {
  const { initialPasswordAge } = account.security.passwordPolicy;
  if (initialSince === undefined) return 'NotInitial';
  const isExpired = initialPasswordAge > 0 && account.now >= initialSince + initialPasswordAge * DAY;
  return isExpired ? 'InitialExpired' : 'InitialValid';
}

/** Notes a console logon. */
export function markLogin(user: User, at: number): void {
  user.lastLogin = at;
  if (user.login) user.login.initialSince = undefined;
}
