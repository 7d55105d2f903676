import { type Cloud, openCloud } from '../../src/cloud/cloud';
import type { Endpoints } from '../../src/cloud/endpoints';
import { Gate, type GateOptions } from '../../src/cloud/gate';
import { Secret } from '../../src/cloud/secret';
import { HandClock } from './hand-clock';

export const KEY_SECRET = 'SignerSecretabcdefghijklm12345';
export const TOKEN = 'CAISsecurity+token/with=signs==';

/** All products at one address on this machine. */
export function endpointsAt(host: string): Endpoints {
  const endpoint = { host, protocol: 'http' } as const;
  return { ram: endpoint, ims: endpoint, kms: endpoint, sts: endpoint };
}

/** A cloud whose products all live at one address, on a clock that does not wait. */
export function cloudAt(host: string, options: Partial<GateOptions> = {}): Cloud {
  const gate = new Gate({
    account: '1234567890123456',
    mode: 'enforce',
    readsPerSecond: 500,
    writesPerSecond: 200,
    clock: new HandClock(),
    ...options,
  });
  return openCloud({
    account: '1234567890123456',
    region: 'cn-hangzhou',
    credentials: {
      accessKeyId: 'STS.signer',
      accessKeySecret: new Secret(KEY_SECRET),
      securityToken: new Secret(TOKEN),
    },
    endpoints: endpointsAt(host),
    gate,
  });
}
