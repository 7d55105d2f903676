import { existsSync } from 'node:fs';
import { Command } from 'commander';
import { readDeployments } from '../../../local/fc/deployment';
import { loadConfig } from '../../config/load';
import type { Config } from '../../config/schema';
import { CommandError, exitCode } from '../exit-code';
import { withConfigOption } from '../options';
import { readConfig } from '../workplace';

const deployment = 's.yaml';

export function checkCommand(): Command {
  const command = new Command('check').description(
    'Check the configuration as the deployed functions will see it, without any call.',
  );
  return withConfigOption(command).action(({ config: file }: { config?: string }) => {
    const config = file || !existsSync(deployment) ? readConfig(file) : configAsDeployed();
    console.log(summaryOf(config));
  });
}

/** A function has no other variables than s.yaml gives it, whatever is set on this machine. */
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

function summaryOf({ mode, rotation, notify, exempt }: Config): string {
  const { names, tag, group } = rotation.users;
  const managed = [
    ...names,
    ...(tag ? [`whoever has the tag ${tag.key}=${tag.value}`] : []),
    ...(group ? [`the members of ${group}`] : []),
  ];
  return `The configuration is sound: mode ${mode}; managed: ${managed.join(', ') || 'nobody'}; exempt: ${exempt.length}; channels: ${notify.length}.`;
}
