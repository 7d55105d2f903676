import fc from 'fast-check';
import { Duration } from 'luxon';
import { describe, expect, test } from 'vitest';
import { revealSecret, Secret } from '../../src/cloud/secret';
import { parseConfig } from '../../src/config/load';
import type { Config } from '../../src/config/schema';

const parse = (yaml: string, env: Record<string, string> = {}) => parseConfig(yaml, env);

test('what is not said has the documented default', () => {
  const config = parse('');
  expect(config).toEqual({
    mode: 'plan',
    endpoints: {},
    rotation: {
      users: { names: [] },
      maxAge: Duration.fromISO('P90D'),
      grace: Duration.fromISO('P2D'),
      quiet: Duration.fromISO('PT24H'),
      requireAdoption: false,
      stillUsed: 'wait',
      takeover: { when: 'atOnce', requireAdoption: true },
      recovery: Duration.fromISO('P7D'),
      secret: { name: 'keyturn/{userName}' },
    },
    inactivity: {
      keys: { disableAfter: Duration.fromISO('P90D'), deleteAfter: null },
      users: { disableAfter: Duration.fromISO('P90D'), deleteAfter: null },
      warn: Duration.fromISO('P7D'),
    },
    leaks: { action: 'report', users: 'managed' },
    exempt: [],
    limits: {
      rotationsPerRun: 50,
      disablesPerRun: { kind: 'count', count: 20 },
      leakedKeysPerRun: 100,
      readsPerSecond: 50,
      writesPerSecond: 10,
    },
    deployment: 'keyturn',
    locale: 'en',
    timezone: 'UTC',
    notify: [],
    fanOut: { accountsPerRun: 20, concurrency: 4 },
  } satisfies Config);
});

test('two documents share no defaults that one of them could change', () => {
  parse('').rotation.users.names.push('intruder');
  expect(parse('').rotation.users.names).toEqual([]);
});

test.each([
  ['# nothing but a comment'],
  ['{}'],
  ['{\n\t"mode": "plan",\n\t"rotation": { "grace": "P2D" }\n}'],
  ['%YAML 1.2\n---\nmode: plan\n...\n'],
  ['\uFEFFmode: plan\r\nlocale: en\r\n'],
])('%j is a document', (text) => {
  expect(parse(text)).toEqual(parse(''));
});

describe('durations', () => {
  test('calendar units stay what they are', () => {
    expect(parse('rotation: { maxAge: P1M }').rotation.maxAge.toObject()).toEqual({ months: 1 });
  });

  test('grace may be PT7H exactly', () => {
    expect(parse('rotation: { grace: PT7H }').rotation.grace.as('hours')).toBe(7);
  });

  test('a number of days above zero is taken as given, none other is', () => {
    fc.assert(
      fc.property(fc.integer({ min: -100, max: 36_000 }), (days) => {
        const attempt = () => parse(`inactivity: { warn: P${days}D }`).inactivity.warn.as('days');
        if (days > 0) expect(attempt()).toBe(days);
        else expect(attempt).toThrow('inactivity.warn');
      }),
    );
  });
});

describe('exemptions', () => {
  test('hold to the end of their last day in UTC', () => {
    const [exemption] = parse(
      'exempt: [{ user: break-glass, reason: emergency access, until: 2027-06-30 }]',
    ).exempt;
    expect(exemption).toEqual({ user: 'break-glass', reason: 'emergency access', endsAt: expect.anything() });
    expect(exemption?.endsAt?.toISO()).toBe('2027-07-01T00:00:00.000Z');
  });

  test.each([
    ['{ group: auditors, reason: r }', { group: 'auditors', reason: 'r' }],
    [
      '{ tag: { key: keyturn, value: exempt }, reason: r }',
      { tag: { key: 'keyturn', value: 'exempt' }, reason: 'r' },
    ],
    ['{ tag: { key: owner, value: "" }, reason: r }', { tag: { key: 'owner', value: '' }, reason: 'r' }],
  ])('%s', (written, exemption) => {
    expect(parse(`exempt: [${written}]`).exempt).toEqual([exemption]);
  });
});

test.each([
  ['1', { kind: 'count', count: 1 }],
  ['1%', { kind: 'percent', percent: 1 }],
  ['0.5%', { kind: 'percent', percent: 0.5 }],
  ['"100%"', { kind: 'percent', percent: 100 }],
])('disablesPerRun may be %s', (written, limit) => {
  expect(parse(`limits: { disablesPerRun: ${written} }`).limits.disablesPerRun).toEqual(limit);
});

test('the documented quotas are the highest rates', () => {
  expect(parse('limits: { readsPerSecond: 500, writesPerSecond: 200 }').limits).toMatchObject({
    readsPerSecond: 500,
    writesPerSecond: 200,
  });
});

test.each([
  ['ram.aliyuncs.com', { protocol: 'https', host: 'ram.aliyuncs.com' }],
  ['ram.aliyuncs.com:8443', { protocol: 'https', host: 'ram.aliyuncs.com:8443' }],
  ['https://ram.aliyuncs.com', { protocol: 'https', host: 'ram.aliyuncs.com' }],
  ['https://ram.aliyuncs.com/', { protocol: 'https', host: 'ram.aliyuncs.com' }],
  ['http://127.0.0.1:8080', { protocol: 'http', host: '127.0.0.1:8080' }],
  ['http://127.1.2.3:8080', { protocol: 'http', host: '127.1.2.3:8080' }],
  ['http://localhost:8080', { protocol: 'http', host: 'localhost:8080' }],
  ['http://[::1]:8080', { protocol: 'http', host: '[::1]:8080' }],
])('the endpoint %s', (written, endpoint) => {
  expect(parse(`endpoints: { resourceManager: "${written}" }`).endpoints.resourceManager).toEqual(endpoint);
});

