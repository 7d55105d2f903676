import fc from 'fast-check';
import { expect, test } from 'vitest';
import { simulatedConfig } from '../../src/simulate/configuration';

const place = { region: 'cn-shanghai', account: '1111222233334444' };
const here = { endpoint: 'http://127.0.0.1:1', sink: 'http://127.0.0.1:2/' };

const read = (document: object, env: Record<string, string> = {}) =>
  simulatedConfig({ ...env, KEYTURN_CONFIG: JSON.stringify(document) }, '/nowhere', place);

test('is enforced, in the region and account of the simulation, whatever the configuration says', () => {
  const { mode, config, documentFor } = read({
    mode: 'plan',
    region: 'cn-hangzhou',
    rotation: {
      maxAge: 'P30D',
      secret: { name: 'keyturn/{account}/{userName}', account: '5555666677778888' },
    },
    limits: { rotationsPerRun: 3, readsPerSecond: 1 },
  });
  expect(mode).toBe('plan');
  expect(config).toMatchObject({
    mode: 'enforce',
    region: 'cn-shanghai',
    limits: { rotationsPerRun: 3, readsPerSecond: 500 },
  });
  expect(config.rotation.maxAge.toISO()).toBe('P30D');
  expect(config.rotation.secret).toEqual({ name: 'keyturn/1111222233334444/{userName}' });
  expect(JSON.parse(documentFor(here))).toMatchObject({ mode: 'enforce', region: 'cn-shanghai' });
});

test('no address, account or secret of the configuration reaches the functions', () => {
  const outside = fc.record(
    {
      endpoints: fc.constant({ ram: 'https://outside.example', fc: 'outside.example:443' }),
      notify: fc.constant([
        { type: 'webhook', url: 'https://outside.example/hook', secret: 'secret-of-outside' },
        { type: 'function', target: 'acs:fc:cn-hangzhou:9999000099990000:functions/outside' },
      ]),
      accounts: fc.constant([{ id: '9999000099990000', roleArn: 'acs:ram::9999000099990000:role/outside' }]),
      region: fc.constant('eu-central-1'),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(outside, (document) => {
      const text = read(document).documentFor(here);
      expect(text).not.toMatch(/outside|9999000099990000|eu-central-1/);
    }),
  );
});

test('variables that are not set here are no hindrance, and are told', () => {
  const { config, notes } = read({
    exempt: [{ user: 'break-glass', reason: '${env:WHY}' }],
    notify: [{ type: 'slack', url: '${env:HOOK}' }],
    endpoints: { ram: '${env:RAM}' },
  });
  expect(config.exempt).toEqual([{ user: 'break-glass', reason: 'simulated-WHY' }]);
  expect(notes).toContain('Not set here, and not needed: WHY, HOOK, RAM.');
});

test.each([
  ['an unknown key', { rotaton: {} }, 'did you mean rotation?'],
  ['a wrong channel', { notify: [{ type: 'slack', url: 'ftp://example.com' }] }, 'notify[0].url'],
  [
    'a channel whose variable is set to nonsense',
    { notify: [{ type: 'slack', url: '${env:HOOK}' }] },
    'notify[0].url',
  ],
  ['a wrong value that is not played', { accounts: [] }, 'accounts'],
])('%s is refused', (_, document, message) => {
  expect(() => read(document, { HOOK: 'nonsense' })).toThrow(message);
});
