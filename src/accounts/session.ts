import type { Clock } from '../base/clock';
import type { Credentials } from '../cloud/credentials';
import type { AssumedRole } from '../cloud/sts';

/** Longer than any call waits in the gate, so that no call is signed with a session that has ended. */
const renewBeforeEndMs = 5 * 60_000;
/** A third of a session is left when a short one is renewed. */
const shareLeft = 1 / 3;
const retryAfterMs = 30_000;

/**
 * A role's session that outlasts itself: shortly before its end, the next call assumes the role again. Where that
 * fails, the session is used to its end; then every call fails with what STS says.
 */
export async function roleSession(assume: () => Promise<AssumedRole>, clock: Clock): Promise<Credentials> {
  let current = await assume();
  let renewal: Promise<void> | undefined;
  let renewAt = renewalOf(current, clock);

  const renew = async (): Promise<void> => {
    try {
      current = await assume();
      renewAt = renewalOf(current, clock);
    } catch (error) {
      if (clock.now() >= current.expiresAt) throw error;
      renewAt = clock.now().plus(retryAfterMs);
    }
  };
  const renewed = async (): Promise<Credentials> => {
    if (clock.now() < renewAt && clock.now() < current.expiresAt) return current;
    renewal ??= renew().finally(() => {
      renewal = undefined;
    });
    await renewal;
    return current;
  };
  return { ...current, renewed };
}

function renewalOf({ expiresAt }: AssumedRole, clock: Clock) {
  const lifetime = expiresAt.diff(clock.now()).toMillis();
  return expiresAt.minus(Math.min(renewBeforeEndMs, lifetime * shareLeft));
}
