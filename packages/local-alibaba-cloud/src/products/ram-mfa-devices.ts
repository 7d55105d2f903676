import { bindMfa, createMfaDevice, unbindMfa } from '../account/mfa-devices';
import { refusal } from '../errors';
import type { Action } from '../product';
import { wireTime } from '../time';
import { read, write } from './identity';
import { userOf } from './ram-target';

/** MFA devices of users. */
export const ramMfaDevices: Record<string, Action> = {
  GetUserMFAInfo: read((call) => {
    const device = userOf(call).mfa;
    if (!device) throw refusal('EntityNotExist.User.MFADevice');
    return { MFADevice: { SerialNumber: device.serialNumber, Type: 'VMFA' } };
  }),
  ListVirtualMFADevices: read((call) => {
    const VirtualMFADevice = [...call.account.mfaDevices.values()].map((device) => ({
      SerialNumber: device.serialNumber,
      ...(device.activatedAt === undefined ? {} : { ActivateDate: wireTime(device.activatedAt) }),
      ...(device.user
        ? {
            User: {
              UserId: device.user.id,
              UserName: device.user.name,
              DisplayName: device.user.displayName,
            },
          }
        : {}),
    }));
    return { VirtualMFADevices: { VirtualMFADevice } };
  }),
  CreateVirtualMFADevice: write((call) => {
    const device = createMfaDevice(call.account, call.params.required('VirtualMFADeviceName'));
    const seed = call.cloud.identifiers.serial(device.serialNumber);
    return { VirtualMFADevice: { SerialNumber: device.serialNumber, Base32StringSeed: seed } };
  }),
  BindMFADevice: write((call) => {
    const device = call.account.mfaDevices.get(call.params.required('SerialNumber'));
    if (!device) throw refusal('EntityNotExist.VirtualMFADevice');
    bindMfa(userOf(call), device, call.now);
    return {};
  }),
  UnbindMFADevice: write((call) => ({
    MFADevice: { SerialNumber: unbindMfa(userOf(call)).serialNumber },
  })),
  DeleteVirtualMFADevice: write((call) => {
    const serialNumber = call.params.required('SerialNumber');
    const device = call.account.mfaDevices.get(serialNumber);
    if (!device) throw refusal('EntityNotExist.VirtualMFADevice');
    if (device.user) throw refusal('DeleteConflict.VirtualMFADevice.User');
    call.account.mfaDevices.delete(serialNumber);
    return {};
  }),
};
