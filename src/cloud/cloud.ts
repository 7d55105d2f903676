import { AccountSecurity } from './account-security';
import { ActionTrail, type TrailMemory } from './action-trail';
import type { Credentials, KeyPair } from './credentials';
import { type Endpoints, endpointOf } from './endpoints';
import type { Gate } from './gate';
import { Ims } from './ims';
import { Kms } from './kms';
import { Policies } from './policies';
import { Ram } from './ram';
import { SecurityCenter } from './security-center';
import { type CallerIdentity, callerIdentityOf, Sts } from './sts';

export interface CloudOptions {
  readonly account: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly endpoints?: Endpoints;
  readonly gate: Gate;
  /** Where the secrets lie in the KMS of another account; default: in this account's own. */
  readonly secrets?: { readonly credentials: Credentials; readonly gate: Gate };
}

/** One account, through one gate. */
export interface Cloud {
  readonly account: string;
  readonly region: string;
  readonly gate: Gate;
  readonly ram: Ram;
  readonly ims: Ims;
  readonly accountSecurity: AccountSecurity;
  readonly policies: Policies;
  /** Where the users' secrets lie: the account's own KMS, or a central one. */
  readonly kms: Kms;
  /** The account's own, which may rotate users by itself. */
  readonly ownKms: Kms;
  readonly sts: Sts;
  readonly actionTrail: ActionTrail;
  readonly securityCenter: SecurityCenter;
  /** What a person should know of this account, said once in a run. */
  readonly notes: Set<string>;
  /** Who this pair belongs to, signed with the pair itself: the proof that a new key works. */
  identityOf(pair: KeyPair): Promise<CallerIdentity>;
  /** The same cloud behind a gate that closes at this moment of `clock.elapsed()`. */
  until(deadlineAt: number): Cloud;
}

/** Opens nothing yet: SDKs are loaded and connections made with the first call that needs them. */
export function openCloud(
  options: CloudOptions,
  memory: TrailMemory = { absent: new Set(), notes: new Set() },
): Cloud {
  const { account, region, credentials, endpoints, gate, secrets } = options;
  const kmsAt = endpointOf('kms', region, endpoints);
  const ownKms = new Kms(gate, credentials, kmsAt);
  return {
    account,
    region,
    gate,
    ram: new Ram(gate, credentials, endpointOf('ram', region, endpoints)),
    ims: new Ims(gate, credentials, endpointOf('ims', region, endpoints)),
    accountSecurity: new AccountSecurity(gate, credentials, endpointOf('ims', region, endpoints)),
    policies: new Policies(gate, credentials, endpointOf('ram', region, endpoints)),
    kms: secrets ? new Kms(secrets.gate, secrets.credentials, kmsAt) : ownKms,
    ownKms,
    sts: new Sts(gate, credentials, endpointOf('sts', region, endpoints)),
    actionTrail: new ActionTrail(gate, credentials, endpointOf('actionTrail', region, endpoints), memory),
    securityCenter: new SecurityCenter(gate, credentials, endpointOf('sas', region, endpoints)),
    notes: memory.notes,
    identityOf: (pair) => callerIdentityOf(pair, gate, endpointOf('sts', region, endpoints)),
    until: (deadlineAt) =>
      openCloud(
        {
          ...options,
          gate: gate.until(deadlineAt),
          ...(secrets && { secrets: { ...secrets, gate: secrets.gate.until(deadlineAt) } }),
        },
        memory,
      ),
  };
}
