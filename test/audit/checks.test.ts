import { expect, test } from 'vitest';
import { checks } from '../../src/audit/checks';
import { type AccountFacts, nothingKnown, type UserFacts } from '../../src/audit/facts';
import { known } from '../../src/audit/reading';
import { activeKey, ago, audited, denied, disabledKey, document, logon, policy, sound, user } from './facts';

type Expected = readonly ['passed' | 'failed' | 'unknown', ...string[]];
type Row = readonly [what: string, facts: Partial<AccountFacts>, expected: Expected, config?: object];

const users = (...all: UserFacts[]) => ({ users: known(all) });
const keys = (...all: Parameters<typeof activeKey>[0][]) =>
  users(user({ keys: known(all.map((key) => activeKey(key))) }));
const password = (about: object) => {
  const { passwordPolicy } = sound();
  if (passwordPolicy.kind === 'unread') throw new Error('the sound account has a password policy');
  return { passwordPolicy: known({ ...passwordPolicy.value, ...about }) };
};
const everything = document('*', '*');

const rows: Readonly<Record<string, readonly Row[]>> = {
  'main-account-keys': [
    ['none', {}, ['passed', 'The main account has no AccessKey.']],
    ['one', { mainAccountKeys: known(1) }, ['failed', 'has 1 AccessKey,']],
    ['two', { mainAccountKeys: known(2) }, ['failed', 'has 2 AccessKeys,']],
    ['denied', { mainAccountKeys: denied }, ['unknown', denied.why]],
  ],
  'main-account-mfa': [
    ['a device', {}, ['passed']],
    ['no device', { mainAccountMfa: known(false) }, ['failed', 'no MFA device']],
    ['denied', { mainAccountMfa: denied }, ['unknown', denied.why]],
  ],
  'console-mfa': [
    ['nobody logs on', users(user()), ['passed']],
    [
      'no device',
      users(user({ logon: known(logon({ mfa: known(false) })) })),
      ['failed', 'User svc-orders can'],
    ],
    ['the logon is disabled', users(user({ logon: known({ kind: 'disabled' }) })), ['passed']],
    ['device denied', users(user({ logon: known(logon({ mfa: denied })) })), ['unknown', denied.why]],
    ['logon denied', users(user({ logon: denied })), ['unknown', 'User svc-orders: the logon']],
    ['users denied', { users: denied }, ['unknown', 'The users could not be read']],
    [
      'one without, one denied',
      users(
        user({ name: 'ada', logon: denied }),
        user({ name: 'ben', logon: known(logon({ mfa: known(false) })) }),
      ),
      ['failed', 'User ben', 'User ada'],
    ],
  ],
  'unused-logons': [
    [
      'used at the limit',
      users(user({ logon: known(logon({ lastLogon: { kind: 'at', at: ago('P90D') } })) })),
      ['passed'],
    ],
    [
      'not used since',
      users(user({ logon: known(logon({ lastLogon: { kind: 'at', at: ago('P91D') } })) })),
      ['failed', 'last logged on 91 days ago, on 2026-08-25.'],
    ],
    [
      'never used, and old',
      users(user({ logon: known(logon({ lastLogon: { kind: 'never' } })) })),
      ['failed', 'has never logged on, and could since 2025-10-20.'],
    ],
    [
      'never used, and new',
      users(user({ logon: known(logon({ lastLogon: { kind: 'never' }, since: ago('P5D') })) })),
      ['passed'],
    ],
    [
      'unreadable',
      users(
        user({ logon: known(logon({ lastLogon: { kind: 'unreadable', why: '"soon" is not a date' } })) }),
      ),
      ['unknown', '"soon" is not a date.'],
    ],
    [
      'the configured limit counts',
      users(user({ logon: known(logon({ lastLogon: { kind: 'at', at: ago('P40D') } })) })),
      ['failed', '40 days ago'],
      { inactivity: { users: { disableAfter: 'P30D' } } },
    ],
    ['logon denied', users(user({ logon: denied })), ['unknown', denied.why]],
  ],
  'logon-and-keys': [
    ['one of the two', {}, ['passed']],
    [
      'both',
      users(user({ logon: known(logon()) })),
      ['failed', 'User svc-orders can log on to the console and has enabled keys: LTAIactive.'],
    ],
    ['a disabled key', users(user({ logon: known(logon()), keys: known([disabledKey()]) })), ['passed']],
    ['keys denied', users(user({ logon: known(logon()), keys: denied })), ['unknown', 'the keys could not']],
    ['keys denied of one who cannot log on', users(user({ keys: denied })), ['passed']],
  ],
  'password-uppercase': [
    ['required', {}, ['passed', 'Passwords must contain an uppercase letter.']],
    [
      'not required',
      password({ uppercase: false }),
      ['failed', 'Passwords need not contain an uppercase letter.'],
    ],
    ['denied', { passwordPolicy: denied }, ['unknown', denied.why]],
  ],
  'password-lowercase': [['not required', password({ lowercase: false }), ['failed', 'a lowercase letter']]],
  'password-symbol': [['not required', password({ symbols: false }), ['failed', 'a symbol']]],
  'password-number': [['not required', password({ numbers: false }), ['failed', 'a number']]],
  'password-length': [
    ['13', password({ minimumLength: 13 }), ['failed', 'A password of 13 characters is accepted.']],
    ['14', password({ minimumLength: 14 }), ['passed']],
  ],
  'password-reuse': [
    ['none', password({ reusePrevention: 0 }), ['failed', 'Every former password']],
    ['4', password({ reusePrevention: 4 }), ['failed', 'The last 4 passwords']],
    ['24', password({ reusePrevention: 24 }), ['passed']],
  ],
  'password-expiry': [
    ['switched off', password({ maxAge: 0 }), ['passed', 'Passwords do not expire.']],
    ['90 days', password({ maxAge: 90 }), ['failed', 'Passwords expire after 90 days.']],
    ['a year', password({ maxAge: 365 }), ['passed']],
  ],
  'password-attempts': [
    ['without end', password({ maxAttempts: 0 }), ['failed', 'without end']],
    ['1', password({ maxAttempts: 1 }), ['passed', 'after 1 wrong password.']],
    ['6', password({ maxAttempts: 6 }), ['failed', 'after 6 wrong passwords.']],
  ],
  'old-keys': [
    ['at the limit', keys({ createdAt: ago('P90D') }), ['passed']],
    [
      'older',
      keys({ createdAt: ago('P91D') }),
      ['failed', 'User svc-orders has key LTAIactive since 91 days.'],
    ],
    ['disabled', users(user({ keys: known([disabledKey()]) })), ['passed']],
    ['the configured limit counts', keys({}), ['failed'], { rotation: { maxAge: 'P20D' } }],
    ['keys denied', users(user({ keys: denied })), ['unknown', denied.why]],
  ],
  'unused-keys': [
    ['too young to be idle', keys({ lastUse: known({ kind: 'never' }) }), ['passed']],
    [
      'never used',
      keys({ createdAt: ago('P100D'), lastUse: known({ kind: 'never' }) }),
      ['failed', 'key LTAIactive was never used in 100 days.'],
    ],
    [
      'used long ago',
      keys({ createdAt: ago('P300D'), lastUse: known({ kind: 'at', at: ago('P120D') }) }),
      ['failed', 'was last used 120 days ago, on 2026-07-27.'],
    ],
    ['used lately', keys({ createdAt: ago('P300D') }), ['passed']],
    ['denied', keys({ createdAt: ago('P300D'), lastUse: denied }), ['unknown', denied.why]],
    [
      'unreadable',
      keys({ createdAt: ago('P300D'), lastUse: known({ kind: 'unreadable', why: 'no date' }) }),
      ['unknown', 'no date.'],
    ],
  ],
  'several-keys': [
    [
      'two for long',
      keys({ id: 'LTAIa', createdAt: ago('P80D') }, { id: 'LTAIb', createdAt: ago('P5D') }),
      ['failed', 'User svc-orders has 2 enabled keys: LTAIa, LTAIb.'],
    ],
    [
      'a rotation under way',
      keys({ id: 'LTAIa', createdAt: ago('P80D') }, { id: 'LTAIb', createdAt: ago('P3D') }),
      ['passed'],
    ],
    ['one enabled, one disabled', users(user({ keys: known([activeKey(), disabledKey()]) })), ['passed']],
    ['keys denied', users(user({ keys: denied })), ['unknown', denied.why]],
  ],
  'leftover-keys': [
    [
      'disabled for long',
      users(user({ keys: known([disabledKey({ disabledAt: ago('P91D') })]) })),
      ['failed', 'key LTAIdisabled is disabled since 91 days.'],
    ],
    [
      'nobody tells since when',
      users(user({ keys: known([disabledKey({ disabledAt: undefined })]) })),
      ['unknown', 'does not tell since when'],
    ],
    [
      'nobody tells, but it is young',
      users(user({ keys: known([disabledKey({ createdAt: ago('P20D'), disabledAt: undefined })]) })),
      ['passed'],
    ],
    [
      'the configured limit counts',
      users(user({ keys: known([disabledKey({ disabledAt: ago('P91D') })]) })),
      ['passed'],
      { inactivity: { keys: { deleteAfter: 'P180D' } } },
    ],
  ],
  'network-policies': [
    ['none at all', keys({ networkPolicy: known('none') }), ['failed', 'can be used from everywhere']],
    [
      'the account has one',
      { ...keys({ networkPolicy: known('none') }), networkPolicy: known('restricted') },
      ['passed'],
    ],
    [
      'the account lets all in',
      { ...keys({ networkPolicy: known('none') }), networkPolicy: known('open') },
      ['failed'],
    ],
    [
      'its own lets all in',
      { ...keys({ networkPolicy: known('open') }), networkPolicy: known('restricted') },
      ['failed', 'lets every address in'],
    ],
    ['its own is enough', { networkPolicy: denied }, ['passed']],
    [
      'the account denied',
      { ...keys({ networkPolicy: known('none') }), networkPolicy: denied },
      ['unknown', denied.why],
    ],
    [
      'its own denied',
      { ...keys({ networkPolicy: denied }), networkPolicy: known('restricted') },
      ['unknown', denied.why],
    ],
    ['no key', users(user({ keys: known([]) })), ['passed']],
  ],
  'could-be-roles': [
    [
      'private addresses only',
      keys({ addresses: known(['10.1.2.3', '172.16.0.9', '100.100.1.1', 'ecs.aliyuncs.com', 'fd00::1']) }),
      ['failed', 'from inside Alibaba Cloud only: 10.1.2.3,'],
    ],
    ['a public one too', keys({ addresses: known(['10.1.2.3', '203.0.113.7']) }), ['passed']],
    ['an address that is none', keys({ addresses: known(['Internal']) }), ['passed']],
    ['not used', keys({ addresses: known([]) }), ['passed']],
    ['not to be had', keys({ addresses: denied }), ['unknown', denied.why]],
  ],
  'administrator-access': [
    ['nobody', {}, ['passed']],
    [
      'users, groups and roles',
      {
        policies: known([
          policy({
            name: 'AdministratorAccess',
            attachedTo: known({ users: ['svc-orders'], groups: ['admins'], roles: ['deploy'] }),
          }),
        ]),
      },
      ['failed', 'to user svc-orders.', 'to group admins.', 'to role deploy.'],
    ],
    [
      'a custom policy of that name',
      { policies: known([policy({ name: 'AdministratorAccess', document: known(document('oss:*', '*')) })]) },
      ['passed'],
    ],
    [
      'nobody tells to whom',
      { policies: known([policy({ name: 'AdministratorAccess', attachedTo: denied })]) },
      ['unknown', denied.why],
    ],
    ['policies denied', { policies: denied }, ['unknown', denied.why]],
  ],
  'wildcard-policies': [
    [
      'everything',
      { policies: known([policy({ name: 'all', document: known(everything) })]) },
      [
        'failed',
        'Custom policy all, which allows every action on every resource, is attached to group storage.',
      ],
    ],
    [
      'everything under a condition',
      { policies: known([policy({ document: known(document(['ecs:*', '*'], ['*'], { Condition: {} })) })]) },
      ['failed'],
    ],
    [
      'in full',
      { policies: known([policy({ document: known(document('*:*', 'acs:*:*:*:*')) })]) },
      ['failed'],
    ],
    ['one product', { policies: known([policy({ document: known(document('ram:*', '*')) })]) }, ['passed']],
    [
      'one resource',
      { policies: known([policy({ document: known(document('*', 'acs:oss:*:*:a')) })]) },
      ['passed'],
    ],
    [
      'denied, not allowed',
      { policies: known([policy({ document: known(document('*', '*', { Effect: 'Deny' })) })]) },
      ['passed'],
    ],
    ['no JSON', { policies: known([policy({ document: known('<xml/>') })]) }, ['unknown', 'does not know']],
    ['document denied', { policies: known([policy({ document: denied })]) }, ['unknown', denied.why]],
  ],
  'direct-policies': [
    ['groups only', {}, ['passed']],
    [
      'a user with two',
      {
        policies: known(
          ['A', 'B'].map((name) =>
            policy({ name, attachedTo: known({ users: ['svc-orders'], groups: [], roles: [] }) }),
          ),
        ),
      },
      ['failed', 'User svc-orders has policies attached directly: A, B.'],
    ],
    ['denied', { policies: known([policy({ attachedTo: denied })]) }, ['unknown', denied.why]],
  ],
  'idle-rule': [
    ['a year', {}, ['passed', 'AccessKeys after 90 idle days and console logons after 365']],
    [
      'two years',
      { securityPreference: known({ maxIdleDaysForAccessKeys: 730, maxIdleDaysForUsers: 365 }) },
      ['failed', 'AccessKeys only after 730 idle days'],
    ],
    ['not told', { securityPreference: known({}) }, ['unknown', 'does not tell', 'does not tell']],
    ['denied', { securityPreference: denied }, ['unknown', denied.why]],
  ],
};

