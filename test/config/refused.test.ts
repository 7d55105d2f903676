import { expect, test } from 'vitest';
import { ConfigurationError } from '../../src/config/error';
import { parseConfig } from '../../src/config/load';

const leak = 'hunter2-do-not-tell';
const url = `https://hooks.example.com/${leak}?access_token=${leak}`;
const webhook = `type: webhook, url: "${url}", secret: ${leak}`;
const env = { LEAK: leak, LEAKING_URL: url, EMPTY: '', REGION: 'cn-hangzhou' };

const refused: readonly [what: string, yaml: string, message: string][] = [
  // keys that nobody knows, at every level
  ['a typo at the top', 'rotatoin: {}', 'rotatoin: unknown key (did you mean rotation?)'],
  [
    'an unlike key',
    'colour: red',
    'colour: unknown key (known here: mode, region, deployment, endpoints, rotation,',
  ],
  [
    'a typo in a section',
    'rotation: { maxage: P90D }',
    'rotation.maxage: unknown key (did you mean maxAge?)',
  ],
  [
    'a typo below',
    'rotation: { users: { name: [a] } }',
    'rotation.users.name: unknown key (did you mean names?)',
  ],
  [
    '… in a tag',
    'rotation: { users: { tag: { key: a, valeu: b } } }',
    'rotation.users.tag.value: is required',
  ],
  [
    '… in the secret',
    'rotation: { secret: { kmsInstanceID: a } }',
    'rotation.secret.kmsInstanceID: unknown key',
  ],
  [
    '… in endpoints',
    'endpoints: { resourcemanager: a.b }',
    'endpoints.resourcemanager: unknown key (did you mean',
  ],
  ['… in inactivity', 'inactivity: { warns: P7D }', 'inactivity.warns: unknown key (did you mean warn?)'],
  ['… below it', 'inactivity: { keys: { deleteafter: P7D } }', 'inactivity.keys.deleteafter: unknown key'],
  ['… in an exemption', 'exempt: [{ user: a, raeson: x, reason: y }]', 'exempt[0].raeson: unknown key'],
  [
    '… in limits',
    'limits: { readPerSecond: 5 }',
    'limits.readPerSecond: unknown key (did you mean readsPerSecond?)',
  ],
  [
    '… in a channel',
    `notify: [{ ${webhook}, event: [a] }]`,
    'notify[0].event: unknown key (did you mean events?)',
  ],
  ['… in an account', 'accounts: [{ id: "1", role: a }]', 'accounts[0].role: unknown key'],
  [
    'accounts beside a directory',
    'accounts: [{ id: "1" }]\nresourceDirectory: { roleName: keyturn }',
    'resourceDirectory: cannot stand beside accounts',
  ],
  ['a directory without a role', 'resourceDirectory: {}', 'resourceDirectory.roleName: is required'],
  [
    'a folder that is none',
    'resourceDirectory: { roleName: a, include: [production] }',
    'resourceDirectory.include[0]: must be the id of a folder',
  ],
  ['nobody included', 'resourceDirectory: { roleName: a, include: [] }', 'include: must not be empty'],
  [
    'a folder excluded',
    'resourceDirectory: { roleName: a, exclude: [fd-abcdefghij] }',
    'resourceDirectory.exclude[0]: must be an Alibaba Cloud account id',
  ],
  [
    'a central KMS whose secrets could collide',
    'rotation: { secret: { account: "1", name: "keyturn/{userName}" } }',
    'rotation.secret.name: must contain {account} too',
  ],
  [
    'an account twice in a name',
    'rotation: { secret: { name: "{account}/{account}/{userName}" } }',
    'rotation.secret.name: must not contain {account} more than once',
  ],
  ['no accounts per run', 'fanOut: { accountsPerRun: 0 }', 'fanOut.accountsPerRun: must be a whole number'],
  ['a key of another section', 'grace: P2D', 'grace: unknown key (known here:'],
  ['a merge key', 'a: &a {}\n<<: *a', 'unknown key'],

  // wrong kinds of values
  ['a list', '[mode]', 'must be a mapping'],
  ['text', 'plan', 'must be a mapping'],
  ['an emptied section', 'rotation:', 'rotation: is empty, but must be a mapping'],
  ['a mode', 'mode: enforced', 'mode: must be one of plan, enforce (got enforced)'],
  ['a time zone', 'timezone: Peking', 'timezone: must be a time zone such as Asia/Shanghai (got Peking)'],
  ['a locale', 'locale: de', 'locale: must be one of en, zh-CN (got de)'],
  [
    'a boolean in quotes',
    'rotation: { requireAdoption: "yes" }',
    'rotation.requireAdoption: must be true or false (got yes)',
  ],
  [
    'stillUsed',
    'rotation: { stillUsed: delete }',
    'rotation.stillUsed: must be one of wait, disable (got delete)',
  ],
  [
    'a name for a list',
    'rotation: { users: { names: svc } }',
    'rotation.users.names: must be a list (got svc)',
  ],
  [
    'an unquoted number',
    'rotation: { users: { names: [42] } }',
    'rotation.users.names[0]: must be text: put it in quotes (got 42)',
  ],
  [
    'a user name',
    'rotation: { users: { names: ["svc orders"] } }',
    'rotation.users.names[0]: must be a RAM user name',
  ],
  [
    'a user principal name',
    'exempt: [{ user: a@b.onaliyun.com, reason: x }]',
    'exempt[0].user: must be a RAM user name',
  ],
  ['a region that is a host', 'region: evil.example.com/', 'region: must be a region id such as cn-hangzhou'],

  // durations
  [
    'days without P',
    'rotation: { maxAge: 90d }',
    'rotation.maxAge: must be an ISO 8601 duration such as P90D or PT24H (got 90d)',
  ],
  ['a number', 'rotation: { maxAge: 90 }', 'rotation.maxAge: must be text: put it in quotes (got 90)'],
  ['nothing', 'rotation: { maxAge: P }', 'rotation.maxAge: must be'],
  ['maxAge zero', 'rotation: { maxAge: P0D }', 'rotation.maxAge: must be longer than zero (got P0D)'],
  [
    'grace PT1H',
    'rotation: { grace: PT1H }',
    "rotation.grace: must be at least PT7H, as Alibaba Cloud's own clients refresh a secret only every 6 h 10 min (got PT1H)",
  ],
  ['grace just short', 'rotation: { grace: PT6H59M59S }', 'rotation.grace: must be at least PT7H'],
  ['grace negative', 'rotation: { grace: -P2D }', 'rotation.grace: must be longer than zero (got -P2D)'],
  ['quiet zero', 'rotation: { quiet: PT0S }', 'rotation.quiet: must be longer than zero'],
  ['quiet mixed', 'rotation: { quiet: P1DT-2H }', 'rotation.quiet: must be longer than zero'],
  ['recovery zero', 'rotation: { recovery: P0D }', 'rotation.recovery: must be longer than zero'],
  ['warn zero', 'inactivity: { warn: PT0H }', 'inactivity.warn: must be longer than zero'],
  [
    'disableAfter zero',
    'inactivity: { keys: { disableAfter: P0D } }',
    'inactivity.keys.disableAfter: must be longer',
  ],
  [
    'disableAfter null',
    'inactivity: { users: { disableAfter: null } }',
    'inactivity.users.disableAfter: is empty',
  ],
  [
    'deleteAfter zero',
    'inactivity: { users: { deleteAfter: P0D } }',
    'inactivity.users.deleteAfter: must be longer',
  ],
  ['more than dates can hold', 'rotation: { maxAge: P300000Y }', 'rotation.maxAge: must be at most P100Y'],

  // the name of the secret
  [
    'a name for all',
    'rotation: { secret: { name: keyturn } }',
    'rotation.secret.name: must contain {userName} once',
  ],
  [
    'a name with it twice',
    'rotation: { secret: { name: "{userName}/{userName}" } }',
    'rotation.secret.name: must contain {userName} once',
  ],
  [
    'a name of the cloud',
    'rotation: { secret: { name: "acs/{userName}" } }',
    'rotation.secret.name: must not begin with acs/',
  ],
  [
    'a name with a space',
    'rotation: { secret: { name: "key turn/{userName}" } }',
    'rotation.secret.name: may hold, besides {userName} and {account}, only',
  ],
  [
    'a name with a typo',
    'rotation: { secret: { name: "{userName}/{username}" } }',
    'rotation.secret.name: may hold',
  ],
  [
    'a long name',
    `rotation: { secret: { name: "${'k'.repeat(129)}{userName}" } }`,
    'rotation.secret.name: must be at most 128 characters',
  ],

  // exemptions
  ['no reason', 'exempt: [{ user: a }]', 'exempt[0].reason: is required'],
  ['nobody', 'exempt: [{ reason: x }]', 'exempt[0]: must name exactly one of user, group, tag'],
  [
    'two at once',
    'exempt: [{ user: a, group: b, reason: x }]',
    'exempt[0]: must name exactly one of user, group, tag',
  ],
  [
    'a date that is none',
    'exempt: [{ user: a, reason: x, until: 2027-02-29 }]',
    'exempt[0].until: must be a real date such as 2027-06-30 (got 2027-02-29)',
  ],
  [
    'a time',
    'exempt: [{ user: a, reason: x, until: 2027-06-30T00:00:00Z }]',
    'exempt[0].until: must be a real date',
  ],

  // limits
  [
    'no rotations',
    'limits: { rotationsPerRun: 0 }',
    'limits.rotationsPerRun: must be a whole number of at least 1 (got 0)',
  ],
  [
    'half a read',
    'limits: { readsPerSecond: 0.5 }',
    'limits.readsPerSecond: must be a whole number from 1 to 500 (got 0.5)',
  ],
  [
    'too many reads',
    'limits: { readsPerSecond: 501 }',
    'limits.readsPerSecond: must be a whole number from 1 to 500 (got 501)',
  ],
  [
    'too many writes',
    'limits: { writesPerSecond: 201 }',
    'limits.writesPerSecond: must be a whole number from 1 to 200',
  ],
  [
    'a limit that is none',
    'limits: { writesPerSecond: .inf }',
    'limits.writesPerSecond: must be a whole number',
  ],
  [
    'no disables',
    'limits: { disablesPerRun: 0 }',
    'limits.disablesPerRun: must be a whole number of at least 1, or a percentage',
  ],
  ['no percent', 'limits: { disablesPerRun: 0% }', 'limits.disablesPerRun: must be more than 0%'],
  [
    'too much percent',
    'limits: { disablesPerRun: 101% }',
    'limits.disablesPerRun: must be a whole number of at least 1, or',
  ],
  ['over a hundred', 'limits: { disablesPerRun: 100.5% }', 'limits.disablesPerRun: must be a whole number'],

  // endpoints
  [
    'http',
    'endpoints: { kms: "http://kms.example.com" }',
    'endpoints.kms: must begin with https:// (http:// is for loopback addresses only) (got http://kms.example.com)',
  ],
  [
    'http to a like name',
    'endpoints: { kms: "http://127.0.0.1.example.com" }',
    'endpoints.kms: must begin with https://',
  ],
  ['another scheme', 'endpoints: { kms: "ftp://127.0.0.1" }', 'endpoints.kms: must begin with https:// (got'],
  [
    'a path',
    'endpoints: { kms: "https://a.example.com/kms" }',
    'endpoints.kms: must be host, host:port or a URL without a path',
  ],
  [
    'credentials',
    `endpoints: { kms: "https://a:${leak}@example.com" }`,
    'endpoints.kms: must not hold a user name or password',
  ],
  ['no endpoint', 'endpoints: { kms: "a b" }', 'endpoints.kms: must be host, host:port'],

  // channels
  [
    'no type',
    `notify: [{ url: "${url}" }]`,
    'notify[0].type: must be one of webhook, dingtalk, feishu, wecom, slack, function',
  ],
  [
    'a type',
    `notify: [{ type: email, url: "${url}" }]`,
    'notify[0].type: must be one of webhook, dingtalk, feishu, wecom, slack, function (got email)',
  ],
  [
    'a secret that can be guessed',
    `notify: [{ type: webhook, url: "${url}", secret: fifteen-letters }]`,
    'notify[0].secret: must be at least 16 characters',
  ],
  ...['x${kms:a}', '${kms:a}x', '${kms:}', '${kms:a', '${kms:a b}', '${kms:a}${kms:b}'].flatMap(
    (text): [string, string, string][] => [
      [
        `a KMS secret named as ${text}`,
        `notify: [{ type: webhook, url: "${url}", secret: "${text}" }]`,
        'notify[0].secret: names a KMS secret as "${kms:NAME}", with nothing around it',
      ],
      [
        `a URL in KMS named as ${text}`,
        `notify: [{ type: slack, url: "https://example.com/${text}" }]`,
        'notify[0].url: names a KMS secret as "${kms:NAME}", with nothing around it',
      ],
    ],
  ),
  ['a bare URL', `notify: ["${url}"]`, 'notify[0]: must be'],
  ['a bare URL for all', `notify: "${url}"`, 'notify: must be a list'],
  ['no URL', `notify: [{ type: slack }]`, 'notify[0].url: is required'],
  ['no secret', `notify: [{ type: webhook, url: "${url}" }]`, 'notify[0].secret: is required'],
  [
    'an empty secret',
    `notify: [{ type: webhook, url: "${url}", secret: "\${env:EMPTY}" }]`,
    'notify[0].secret: the environment variable EMPTY is empty',
  ],
  [
    'a secret that is a number',
    `notify: [{ type: webhook, url: "${url}", secret: 31415926 }]`,
    'notify[0].secret: must be text: put it in quotes',
  ],
  [
    'a secret for one that signs not',
    `notify: [{ type: slack, url: "${url}", secret: ${leak} }]`,
    'notify[0].secret: unknown key',
  ],
  [
    'http to elsewhere',
    `notify: [{ type: slack, url: "http://example.com/${leak}" }]`,
    'notify[0].url: must begin with https://',
  ],
  [
    'http from a variable',
    'notify: [{ type: slack, url: "ftp${env:LEAKING_URL}" }]',
    'notify[0].url: must begin with https://',
  ],
  [
    'no URL at all',
    `notify: [{ type: slack, url: ${leak} }]`,
    'notify[0].url: must be a URL that begins with https://',
  ],
  [
    'no ARN',
    'notify: [{ type: function, target: reload }]',
    'notify[0].target: must be acs:fc:REGION:ACCOUNT:functions/NAME or',
  ],
  [
    'a layer',
    'notify: [{ type: function, target: "acs:fc:cn-hangzhou:1:layers/a" }]',
    'notify[0].target: must be acs:fc:',
  ],
  ['no globs', `notify: [{ ${webhook}, users: svc-* }]`, 'notify[0].users: must be a list (got svc-*)'],
  ['an empty glob', `notify: [{ ${webhook}, events: [""] }]`, 'notify[0].events[0]: must not be empty'],
  [
    'the same channel twice',
    `notify: [{ ${webhook} }, { type: slack, url: "${url}" }, { type: webhook, url: "${url}", secret: another-of-them! }]`,
    'notify[2]: is the same channel as notify[0]',
  ],
  [
    'the same function twice',
    'notify: [&f { type: function, target: "acs:fc:cn-hangzhou:1:functions/a" }, *f]',
    'notify[1]: is the same channel as notify[0]',
  ],
  [
    'the same URL in other letters',
    'notify: [{ type: slack, url: "https://example.com" }, { type: slack, url: "https://EXAMPLE.com:443/" }]',
    'notify[1]: is the same channel as notify[0]',
  ],

  // accounts
  ['no accounts', 'accounts: []', 'accounts: must not be empty'],
  [
    'an unquoted id',
    'accounts: [{ id: 1234567890123456 }]',
    'accounts[0].id: must be text: put it in quotes (got 1234567890123456)',
  ],
  [
    'an id',
    'accounts: [{ id: shop }]',
    'accounts[0].id: must be an Alibaba Cloud account id: digits only (got shop)',
  ],
  [
    'a role',
    'accounts: [{ id: "1", roleArn: "acs:ram::1:user/a" }]',
    'accounts[0].roleArn: must be acs:ram::ACCOUNT:role/NAME',
  ],
  [
    'a role elsewhere',
    'accounts: [{ id: "1", roleArn: "acs:ram::2:role/a" }]',
    'accounts[0].roleArn: must be a role of account 1',
  ],
  [
    'an external id for no role',
    `accounts: [{ id: "1", externalId: ${leak} }]`,
    'accounts[0].externalId: needs roleArn beside it',
  ],
  [
    'an external id',
    `accounts: [{ id: "1", roleArn: "acs:ram::1:role/a", externalId: "${leak} x" }]`,
    'accounts[0].externalId: must be 2 to 1224',
  ],
  [
    'one account twice',
    'accounts: [{ id: "1" }, { id: "2" }, { id: "1" }]',
    'accounts[2].id: is the same account as accounts[0]',
  ],

  // variables
  [
    'a missing variable',
    'notify: [{ type: slack, url: "https://example.com/${env:NO_HOOK}" }]',
    'notify[0].url: the environment variable NO_HOOK is not set',
  ],
  ['an inherited name', 'region: ${env:toString}', 'region: the environment variable toString is not set'],
  ['a variable without a name', 'region: ${env:}', 'region: a variable is written ${env:NAME}'],
  ['an open variable', 'region: "${env:REGION"', 'region: a variable is written ${env:NAME}'],
  ['a value from a variable', 'mode: ${env:LEAK}', 'mode: must be one of plan, enforce (got ${env:LEAK})'],

  // YAML
  ['a key twice', 'mode: plan\nmode: enforce', 'line 2, column 1: not valid YAML (DUPLICATE_KEY)'],
  ['an open bracket', `notify: [{ ${webhook}`, 'line 1, column'],
  ['a tab', `rotation:\n\tmaxAge: ${leak}`, 'line 2, column 1: not valid YAML'],
  ['two documents', 'mode: plan\n---\nmode: enforce', 'not valid YAML (MULTIPLE_DOCS)'],
  ['an unknown tag', `mode: !secret ${leak}`, 'not valid YAML'],
  ['an unknown alias', `mode: *${leak}`, 'not valid YAML'],
  ['an alias in itself', 'exempt: &a [*a]', 'is nested too deeply'],
  [
    'a bomb of aliases',
    `a: &a [x, x, x]\n${[...'bcdef'].map((name, i) => `${name}: &${name} [${Array(9).fill(`*${'abcde'[i]}`)}]`).join('\n')}`,
    'not valid YAML',
  ],
];

test.each(refused)('%s is refused', (_what, yaml, message) => {
  const error = refusalOf(yaml);
  expect(error.message).toContain(`keyturn configuration: `);
  expect(error.message).toContain(message);
  expect(error.message).not.toContain('\n');
  expect(error.message).not.toContain(leak);
  expect(error.message).not.toContain('31415926');
});

test('the first problem is told whole, the others by their paths', () => {
  expect(refusalOf('mode: on\nlocale: de\nrotation: { grace: PT1H }').message).toBe(
    'keyturn configuration: mode: must be one of plan, enforce (got on) (also wrong: rotation.grace, locale)',
  );
});

test('a value of many lines is echoed in one', () => {
  expect(refusalOf('locale: "a\\nb"').message).toBe(
    'keyturn configuration: locale: must be one of en, zh-CN (got a\\nb)',
  );
});

function refusalOf(yaml: string): Error {
  try {
    parseConfig(yaml, env);
  } catch (error) {
    if (error instanceof ConfigurationError) return error;
    throw error;
  }
  throw new Error(`accepted: ${yaml}`);
}
