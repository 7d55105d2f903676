import { createSecret, secretNamed } from '../account/secrets';
import { refusal } from '../errors';
import { numberedPage } from '../pages';
import type { Action, Call } from '../product';
import type { Secret, SecretType, SecretVersion } from '../state';
import type { Switches } from '../switches';
import { DAY, wireTime } from '../time';
import { read, write } from './identity';
import { invalid, jsonParam, secretName, secretOf, usableSecret } from './kms-secret';
import { addTags, checkTags, tagsParam } from './kms-tags';

const DATA_BYTES = 30_720;
const VERSIONS_PER_SECRET = 10;
const STAGES_PER_SECRET = 8;
const CURRENT = 'ACSCurrent';
const PREVIOUS = 'ACSPrevious';
const BUILT_IN: readonly string[] = [CURRENT, PREVIOUS];
const VERSION_ID = /^[\x21-\x7e]{1,64}$/;
const STAGE_NAME = /^[A-Za-z0-9_/+=.@-]{1,128}$/;
const TYPES: readonly string[] = ['Generic', 'Rds', 'Redis', 'RAMCredentials', 'ECS', 'PolarDB'];

interface NewVersion {
  id: string;
  data: string;
  dataType: 'text' | 'binary';
}

function newVersion(call: Call): NewVersion {
  const id = call.params.required('VersionId');
  const data = call.params.required('SecretData');
  const dataType = call.params.get('SecretDataType') ?? 'text';
  if (!VERSION_ID.test(id)) throw invalid('VersionId');
  if (Buffer.byteLength(data) > DATA_BYTES) throw invalid('SecretData');
  if (dataType !== 'text' && dataType !== 'binary') throw invalid('SecretDataType');
  return { id, data, dataType };
}

function stagesParam(call: Call): string[] {
  const stages = jsonParam(call, 'VersionStages') ?? [CURRENT];
  if (!Array.isArray(stages) || !stages.every((stage) => STAGE_NAME.test(String(stage)))) {
    throw invalid('VersionStages');
  }
  return stages.map(String);
}

const versionIn = (secret: Secret, stage: string): SecretVersion | undefined =>
  [...secret.versions.values()].find((version) => version.stages.has(stage));

const stagesOf = (version: SecretVersion) => ({ VersionStages: { VersionStage: [...version.stages] } });

/** A stage marks one version at a time; who loses ACSCurrent becomes ACSPrevious. */
function moveStage(secret: Secret, stage: string, to: SecretVersion, movesPrevious: boolean): void {
  const from = versionIn(secret, stage);
  if (from === to) return;
  from?.stages.delete(stage);
  to.stages.add(stage);
  if (stage !== CURRENT || !from || !movesPrevious) return;
  versionIn(secret, PREVIOUS)?.stages.delete(PREVIOUS);
  from.stages.add(PREVIOUS);
}

function checkStageCount(secret: Secret, added: readonly string[]): void {
  const stages = new Set([
    ...[...secret.versions.values()].flatMap((version) => [...version.stages]),
    ...added,
  ]);
  if (stages.size > STAGES_PER_SECRET) throw refusal('Rejected.LimitExceeded');
}

/** Beyond ten versions, one goes. */
function rollOff(secret: Secret, which: Switches['versionThatGoes']): void {
  while (secret.versions.size > VERSIONS_PER_SECRET) {
    const gone = [...secret.versions.values()].find(
      ({ stages }) => which === 'earliest' || stages.size === 0,
    );
    if (!gone) return;
    secret.versions.delete(gone.id);
  }
}

function typeParam(call: Call, name: string): SecretType {
  const type = call.params.get('SecretType') ?? 'Generic';
  if (!TYPES.includes(type)) throw invalid('SecretType');
  const reserved = { RAMCredentials: 'acs/ram/user/', ECS: 'acs/ecs/' }[type];
  if (reserved ? !name.startsWith(reserved) : name.startsWith('acs/')) throw invalid('SecretName');
  return type as SecretType;
}

/** `2020-02-21T23:36:07.713703651+08:00`: how KMS gives the end of a delete window. */
function plannedTime(ms: number): string {
  return `${new Date(ms + 8 * 3_600_000).toISOString().slice(0, -1)}000000+08:00`;
}

function described(secret: Secret): Record<string, unknown> {
  return {
    SecretName: secret.name,
    SecretType: secret.type,
    CreateTime: wireTime(secret.createdAt),
    UpdateTime: wireTime(secret.updatedAt),
    ...(secret.plannedDeleteTime === undefined
      ? {}
      : { PlannedDeleteTime: wireTime(secret.plannedDeleteTime) }),
  };
}

