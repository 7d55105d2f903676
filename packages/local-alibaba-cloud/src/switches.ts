import { HOUR } from './time';

/** How a date that there is not looks in an answer. */
export type Never = '' | 'absent' | '-' | 'N/A';

/** How an answer about the last use or logon is spoilt, while the answer as a whole is well formed. */
export type Spoilt = 'no' | 'text' | 'future' | 'no-object';

/**
 * What GetAccessKeyPolicy answers for a key whose policy was never set: the text `{}`, no AccessKeyPolicy, an empty
 * one, what a reset policy looks like, or 404 EntityNotExist.AccessKeyPolicy.
 */
export type NoAccessKeyPolicy = 'empty-object' | 'absent' | 'empty' | 'inactive' | 'not-found';

/**
 * What Alibaba Cloud's documentation leaves open, and what varies from account to account. The service has to
 * hold for every setting, so each can be changed at any moment.
 */
export interface Switches {
  /** LastUsedDate and LastLoginDate of what was never used. */
  neverUsed: Never;
  /** The last use as told by RAM and IMS is that of `now - lastUsedLagMs` (about 2 h, credential report docs). */
  lastUsedLagMs: number;
  lastUsedAnswer: Spoilt;
  lastLoginAnswer: Exclude<Spoilt, 'no-object'>;
  /** A new key is unknown to the gateway for so long. */
  propagationMs: number;
  /** A disabled or deleted key is still accepted for so long. */
  disablePropagationMs: number;
  /** A user's own tag writes become visible to reads after so long. */
  tagReadLagMs: number;
  /** Does UpdateSecretVersionStage of ACSCurrent move ACSPrevious too (as AWS does), or leave it. */
  stageMove: 'aws' | 'plain';
  /** Does the API delete a key that is Active. */
  deleteActiveAllowed: boolean;
  inactiveCountsToLimit: boolean;
  /** Keys of a user that the recycle bin keeps; the oldest of more is gone for good. */
  recycledKeysKept: number;
  /** Do keys in the recycle bin count towards the two of a user. */
  recycledCountsToLimit: boolean;
  /** Does IMS ListAccessKeys tell UpdateDate. */
  updateDate: boolean;
  /** Are Get- and SetAccessKeyPolicy known in this account. */
  accessKeyPolicyKnown: boolean;
  /** Of a key that never had one (`{}` as the Terraform provider sees it). */
  accessKeyPolicyNone: NoAccessKeyPolicy;
  /** GetAccessKeyPolicy answers what was set until `now - accessKeyPolicyReadLagMs`. */
  accessKeyPolicyReadLagMs: number;
  /** Does a new key take over the network policy of the user's other key. */
  accessKeyPolicyInherited: boolean;
  /** Does DeleteUser insist that groups, keys, logon profile, MFA device and policies are gone. */
  deleteUserConflicts: boolean;
  /** HTTP status of `Throttling.User`. */
  throttlingStatus: 400 | 429 | 503;
  /** Do RAM and IMS share one quota per action, or has each its own. */
  imsSharesRamQuota: boolean;
  /** Rate of PutSecretValue and UpdateSecretVersionStage per second. */
  kmsWritesPerSecond: number;
  /** Longest name of a secret: 64 in the current SDK, 192 on an older page of the documentation. */
  secretNameLength: number;
  /** Tags that a secret may have: 10 by TagResource's page, 20 by an older one. */
  tagsPerSecret: 10 | 20;
  /** What the name of a RAM secret ends with, where KMS chooses it (`$Auto`). */
  ramSecretNamedBy: 'display-name' | 'user-name';
  /** Does DescribeSecret tell the ExtendedConfig of a RAM secret. */
  extendedConfigTold: boolean;
  /** Which version goes where a secret has more than ten: the earliest, or the earliest that no stage marks. */
  versionThatGoes: 'earliest' | 'earliest-unmarked';
  /** Does KMS take parameters from a form body that is signed with V3. */
  kmsV3FormBody: boolean;
  /** Is a KMS instance needed to create a secret (accounts newer than March 2022). */
  kmsInstanceRequired: boolean;
  /** Code of PutSecretValue for a VersionId that exists with other data. */
  putConflictCode: 'Rejected.ResourceExist' | 'InvalidParameter';
  /** Does GetCallerIdentity ask for a permission. */
  callerIdentityNeedsPermission: boolean;
  /** Longest session that a role session may open. */
  chainedSessionSeconds: number;
  /** Does the account have ActionTrail's AccessKey audit. */
  actionTrailKnown: boolean;
  /** ActionTrail's AccessKey audit tells what was until `now - actionTrailLagMs` (hourly, by its documentation). */
  actionTrailLagMs: number;
  /** UsedTimestamp of what was never used. */
  actionTrailNever: 'absent' | 'zero';
  /** What Security Center answers where it is not activated, or not for this caller. */
  securityCenter: 'active' | 'not-permitted' | 'not-activated' | 'unknown';
  /** Are keys with a finding refused by RAM and IMS. */
  leakedKeysBarred: boolean;
  /** A finding that was marked as handled stays in the list of pending ones for so long. */
  leakMarkLagMs: number;
  /** How AccesskeyId is written in a finding. */
  leakKeyIds: 'whole' | 'masked';
  /** GmtModified of a finding in a list. */
  leakDates: 'milliseconds' | 'text' | 'absent';
  /** Status of a finding in a list. */
  leakStatus: 'told' | 'absent';
  /** Does DescribeAccessKeyLeakDetail tell TokenValid. */
  leakValidityTold: boolean;
  /** How long a credential report is in the making. */
  reportGenerationMs: number;
}

export const DEFAULT_SWITCHES: Switches = {
  neverUsed: '',
  lastUsedLagMs: 2 * HOUR,
  lastUsedAnswer: 'no',
  lastLoginAnswer: 'no',
  propagationMs: 0,
  disablePropagationMs: 0,
  tagReadLagMs: 0,
  stageMove: 'aws',
  deleteActiveAllowed: true,
  inactiveCountsToLimit: true,
  recycledKeysKept: 3,
  recycledCountsToLimit: false,
  updateDate: true,
  accessKeyPolicyKnown: true,
  accessKeyPolicyNone: 'empty-object',
  accessKeyPolicyReadLagMs: 0,
  accessKeyPolicyInherited: false,
  deleteUserConflicts: true,
  throttlingStatus: 400,
  imsSharesRamQuota: false,
  kmsWritesPerSecond: 10,
  secretNameLength: 64,
  tagsPerSecret: 10,
  ramSecretNamedBy: 'display-name',
  extendedConfigTold: true,
  versionThatGoes: 'earliest',
  kmsV3FormBody: true,
  kmsInstanceRequired: false,
  putConflictCode: 'Rejected.ResourceExist',
  callerIdentityNeedsPermission: false,
  chainedSessionSeconds: 3600,
  actionTrailKnown: true,
  actionTrailLagMs: HOUR,
  actionTrailNever: 'absent',
  securityCenter: 'active',
  leakedKeysBarred: true,
  leakMarkLagMs: 0,
  leakKeyIds: 'whole',
  leakDates: 'milliseconds',
  leakStatus: 'told',
  leakValidityTold: true,
  reportGenerationMs: 0,
};
