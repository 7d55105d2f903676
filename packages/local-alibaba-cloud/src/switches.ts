import { HOUR } from './time';

/** One of a few values, the first of which is the default. */
interface Choice<T> {
  readonly about: string;
  readonly values: readonly [T, ...T[]];
}

/** A number from 0 up. */
interface Amount {
  readonly about: string;
  readonly standard: number;
}

const choice = <const T extends string | number | boolean>(
  about: string,
  ...values: readonly [T, ...T[]]
): Choice<T> => ({ about, values });
const amount = (about: string, standard: number): Amount => ({ about, standard });
const yes = (about: string): Choice<boolean> => ({ about, values: [true, false] });
const no = (about: string): Choice<boolean> => ({ about, values: [false, true] });

/**
 * What Alibaba Cloud's documentation leaves open, and what varies from account to account. The default is what is
 * documented, or else most likely; a program has to hold for every value.
 */
export const SWITCHES = {
  authorises: choice(
    'which resource an action is authorised on where documents differ (facts/authorization.json)',
    'documented',
    'by-name',
    'by-kind',
  ),
  unknownParameters: choice('a parameter that the action does not know', 'refused', 'ignored'),
  neverUsed: choice('LastUsedDate and LastLoginDate of what was never used', '', 'absent', '-', 'N/A'),
  lastUsedLagMs: amount('RAM and IMS tell the last use as it was so long ago', 2 * HOUR),
  lastUsedAnswer: choice(
    'what is wrong with the last use of a key in an otherwise well-formed answer',
    'no',
    'text',
    'future',
    'no-object',
  ),
  lastLoginAnswer: choice(
    'what is wrong with the last logon in an otherwise well-formed answer',
    'no',
    'text',
    'future',
  ),
  propagationMs: amount('a new key is unknown to the gateway for so long', 0),
  disablePropagationMs: amount('a disabled or deleted key is still accepted for so long', 0),
  tagReadLagMs: amount('reads tell the tags of a user as they were so long ago', 0),
  deleteActiveAllowed: yes('an Active key can be deleted'),
  inactiveCountsToLimit: yes('Inactive keys count towards the two of a user'),
  recycledKeysKept: amount(
    'keys of a user that the recycle bin keeps; the oldest of more is gone for good',
    3,
  ),
  recycledCountsToLimit: no('keys in the recycle bin count towards the two of a user'),
  updateDate: yes('IMS ListAccessKeys tells UpdateDate'),
  accessKeyPolicyKnown: yes('the account knows the actions on network policies of keys'),
  accessKeyPolicyNone: choice(
    'GetAccessKeyPolicy of a key that never had one: the text {}, no text, an empty one, a policy that is reset, 404',
    'empty-object',
    'absent',
    'empty',
    'inactive',
    'not-found',
  ),
  accessKeyPolicyReadLagMs: amount('GetAccessKeyPolicy tells the policy as it was so long ago', 0),
  accessKeyPolicyInherited: no("a new key takes over the network policy of the user's other key"),
  deleteUserConflicts: yes('DeleteUser insists that groups, keys, logon, MFA device and policies are gone'),
  throttlingStatus: choice('HTTP status of Throttling.User', 400, 429, 503),
  imsSharesRamQuota: no('RAM and IMS share one quota per action'),
  stageMove: choice(
    'moving ACSCurrent by UpdateSecretVersionStage moves ACSPrevious too (aws), or leaves it (plain)',
    'aws',
    'plain',
  ),
  kmsWritesPerSecond: amount('rate of PutSecretValue and UpdateSecretVersionStage', 10),
  kmsV3FormBody: yes('KMS reads parameters from a form body that is signed with V3'),
  kmsInstanceRequired: no('CreateSecret needs a KMS instance (accounts newer than March 2022)'),
  secretNameLength: amount(
    'longest name of a secret: 64 in the current SDK, 192 on an older page of the documentation',
    64,
  ),
  tagsPerSecret: choice("tags of a secret: 10 on TagResource's page, 20 on an older one", 10, 20),
  ramSecretNamedBy: choice(
    'what KMS names the secret of a user by, whose keys it rotates',
    'display-name',
    'user-name',
  ),
  extendedConfigTold: yes('DescribeSecret tells the ExtendedConfig of such a secret'),
  versionThatGoes: choice(
    'which version goes beyond ten: the earliest, or the earliest that no stage marks',
    'earliest',
    'earliest-unmarked',
  ),
  putConflictCode: choice(
    'code of PutSecretValue for a VersionId that exists with other data',
    'Rejected.ResourceExist',
    'InvalidParameter',
  ),
  callerIdentityNeedsPermission: no('GetCallerIdentity asks for a permission'),
  chainedSessionSeconds: amount('longest session that a session of a role may open', 3600),
  actionTrailKnown: yes("the account has ActionTrail's AccessKey audit"),
  actionTrailLagMs: amount('ActionTrail tells uses as they were so long ago', HOUR),
  actionTrailNever: choice('UsedTimestamp of what was never used', 'absent', 'zero'),
  securityCenter: choice(
    'what Security Center answers',
    'active',
    'not-permitted',
    'not-activated',
    'unknown',
  ),
  leakedKeysBarred: yes('RAM and IMS refuse keys that leaked'),
  leakMarkLagMs: amount('a finding that was handled stays in the list of pending ones for so long', 0),
  leakKeyIds: choice('AccesskeyId of a finding', 'whole', 'masked'),
  leakDates: choice('GmtModified of a finding in a list', 'milliseconds', 'text', 'absent'),
  leakStatus: choice('Status of a finding in a list', 'told', 'absent'),
  leakValidityTold: yes('DescribeAccessKeyLeakDetail tells TokenValid'),
  reportGenerationMs: amount('a credential report is in the making for so long', 0),
} as const satisfies Record<string, Choice<string | number | boolean> | Amount>;

