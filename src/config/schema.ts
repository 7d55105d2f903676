import type { DateTime } from 'luxon';
import * as z from 'zod';
import {
  accountId,
  channelUrl,
  countOrPercent,
  deployment,
  duration,
  endOfDay,
  endpoint,
  functionTarget,
  groupName,
  region,
  secret,
  secretName,
  section,
  text,
  timeZone,
  userName,
  wholeNumber,
} from './values';

/**
 * The one definition of the configuration: what is accepted, what it becomes, the defaults, and the
 * descriptions that editors and the documentation show.
 */

const tag = section({
  key: text().max(128, 'must be at most 128 characters'),
  value: z.string().max(256, 'must be at most 256 characters'),
}).describe('A tag on the RAM user: key and value must both be equal.');

const endpoints = section({
  ram: endpoint().optional(),
  ims: endpoint().optional(),
  kms: endpoint().optional(),
  sts: endpoint().optional(),
  fc: endpoint().optional(),
  resourceManager: endpoint().optional(),
  actionTrail: endpoint().optional(),
  sas: endpoint().optional(),
});

const rotation = section({
  users: section({
    names: z.array(userName()).prefault([]).describe('These users.'),
    tag: tag.optional().describe('Every user with this tag.'),
    group: groupName().optional().describe('Every member of this RAM group.'),
  })
    .prefault({})
    .describe('Which users are managed: those that any of these matches. Nobody is, unless named here.'),
  maxAge: duration().prefault('P90D').describe('A key older than this is replaced.'),
  grace: duration({
    duration: 'PT7H',
    because: "Alibaba Cloud's own clients refresh a secret only every 6 h 10 min",
  })
    .prefault('P2D')
    .describe('From the delivered notice to the earliest disabling of the old key.'),
  quiet: duration()
    .prefault('PT24H')
    .describe("The old key must show no use for this long; the lag of the cloud's records is added."),
  requireAdoption: z
    .boolean()
    .prefault(false)
    .describe('Whether the new key must have been used before the old one is disabled.'),
  stillUsed: z
    .enum(['wait', 'disable'])
    .prefault('wait')
    .describe('An old key in use after the grace: keep waiting and remind, or disable it all the same.'),
  takeover: section({
    when: z
      .enum(['atOnce', 'due'])
      .prefault('atOnce')
      .describe('When a key that is not in KMS is taken over: at once, or when it is older than maxAge.'),
    requireAdoption: z
      .boolean()
      .prefault(true)
      .describe(
        'Whether such a key, whose programs never read the secret, stays until the new one has been used, unless nobody ever used it.',
      ),
  }).prefault({}),
  recovery: duration().prefault('P7D').describe('From the disabling of the old key to its deletion.'),
  secret: section({
    name: secretName()
      .prefault('keyturn/{userName}')
      .describe(
        'Name of the KMS secret of a user; {userName} stands for the user, {account} for the id of its account.',
      ),
    account: accountId()
      .optional()
      .describe(
        "The one account whose KMS holds the secrets of all accounts. Default: each account's own KMS. The name must then contain {account}.",
      ),
    kmsInstanceId: text().optional().describe('The KMS instance that holds the secrets (DKMSInstanceId).'),
    encryptionKeyId: text().optional().describe('The KMS key that encrypts the secrets.'),
  })
    .superRefine(({ name, account }, context) => {
      if (account && !name.includes('{account}'))
        context.addIssue({
          code: 'custom',
          path: ['name'],
          message: 'must contain {account} too, since rotation.secret.account puts all accounts into one KMS',
        });
    })
    .prefault({}),
});

const inactive = () =>
  section({
    disableAfter: duration().prefault('P90D').describe('Disabled when unused for this long.'),
    deleteAfter: duration()
      .nullable()
      .prefault(null)
      .describe('Deleted when disabled by keyturn for this long; null: never.'),
  }).prefault({});

const inactivity = section({
  keys: inactive().describe('AccessKeys.'),
  users: inactive().describe('Users: logons and keys together.'),
  warn: duration().prefault('P7D').describe('The notice goes out this long before the disabling.'),
});

const leaks = section({
  action: z
    .enum(['report', 'contain', 'replace'])
    .prefault('report')
    .describe(
      'A key that Security Center found in public code: report tells of it, contain disables it, replace issues a new one first where the user is managed.',
    ),
  users: z
    .enum(['managed', 'all'])
    .prefault('managed')
    .describe('Whose keys are disabled: those of managed users, or of every user. Told of are all.'),
});

/** Users whom no function touches on its own. */
export type Exemption = (
  | { readonly user: string }
  | { readonly group: string }
  | { readonly tag: { readonly key: string; readonly value: string } }
) & {
  readonly reason: string;
  /** The exemption holds before this moment; always, if absent. */
  readonly endsAt?: DateTime;
};

