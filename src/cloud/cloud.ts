import type { Credentials, KeyPair } from './credentials';
import { type Endpoints, endpointOf } from './endpoints';
import type { Gate } from './gate';
import { Ims } from './ims';
import { Kms } from './kms';
import { Ram } from './ram';
import { type CallerIdentity, callerIdentityOf, Sts } from './sts';

export interface CloudOptions {
  readonly account: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly endpoints?: Endpoints;
  readonly gate: Gate;
}

/** One account, through one gate. */
export interface Cloud {
  readonly account: string;
  readonly region: string;
  readonly gate: Gate;
  readonly ram: Ram;
  readonly ims: Ims;
  readonly kms: Kms;
  readonly sts: Sts;
  /** Who this pair belongs to, signed with the pair itself: the proof that a new key works. */
  identityOf(pair: KeyPair): Promise<CallerIdentity>;
  /** The same cloud behind a gate that closes at this moment of `clock.elapsed()`. */
  until(deadlineAt: number): Cloud;
}

/** Opens nothing yet: SDKs are loaded and connections made with the first call that needs them. */
export function openCloud(options: CloudOptions): Cloud {
  const { account, region, credentials, endpoints, gate } = options;
  return {
    account,
    region,
    gate,
    ram: new Ram(gate, credentials, endpointOf('ram', region, endpoints)),
    ims: new Ims(gate, credentials, endpointOf('ims', region, endpoints)),
    kms: new Kms(gate, credentials, endpointOf('kms', region, endpoints)),
    sts: new Sts(gate, credentials, endpointOf('sts', region, endpoints)),
    identityOf: (pair) => callerIdentityOf(pair, gate, endpointOf('sts', region, endpoints)),
    until: (deadlineAt) => openCloud({ ...options, gate: gate.until(deadlineAt) }),
  };
}
