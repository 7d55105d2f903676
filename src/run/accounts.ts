import type { Clock } from '../clock';
import { type Cloud, openCloud } from '../cloud/cloud';
import type { Credentials } from '../cloud/credentials';
import { endpointOf } from '../cloud/endpoints';
import { Gate, type Mode } from '../cloud/gate';
import { Secret } from '../cloud/secret';
import { Sts } from '../cloud/sts';
import { ConfigurationError, EventError } from '../config/error';
import type { AccountConfig, Config } from '../config/schema';
import type { FunctionContext } from './function-context';

export interface Opening {
  readonly config: Config;
  readonly context: FunctionContext;
  readonly clock: Clock;
  readonly mode: Mode;
  /** On `clock.elapsed()`. */
  readonly deadlineAt: number;
}

export function credentialsOf({ credentials }: FunctionContext): Credentials {
  const { accessKeyId, accessKeySecret, securityToken } = credentials;
  return {
    accessKeyId,
    accessKeySecret: new Secret(accessKeySecret),
    ...(securityToken && { securityToken: new Secret(securityToken) }),
  };
}

/** The region of KMS and STS: the configuration's, else the function's own. @throws ConfigurationError */
export function regionOf(config: Config, context: FunctionContext): string {
  const region = config.region ?? context.region;
  if (region) return region;
  throw new ConfigurationError([
    {
      path: 'region',
      message: 'must be set, since neither FC_REGION nor the context of the function tells one',
    },
  ]);
}

/**
 * The accounts to work on: the configured ones, or the one of the credentials; one of them where the event
 * names it. @throws EventError where it names another
 */
export async function accountsOf(opening: Opening, named: string | undefined): Promise<AccountConfig[]> {
  const { config } = opening;
  const accounts = config.accounts ?? [{ id: await ownAccount(opening) }];
  if (named === undefined) return accounts;
  const account = accounts.find(({ id }) => id === named);
  if (account) return [account];
  throw new EventError([
    { path: 'account', message: `${named} is none of the accounts that keyturn works on; nothing was done` },
  ]);
}

async function ownAccount(opening: Opening): Promise<string> {
  const { accountId } = opening.context;
  return accountId || (await stsOf(opening).callerIdentity()).accountId;
}

/** The cloud as this run may use it in one account. @throws CloudError where its role cannot be assumed */
export async function openAccount(opening: Opening, account: AccountConfig): Promise<Cloud> {
  const { config, context } = opening;
  const region = regionOf(config, context);
  const gate = gateOf(opening, account.id);
  const credentials = await credentialsFor(opening, account);
  return openCloud({ account: account.id, region, credentials, endpoints: config.endpoints, gate });
}

async function credentialsFor(
  opening: Opening,
  { id, roleArn, externalId }: AccountConfig,
): Promise<Credentials> {
  const { context } = opening;
  if (roleArn) {
    return stsOf(opening).assumeRole({
      roleArn,
      sessionName: 'keyturn',
      ...(externalId && { externalId }),
    });
  }
  const own = await ownAccount(opening);
  if (own === id) return credentialsOf(context);
  throw new ConfigurationError([
    {
      path: 'accounts',
      message: `account ${id} needs roleArn, since the credentials belong to account ${own}`,
    },
  ]);
}

function stsOf(opening: Opening): Sts {
  const { config, context } = opening;
  const endpoint = endpointOf('sts', regionOf(config, context), config.endpoints);
  return new Sts(gateOf(opening, 'own'), credentialsOf(context), endpoint);
}

function gateOf({ config, clock, mode, deadlineAt }: Opening, account: string): Gate {
  const { readsPerSecond, writesPerSecond } = config.limits;
  return new Gate({ account, mode, readsPerSecond, writesPerSecond, clock, deadlineAt });
}
