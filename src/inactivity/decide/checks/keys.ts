import { DateTime } from 'luxon';
import { formatTime, skewAllowance } from '../../../base/time';
import { isRotations } from '../../activity';
import type { Verdict } from '../../decision';
import type { ObservedKey, Profile } from '../../observation';
import { cutoffsOf, ownChangeWithin } from '../../time';
import type { KeyFacts } from '../facts';
import { lastly, note, say, silent, voided, wait } from '../say';
import { disabledFrom, due, unwarned, warned, wayOfKey, wayOfUser } from '../way';

export function keyOfRotation({ key, user }: KeyFacts) {
  return isRotations(key, user) ? silent : undefined;
}

export function disabledByOthers({ key, user, idleRule }: KeyFacts): Verdict | undefined {
  const { record } = user;
  if (key.status === 'Active' || record.keys.has(key.id)) return;
  if (record.user?.keyIds.includes(key.id)) return silent;
  const { keys: days } = idleRule;
  const used = key.lastUse?.kind === 'at' ? key.lastUse.at : key.createdAt;
  const byRule = days !== undefined && key.updatedAt && used.plus({ days }) <= key.updatedAt;
  const who = byRule ? "by Alibaba Cloud's own idle rule" : 'by somebody else';
  return say('DisabledByOthers', `Key ${key.id} of user ${user.name} was disabled ${who}, not by keyturn.`);
}

export function keyActedSinceDisabled({ key, user, config }: KeyFacts): Verdict | undefined {
  const at = user.record.keys.get(key.id);
  if (key.status === 'Active' || !at) return;
  const message = `Key ${key.id} of user ${user.name} was disabled for inactivity on ${formatTime(at)} and is not deleted`;
  if (key.updatedAt && key.updatedAt > at.plus(ownChangeWithin).plus(skewAllowance)) {
    return say(
      'EnabledAgain',
      `${message}: somebody has enabled and disabled it since, so it is no longer keyturn's.`,
      note({ drop: 'key', keyId: key.id }),
    );
  }
  if (config.keys.deleteAfter === null || key.lastUse?.kind !== 'at' || key.lastUse.at <= at) return;
  return say('ActiveSinceDisabled', `${message}: it was used on ${formatTime(key.lastUse.at)}.`);
}

export function keyKeptDisabled({ key, user, config, now }: KeyFacts): Verdict | undefined {
  const at = user.record.keys.get(key.id);
  if (key.status === 'Active' || !at) return;
  const { deleteAfter } = config.keys;
  const message = `Key ${key.id} of user ${user.name} was disabled for inactivity on ${formatTime(at)}; keyturn restore brings it back.`;
  if (deleteAfter === null) return say('Disabled', message);
  const since = DateTime.max(at, key.updatedAt ?? at.plus(ownChangeWithin));
  const deletedFrom = since.plus(deleteAfter);
  return now < deletedFrom ? wait('Disabled', message, deletedFrom) : undefined;
}

export function keyDeletionDue({ key, user, idle }: KeyFacts): Verdict | undefined {
  const at = user.record.keys.get(key.id);
  if (key.status === 'Active' || !at) return;
  if (idle.unknown) return unknownKeyActivity(key, user, idle.unknown);
  return say(
    'DeletionDue',
    `Key ${key.id} of user ${user.name}, disabled for inactivity on ${formatTime(at)}, is deleted.`,
    { do: 'deleteKey', keyId: key.id, last: idle.last },
  );
}

/** Without a date of the change nobody can tell a person's doing from a run that was stopped: the person is believed. */
export function keyEnabledAgain({ key, user }: KeyFacts): Verdict | undefined {
  const at = user.record.keys.get(key.id);
  if (!at || (key.updatedAt && key.updatedAt <= at)) return;
  return say(
    'EnabledAgain',
    `Key ${key.id} of user ${user.name}, disabled for inactivity on ${formatTime(at)}, was enabled again by somebody; keyturn goes by that.`,
    note({ drop: 'key', keyId: key.id }),
    ...voided(user.record.warned, key.id),
  );
}

export function keyActive({ key, user, idle, config, now }: KeyFacts): Verdict | undefined {
  if (idle.last.at <= cutoffsOf(config, now).keys) return;
  const steps = voided(user.record.warned, key.id);
  return say('Active', `Key ${key.id} of user ${user.name} is in use: ${lastly(idle.last)}.`, ...steps);
}

/** Where the user as a whole goes no later than the key, one warning and one disabling are for both. */
export function coveredByUser(facts: KeyFacts): Verdict | undefined {
  if (facts.userIdle.unknown) return;
  const user = wayOfUser({ ...facts, idle: facts.userIdle });
  return disabledFrom(user) <= disabledFrom(wayOfKey(facts)) ? silent : undefined;
}

export function keyUnknown({ key, user, idle }: KeyFacts): Verdict | undefined {
  return idle.unknown ? unknownKeyActivity(key, user, idle.unknown) : undefined;
}

const unknownKeyActivity = (key: ObservedKey, user: Profile, why: string): Verdict =>
  say('LastActivityUnknown', `Key ${key.id} of user ${user.name} counts as in use, since ${why}.`);

export function keyUnwarned(facts: KeyFacts) {
  return unwarned(wayOfKey(facts));
}

export function keyWarned(facts: KeyFacts) {
  return warned(wayOfKey(facts));
}

export function keyDue(facts: KeyFacts) {
  return due(wayOfKey(facts), { logon: false, keyIds: [] });
}
