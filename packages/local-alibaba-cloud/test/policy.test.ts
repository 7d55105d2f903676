import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { evaluate, Policy, type PolicyDocument, type PolicyStatement, trusts } from '../src/policy';

const policy = (...Statement: PolicyStatement[]) => new Policy('p', { Version: '1', Statement });
const X = 'acs:ram::1:user/x';
const SECRET = 'acs:kms:cn-hangzhou:1:secret/keyturn/x';

const rows: [string, PolicyStatement[], string, string, string][] = [
  ['exact', [{ Effect: 'Allow', Action: 'ram:GetUser', Resource: X }], 'ram:GetUser', X, 'allow'],
  [
    'any region for a service without one',
    [{ Effect: 'Allow', Action: 'ram:GetUser', Resource: 'acs:ram:*:1:user/x' }],
    'ram:GetUser',
    X,
    'allow',
  ],
  [
    'another region',
    [{ Effect: 'Allow', Action: 'ram:GetUser', Resource: 'acs:ram:cn-hangzhou:1:user/x' }],
    'ram:GetUser',
    X,
    'implicit-deny',
  ],
  [
    'another account',
    [{ Effect: 'Allow', Action: 'ram:GetUser', Resource: 'acs:ram:*:2:user/x' }],
    'ram:GetUser',
    X,
    'implicit-deny',
  ],
  [
    'another user',
    [{ Effect: 'Allow', Action: 'ram:GetUser', Resource: 'acs:ram:*:1:user/xy' }],
    'ram:GetUser',
    X,
    'implicit-deny',
  ],
  [
    'actions know no case',
    [{ Effect: 'Allow', Action: 'RAM:getuser', Resource: '*' }],
    'ram:GetUser',
    X,
    'allow',
  ],
  [
    'resources do',
    [{ Effect: 'Allow', Action: 'ram:GetUser', Resource: 'acs:ram:*:1:user/X' }],
    'ram:GetUser',
    X,
    'implicit-deny',
  ],
  [
    '* in an action',
    [{ Effect: 'Allow', Action: 'ram:*AccessKey*', Resource: '*' }],
    'ram:GetAccessKeyLastUsed',
    X,
    'allow',
  ],
  [
    '? is one character',
    [{ Effect: 'Allow', Action: 'ram:GetUser', Resource: 'acs:ram::1:user/??' }],
    'ram:GetUser',
    X,
    'implicit-deny',
  ],
  [
    '* crosses slashes',
    [{ Effect: 'Allow', Action: 'kms:GetSecretValue', Resource: 'acs:kms:*:1:secret/*' }],
    'kms:GetSecretValue',
    SECRET,
    'allow',
  ],
  [
    'a dot is a dot',
    [{ Effect: 'Allow', Action: 'ram:GetUser', Resource: 'acs:ram:*:1:user/.*' }],
    'ram:GetUser',
    X,
    'implicit-deny',
  ],
  [
    'lists',
    [{ Effect: 'Allow', Action: ['ram:A', 'ram:GetUser'], Resource: ['acs:ram:*:1:user/y', X] }],
    'ram:GetUser',
    X,
    'allow',
  ],
  [
    'NotAction',
    [{ Effect: 'Allow', NotAction: 'ram:Delete*', Resource: '*' }],
    'ram:DeleteUser',
    X,
    'implicit-deny',
  ],
  [
    'NotAction, others',
    [{ Effect: 'Allow', NotAction: 'ram:Delete*', Resource: '*' }],
    'ram:GetUser',
    X,
    'allow',
  ],
  [
    'Deny wins, whatever the order',
    [
      { Effect: 'Deny', Action: 'ram:*', Resource: X },
      { Effect: 'Allow', Action: '*', Resource: '*' },
    ],
    'ram:GetUser',
    X,
    'explicit-deny',
  ],
  [
    'a condition that does not hold',
    [
      {
        Effect: 'Allow',
        Action: '*',
        Resource: '*',
        Condition: { StringEquals: { 'acs:SourceIp': '10.0.0.1' } },
      },
    ],
    'ram:GetUser',
    X,
    'implicit-deny',
  ],
];

