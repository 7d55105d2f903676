import type { Clock } from '../../base/clock';
import type { Cloud } from '../../cloud/cloud';
import { isCode } from '../../cloud/error';
import type { Ram } from '../../cloud/ram';
import type { ActionReport } from '../../report/run-report';

/** RAM was asked after the act, and says that these keys are enabled. */
export class LeakedKeyAliveError extends Error {
  override readonly name = 'LeakedKeyAliveError';

  constructor(user: string, keyIds: readonly string[]) {
    super(
      `RAM says that ${keyIds.join(' and ')} of user ${user} ${keyIds.length > 1 ? 'are' : 'is'} still enabled.`,
    );
  }
}

/** A read may lag behind the write by this long. */
const patienceMs = 10_000;

/**
 * The evidence that an emergency ends on.
 * @throws LeakedKeyAliveError where RAM goes on to say that one of these keys is enabled
 */
export async function verifyDead(
  ram: Ram,
  clock: Clock,
  user: string,
  keyIds: readonly string[],
): Promise<void> {
  const giveUpAt = clock.elapsed() + patienceMs;
  for (let pause = 250; ; pause *= 2) {
    const alive = await aliveOf(ram, user, keyIds);
    if (alive.length === 0) return;
    if (clock.elapsed() + pause > giveUpAt) throw new LeakedKeyAliveError(user, alive);
    await clock.sleep(pause);
  }
}

/** Those of these keys that RAM lists as Active, for a user that may be gone. */
async function aliveOf(ram: Ram, user: string, keyIds: readonly string[]): Promise<string[]> {
  const keys = await ram.listAccessKeys(user).catch((error: unknown) => {
    if (isCode(error, 'EntityNotExist.User')) return [];
    throw error;
  });
  return keys.filter(({ id, status }) => keyIds.includes(id) && status === 'Active').map(({ id }) => id);
}

/** HTTP 404 counts as disabled: a key that was deleted signs nothing. */
export async function disableInRam(ram: Ram, user: string, keyId: string): Promise<void> {
  try {
    await ram.setAccessKeyStatus(user, keyId, 'Inactive');
  } catch (error) {
    if (!isCode(error, 'EntityNotExist.User.AccessKey') && !isCode(error, 'EntityNotExist.User')) throw error;
  }
}

export interface Killed {
  readonly actions: readonly ActionReport[];
  /** Why RAM does not say of each key that it is Inactive or gone; absent where it does. */
  readonly error?: unknown;
}

/** Disables these keys with RAM alone, and asks RAM afterwards. Never rejects. */
export async function killAll(cloud: Cloud, user: string, keyIds: readonly string[]): Promise<Killed> {
  const { ram, gate } = cloud;
  const results = await Promise.allSettled(keyIds.map((keyId) => disableInRam(ram, user, keyId)));
  const actions = results.map(
    ({ status }, index): ActionReport => ({
      action: 'DisableAccessKey',
      ...(keyIds[index] && { keyId: keyIds[index] }),
      outcome: status === 'fulfilled' ? 'done' : 'failed',
    }),
  );
  try {
    await verifyDead(ram, gate.clock, user, keyIds);
    return { actions };
  } catch (error) {
    return { actions, error };
  }
}
