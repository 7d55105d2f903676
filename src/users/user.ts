import type { ImsUser } from '../cloud/ims';
import type { Exemption } from '../config/schema';
import type { Tags } from '../record/tags';

export interface UserIdentity {
  readonly account: string;
  readonly name: string;
  readonly id: string;
  readonly principalName: string;
  readonly frozen: boolean;
}

export const identityOf = (account: string, user: ImsUser): UserIdentity => ({
  account,
  name: user.name,
  id: user.id,
  principalName: user.principalName,
  frozen: user.status === 'freeze',
});

/** What a run knows of a user before it looks closer. */
export interface Look {
  readonly user: UserIdentity;
  readonly tags: Tags;
  /** A KMS secret of type RAMCredentials rotates this user already. */
  readonly kmsManaged: boolean;
}

/** A user whom rotation works on, unless it is exempt. */
export interface Candidate {
  readonly look: Look;
  readonly exemption?: Exemption;
}
