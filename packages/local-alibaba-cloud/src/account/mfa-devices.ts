import { refusal } from '../errors';
import type { AccountState, MfaDevice, User } from '../state';

export function createMfaDevice(account: AccountState, name: string): MfaDevice {
  const serialNumber = `acs:ram::${account.id}:mfa/${name}`;
  if (account.mfaDevices.has(serialNumber)) throw refusal('EntityAlreadyExists.VirtualMFADevice');
  const device: MfaDevice = { serialNumber };
  account.mfaDevices.set(serialNumber, device);
  return device;
}

export function bindMfa(user: User, device: MfaDevice, now: number): void {
  if (user.mfa) throw refusal('EntityAlreadyExists.User.MFADevice');
  user.mfa = device;
  device.user = user;
  device.activatedAt = now;
}

export function unbindMfa(user: User): MfaDevice {
  const device = user.mfa;
  if (!device) throw refusal('EntityNotExist.User.MFADevice');
  user.mfa = undefined;
  device.user = undefined;
  return device;
}
