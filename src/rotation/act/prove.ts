import type { Clock } from '../../base/clock';
import type { Cloud } from '../../cloud/cloud';
import type { KeyPair } from '../../cloud/credentials';
import { CloudError } from '../../cloud/error';
import type { UserIdentity } from '../../users/user';

/** A new key works everywhere within seconds; this is how long a run waits for it. */
const newKeyPatienceMs = 60_000;
const longestPauseMs = 5_000;

/** The pair does not sign, or signs as somebody else. */
export class ProofError extends Error {
  override readonly name = 'ProofError';
  readonly code = 'KeyNotProven';
}

/**
 * Proves that a pair signs as this user, with STS GetCallerIdentity signed by the pair itself.
 * @param reach gives the cloud for each attempt
 * @param patienceMs how long a refused key is tried again
 * @throws ProofError where the key is refused for the whole of the patience; CloudError where STS does not answer
 */
export async function prove(
  pair: KeyPair,
  user: UserIdentity,
  clock: Clock,
  reach: () => Promise<Cloud>,
  patienceMs = newKeyPatienceMs,
): Promise<void> {
  const giveUpAt = clock.elapsed() + patienceMs;
  for (let pause = 500; ; pause = Math.min(pause * 2, longestPauseMs)) {
    try {
      const cloud = await reach();
      const identity = await cloud.identityOf(pair);
      if (identity.accountId === user.account && identity.arn.endsWith(`:user/${user.name}`)) return;
      throw new ProofError(
        `Key ${pair.keyId} in the secret of user ${user.name} signs as ${identity.arn}, so it is not promoted: find out who stored it.`,
      );
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (clock.elapsed() + pause <= giveUpAt) {
        await clock.sleep(pause);
        continue;
      }
      if (error.outcome === 'unknown') throw error;
      throw new ProofError(
        `Key ${pair.keyId} of user ${user.name} does not sign yet (${error.code}); the current key stays, and the next run tries again.`,
      );
    }
  }
}