const exemption = section({
  user: userName().optional(),
  group: groupName().optional(),
  tag: tag.optional(),
  reason: text().describe('Why; for the record.'),
  until: endOfDay().optional().describe('The last day of the exemption, inclusive, in UTC.'),
})
  .meta({ oneOf: [{ required: ['user'] }, { required: ['group'] }, { required: ['tag'] }] })
  .transform(({ user, group, tag, reason, until }, context): Exemption => {
    const record = { reason, ...(until && { endsAt: until }) };
    const matches = [
      ...(user ? [{ user, ...record }] : []),
      ...(group ? [{ group, ...record }] : []),
      ...(tag ? [{ tag, ...record }] : []),
    ];
    const [match, second] = matches;
    if (match && !second) return match;
    context.addIssue('must name exactly one of user, group, tag');
    return z.NEVER;
  });

const limits = section({
  rotationsPerRun: wholeNumber()
    .prefault(50)
    .describe('rotate-keys begins at most this many rotations in a run, oldest keys first.'),
  disablesPerRun: countOrPercent()
    .prefault(20)
    .describe(
      'disable-inactive: a number, or a percentage of all users, in each account and over all of them. When more is due, nothing is disabled or deleted.',
    ),
  leakedKeysPerRun: wholeNumber()
    .prefault(100)
    .describe(
      'respond-to-leaks: when more leaked keys than this are to be disabled in an account, none is, and the run is halted.',
    ),
  readsPerSecond: wholeNumber(500).prefault(50).describe('Reading calls, per account, product and action.'),
  writesPerSecond: wholeNumber(200).prefault(10).describe('Writing calls, per account, product and action.'),
});

const narrowing = {
  users: z
    .array(text())
    .optional()
    .describe('Only notices about users that match one of these globs (* and ?).'),
  events: z.array(text()).optional().describe('Only events whose type matches one of these globs (* and ?).'),
  allowPrivate: z.boolean().prefault(false).describe('Whether the channel may be in a private network.'),
  perMinute: wholeNumber(6000)
    .optional()
    .describe("At most so many messages a minute. Default: the vendor's limit; none for what is not a chat."),
};

const batching = {
  batch: z
    .boolean()
    .optional()
    .describe('Whether it takes several events at once, as a JSON list (CloudEvents batch mode).'),
};

const summing = {
  digestAbove: wholeNumber(1000)
    .optional()
    .describe('More notices of one type than this in a run are one message. Default: 5.'),
};

const chat = {
  ...narrowing,
  ...summing,
  keyword: text()
    .optional()
    .describe(
      'The word that the security settings of the robot ask for; it is in every message. Default: keyturn.',
    ),
};

const channelTypes = {
  webhook: section({
    type: z.literal('webhook'),
    url: channelUrl(),
    secret: secret(),
    ...batching,
    ...narrowing,
  }),
  dingtalk: section({ type: z.literal('dingtalk'), url: channelUrl(), secret: secret().optional(), ...chat }),
  feishu: section({ type: z.literal('feishu'), url: channelUrl(), secret: secret().optional(), ...chat }),
  wecom: section({ type: z.literal('wecom'), url: channelUrl(), ...chat }),
  slack: section({ type: z.literal('slack'), url: channelUrl(), ...chat }),
  function: section({ type: z.literal('function'), target: functionTarget(), ...batching, ...narrowing }),
};

const channel = z.discriminatedUnion(
  'type',
  [
    channelTypes.webhook,
    channelTypes.dingtalk,
    channelTypes.feishu,
    channelTypes.wecom,
    channelTypes.slack,
    channelTypes.function,
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union' ? `must be one of ${Object.keys(channelTypes).join(', ')}` : undefined,
  },
);

/** Where a channel sends to; of a URL that lies in KMS, where that is. */
export function addressOf(one: z.output<typeof channel>): string {
  return one.type === 'function' ? one.target.arn : String(one.url);
}

const channels = z.array(channel).superRefine((all, context) => {
  const addresses = all.map((one) => `${one.type} ${addressOf(one)}`);
  addresses.forEach((address, index) => {
    const first = addresses.indexOf(address);
    if (first < index)
      context.addIssue({ code: 'custom', path: [index], message: `is the same channel as notify[${first}]` });
  });
});

const externalId = () =>
  z
    .string()
    .regex(/^[\w+=,.@:/-]{2,1224}$/, 'must be 2 to 1224 letters, digits or + = , . @ : / _ -')
    .optional();

