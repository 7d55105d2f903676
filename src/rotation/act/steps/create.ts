import { CloudError } from '../../../cloud/error';
import type { IssuedAccessKey } from '../../../cloud/ram';
import { endOf } from '../../context';
import type { UserWork } from '../user-work';
import { withdrawKey } from './key-status';

/** Issues a key, once this run's intent to do so is written in its claim. */
export async function createKey(work: UserWork): Promise<string> {
  const { claim, context } = work;
  const before = [...work.keyIds];
  if (!claim.intent || !before.every((id) => claim.intent?.before.includes(id))) {
    await claim.declare({ at: context.clock.now(), until: endOf(context), before });
  }
  const issued = await createFenced(work, before);
  work.isUnrecorded = true;
  work.issued = { keyId: issued.id, secret: issued.secret };
  work.keyIds.add(issued.id);
  return issued.id;
}

/** Where the answer is lost, RAM is asked what became of the call before it is made again. */
async function createFenced(work: UserWork, before: readonly string[]): Promise<IssuedAccessKey> {
  const userName = work.user.name;
  try {
    return await (await work.cloud()).ram.createAccessKey(userName);
  } catch (error) {
    if (!(error instanceof CloudError) || error.outcome === 'refused') throw error;
    work.isUnresolved = true;
    const keys = await (await work.cloud()).ram.listAccessKeys(userName);
    const lost = keys.filter((key) => !before.includes(key.id));
    if (lost.length > 1) throw error;
    for (const { id } of lost) await withdrawKey(work, id);
    const issued = await (await work.cloud()).ram.createAccessKey(userName);
    work.isUnresolved = lost.length === 0;
    return issued;
  }
}
