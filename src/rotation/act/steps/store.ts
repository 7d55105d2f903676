import { CloudError } from '../../../cloud/error';
import { standbyStage } from '../../observation';
import type { UserWork } from '../user-work';
import { withdrawKey } from './key-status';

/** Stores the issued pair. Where KMS refuses it, the key is withdrawn: nobody could ever use it. */
export async function storePair(work: UserWork): Promise<string> {
  const issued = work.newPair();
  try {
    await store(work);
  } catch (error) {
    const wasUnresolved = work.isUnresolved;
    work.isUnresolved = true;
    if (error instanceof CloudError && error.outcome === 'refused') {
      await withdrawKey(work, issued.keyId);
      work.isUnresolved = wasUnresolved;
      work.isUnrecorded = false;
    }
    throw error;
  }
  return issued.keyId;
}

async function store(work: UserWork): Promise<void> {
  const { clock, config } = work.context;
  const pair = { ...work.newPair(), generatedAt: clock.now() };
  const version = { name: work.secretName, versionId: pair.keyId, pair };
  const { kms } = await work.cloud();
  if (work.observation.secret.kind === 'absent') {
    const { encryptionKeyId, kmsInstanceId } = config.secret;
    const description = `AccessKey of RAM user ${work.user.name}, rotated by keyturn`;
    await kms.createSecret({ ...version, description, encryptionKeyId, kmsInstanceId });
  } else {
    await kms.putSecretValue({ ...version, stages: [standbyStage] });
  }
}
