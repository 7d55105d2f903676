import { existsSync } from 'node:fs';
import { systemClock } from '../../base/clock';
import type { Credentials } from '../../cloud/credentials';
import { endpointOf } from '../../cloud/endpoints';
import { Gate } from '../../cloud/gate';
import { Secret } from '../../cloud/secret';
import { Sts } from '../../cloud/sts';
import { ConfigurationError } from '../../config/error';
import { loadConfig } from '../../config/load';
import type { Config } from '../../config/schema';
import { useConfig } from '../options';
import { deployRegion, operatorCredentials } from './credentials';

/** Where a command works: with whose credentials, through which endpoints. */
export interface Workplace {
  /** Of the functions. */
  readonly region: string;
  readonly endpoints: Config['endpoints'];
  readonly credentials: Credentials;
  readonly gate: Gate;
}

interface Whereabouts {
  /** Default: where s.yaml deploys to. */
  region?: string;
  /** Undefined where a command does without one. */
  config: Pick<Config, 'endpoints'> | undefined;
}

export function readConfig(file?: string): Config {
  useConfig(file);
  return loadConfig({ env: process.env, codeDir: process.cwd() });
}

/** In an emergency a configuration that is missing or broken on this machine must not be in the way. */
export function readConfigIfAny(file?: string): Config | undefined {
  try {
    return readConfig(file);
  } catch (error) {
    if (!(error instanceof ConfigurationError) || file) throw error;
    if (process.env.KEYTURN_CONFIG || existsSync('keyturn.yaml'))
      console.error(`Left aside: ${error.message}`);
    return undefined;
  }
}

/** @throws CommandError where there are no credentials */
export async function openWorkplace({ region = deployRegion(), config }: Whereabouts): Promise<Workplace> {
  const { accessKeyId, accessKeySecret, securityToken } = await operatorCredentials();
  return {
    region,
    endpoints: config?.endpoints ?? {},
    credentials: {
      accessKeyId,
      accessKeySecret: new Secret(accessKeySecret),
      ...(securityToken && { securityToken: new Secret(securityToken) }),
    },
    gate: new Gate({
      account: 'own',
      mode: 'enforce',
      readsPerSecond: 20,
      writesPerSecond: 5,
      clock: systemClock,
    }),
  };
}

/** The account that the functions belong to: as s.yaml has it, else the one of the credentials. */
export async function accountOf(workplace: Workplace): Promise<string> {
  const { ALIYUN_ACCOUNT_ID } = process.env;
  if (ALIYUN_ACCOUNT_ID) return ALIYUN_ACCOUNT_ID;
  const { gate, credentials, region, endpoints } = workplace;
  return (await new Sts(gate, credentials, endpointOf('sts', region, endpoints)).callerIdentity()).accountId;
}
