import type { DateTime } from 'luxon';
import { z } from 'zod';
import { type Origin, toldInstant } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { CloudError, orUndefined, unreadableAnswer } from './error';
import { type Gate, type Kind, read, repeatableWrite } from './gate';
import { pairFromText, type StoredPair, textOfPair } from './key-pair-text';
import { clientConfig, perSession } from './sdk';
import { Secret } from './secret';

type Sdk = typeof import('@alicloud/kms20160120');
type Client = InstanceType<Sdk['default']>;
type Config = ConstructorParameters<Sdk['default']>[0];
type RuntimeOptions = Parameters<Client['doRequest']>[7];
type Fields = Record<string, string | undefined>;

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
const PAGE_SIZE = 50;

const pageFacts = { TotalCount: z.coerce.number().int().nonnegative() };
const tagList = z.object({
  Tag: z.array(z.object({ TagKey: z.string(), TagValue: z.string().default('') })),
});
const optionalText = z
  .string()
  .nullish()
  .transform((text) => text || undefined);

const versionsAnswer = z.object({
  ...pageFacts,
  VersionIds: z.object({
    VersionId: z.array(
      z.object({
        VersionId: z.string(),
        CreateTime: z.string(),
        VersionStages: z.object({ VersionStage: z.array(z.string()).default([]) }).nullish(),
      }),
    ),
  }),
});

const secretsAnswer = z.object({
  ...pageFacts,
  SecretList: z.object({
    Secret: z.array(z.object({ SecretName: z.string(), SecretType: optionalText })),
  }),
});

const descriptionAnswer = z.object({
  SecretName: z.string(),
  SecretType: optionalText,
  PlannedDeleteTime: optionalText,
  EncryptionKeyId: optionalText,
  DKMSInstanceId: optionalText,
  Tags: tagList.nullish(),
});

const valueAnswer = z.object({ SecretData: z.string(), SecretDataType: optionalText });
/** Every answer of the cloud has one; a 200 without it came from something else on the way. */
const doneAnswer = z.object({ RequestId: z.string() });

/**
 * Secrets of Key Management Service, API version 2016-01-20. Every parameter goes in the form body: the typed
 * methods of the SDK put them, the secret too, into the URL, and cannot name a KMS instance.
 */
