import { DateTime } from 'luxon';
import { lastUseLag } from '../../cloud/last-use';
import { countsAsUse } from '../activity';
import type { Step } from '../decision';
import type { Observation, Profile } from '../observation';
import { binRetention } from '../time';
import type { UserFacts } from './facts';
import { note } from './say';

/** Notes on keys that are gone or were switched off otherwise. A deleted key is remembered as long as RAM keeps it. */
export function staleNotes({ user, keys }: Observation, { activeKeys, config, now }: UserFacts): Step[] {
  const { warned, keys: disabled } = user.record;
  const gone = [...disabled].filter(([keyId, at]) => {
    if (keys.some(({ id }) => id === keyId)) return false;
    const { deleteAfter } = config.keys;
    return at.plus(deleteAfter ?? 0).plus(binRetention) < now;
  });
  const settled = [...warned.keys()].filter(
    (about) => about !== 'user' && !activeKeys.some(({ id }) => id === about),
  );
  return [
    ...settled.map((about) => note({ drop: 'warning', about })),
    ...gone.map(([keyId]) => note({ drop: 'key', keyId })),
  ];
}

/**
 * Rotation deletes the key that it replaced, and with it all that RAM knows of its use. So its last use is
 * remembered once it cannot be used any more: a user who acted through it is not idle since long before.
 */
export function retiredUse({ user, keys }: Observation, now: DateTime): Step[] {
  const { rotation, record } = user;
  const key = retiredKey(user, keys, now);
  if (!key?.lastUse || key.lastUse.kind === 'unreadable' || !rotation.old) return [];
  const use = key.lastUse.kind === 'at' && countsAsUse(key, key.lastUse, user) ? key.lastUse.at : undefined;
  const earlier = record.retired?.at;
  const at = use && earlier ? DateTime.max(use, earlier) : (use ?? earlier);
  return [note({ set: 'retired', retired: { keyId: key.id, ...(at && { at }) } })];
}

/** The key whose last use is to be remembered now. */
export function retiredKey<K extends { id: string }>(
  { managed, rotation, record }: Profile,
  keys: readonly K[],
  now: DateTime,
): K | undefined {
  const { old } = rotation;
  if (!managed || !old || old.keyId === record.retired?.keyId) return undefined;
  const dead = old.phase === 'disabled' || old.phase === 'inactive';
  if (!dead || now < old.at.plus(lastUseLag)) return undefined;
  return keys.find(({ id }) => id === old.keyId);
}
