import type { StepOf } from '../../decide/decision';
import type { UserWork } from '../user-work';
import { networkPolicyOf } from './copy-network-policy';

/**
 * Learns what a new key needs before there is one: a key that cannot be kept is issued only to be deleted, and pushes
 * one that somebody may want back out of RAM's recycle bin. That the record can be written the claim has shown, which
 * is a tag on the same user.
 * @throws CloudError where the secret cannot be written, or the network policy cannot be read or understood
 */
export async function prepare(work: UserWork, { from }: StepOf<'prepare'>): Promise<undefined> {
  await Promise.all([tryToStore(work), from && rememberPolicy(work, from)]);
}

async function tryToStore(work: UserWork): Promise<void> {
  const { secret } = work.observation;
  if (secret.kind !== 'present') return;
  const { kms } = await work.cloud();
  await kms.tryToWrite(work.secretName, secret.currentVersionId);
}

async function rememberPolicy(work: UserWork, keyId: string): Promise<void> {
  work.networkPolicies.set(keyId, await networkPolicyOf(work, keyId));
}