function tagsField(call: Call, secret: Secret): Record<string, unknown> {
  if (!call.params.flag('FetchTags')) return {};
  return { Tags: { Tag: [...secret.tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })) } };
}

interface Filter {
  Key: string;
  Values: string[];
}

const FILTERS: Record<string, (secret: Secret, value: string) => boolean> = {
  SecretName: (secret, value) => secret.name.startsWith(value),
  Description: (secret, value) => secret.description.startsWith(value),
  TagKey: (secret, value) => secret.tags.has(value),
  TagValue: (secret, value) => [...secret.tags.values()].includes(value),
  DKMSInstanceId: (secret, value) => secret.kmsInstanceId === value,
  SecretType: (secret, value) => secret.type === value,
  Creator: () => true,
};

/** Filters are AND-ed, their values OR-ed. */
function matching(call: Call): (secret: Secret) => boolean {
  const filters = (jsonParam(call, 'Filters') ?? []) as Filter[];
  if (!Array.isArray(filters)) throw invalid('Filters');
  const tests = filters.map(({ Key, Values }) => {
    const test = FILTERS[Key];
    if (!test || !Array.isArray(Values) || Values.length > 10) throw invalid('Filters');
    return (secret: Secret) => Values.some((value) => test(secret, value));
  });
  return (secret) => tests.every((test) => test(secret));
}

function pageParams(call: Call, standard: number) {
  const error = (name: string) => invalid(name);
  return {
    PageNumber: call.params.integer('PageNumber', {
      min: 1,
      max: 1_000_000,
      default: 1,
      error: error('PageNumber'),
    }),
    PageSize: call.params.integer('PageSize', {
      min: 1,
      max: 100,
      default: standard,
      error: error('PageSize'),
    }),
  };
}

const keeping: Record<string, Action> = {
  CreateSecret: write((call) => {
    const { account, params } = call;
    const name = secretName(call);
    const version = newVersion(call);
    const type = typeParam(call, name);
    if (name.length > call.cloud.switches.secretNameLength) throw invalid('SecretName');
    const kmsInstanceId = params.get('DKMSInstanceId');
    const tags = tagsParam(call);
    checkTags(tags, 'Tags');
    if (call.cloud.switches.kmsInstanceRequired && !kmsInstanceId) throw refusal('UnsupportedOperation');
    const existing = secretNamed(account, name);
    if (existing?.plannedDeleteTime !== undefined) throw refusal('Rejected.ResourceInDeleteWindow');
    const secret = createSecret(account, name, version, {
      type,
      kmsInstanceId,
      encryptionKeyId: params.get('EncryptionKeyId'),
      description: params.get('Description'),
      extendedConfig: params.get('ExtendedConfig'),
    });
    addTags(call, secret, tags);
    return {
      Arn: secret.arn,
      SecretName: name,
      SecretType: type,
      VersionId: version.id,
      ...(kmsInstanceId === undefined ? {} : { DKMSInstanceId: kmsInstanceId }),
    };
  }),
  DescribeSecret: read((call) => {
    const secret = secretOf(call);
    return {
      ...described(secret),
      Arn: secret.arn,
      Description: secret.description,
      EncryptionKeyId: secret.encryptionKeyId ?? '',
      AutomaticRotation: 'Disabled',
      ...(secret.kmsInstanceId === undefined ? {} : { DKMSInstanceId: secret.kmsInstanceId }),
      ...(call.cloud.switches.extendedConfigTold && secret.extendedConfig !== undefined
        ? { ExtendedConfig: secret.extendedConfig }
        : {}),
      ...tagsField(call, secret),
    };
  }),
  UpdateSecret: write((call) => {
    const secret = usableSecret(call);
    secret.description = call.params.get('Description') ?? secret.description;
    secret.updatedAt = call.now;
    return { SecretName: secret.name };
  }),
  ListSecrets: read((call) => {
    const { PageNumber, PageSize } = pageParams(call, 10);
    const names = [...call.account.secrets.keys()];
    const alive = names.flatMap((name) => secretNamed(call.account, name) ?? []);
    const wanted = alive.filter(matching(call));
    const Secret = numberedPage(wanted, PageNumber, PageSize).map((secret) => ({
      ...described(secret),
      ...tagsField(call, secret),
    }));
    return { SecretList: { Secret }, PageNumber, PageSize, TotalCount: wanted.length };
  }),
  DeleteSecret: write((call) => {
    const secret = secretOf(call);
    if (call.params.flag('ForceDeleteWithoutRecovery')) {
      if (call.params.get('RecoveryWindowInDays')) throw invalid('RecoveryWindowInDays');
      call.account.secrets.delete(secret.name);
      return { SecretName: secret.name };
    }
    const days = call.params.integer('RecoveryWindowInDays', {
      min: 7,
      max: 30,
      default: 30,
      error: invalid('RecoveryWindowInDays'),
    });
    secret.plannedDeleteTime = call.now + days * DAY;
    return { SecretName: secret.name, PlannedDeleteTime: plannedTime(secret.plannedDeleteTime) };
  }),
  RestoreSecret: write((call) => {
    const secret = secretOf(call);
    secret.plannedDeleteTime = undefined;
    return { SecretName: secret.name };
  }),
};

