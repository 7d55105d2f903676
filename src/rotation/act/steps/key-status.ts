import { isoSeconds } from '../../../base/time';
import { deleted, disabled, type Fact } from '../../../notify/fact';
import type { StepOf } from '../../decide/decision';
import { disableInRam } from '../leaked-keys';
import { lastUsedOf } from '../notices';
import type { UserWork } from '../user-work';

export async function enableKey(work: UserWork, { keyId }: StepOf<'enable'>): Promise<undefined> {
  const { ram } = await work.cloud();
  await ram.setAccessKeyStatus(work.user.name, keyId, 'Active');
}

export async function disableKey(
  work: UserWork,
  { keyId, because }: Pick<StepOf<'disable'>, 'keyId' | 'because'>,
): Promise<undefined> {
  // A leaked key dies whatever became of the claim.
  const { ram } = because === 'leaked' ? work.context.cloud : await work.cloud();
  await disableInRam(ram, work.user.name, keyId);
  if (because === 'old') work.tell(disabledFact(work, keyId));
}

export async function deleteKey(
  work: UserWork,
  { keyId, because }: Pick<StepOf<'delete'>, 'keyId' | 'because'>,
): Promise<undefined> {
  const { ram } = await work.cloud();
  await ram.deleteAccessKey(work.user.name, keyId);
  work.keyIds.delete(keyId);
  if (because === 'old' || because === 'spare') {
    const { account, name } = work.user;
    work.tell(deleted(work.context.startedAt, { account, user: name, keyId }));
  }
}

/** Takes back a key that was never current. */
export async function withdrawKey(work: UserWork, keyId: string): Promise<void> {
  const step = { keyId, because: 'withdrawn' } as const;
  await work.reported('DisableAccessKey', keyId, () => disableKey(work, step));
  await work.reported('DeleteAccessKey', keyId, () => deleteKey(work, step));
}

function disabledFact({ context, user, secretName, observation }: UserWork, keyId: string): Fact {
  const { startedAt, config } = context;
  return disabled(startedAt, {
    account: user.account,
    user: user.name,
    keyId,
    secretName,
    lastUsed: lastUsedOf(observation.lastUse.get(keyId)),
    deletedFrom: isoSeconds(startedAt.plus(config.recovery)),
  });
}
