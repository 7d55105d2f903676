import type { DateTime } from 'luxon';
import * as z from 'zod';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { CloudError, isCode, orUndefined } from './error';
import { type Gate, read, repeatableWrite } from './gate';
import { pairFromText, type StoredPair, textOfPair } from './key-pair-text';
import { numberedList } from './pages';
import { type Params, Rpc } from './rpc';
import { Secret } from './secret';
import { done, instant, listOf, optional, optionalText, text } from './shape';

export interface SecretVersion {
  readonly id: string;
  readonly stages: readonly string[];
  readonly createdAt: DateTime;
}

export interface SecretDescription {
  readonly name: string;
  /** `Generic`, `RAMCredentials`, … */
  readonly type: string;
  readonly plannedDeleteAt?: DateTime;
  readonly encryptionKeyId?: string;
  readonly kmsInstanceId?: string;
  readonly tags: ReadonlyMap<string, string>;
}

export interface NewVersion {
  readonly name: string;
  readonly versionId: string;
  readonly pair: StoredPair;
  /** Without stages it becomes ACSCurrent. */
  readonly stages?: readonly string[];
}

export interface NewSecret extends Omit<NewVersion, 'stages'> {
  readonly encryptionKeyId?: string;
  readonly kmsInstanceId?: string;
  readonly description?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export type VersionRef = { readonly versionId: string } | { readonly stage: string };

const NOT_FOUND = 'Forbidden.ResourceNotFound';
/** Which of them a version that is there is refused with is not documented. */
const ALREADY_THERE = ['Rejected.ResourceExist', 'InvalidParameter'];
const RAM_SECRETS = 'acs/ram/user/';

/** A version that no stage marks may tell of none. */
const stages = optional(z.object({ VersionStage: optional(z.array(text)) }));

const versionsAnswer = z.object({
  VersionIds: listOf('VersionId', z.object({ VersionId: text, CreateTime: instant, VersionStages: stages })),
});

const secretsAnswer = z.object({
  SecretList: listOf('Secret', z.object({ SecretName: text, SecretType: optionalText })),
});

const descriptionAnswer = z.object({
  SecretName: text,
  SecretType: optionalText,
  PlannedDeleteTime: optional(z.union([z.literal('').transform(() => undefined), instant])),
  EncryptionKeyId: optionalText,
  DKMSInstanceId: optionalText,
  Tags: optional(z.object({ Tag: z.array(z.object({ TagKey: text, TagValue: z.string().nullish() })) })),
});

const valueAnswer = z.object({ SecretData: text, SecretDataType: optionalText });

const instancesAnswer = z.object({
  KmsInstances: listOf('KmsInstance', z.object({ KmsInstanceId: text })),
});

/** Secrets of Key Management Service. */
export class Kms {
  readonly #gate: Gate;
  readonly #rpc: Rpc;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#gate = gate;
    const api = { product: 'KMS', version: '2016-01-20', signature: 'V1' } as const;
    this.#rpc = new Rpc(gate, credentials, endpoint, api);
  }

  /** Makes the secret with this pair as ACSCurrent. Done before by an attempt whose answer was lost counts as done. */
  async createSecret(secret: NewSecret): Promise<void> {
    const fields = {
      SecretName: secret.name,
      VersionId: secret.versionId,
      SecretData: this.#text(secret.pair),
      SecretDataType: 'text',
      SecretType: 'Generic',
      EncryptionKeyId: secret.encryptionKeyId,
      DKMSInstanceId: secret.kmsInstanceId,
      Description: secret.description,
      Tags: secret.tags && tagsJson(secret.tags),
    };
    await this.#unlessStored(secret, this.#write('CreateSecret', fields));
  }

  /** Adds a version. The same VersionId with the same pair is done already. */
  async putSecretValue(version: NewVersion): Promise<void> {
    const fields = {
      SecretName: version.name,
      VersionId: version.versionId,
      SecretData: this.#text(version.pair),
      SecretDataType: 'text',
      VersionStages: version.stages && JSON.stringify(version.stages),
    };
    await this.#unlessStored(version, this.#write('PutSecretValue', fields));
  }

