import type { LeakFinding } from '../cloud/security-center';
import type { EmergencyEntry } from '../record/rotation';
import type { Membership } from '../users/membership';

/** A key that Security Center found, with every pending finding about it, the latest first. */
export interface LeakedKey {
  readonly keyId: string;
  readonly findings: readonly [LeakFinding, ...LeakFinding[]];
}

/** A leaked key, and whose it is. The decision is a function of it and nothing else. */
export interface Observation extends LeakedKey {
  readonly owner: Owner;
}

export type Owner =
  | OwningUser
  /** The key of the account itself, which no role may touch. */
  | { readonly kind: 'account' }
  /** No user of this account has it: deleted, or of another account. */
  | { readonly kind: 'nobody'; readonly keyValid: boolean | 'unknown' }
  /** What the finding names is no AccessKeyId. */
  | { readonly kind: 'unreadable' };

export interface OwningUser extends Membership {
  readonly kind: 'user';
  readonly id: string;
  readonly name: string;
  readonly tags: ReadonlyMap<string, string>;
  /** What the record tells of an emergency of this user. */
  readonly emergency?: EmergencyEntry;
  readonly key: 'Active' | 'Inactive' | 'gone';
}
