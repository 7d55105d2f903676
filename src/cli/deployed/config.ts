import { existsSync } from 'node:fs';
import { readDeployments } from '../../../packages/local-alibaba-cloud/index';
import { loadConfig } from '../../config/load';
import type { Config } from '../../config/schema';
import { CommandError, exitCode } from '../exit-code';
import { readConfig } from '../operator/workplace';

const deployment = 's.yaml';

/**
 * The configuration as the deployed functions will see it, where a s.yaml is here and no other file is named: a
 * function has no other variables than s.yaml gives it, whatever is set on this machine.
 * @throws ConfigurationError, CommandError
 */
export function configToCheck(file: string | undefined): Config {
  return file || !existsSync(deployment) ? readConfig(file) : configAsDeployed();
}

function configAsDeployed(): Config {
  const codeDir = process.cwd();
  const configs = deployments(codeDir).map(({ region, env }) =>
    loadConfig({ env: { FC_REGION: region, ...env }, codeDir }),
  );
  const [config] = configs;
  if (config) return config;
  throw new CommandError(`${deployment} deploys nothing`, exitCode.refused);
}

function deployments(folder: string) {
  try {
    const all = readDeployments(deployment, folder, process.env);
    if (all.every(({ account }) => account)) return all;
    throw new Error('ALIYUN_ACCOUNT_ID must be the id of an account, digits only');
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : String(error), exitCode.refused);
  }
}
