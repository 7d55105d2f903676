import { certainlyTaken, secretName } from '../../../users/secret-name';
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
  const { kms } = await work.cloud();
  if (secret.kind === 'present') return kms.tryToWrite(work.secretName, secret.currentVersionId);
  if (work.secretName.length > certainlyTaken) await kms.tryName(nobodysName(work));
}

/** As long as the user's own; no user's name holds a `/`. */
const nobodysName = ({ context, user }: UserWork): string =>
  secretName(context.config, user.account, `/${'0'.repeat(user.name.length - 1)}`);

async function rememberPolicy(work: UserWork, keyId: string): Promise<void> {
  work.networkPolicies.set(keyId, await networkPolicyOf(work, keyId));
}
