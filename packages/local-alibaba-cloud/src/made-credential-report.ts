import type { Account } from './account/account';
import type { LocalCloud } from './cloud';
import { signedCall } from './sign';

/** Has a credential report made, so that the next caller finds one and need not wait real seconds for it. */
export async function makeCredentialReport(cloud: LocalCloud, account: Account): Promise<void> {
  await signedCall(cloud.endpoint, account.rootKey, {
    version: '2019-08-15',
    action: 'GenerateCredentialReport',
    now: cloud.clock.now(),
  });
}
