import type { KeyPair } from '../../../cloud/credentials';
import type { StepOf } from '../../decide/decision';
import { ProofError, prove } from '../prove';
import type { UserWork } from '../user-work';

/** Proves that the issued pair, or the stored one of the named key, signs. @throws ProofError */
export async function proveKey(work: UserWork, { keyId, versionId }: StepOf<'prove'>): Promise<string> {
  const pair = keyId === undefined ? work.newPair() : await storedPair(work, keyId, versionId ?? keyId);
  try {
    await prove(pair, work.user, work.context.clock, () => work.cloud());
  } catch (error) {
    if (error instanceof ProofError && !work.isRollback) await countFailure(work, pair.keyId);
    throw error;
  }
  return pair.keyId;
}

async function storedPair(work: UserWork, keyId: string, versionId: string): Promise<KeyPair> {
  const { kms } = await work.cloud();
  const pair = await kms.readPair(work.secretName, { versionId });
  if (pair.keyId === keyId) return pair;
  throw new ProofError(
    `Version ${versionId} of the secret of user ${work.user.name} holds key ${pair.keyId} instead of ${keyId}: find out who stored it.`,
  );
}

async function countFailure(work: UserWork, keyId: string): Promise<void> {
  const { standby, claims } = work.record.entries;
  const known = standby?.keyId === keyId ? standby : undefined;
  const intents = [work.claim.intent, ...claims.map((claim) => claim.intent)];
  const before =
    known?.before ??
    intents.find((intent) => intent && !intent.before.includes(keyId))?.before ??
    [...work.keyIds].filter((id) => id !== keyId);
  await work.record.write({
    standby: {
      keyId,
      failingSince: known?.failingSince ?? work.context.startedAt,
      failures: (known?.failures ?? 0) + 1,
      before,
    },
    refused: null,
  });
  work.isUnrecorded = false;
}