describe('evaluation', () => {
  test.each(rows)('%s', (_, statements, action, resource, verdict) => {
    expect(policy(...statements).evaluate(action, resource)).toBe(verdict);
  });

  test('use tells which patterns matched', () => {
    const one = policy({ Effect: 'Allow', Action: ['ram:GetUser', 'ram:ListUsers'], Resource: [X, '*'] });
    one.evaluate('ram:GetUser', X);
    expect(one.use()).toEqual([
      {
        policy: 'p',
        statement: 0,
        effect: 'Allow',
        actions: [
          { pattern: 'ram:GetUser', used: true },
          { pattern: 'ram:ListUsers', used: false },
        ],
        resources: [
          { pattern: X, used: true },
          { pattern: '*', used: true },
        ],
      },
    ]);
  });

  const pattern = fc.constantFrom('*', 'ram:*', 'ram:Get*', 'ram:GetUser', 'kms:*');
  const statement = fc.record({
    Effect: fc.constantFrom('Allow' as const, 'Deny' as const),
    Action: pattern,
    Resource: fc.constantFrom('*', X, SECRET),
  });

  test('a Deny anywhere denies, and without an Allow nothing is allowed', () => {
    fc.assert(
      fc.property(
        fc.array(statement, { minLength: 1 }),
        fc.constantFrom('ram:GetUser', 'kms:GetSecretValue'),
        fc.constantFrom(X, SECRET),
        (statements, action, resource) => {
          const matching = statements.filter(
            (one) => policy({ ...one, Effect: 'Allow' }).evaluate(action, resource) === 'allow',
          );
          const denied = matching.some((one) => one.Effect === 'Deny');
          const expected = denied ? 'explicit-deny' : matching.length > 0 ? 'allow' : 'implicit-deny';
          expect(policy(...statements).evaluate(action, resource)).toBe(expected);
          expect(
            evaluate(
              statements.map((one) => policy(one)),
              action,
              resource,
            ),
          ).toBe(expected);
        },
      ),
    );
  });
});

describe('grammar', () => {
  const wrong: [string, PolicyDocument][] = [
    ['Version', { Version: '2', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }],
    ['no statements', { Version: '1', Statement: [] }],
    ['Effect', { Version: '1', Statement: [{ Effect: 'allow' as 'Allow', Action: '*', Resource: '*' }] }],
    ['no action', { Version: '1', Statement: [{ Effect: 'Allow', Resource: '*' }] }],
    ['no resource', { Version: '1', Statement: [{ Effect: 'Allow', Action: '*' }] }],
    [
      'an action without its service',
      { Version: '1', Statement: [{ Effect: 'Allow', Action: 'GetUser', Resource: '*' }] },
    ],
    [
      'a resource that is no ARN',
      { Version: '1', Statement: [{ Effect: 'Allow', Action: '*', Resource: 'user/x' }] },
    ],
    [
      'an unknown operator',
      {
        Version: '1',
        Statement: [{ Effect: 'Allow', Action: '*', Resource: '*', Condition: { Sounds: { like: 'x' } } }],
      },
    ],
  ];
  test.each(wrong)('%s is refused', (_, document) => {
    expect(() => new Policy('p', document)).toThrow(TypeError);
  });
});

describe('trust', () => {
  const trust = (statement: Partial<PolicyStatement>): PolicyDocument => ({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }],
  });
  const external = { StringEquals: { 'sts:ExternalId': 'e' } };

  test.each([
    [
      'service',
      trust({ Principal: { Service: ['fc.aliyuncs.com'] } }),
      { service: 'fc.aliyuncs.com' },
      {},
      true,
    ],
    [
      'another service',
      trust({ Principal: { Service: 'ecs.aliyuncs.com' } }),
      { service: 'fc.aliyuncs.com' },
      {},
      false,
    ],
    ['account', trust({ Principal: { RAM: 'acs:ram::1:root' } }), { ram: ['acs:ram::1:root'] }, {}, true],
    [
      'another account',
      trust({ Principal: { RAM: 'acs:ram::2:root' } }),
      { ram: ['acs:ram::1:root'] },
      {},
      false,
    ],
    [
      'external id',
      trust({ Principal: { RAM: '*' }, Condition: external }),
      { ram: ['a'] },
      { 'sts:ExternalId': 'e' },
      true,
    ],
    [
      'wrong external id',
      trust({ Principal: { RAM: '*' }, Condition: external }),
      { ram: ['a'] },
      { 'sts:ExternalId': 'x' },
      false,
    ],
    ['no external id', trust({ Principal: { RAM: '*' }, Condition: external }), { ram: ['a'] }, {}, false],
    ['denied', trust({ Effect: 'Deny', Principal: { RAM: '*' } }), { ram: ['a'] }, {}, false],
  ])('%s', (_, document, applicant, context, trusted) => {
    expect(trusts(document, applicant as never, context as never)).toBe(trusted);
  });
});