type Table = typeof SWITCHES;

/** May be changed at any moment. */
export type Switches = {
  -readonly [Name in keyof Table]: Table[Name] extends Choice<infer T> ? T : number;
};

/** How a date that there is not looks in an answer. */
export type Never = Switches['neverUsed'];

const standardOf = (entry: Choice<unknown> | Amount) =>
  'values' in entry ? entry.values[0] : entry.standard;

export const DEFAULT_SWITCHES = Object.fromEntries(
  Object.entries(SWITCHES).map(([name, entry]) => [name, standardOf(entry)]),
) as Switches;

/** The switches of texts such as `neverUsed=absent`. @throws a TypeError for what is none of them */
export function parseSwitches(settings: readonly string[]): Partial<Switches> {
  return Object.fromEntries(settings.map(parseSetting));
}

function parseSetting(setting: string): [string, unknown] {
  const [, name = '', text = ''] = /^(\w+)=(.*)$/.exec(setting) ?? [];
  const entry: Choice<unknown> | Amount | undefined = Object.hasOwn(SWITCHES, name)
    ? SWITCHES[name as keyof Switches]
    : undefined;
  if (!entry) throw new TypeError(`"${setting}" sets no switch: it must be name=value`);
  if ('values' in entry) {
    const value = entry.values.find((one) => String(one) === text);
    if (value !== undefined) return [name, value];
  } else if (/^\d+$/.test(text)) {
    return [name, Number(text)];
  }
  throw new TypeError(`${name} cannot be "${text}": it is ${valuesOf(entry)}`);
}

/** `a \| b`, or that it is a number, for people. */
export function valuesOf(entry: Choice<unknown> | Amount): string {
  if (!('values' in entry)) return `a number, ${entry.standard} by default`;
  const [first, ...others] = entry.values.map((value) => (value === '' ? "''" : String(value)));
  return `${first} (default), ${others.join(', ')}`;
}
