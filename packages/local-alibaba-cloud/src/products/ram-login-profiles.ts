import { createLogin } from '../account/logins';
import { refusal } from '../errors';
import type { Action, Call } from '../product';
import type { User } from '../state';
import { wireTime } from '../time';
import { read, write } from './identity';
import { userOf } from './ram-target';

function checkPassword(password: string | undefined): void {
  if (password !== undefined && password.length < 8) throw refusal('InvalidParameter.Password.TooWeak');
}

function loginOf(user: User) {
  if (!user.login) throw refusal('EntityNotExist.User.LoginProfile');
  return user.login;
}

function loginProfile(user: User): Record<string, unknown> {
  const login = loginOf(user);
  return {
    LoginProfile: {
      UserName: user.name,
      PasswordResetRequired: login.passwordResetRequired,
      MFABindRequired: login.mfaBindRequired,
      CreateDate: wireTime(login.createdAt),
    },
  };
}

function applyLogin(call: Call, user: User): void {
  const login = loginOf(user);
  checkPassword(call.params.get('Password'));
  if (call.params.get('PasswordResetRequired'))
    login.passwordResetRequired = call.params.flag('PasswordResetRequired');
  if (call.params.get('MFABindRequired')) login.mfaBindRequired = call.params.flag('MFABindRequired');
  login.updatedAt = call.now;
}

/** Console logon of users. */
export const ramLoginProfiles: Record<string, Action> = {
  GetLoginProfile: read((call) => loginProfile(userOf(call))),
  CreateLoginProfile: write((call) => {
    const user = userOf(call);
    checkPassword(call.params.required('Password'));
    createLogin(user, call.now);
    applyLogin(call, user);
    return loginProfile(user);
  }),
  UpdateLoginProfile: write((call) => {
    applyLogin(call, userOf(call));
    return {};
  }),
  DeleteLoginProfile: write((call) => {
    const user = userOf(call);
    loginOf(user);
    user.login = undefined;
    return {};
  }),
};
