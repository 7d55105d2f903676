import type { AccessKey, KeyUse } from '../state';
import { MINUTE } from '../time';

const USES_KEPT = 1500;

/** Keeps one use a minute and service, so that a lagging read finds the right one. */
export function recordUse(key: AccessKey, use: KeyUse): void {
  const { at, service } = use;
  const last = key.uses.at(-1);
  if (last && at < last.at) {
    key.uses.push(use);
    key.uses.sort((a, b) => a.at - b.at);
    return;
  }
  if (last && last.service === service && Math.floor(last.at / MINUTE) === Math.floor(at / MINUTE)) {
    Object.assign(last, use);
    return;
  }
  key.uses.push(use);
  if (key.uses.length > 2 * USES_KEPT) key.uses = key.uses.slice(-USES_KEPT);
}