describe('channels', () => {
  test('say who hears what', () => {
    const [webhook] = parse(
      'notify: [{ type: webhook, url: "https://example.com/x?y=z", secret: "${env:S}", users: [svc-*], events: [keyturn.run.*], allowPrivate: true }]',
      { S: 'sixteen-letters!' },
    ).notify;
    if (webhook?.type !== 'webhook') throw new Error('no webhook');
    expect(webhook).toMatchObject({
      url: 'https://example.com/x?y=z',
      users: ['svc-*'],
      events: ['keyturn.run.*'],
      allowPrivate: true,
    });
    if (!(webhook.secret instanceof Secret)) throw new Error('no secret');
    expect(revealSecret(webhook.secret)).toBe('sixteen-letters!');
    expect(JSON.stringify(webhook)).not.toContain('sixteen');
  });

  test('may keep URL and secret in KMS, where two in one place are the same channel', () => {
    const [channel] = parse(
      'notify: [{ type: dingtalk, url: "${kms:hooks/ding-url}", secret: "${kms:hooks/ding}" }]',
    ).notify;
    expect(channel).toMatchObject({
      url: { secretName: 'hooks/ding-url' },
      secret: { secretName: 'hooks/ding' },
    });
    const twice = '{ type: slack, url: "${kms:slack}" }';
    expect(() => parse(`notify: [${twice}, ${twice}]`)).toThrow('is the same channel as notify[0]');
  });

  test.each(['dingtalk', 'feishu'])('%s may sign, and need not', (type) => {
    expect(parse(`notify: [{ type: ${type}, url: "https://example.com" }]`).notify).toHaveLength(1);
    expect(
      parse(`notify: [{ type: ${type}, url: "https://example.com", secret: sixteen-letters! }]`).notify,
    ).toHaveLength(1);
  });

  test('of different types may share a URL', () => {
    const both =
      'notify: [{ type: slack, url: "https://example.com" }, { type: wecom, url: "https://example.com" }]';
    expect(parse(both).notify).toHaveLength(2);
  });

  test.each([
    [
      'acs:fc:cn-hangzhou:1234567890123456:functions/reload-credentials',
      { region: 'cn-hangzhou', account: '1234567890123456', functionName: 'reload-credentials' },
    ],
    [
      'acs:fc:us-west-1:1:services/shop/functions/reload',
      { region: 'us-west-1', account: '1', service: { name: 'shop' }, functionName: 'reload' },
    ],
    [
      'acs:fc:us-west-1:1:services/shop.LATEST/functions/reload',
      {
        region: 'us-west-1',
        account: '1',
        service: { name: 'shop', qualifier: 'LATEST' },
        functionName: 'reload',
      },
    ],
  ])('the function %s', (arn, target) => {
    expect(parse(`notify: [{ type: function, target: "${arn}" }]`).notify).toEqual([
      { type: 'function', target: { arn, ...target }, allowPrivate: false },
    ]);
  });
});

test('an account may be that of the credentials, or one to assume a role in', () => {
  const yaml =
    'accounts: [{ id: "1" }, { id: "2", roleArn: "acs:ram::2:role/keyturn", externalId: "${env:X}" }]';
  expect(parse(yaml, { X: 'x-1' }).accounts).toEqual([
    { id: '1' },
    { id: '2', roleArn: 'acs:ram::2:role/keyturn', externalId: 'x-1' },
  ]);
});

describe('variables', () => {
  test('are put into the middle of a text, several at a time', () => {
    const { rotation } = parse('rotation: { secret: { name: "${env:A}/${env:B}/{userName}" } }', {
      A: 'a',
      B: 'b',
    });
    expect(rotation.secret.name).toBe('a/b/{userName}');
  });

  test('whatever they hold, it is put in as it is and not looked at again', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('${env:OTHER}', '$&', '$1')),
        (value) => {
          const config = parse('exempt: [{ user: a, reason: "${env:WHY}" }]', { WHY: value, OTHER: 'other' });
          expect(config.exempt).toEqual([{ user: 'a', reason: value }]);
        },
      ),
    );
  });

  test('KEYTURN_TIMEZONE, which the timers go by, stands in for a time zone that is not given', () => {
    expect(parse('mode: plan', { KEYTURN_TIMEZONE: 'Asia/Shanghai' }).timezone).toBe('Asia/Shanghai');
    expect(parse('timezone: Europe/Berlin', { KEYTURN_TIMEZONE: 'Asia/Shanghai' }).timezone).toBe(
      'Europe/Berlin',
    );
  });

  test('FC_REGION stands in for a region that is not given', () => {
    expect(parse('mode: plan', { FC_REGION: 'cn-beijing' }).region).toBe('cn-beijing');
    expect(parse('region: cn-hangzhou', { FC_REGION: 'cn-beijing' }).region).toBe('cn-hangzhou');
    expect(parse('mode: plan').region).toBeUndefined();
  });
});

test('a secret name fits KMS for every user that RAM allows', () => {
  const users = fc.stringMatching(/^[A-Za-z0-9._-]{1,64}$/);
  const fixed = fc.stringMatching(/^[A-Za-z0-9_/+=.@-]{0,128}$/).filter((name) => !name.startsWith('acs/'));
  fc.assert(
    fc.property(fixed, users, (prefix, user) => {
      const { name } = parse(JSON.stringify({ rotation: { secret: { name: `${prefix}{userName}` } } }))
        .rotation.secret;
      expect(name.replace('{userName}', user)).toMatch(/^[A-Za-z0-9_/+=.@-]{1,192}$/);
    }),
  );
});
