import type { DateTime } from 'luxon';
import type { LastUse } from '../cloud/access-key';
import type { PasswordPolicy } from '../cloud/account-security';
import type { SecurityPreference } from '../cloud/ims';
import type { Attachments } from '../cloud/policies';
import type { Exemption } from '../config/schema';
import type { Reading } from './reading';

/** What was seen of one account. Each thing that a call of its own tells may be unread by itself. */
export interface AccountFacts {
  readonly mainAccountKeys: Reading<number>;
  readonly mainAccountMfa: Reading<boolean>;
  readonly passwordPolicy: Reading<PasswordPolicy>;
  readonly securityPreference: Reading<SecurityPreference>;
  /** Of the account, for the keys that have none of their own. */
  readonly networkPolicy: Reading<NetworkRestriction>;
  readonly users: Reading<readonly UserFacts[]>;
  /** Those that are attached to anybody. */
  readonly policies: Reading<readonly PolicyFacts[]>;
}

/** `open`: a policy is in force and lets every address in. */
export type NetworkRestriction = 'none' | 'open' | 'restricted';

export interface UserFacts {
  readonly name: string;
  readonly exemption: Reading<Exemption | undefined>;
  readonly logon: Reading<Logon>;
  readonly keys: Reading<readonly KeyFacts[]>;
}

export type Logon =
  | { readonly kind: 'none' }
  | { readonly kind: 'disabled' }
  | {
      readonly kind: 'enabled';
      readonly mfa: Reading<boolean>;
      readonly lastLogon: LastUse;
      /** Since when it could have been used, at the latest. */
      readonly since: DateTime;
    };

export type KeyFacts = ActiveKey | DisabledKey;

export interface ActiveKey {
  readonly status: 'Active';
  readonly id: string;
  readonly createdAt: DateTime;
  readonly lastUse: Reading<LastUse>;
  /** Where it was used from, as ActionTrail has it; none where it was not used. */
  readonly addresses: Reading<readonly string[]>;
  readonly networkPolicy: Reading<NetworkRestriction>;
}

export interface DisabledKey {
  readonly status: 'Inactive';
  readonly id: string;
  readonly createdAt: DateTime;
  /** Not told in every account. */
  readonly disabledAt: DateTime | undefined;
}

export interface PolicyFacts {
  readonly name: string;
  readonly attachedTo: Reading<Attachments>;
  /** Of a custom policy, as JSON text; Alibaba Cloud's own are known by name. */
  readonly document?: Reading<string>;
}

/** An account of which nothing is known. */
export const nothingKnown = (why: Reading<never>): AccountFacts => ({
  mainAccountKeys: why,
  mainAccountMfa: why,
  passwordPolicy: why,
  securityPreference: why,
  networkPolicy: why,
  users: why,
  policies: why,
});
