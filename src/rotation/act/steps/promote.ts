import type { SecretVersion } from '../../../cloud/kms';
import type { OldEntry } from '../../../record/rotation';
import type { StepOf } from '../../decide/decision';
import { standbyStage } from '../../observation';
import type { UserWork } from '../user-work';

/** Moves ACSCurrent to the new (or named) key's version, from the one that is known to have it. */
export async function promote(
  work: UserWork,
  { keyId: named, from, versionId }: StepOf<'promote'>,
): Promise<string> {
  const keyId = named ?? work.newPair().keyId;
  const { kms } = await work.cloud();
  await kms.moveStage({ name: work.secretName, stage: 'ACSCurrent', to: versionId ?? keyId, from });
  return keyId;
}

export async function versionsOf(work: UserWork): Promise<readonly SecretVersion[]> {
  if (work.observation.secret.kind !== 'present') return [];
  const { kms } = await work.cloud();
  return (await kms.listVersions(work.secretName)) ?? [];
}

/** ACSPrevious goes to the version that ACSCurrent came from: not every KMS moves it by itself. */
export async function markPrevious(
  work: UserWork,
  versionId: string,
  old: OldEntry | undefined,
  versions: readonly SecretVersion[],
): Promise<void> {
  const { secret } = work.observation;
  const current = secret.kind === 'present' ? secret.currentVersionId : undefined;
  const before = current === versionId ? old?.keyId : current;
  const previous = versionWith(versions, 'ACSPrevious');
  if (!before || previous === before || !versions.some((version) => version.id === before)) return;
  const { kms } = await work.cloud();
  const from = previous && { from: previous };
  await kms.moveStage({ name: work.secretName, stage: 'ACSPrevious', to: before, ...from });
}

/** Comes after the record: until that says so, the stage tells that the key is keyturn's. */
export async function unmarkStandby(
  work: UserWork,
  keyId: string,
  versions: readonly SecretVersion[],
): Promise<void> {
  if (versionWith(versions, standbyStage) !== keyId) return;
  const { kms } = await work.cloud();
  await kms.removeStage({ name: work.secretName, stage: standbyStage, from: keyId });
}

const versionWith = (versions: readonly SecretVersion[], stage: string): string | undefined =>
  versions.find((version) => version.stages.includes(stage))?.id;
