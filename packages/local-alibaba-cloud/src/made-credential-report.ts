import type { Account } from './account/account';
import type { LocalCloud } from './cloud';
import { signedCall } from './sign';

/** A run has one made and waits for it, in real seconds. Here it is made already, as if somebody had just looked. */
export async function makeCredentialReport(cloud: LocalCloud, account: Account): Promise<void> {
  await signedCall(cloud.endpoint, account.rootKey, {
    version: '2019-08-15',
    action: 'GenerateCredentialReport',
    now: cloud.clock.now(),
  });
}