const versions: Record<string, Action> = {
  PutSecretValue: write((call) => {
    const secret = usableSecret(call);
    const { id, data, dataType } = newVersion(call);
    const stages = stagesParam(call);
    if (secret.type !== 'Generic') throw refusal('UnsupportedOperation');
    const existing = secret.versions.get(id);
    if (existing) {
      if (existing.data !== data || existing.dataType !== dataType) {
        throw refusal(call.cloud.switches.putConflictCode);
      }
      return { SecretName: secret.name, VersionId: id, ...stagesOf(existing) };
    }
    checkStageCount(secret, stages);
    const version: SecretVersion = { id, data, dataType, stages: new Set(), createdAt: call.now };
    secret.versions.set(id, version);
    for (const stage of stages) moveStage(secret, stage, version, true);
    rollOff(secret, call.cloud.switches.versionThatGoes);
    secret.updatedAt = call.now;
    return { SecretName: secret.name, VersionId: id, ...stagesOf(version) };
  }),
  GetSecretValue: read((call) => {
    const secret = usableSecret(call);
    const versionId = call.params.get('VersionId');
    const stage = call.params.get('VersionStage') ?? CURRENT;
    const version = versionId === undefined ? versionIn(secret, stage) : secret.versions.get(versionId);
    if (!version) throw refusal('Forbidden.ResourceNotFound');
    if (call.params.flag('DryRun')) throw refusal('DryRunOperationError');
    return {
      SecretName: secret.name,
      SecretType: secret.type,
      VersionId: version.id,
      SecretData: version.data,
      SecretDataType: version.dataType,
      CreateTime: wireTime(version.createdAt),
      ...stagesOf(version),
    };
  }),
  ListSecretVersionIds: read((call) => {
    const secret = secretOf(call);
    const { PageNumber, PageSize } = pageParams(call, 20);
    const all = [...secret.versions.values()];
    const shown = call.params.flag('IncludeDeprecated')
      ? all
      : all.filter((version) => version.stages.size > 0);
    const VersionId = numberedPage(shown, PageNumber, PageSize).map((version) => ({
      VersionId: version.id,
      CreateTime: wireTime(version.createdAt),
      ...stagesOf(version),
    }));
    return {
      SecretName: secret.name,
      VersionIds: { VersionId },
      PageNumber,
      PageSize,
      TotalCount: shown.length,
    };
  }),
  UpdateSecretVersionStage: write((call) => {
    const secret = usableSecret(call);
    if (secret.type !== 'Generic') throw refusal('UnsupportedOperation');
    const stage = call.params.required('VersionStage');
    const moveTo = call.params.get('MoveToVersion');
    const removeFrom = call.params.get('RemoveFromVersion');
    if (!STAGE_NAME.test(stage)) throw invalid('VersionStage');
    if (moveTo === undefined && (removeFrom === undefined || BUILT_IN.includes(stage))) {
      call.params.required('MoveToVersion');
    }
    const to = moveTo === undefined ? undefined : secret.versions.get(moveTo);
    if (moveTo !== undefined && !to) throw refusal('Forbidden.ResourceNotFound');
    if (removeFrom !== undefined) {
      const from = secret.versions.get(removeFrom);
      if (!from) throw refusal('Forbidden.ResourceNotFound');
      if (!from.stages.has(stage)) throw invalid('RemoveFromVersion');
    }
    if (to) {
      checkStageCount(secret, [stage]);
      moveStage(secret, stage, to, call.cloud.switches.stageMove === 'aws');
    } else {
      versionIn(secret, stage)?.stages.delete(stage);
    }
    secret.updatedAt = call.now;
    return { SecretName: secret.name };
  }),
};

/** Secrets and their versions. */
export const kmsSecrets: Record<string, Action> = { ...keeping, ...versions };