const account = section({
  id: accountId(),
  roleArn: z
    .string()
    .regex(/^acs:ram::\d+:role\/[A-Za-z0-9.-]{1,64}$/, 'must be acs:ram::ACCOUNT:role/NAME')
    .optional()
    .describe('The role to assume in that account; without it the credentials of the function are used.'),
  externalId: externalId().describe('The external id that the trust policy of the role asks for.'),
}).superRefine(({ id, roleArn, externalId }, context) => {
  if (roleArn && !roleArn.startsWith(`acs:ram::${id}:`))
    context.addIssue({ code: 'custom', path: ['roleArn'], message: `must be a role of account ${id}` });
  if (externalId && !roleArn)
    context.addIssue({ code: 'custom', path: ['externalId'], message: 'needs roleArn beside it' });
});

const accounts = z.array(account).superRefine((all, context) => {
  const ids = all.map(({ id }) => id);
  ids.forEach((id, index) => {
    const first = ids.indexOf(id);
    if (first < index)
      context.addIssue({
        code: 'custom',
        path: [index, 'id'],
        message: `is the same account as accounts[${first}]`,
      });
  });
});

/** Resource Management documentation: folders are r- (the Root folder) or fd- and a few characters. */
const folderOrAccount = () =>
  z
    .string()
    .regex(
      /^(\d+|(r|fd)-[A-Za-z0-9]+)$/,
      'must be the id of a folder (r-… or fd-…) or of an account (digits only)',
    );

const resourceDirectory = section({
  roleName: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,64}$/, 'must be the name of a RAM role: 1 to 64 letters, digits, "." or "-"')
    .describe('The role to assume in every member; `keyturn setup --member` creates it.'),
  externalId: externalId().describe('The external id that the trust policies of the roles ask for.'),
  include: z
    .array(folderOrAccount())
    .min(1, 'must not be empty; leave it out for every member')
    .optional()
    .describe(
      'Only the members in these folders, sub-folders included, and these accounts. Default: every member.',
    ),
  exclude: z.array(accountId()).prefault([]).describe('Accounts that are left alone all the same.'),
});

const fanOut = section({
  accountsPerRun: wholeNumber()
    .prefault(20)
    .describe(
      'A timer run with more accounts than this invokes the function again, once for each so many of them.',
    ),
  concurrency: wholeNumber(50).prefault(4).describe('How many accounts one run works on side by side.'),
});

export const configSchema = section({
  mode: z
    .enum(['plan', 'enforce'])
    .prefault('plan')
    .describe('plan: decide and report, write nothing. enforce: do it.'),
  region: region()
    .optional()
    .describe('Region of KMS and Function Compute. Default: the region of the function.'),
  deployment: deployment()
    .prefault('keyturn')
    .describe(
      'What the names of the functions, their roles and policies, and the record key begin with. Default: KEYTURN_DEPLOYMENT, else keyturn.',
    ),
  endpoints: endpoints
    .prefault({})
    .describe('Other endpoints, per product: host[:port] or URL; http:// for loopback addresses only.'),
  rotation: rotation.prefault({}).describe('What rotate-keys does.'),
  inactivity: inactivity.prefault({}).describe('What disable-inactive does.'),
  leaks: leaks.prefault({}).describe('What respond-to-leaks does.'),
  exempt: z.array(exemption).prefault([]).describe('Users whom no function touches on its own.'),
  limits: limits.prefault({}).describe('How much may be done in a run, and how fast.'),
  locale: z.enum(['en', 'zh-CN']).prefault('en').describe('Language of the messages for people.'),
  timezone: timeZone()
    .prefault('UTC')
    .describe(
      "Time zone of the messages for people. Default: the timers', where s.yaml says it (KEYTURN_TIMEZONE).",
    ),
  notify: channels
    .prefault([])
    .describe('Who is told. Each channel gets every notice, unless it is narrowed.'),
  accounts: accounts
    .min(1, 'must not be empty; leave it out for the account of the credentials')
    .optional()
    .describe('The accounts to work on. Default: the account of the credentials.'),
  resourceDirectory: resourceDirectory
    .optional()
    .describe('Instead of accounts: the members of the Resource Directory.'),
  fanOut: fanOut.prefault({}).describe('How the work on many accounts is shared out.'),
}).superRefine(({ accounts, resourceDirectory }, context) => {
  if (accounts && resourceDirectory)
    context.addIssue({
      code: 'custom',
      path: ['resourceDirectory'],
      message: 'cannot stand beside accounts: name the accounts, or let the Resource Directory tell them',
    });
});

/** A configuration that has been checked: durations are luxon's, endpoints and targets are taken apart, defaults are filled in. */
export type Config = z.output<typeof configSchema>;
export type RotationConfig = Config['rotation'] & {
  /** Asked for now: a current key that was made before this moment is due, whatever its age. */
  readonly dueBefore?: DateTime;
};
export type InactivityConfig = Config['inactivity'];
export type LeaksConfig = Config['leaks'];
export type Channel = Config['notify'][number];
export type AccountConfig = NonNullable<Config['accounts']>[number];
