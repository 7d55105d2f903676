import type { DateTime } from 'luxon';
import type { LastUse } from './access-key';
import type { Cloud } from './cloud';
import { lastUseLag } from './last-use';

/** ActionTrail goes back so far (ActionTrail API reference, GetAccessKeyLastUsedInfo). */
const trailDepth = { days: 400 };

/**
 * The last use of a key from both sources, IMS and, where it is to be had, ActionTrail: the later one counts, and what
 * one of them cannot tell is not known. What a person should know of the sources is added to the cloud's notes.
 * @param suffices whether what IMS tells is enough, since a later use would change nothing
 * @throws CloudError where IMS does not tell
 */
export async function readKeyUse(
  cloud: Cloud,
  principalName: string,
  keyId: string,
  suffices: (told: LastUse) => boolean = () => false,
): Promise<LastUse> {
  const told = await cloud.ims.accessKeyLastUsed(principalName, keyId);
  if (suffices(told)) return told;
  const trailed = await cloud.actionTrail.lastUse(keyId);
  if (!trailed) return told;
  if (disagree(told, trailed, cloud.gate.clock.now())) {
    cloud.notes.add(
      `RAM and ActionTrail disagree on the last use of key ${keyId}: ${inWords(told)} and ${inWords(trailed)}; the later one counts.`,
    );
  }
  return laterOf(told, trailed);
}

export function laterOf(a: LastUse, b: LastUse): LastUse {
  if (a.kind === 'unreadable') return a;
  if (b.kind === 'unreadable') return b;
  if (a.kind === 'never') return b;
  return b.kind === 'at' && b.at > a.at ? b : a;
}

/** Further apart than the lag of either explains. */
export function disagree(told: LastUse, trailed: LastUse, now: DateTime): boolean {
  if (told.kind === 'unreadable' || trailed.kind === 'unreadable') return false;
  if (told.kind === 'at' && trailed.kind === 'at') {
    return told.at.diff(trailed.at).toMillis() ** 2 > lastUseLag.toMillis() ** 2;
  }
  const [only] = [told, trailed].filter((use) => use.kind === 'at');
  return only !== undefined && only.at < now.minus(lastUseLag) && only.at > now.minus(trailDepth);
}

const inWords = (use: LastUse): string => (use.kind === 'at' ? `${use.at.toUTC().toISO()}` : 'never used');
