import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../src/config/json-schema';
import { loadConfig, parseConfig } from '../../src/config/load';

const validate = new Ajv({ strict: true, strictRequired: false, allowUnionTypes: true }).compile(
  configJsonSchema(),
);
const example = readFileSync('keyturn.example.yaml', 'utf8');
const exampleEnv = {
  HOOK_SECRET: 'signs-what-is-sent',
  DINGTALK_TOKEN: 'b',
  DINGTALK_SECRET: 'signs-what-is-sent',
};

test('config.schema.json is what `node scripts/schema.mjs` writes', () => {
  expect(JSON.parse(readFileSync('config.schema.json', 'utf8'))).toEqual(configJsonSchema());
});

describe('keyturn.example.yaml', () => {
  test('loads', () => {
    const config = loadConfig({
      env: { KEYTURN_CONFIG: 'keyturn.example.yaml', ...exampleEnv },
      codeDir: '/',
    });
    expect(config.mode).toBe('plan');
    expect(config.notify.map(({ type }) => type)).toEqual(['webhook', 'dingtalk', 'function', 'function']);
    expect(config.exempt).toHaveLength(3);
  });

  test('shows the defaults', () => {
    const shown = parseConfig(example, exampleEnv);
    const defaults = parseConfig('', {});
    expect(shown.rotation).toEqual({ ...defaults.rotation, users: expect.anything() });
    expect(shown.inactivity).toEqual(defaults.inactivity);
    expect(shown.leaks).toEqual(defaults.leaks);
    expect(shown.limits).toEqual(defaults.limits);
    expect(shown.locale).toBe(defaults.locale);
  });

  test('loads with what is commented out, too', () => {
    const uncommented = example.replace(/^(\s*)# (endpoints:|accounts:| *- \{| {2}\S+:|kms|encr)/gm, '$1$2');
    const config = parseConfig(uncommented, {
      ...exampleEnv,
      FEISHU_HOOK: 'd',
      FEISHU_SECRET: 'signs-what-is-sent',
      WECOM_KEY: 'f',
      SLACK_HOOK: 'g',
      EXTERNAL_ID: 'h1',
    });
    expect(config.notify).toHaveLength(7);
    expect(Object.keys(config.endpoints)).toHaveLength(6);
    expect(config.rotation.secret.kmsInstanceId).toMatch(/^kst-/);
    expect(config.rotation.secret.encryptionKeyId).toMatch(/^key-/);
  });

  test('loads with a Resource Directory, whose section is commented out', () => {
    const uncommented = example.replace(/^# (resourceDirectory:|fanOut:)/gm, '$1');
    const config = parseConfig(uncommented, { ...exampleEnv, EXTERNAL_ID: 'h1' });
    expect(config.resourceDirectory).toMatchObject({ roleName: 'keyturn', include: ['fd-production'] });
    expect(config.fanOut).toEqual({ accountsPerRun: 20, concurrency: 4 });
  });

  test('fits the JSON Schema as it is written', () => {
    expect(validate(parse(example)), JSON.stringify(validate.errors)).toBe(true);
  });
});

test.each([
  ['a variable anywhere in a text', { mode: '${env:MODE}', notify: [{ type: 'slack', url: '${env:URL}' }] }],
  ['a variable for a duration', { rotation: { grace: '${env:GRACE}' } }],
  ['a channel in KMS', { notify: [{ type: 'feishu', url: '${kms:a}', secret: '${kms:b}' }] }],
  ['a percentage', { limits: { disablesPerRun: '10%' } }],
  ['deleteAfter null', { inactivity: { keys: { deleteAfter: null } } }],
  ['nothing', {}],
])('the JSON Schema takes %s', (_what, document) => {
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
});

test.each([
  ['a typo', { rotatoin: {} }],
  ['a typo below', { rotation: { secret: { nmae: 'x/{userName}' } } }],
  ['a typo in a channel', { notify: [{ type: 'slack', url: 'https://example.com', usres: [] }] }],
  [
    'a secret where none is used',
    { notify: [{ type: 'slack', url: 'https://example.com', secret: 'signs-what-is-sent' }] },
  ],
  ['a webhook without a secret', { notify: [{ type: 'webhook', url: 'https://example.com' }] }],
  ['another mode', { mode: 'on' }],
  ['a number of days', { rotation: { maxAge: 90 } }],
  ['text that is no duration', { rotation: { maxAge: '90d' } }],
  ['a name for all users', { rotation: { secret: { name: 'keyturn' } } }],
  ['an exemption of nobody', { exempt: [{ reason: 'r' }] }],
  ['an exemption of two', { exempt: [{ user: 'a', group: 'b', reason: 'r' }] }],
  ['an exemption without a reason', { exempt: [{ user: 'a' }] }],
  ['a rate above the quota', { limits: { writesPerSecond: 201 } }],
  ['an account id that is a number', { accounts: [{ id: 1234567890123456 }] }],
])('the JSON Schema refuses %s', (_what, document) => {
  expect(validate(document)).toBe(false);
});

test('what the JSON Schema says is the default, is', () => {
  const { properties } = configJsonSchema() as { properties: Record<string, { default?: unknown }> };
  const said = Object.entries(properties).flatMap(([key, { default: value }]) =>
    value === undefined ? [] : [[key, value] as const],
  );
  expect(said.length).toBeGreaterThan(5);
  expect(parseConfig(JSON.stringify(Object.fromEntries(said)), {})).toEqual(parseConfig('', {}));
});
