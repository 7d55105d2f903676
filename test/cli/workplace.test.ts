import { afterEach, expect, test, vi } from 'vitest';
import { readConfig, readConfigIfAny } from '../../src/cli/operator/workplace';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

test('in an emergency a broken or missing configuration is not in the way', () => {
  const told = vi.spyOn(console, 'error').mockReturnValue();
  for (const broken of ['{"mode":"maybe"}', 'nowhere.yaml']) {
    vi.stubEnv('KEYTURN_CONFIG', broken);
    expect(readConfigIfAny()).toBeUndefined();
    expect(told).toHaveBeenLastCalledWith(expect.stringContaining('Left aside: keyturn configuration'));
    expect(() => readConfig()).toThrow('keyturn configuration');
  }
});

test('one that the operator names must be sound', () => {
  vi.stubEnv('KEYTURN_CONFIG', '');
  expect(() => readConfigIfAny('nowhere.yaml')).toThrow('keyturn configuration');
});
