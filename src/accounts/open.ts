import type { Clock } from '../base/clock';
import { type Cloud, openCloud } from '../cloud/cloud';
import type { Credentials } from '../cloud/credentials';
import { endpointOf } from '../cloud/endpoints';
import { Gate, type Mode } from '../cloud/gate';
import { Kms } from '../cloud/kms';
import { ResourceManager } from '../cloud/resource-manager';
import { Secret } from '../cloud/secret';
import { Sts } from '../cloud/sts';
import { ConfigurationError, EventError } from '../config/error';
import type { AccountConfig, Config } from '../config/schema';
import { failureOf } from '../report/user-report';
import type { FunctionContext } from './function-context';
import { remedyFor } from './remedy';
import { membersOf } from './resource-directory';
import { roleSession } from './session';

export interface AccountContext {
  readonly config: Config;
  readonly context: FunctionContext;
  readonly clock: Clock;
  readonly mode: Mode;
  /** On `clock.elapsed()`. */
  readonly deadlineAt: number;
  /** Of the accounts opened so far, by their ids. */
  readonly doors: Map<string, Promise<Access>>;
}

/** The way into an account: one gate, so that its rates hold whoever comes through, and one session. */
interface Access {
  readonly gate: Gate;
  readonly credentials: Credentials;
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
 * The accounts to work on: the configured ones, the members of the Resource Directory, or the one of the credentials;
 * those of them that the event names. Members that an event names are not looked up again: whoever lists them has
 * done so, and an emergency must not hang on the directory.
 * @throws EventError where it names another; CloudError, ConfigurationError where the directory cannot be read
 */
export async function accountsOf(
  opening: AccountContext,
  named?: string | readonly string[],
): Promise<AccountConfig[]> {
  const { config } = opening;
  const names = typeof named === 'string' ? [named] : named;
  if (config.resourceDirectory) return inDirectory(opening, config.resourceDirectory, names);
  const accounts = config.accounts ?? [{ id: await ownAccount(opening) }];
  return names ? names.map((name) => accounts.find(({ id }) => id === name) ?? refuse(name)) : accounts;
}

function refuse(account: string): never {
  throw new EventError([
    {
      path: 'account',
      message: `${account} is none of the accounts that keyturn works on; nothing was done`,
    },
  ]);
}

type DirectoryConfig = NonNullable<Config['resourceDirectory']>;

async function inDirectory(
  opening: AccountContext,
  directory: DirectoryConfig,
  names: readonly string[] | undefined,
): Promise<AccountConfig[]> {
  const own = await ownAccount(opening);
  const ids = names ?? (await membersOf(resourceManagerOf(opening, own), directory));
  const stranger = names?.find((name) => !mayBeMeant(name, directory));
  if (stranger !== undefined) refuse(stranger);
  return ids.map((id) => memberAccount(id, own, directory));
}

function mayBeMeant(id: string, { include, exclude }: DirectoryConfig): boolean {
  if (!/^\d+$/.test(id) || exclude.includes(id)) return false;
  return !include || include.includes(id) || include.some((one) => !/^\d+$/.test(one));
}

function memberAccount(id: string, own: string, { roleName, externalId }: DirectoryConfig): AccountConfig {
  if (id === own) return { id };
  return { id, roleArn: `acs:ram::${id}:role/${roleName}`, ...(externalId && { externalId }) };
}

export async function ownAccount(opening: AccountContext): Promise<string> {
  const { accountId } = opening.context;
  return accountId || (await stsOf(opening).callerIdentity()).accountId;
}

/**
 * The cloud as this run may use it in one account.
 * @param secrets `left out`: the account alone, also where the secrets lie in another one that is out of reach
 * @throws CloudError where its role cannot be assumed
 */
export async function openAccount(
  opening: AccountContext,
  account: AccountConfig,
  { secrets: wanted = 'needed' }: { secrets?: 'needed' | 'left out' } = {},
): Promise<Cloud> {
  const { config, context } = opening;
  const { account: recordWriter } = config.rotation.secret;
  const [door, secrets] = await Promise.all([
    doorTo(opening, account),
    wanted === 'needed' && recordWriter && recordWriter !== account.id
      ? doorToSecrets(opening, recordWriter)
      : undefined,
  ]);
  return openCloud({
    account: account.id,
    region: regionOf(config, context),
    endpoints: config.endpoints,
    ...door,
    ...(secrets && { secrets }),
  });
}

/** The account whose KMS holds the secrets of all could not be entered. */
class SecretsUnreachableError extends Error {
  override readonly name = 'SecretsUnreachableError';

  constructor(recordWriter: AccountConfig, cause: unknown) {
    const { message } = failureOf(cause);
    super(
      `account ${recordWriter.id}, whose KMS holds the secrets (rotation.secret.account), is out of reach: ${message} ${remedyFor(recordWriter, cause)}`.trim(),
    );
  }
}

/** keyturn need not work on the users of the account that holds the secrets. */
async function doorToSecrets(opening: AccountContext, id: string): Promise<Access> {
  const { accounts, resourceDirectory } = opening.config;
  const recordWriter = resourceDirectory
    ? memberAccount(id, await ownAccount(opening), resourceDirectory)
    : (accounts?.find((account) => account.id === id) ?? { id });
  try {
    return await doorTo(opening, recordWriter);
  } catch (error) {
    throw new SecretsUnreachableError(recordWriter, error);
  }
}

async function doorTo(opening: AccountContext, account: AccountConfig): Promise<Access> {
  const { doors } = opening;
  const known = doors.get(account.id);
  if (known) return known;
  const opened = credentialsFor(opening, account).then((credentials) => ({
    credentials,
    gate: gateOf(opening, account.id),
  }));
  doors.set(account.id, opened);
  opened.catch(() => doors.delete(account.id));
  return opened;
}

async function credentialsFor(
  opening: AccountContext,
  { id, roleArn, externalId }: AccountConfig,
): Promise<Credentials> {
  const { context, clock } = opening;
  if (roleArn) {
    const sts = stsOf(opening);
    const role = { roleArn, sessionName: 'keyturn', ...(externalId && { externalId }) };
    return roleSession(() => sts.assumeRole(role), clock);
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

function resourceManagerOf(opening: AccountContext, own: string): ResourceManager {
  const { config, context } = opening;
  const endpoint = endpointOf('resourceManager', regionOf(config, context), config.endpoints);
  return new ResourceManager(gateOf(opening, own), credentialsOf(context), endpoint);
}

/** KMS of the account that the credentials belong to, where the secrets of channels lie. */
export function ownKms(opening: AccountContext): Kms {
  const { config, context } = opening;
  const endpoint = endpointOf('kms', regionOf(config, context), config.endpoints);
  return new Kms(gateOf(opening, 'own'), credentialsOf(context), endpoint);
}

function stsOf(opening: AccountContext): Sts {
  const { config, context } = opening;
  const endpoint = endpointOf('sts', regionOf(config, context), config.endpoints);
  return new Sts(gateOf(opening, 'own'), credentialsOf(context), endpoint);
}

/** A gate of its own, with the rates of an account. */
export function gateOf({ config, clock, mode, deadlineAt }: AccountContext, account: string): Gate {
  const { readsPerSecond, writesPerSecond } = config.limits;
  return new Gate({ account, mode, readsPerSecond, writesPerSecond, clock, deadlineAt });
}