const table = Object.entries(rows).flatMap(([id, cases]) =>
  cases.map(([what, facts, expected, configured]) => ({ id, what, facts, expected, configured })),
);

test.each(table)('$id: $what', ({ id, facts, expected: [result, ...sentences], configured }) => {
  const check = audited(sound(facts), configured).get(id);
  expect(check?.result).toBe(result);
  expect(check?.remedy === undefined).toBe(result === 'passed');
  expect(check?.evidence).toEqual(
    sentences.length === 0 ? expect.anything() : sentences.map((part) => expect.stringContaining(part)),
  );
});

test('every check has a row above, and an id and a title of its own', () => {
  expect(Object.keys(rows)).toEqual(expect.arrayContaining(checks.map(({ id }) => id)));
  expect(new Set(checks.map(({ id }) => id)).size).toBe(checks.length);
  expect(new Set(checks.map(({ title }) => title)).size).toBe(checks.length);
});

test('an account that is as it should be passes everything', () => {
  expect([...audited(sound()).values()].filter(({ result }) => result !== 'passed')).toEqual([]);
});

test('of an account of which nothing is known nothing passes', () => {
  expect([...audited(nothingKnown(denied)).values()].filter(({ result }) => result !== 'unknown')).toEqual(
    [],
  );
});

const exempt = { user: 'svc-orders', reason: 'the vendor rotates it' };

test.each([
  ['exempt', known(exempt), 'User svc-orders (exempt: the vendor rotates it) has key'],
  ['not known to be exempt', denied, 'User svc-orders (whether exempt could not be read) has key'],
])('a user who is %s counts all the same', (_, exemption, evidence) => {
  const facts = users(user({ exemption, keys: known([activeKey({ createdAt: ago('P200D') })]) }));
  expect(audited(sound(facts)).get('old-keys')).toMatchObject({
    result: 'failed',
    evidence: [expect.stringContaining(evidence)],
  });
});
