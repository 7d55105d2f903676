import { expect, test } from 'vitest';
import { prepareEnvironment } from '../../src/config/environment';
import { ConfigurationError } from '../../src/config/error';

test.each([
  [{ NODE_TLS_REJECT_UNAUTHORIZED: '0' }, 'NODE_TLS_REJECT_UNAUTHORIZED'],
  [{ NODE_DEBUG: 'http' }, 'NODE_DEBUG'],
  [{ NODE_DEBUG: 'fs, HTTPS' }, 'NODE_DEBUG'],
  [{ NODE_DEBUG: 'http2' }, 'NODE_DEBUG'],
  [{ NODE_DEBUG: 'net,fs' }, 'NODE_DEBUG'],
  [{ NODE_DEBUG: 'tls' }, 'NODE_DEBUG'],
  [{ NODE_DEBUG: '*' }, 'NODE_DEBUG'],
  [{ NODE_DEBUG: 'h*' }, 'NODE_DEBUG'],
])('%j is refused', (env, named) => {
  expect(() => prepareEnvironment(env)).toThrow(ConfigurationError);
  expect(() => prepareEnvironment(env)).toThrow(named);
});

test.each([
  {},
  { NODE_DEBUG: '' },
  { NODE_DEBUG: 'fs,module,httpx' },
  { NODE_DEBUG: 'm*' },
  { NODE_TLS_REJECT_UNAUTHORIZED: '1' },
])('%j is not', (env) => {
  expect(() => prepareEnvironment(env)).not.toThrow();
});

test('the debug output of the SDKs is switched off', () => {
  const env = { DEBUG: 'httpx:*,lambda', PATH: '/bin' };
  prepareEnvironment(env);
  expect(env).toEqual({ PATH: '/bin' });
});
