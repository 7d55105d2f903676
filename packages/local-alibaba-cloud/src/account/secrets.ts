import { refusal } from '../errors';
import { milliseconds, type NewSecret } from '../seed';
import type { AccountState, Secret, User } from '../state';

const RAM_SECRETS = 'acs/ram/user/';

/** Makes a secret with one version, marked ACSCurrent. */
export function createSecret(
  account: AccountState,
  name: string,
  version: { id: string; data: string; dataType?: 'text' | 'binary' },
  options: NewSecret = {},
): Secret {
  if (secretNamed(account, name)) throw refusal('Rejected.ResourceExist');
  const createdAt = milliseconds(options.createdAt) ?? account.now;
  const { id, data, dataType = 'text' } = version;
  const secret: Secret = {
    name,
    arn: `acs:kms:${account.cloud.region}:${account.id}:secret/${name}`,
    type: options.type ?? 'Generic',
    encryptionKeyId: options.encryptionKeyId,
    kmsInstanceId: options.kmsInstanceId,
    extendedConfig: options.extendedConfig ?? derivedConfig(account, name, options),
    createdAt,
    updatedAt: createdAt,
    description: options.description ?? '',
    tags: new Map(Object.entries(options.tags ?? {})),
    versions: new Map([[id, { id, data, dataType, stages: new Set(['ACSCurrent']), createdAt }]]),
  };
  account.secrets.set(name, secret);
  return secret;
}

/** A secret by which KMS rotates the keys of a user, under the name that KMS gives it. */
export function createRamSecret(account: AccountState, user: User): Secret {
  const suffix = account.cloud.switches.ramSecretNamedBy === 'display-name' ? user.displayName : user.name;
  const options = { type: 'RAMCredentials', extendedConfig: ramSecretConfig(user) } as const;
  return createSecret(account, `${RAM_SECRETS}${suffix}`, { id: 'v1', data: '{}' }, options);
}

/** Undefined where there is none, or where its planned deletion is over. */
export function secretNamed(account: AccountState, name: string): Secret | undefined {
  const secret = account.secrets.get(name);
  if (secret?.plannedDeleteTime === undefined || secret.plannedDeleteTime > account.now) return secret;
  account.secrets.delete(name);
  return undefined;
}

/** Whose keys a RAM secret rotates, by its name. */
function derivedConfig(account: AccountState, name: string, { type }: NewSecret): string | undefined {
  if (type !== 'RAMCredentials') return undefined;
  const suffix = name.slice(RAM_SECRETS.length);
  const user =
    [...account.users.values()].find(({ displayName }) => displayName === suffix) ??
    account.users.get(suffix);
  return user && ramSecretConfig(user);
}

/** ExtendedConfig of a RAM secret (KMS API reference, CreateSecret). */
const ramSecretConfig = ({ name }: User): string =>
  JSON.stringify({ SecretSubType: 'RamUserAccessKey', UserName: name, CustomData: {} });