  /**
   * Asks whether a secret can be written, by writing once more what a version of it holds. KMS takes the same data
   * under the same VersionId for done already (KMS documentation, PutSecretValue), or refuses a VersionId that is
   * there: either way permission, secret and encryption key are in order, and nothing has changed.
   * @throws CloudError where it cannot be written
   */
  async tryToWrite(name: string, versionId: string): Promise<void> {
    const version = { SecretName: name, VersionId: versionId };
    const held = await this.#rpc.call('GetSecretValue', read, version, valueAnswer);
    const { SecretData, SecretDataType = 'text' } = held;
    const again = { ...version, SecretData, SecretDataType };
    await orUndefined(this.#write('PutSecretValue', again), ...ALREADY_THERE);
  }

  /**
   * Asks whether KMS takes a name, by creating a secret of that name with Tags that are no JSON: these it refuses
   * whatever it thinks of the name, so there is no secret afterwards.
   * @throws CloudError where it refuses the name, or to create secrets at all
   */
  async tryName(SecretName: string): Promise<void> {
    const fields = { SecretName, VersionId: 'none', SecretData: 'none', SecretType: 'Generic', Tags: 'none' };
    try {
      await this.#write('CreateSecret', fields);
    } catch (error) {
      if (!isCode(error, 'InvalidParameter') || error.message.includes('SecretName')) throw error;
    }
  }

  /** All versions, those without a stage too; `undefined` where there is no such secret. */
  async listVersions(name: string): Promise<SecretVersion[] | undefined> {
    const list = {
      action: 'ListSecretVersionIds',
      params: { SecretName: name, IncludeDeprecated: 'true' },
      shape: versionsAnswer,
      entriesOf: ({ VersionIds }: z.output<typeof versionsAnswer>) => VersionIds,
    };
    const versions = await orUndefined(numberedList(this.#rpc, list, 50), NOT_FOUND);
    return versions?.entries.map(({ VersionId, VersionStages, CreateTime }) => ({
      id: VersionId,
      stages: VersionStages?.VersionStage ?? [],
      createdAt: CreateTime,
    }));
  }

  /** `undefined` where there is no such secret. */
  async describeSecret(SecretName: string): Promise<SecretDescription | undefined> {
    const params = { SecretName, FetchTags: 'true' };
    const secret = await orUndefined(
      this.#rpc.call('DescribeSecret', read, params, descriptionAnswer),
      NOT_FOUND,
    );
    return (
      secret && {
        name: secret.SecretName,
        type: secret.SecretType ?? 'Generic',
        plannedDeleteAt: secret.PlannedDeleteTime,
        encryptionKeyId: secret.EncryptionKeyId,
        kmsInstanceId: secret.DKMSInstanceId,
        tags: new Map(secret.Tags?.Tag.map(({ TagKey, TagValue }) => [TagKey, TagValue ?? ''])),
      }
    );
  }

  /** The whole text under ACSCurrent, of a secret that holds no key pair. */
  async readText(name: string): Promise<Secret> {
    const { SecretData } = await this.#rpc.call('GetSecretValue', read, { SecretName: name }, valueAnswer);
    return new Secret(SecretData);
  }

  /** @throws CloudError with code `NotAKeyPair` where the secret is not JSON with both halves of an AccessKey. */
  async readPair(name: string, version: VersionRef): Promise<StoredPair> {
    const which = 'stage' in version ? { VersionStage: version.stage } : { VersionId: version.versionId };
    const params = { SecretName: name, ...which };
    const { SecretData } = await this.#rpc.call('GetSecretValue', read, params, valueAnswer);
    const pair = pairFromText(SecretData);
    if (pair !== undefined) return pair;
    const told = 'stage' in version ? `marked ${version.stage}` : version.versionId;
    throw new CloudError({
      ...this.#rpc.from('GetSecretValue'),
      code: 'NotAKeyPair',
      outcome: 'refused',
      retryable: false,
      message: `The KMS secret ${name}, version ${told}, is not flat JSON with AccessKeyId and AccessKeySecret.`,
    });
  }

  /** Moves a stage to a version, away from `from` where named. That it is there already counts as done. */
  async moveStage(move: { name: string; stage: string; to: string; from?: string }): Promise<void> {
    const fields = {
      SecretName: move.name,
      VersionStage: move.stage,
      MoveToVersion: move.to,
      RemoveFromVersion: move.from,
    };
    await this.#unless(
      async () => (await this.#stagesOf(move.name, move.to))?.includes(move.stage) === true,
      this.#write('UpdateSecretVersionStage', fields),
    );
  }

  /** Takes a stage of one's own off a version. ACSCurrent and ACSPrevious can only be moved. */
  async removeStage(removal: { name: string; stage: string; from: string }): Promise<void> {
    const fields = {
      SecretName: removal.name,
      VersionStage: removal.stage,
      RemoveFromVersion: removal.from,
    };
    await this.#unless(
      async () => (await this.#stagesOf(removal.name, removal.from))?.includes(removal.stage) !== true,
      this.#write('UpdateSecretVersionStage', fields),
    );
  }

  /** The names of the RAM users whose keys KMS itself rotates. */
  async listRamCredentialSecrets(): Promise<Set<string>> {
    const names = await this.#ramCredentialSecrets('SecretType', 'RAMCredentials');
    return new Set(names.map((name) => name.slice(RAM_SECRETS.length)));
  }

  async isKmsManaged(userName: string): Promise<boolean> {
    const name = `${RAM_SECRETS}${userName}`;
    return (await this.#ramCredentialSecrets('SecretName', name)).includes(name);
  }

  async tagSecret(name: string, tags: Readonly<Record<string, string>>): Promise<void> {
    await this.#write('TagResource', { SecretName: name, Tags: tagsJson(tags) });
  }

  /** Ids of the purchased instances of the region, the first hundred of them. */
  async listInstances(): Promise<string[]> {
    const params = { PageNumber: 1, PageSize: 100 };
    const { KmsInstances } = await this.#rpc.call('ListKmsInstances', read, params, instancesAnswer);
    return KmsInstances.map(({ KmsInstanceId }) => KmsInstanceId);
  }

  async untagSecret(name: string, keys: readonly string[]): Promise<void> {
    const fields = { SecretName: name, TagKeys: JSON.stringify(keys) };
    await this.#write('UntagResource', fields);
  }

  /** Filters may match more than asked for, so each name and type is looked at again. */
  async #ramCredentialSecrets(key: 'SecretType' | 'SecretName', value: string): Promise<string[]> {
    const { entries } = await numberedList(
      this.#rpc,
      {
        action: 'ListSecrets',
        params: { Filters: JSON.stringify([{ Key: key, Values: [value] }]) },
        shape: secretsAnswer,
        entriesOf: ({ SecretList }) => SecretList,
      },
      100,
    );
    return entries
      .filter(({ SecretType }) => (SecretType ?? 'RAMCredentials') === 'RAMCredentials')
      .map(({ SecretName }) => SecretName)
      .filter((name) => name.startsWith(RAM_SECRETS));
  }

  async #stagesOf(name: string, versionId: string): Promise<readonly string[] | undefined> {
    return (await this.listVersions(name))?.find((version) => version.id === versionId)?.stages;
  }

  /** VersionIds of keyturn are ids of keys, of which each is written but once: a version of that id is this one. */
  async #unlessStored({ name, versionId }: NewVersion, writing: Promise<unknown>): Promise<void> {
    await this.#unless(async () => {
      const versions = await this.listVersions(name);
      return versions?.some((version) => version.id === versionId) === true;
    }, writing);
  }

  /** A repeated write may be refused because its first attempt, whose answer was lost, was done. */
  async #unless(done: () => Promise<boolean>, writing: Promise<unknown>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      if (!(error instanceof CloudError) || error.outcome === 'unknown') throw error;
      const neverDone = error.retryable || error.status === 403;
      if (neverDone || !(await done())) throw error;
    }
  }

  async #write(action: string, params: Params): Promise<void> {
    await this.#rpc.call(action, repeatableWrite, params, done);
  }

  #text(pair: StoredPair): string {
    return textOfPair(pair, pair.generatedAt ?? this.#gate.clock.now());
  }
}

function tagsJson(tags: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })));
}