export class Kms {
  readonly #gate: Gate;
  readonly #client: () => Promise<Client>;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#gate = gate;
    this.#client = perSession(credentials, async (current) => {
      const { default: KmsClient } = await import('@alicloud/kms20160120');
      // Its Config class is in a package of its own, which does no more than hold these fields.
      return new KmsClient(clientConfig(current, endpoint) as unknown as Config);
    });
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
    await this.#unlessStored(secret, this.#call('CreateSecret', repeatableWrite, fields, doneAnswer));
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
    await this.#unlessStored(version, this.#call('PutSecretValue', repeatableWrite, fields, doneAnswer));
  }

  /**
   * Asks whether a secret can be written, by writing once more what a version of it holds. KMS takes the same data
   * under the same VersionId for done already (KMS documentation, PutSecretValue), or refuses a VersionId that is
   * there: either way permission, secret and encryption key are in order, and nothing has changed.
   * @throws CloudError where it cannot be written
   */
  async tryToWrite(name: string, versionId: string): Promise<void> {
    const version = { SecretName: name, VersionId: versionId };
    const { SecretData, SecretDataType = 'text' } = await this.#call(
      'GetSecretValue',
      read,
      version,
      valueAnswer,
    );
    const fields = { ...version, SecretData, SecretDataType };
    await orUndefined(this.#call('PutSecretValue', repeatableWrite, fields, doneAnswer), ...ALREADY_THERE);
  }

  /** All versions, those without a stage too; `undefined` where there is no such secret. */
  async listVersions(name: string): Promise<SecretVersion[] | undefined> {
    const from = origin('ListSecretVersionIds');
    const fields = { SecretName: name, IncludeDeprecated: 'true' };
    const versions = await orUndefined(
      this.#list(from.action, fields, versionsAnswer, (page) => page.VersionIds.VersionId),
      NOT_FOUND,
    );
    return versions?.map((version) => ({
      id: version.VersionId,
      stages: version.VersionStages?.VersionStage ?? [],
      createdAt: toldInstant(from, 'CreateTime', version.CreateTime),
    }));
  }

  /** `undefined` where there is no such secret. */
  async describeSecret(name: string): Promise<SecretDescription | undefined> {
    const from = origin('DescribeSecret');
    const fields = { SecretName: name, FetchTags: 'true' };
    const secret = await orUndefined(this.#call(from.action, read, fields, descriptionAnswer), NOT_FOUND);
    if (secret === undefined) return undefined;
    return {
      name: secret.SecretName,
      type: secret.SecretType ?? 'Generic',
      plannedDeleteAt:
        secret.PlannedDeleteTime === undefined
          ? undefined
          : toldInstant(from, 'PlannedDeleteTime', secret.PlannedDeleteTime),
      encryptionKeyId: secret.EncryptionKeyId,
      kmsInstanceId: secret.DKMSInstanceId,
      tags: new Map(secret.Tags?.Tag.map((tag) => [tag.TagKey, tag.TagValue])),
    };
  }

  /** The whole text under ACSCurrent, of a secret that holds no key pair. */
  async readText(name: string): Promise<Secret> {
    const { SecretData } = await this.#call('GetSecretValue', read, { SecretName: name }, valueAnswer);
    return new Secret(SecretData);
  }

  /** @throws CloudError with code `NotAKeyPair` where the secret is not JSON with both halves of an AccessKey. */
  async readPair(name: string, version: VersionRef): Promise<StoredPair> {
    const fields = 'stage' in version ? { VersionStage: version.stage } : { VersionId: version.versionId };
    const { SecretData } = await this.#call(
      'GetSecretValue',
      read,
      { SecretName: name, ...fields },
      valueAnswer,
    );
    const pair = pairFromText(SecretData);
    if (pair !== undefined) return pair;
    const which = 'stage' in version ? `marked ${version.stage}` : version.versionId;
    throw new CloudError({
      ...origin('GetSecretValue'),
      code: 'NotAKeyPair',
      outcome: 'refused',
      retryable: false,
      message: `The KMS secret ${name}, version ${which}, is not flat JSON with AccessKeyId and AccessKeySecret.`,
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
      this.#call('UpdateSecretVersionStage', repeatableWrite, fields, doneAnswer),
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
      this.#call('UpdateSecretVersionStage', repeatableWrite, fields, doneAnswer),
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
    await this.#call('TagResource', repeatableWrite, { SecretName: name, Tags: tagsJson(tags) }, doneAnswer);
  }

  async untagSecret(name: string, keys: readonly string[]): Promise<void> {
    const fields = { SecretName: name, TagKeys: JSON.stringify(keys) };
    await this.#call('UntagResource', repeatableWrite, fields, doneAnswer);
  }

  /** Filters may match more than asked for, so each name and type is looked at again. */
  async #ramCredentialSecrets(key: 'SecretType' | 'SecretName', value: string): Promise<string[]> {
    const fields = { Filters: JSON.stringify([{ Key: key, Values: [value] }]) };
    const secrets = await this.#list(
      'ListSecrets',
      fields,
      secretsAnswer,
      (page) => page.SecretList.Secret,
      100,
    );
    return secrets
      .filter((secret) => (secret.SecretType ?? 'RAMCredentials') === 'RAMCredentials')
      .map((secret) => secret.SecretName)
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

  async #list<P extends { TotalCount: number }, T>(
    action: string,
    fields: Fields,
    answer: z.ZodType<P>,
    itemsOf: (page: P) => T[],
    pageSize = PAGE_SIZE,
  ): Promise<T[]> {
    const items: T[] = [];
    for (let number = 1; ; number++) {
      const page = await this.#call(
        action,
        read,
        { ...fields, PageNumber: String(number), PageSize: String(pageSize) },
        answer,
      );
      const more = itemsOf(page);
      items.push(...more);
      if (more.length === 0 || items.length >= page.TotalCount) return items;
    }
  }

  async #call<T>(action: string, kind: Kind, fields: Fields, answer: z.ZodType<T>): Promise<T> {
    await this.#client();
    const body = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
    const raw = await this.#gate.call({ ...origin(action), ...kind }, async () => {
      const client = await this.#client();
      return client.doRequest(action, 'HTTPS', 'POST', '2016-01-20', 'AK', {}, body, {} as RuntimeOptions);
    });
    const parsed = answer.safeParse(raw);
    if (parsed.success) return parsed.data;
    const fieldsAtFault = parsed.error.issues.map((issue) => issue.path.join('.')).join(', ');
    throw unreadableAnswer('KMS', action, `${fieldsAtFault || 'its body'} is not as documented`);
  }

  #text(pair: StoredPair): string {
    return textOfPair(pair, pair.generatedAt ?? this.#gate.clock.now());
  }
}

function origin(action: string): Origin {
  return { product: 'KMS', action };
}

function tagsJson(tags: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(tags).map(([TagKey, TagValue]) => ({ TagKey, TagValue })));
}
