import { DateTime } from 'luxon';
import { formatTime, skewAllowance } from '../../../base/time';
import { type DisabledUser, fits, write } from '../../../record/inactivity';
import type { Verdict } from '../../decision';
import type { Observation } from '../../observation';
import { cutoffsOf, ownChangeWithin } from '../../time';
import { isOff, type UserFacts } from '../facts';
import { lastly, note, say, unknownActivity, voided } from '../say';
import { due, unwarned, warned, wayOfUser } from '../way';

/** What is Active again although keyturn's record has it disabled, by somebody's hand. */
export function enabledAgain({ user, keys, logon, idle }: UserFacts): Verdict | undefined {
  const disabled = user.record.user;
  if (!disabled) return;
  const isBack = (subject: { updatedAt?: DateTime }) =>
    !subject.updatedAt || subject.updatedAt > disabled.at || idle.last.at > disabled.at;
  const back = keys.filter(
    (key) => disabled.keyIds.includes(key.id) && key.status === 'Active' && isBack(key),
  );
  const logonBack = disabled.logon && logon.kind === 'active' && isBack(logon);
  if (back.length === 0 && !logonBack) return;
  const left = {
    ...disabled,
    logon: disabled.logon && !logonBack,
    keyIds: disabled.keyIds.filter((id) => !back.some((key) => key.id === id)),
  };
  const rest = left.logon || left.keyIds.length > 0;
  const what = [...(logonBack ? ['the logon'] : []), ...back.map(({ id }) => `key ${id}`)].join(' and ');
  return say(
    'EnabledAgain',
    `Of user ${user.name}, disabled on ${formatTime(disabled.at)}, somebody enabled ${what} again; keyturn goes by that.${rest ? ' keyturn restore brings back the rest.' : ''}`,
    note(rest ? { set: 'user', user: left } : { drop: 'user' }),
    note({ drop: 'warning', about: 'user' }),
  );
}

/** When all that keyturn disabled with the user had become Inactive. */
function disabledSince({ keys, logon }: Observation, { at, keyIds }: DisabledUser): DateTime {
  const changes = [
    ...keys.filter(({ id }) => keyIds.includes(id)).map(({ updatedAt }) => updatedAt),
    logon.kind === 'inactive' ? logon.updatedAt : undefined,
  ];
  return DateTime.max(at, ...changes.flatMap((change) => change ?? at.plus(ownChangeWithin)));
}

export function actedSinceDisabled(facts: UserFacts): Verdict | undefined {
  const { user, idle, config } = facts;
  const disabled = user.record.user;
  if (!disabled || !isOff(facts) || config.users.deleteAfter === null) return;
  const acted = idle.last.at > disabled.at;
  const changedSince = disabledSince(facts, disabled) > disabled.at.plus(ownChangeWithin).plus(skewAllowance);
  if (!acted && !changedSince) return;
  const why = acted ? lastly(idle.last) : 'somebody has changed its keys or its logon since';
  return say(
    'ActiveSinceDisabled',
    `User ${user.name} was disabled for inactivity on ${formatTime(disabled.at)} and is not deleted: ${why}.`,
  );
}

export function keptDisabled(facts: UserFacts): Verdict | undefined {
  const { user, config, now } = facts;
  const disabled = user.record.user;
  if (!disabled || !isOff(facts)) return;
  const { deleteAfter } = config.users;
  const message = `User ${user.name} was disabled for inactivity on ${formatTime(disabled.at)}; keyturn restore brings it back.`;
  const warning = user.record.warned.has('user') ? [note({ drop: 'warning', about: 'user' })] : [];
  if (deleteAfter === null) return say('Disabled', message, ...warning);
  const deletedFrom = disabledSince(facts, disabled).plus(deleteAfter);
  if (deletedFrom <= now) return;
  return { ...say('Disabled', message, ...warning), nextCheckAt: deletedFrom };
}

/** What somebody else disabled is not keyturn's to delete, and a user cannot be deleted without its keys. */
export function keyNotOurs(facts: UserFacts): Verdict | undefined {
  const { user, keys, record } = { ...facts, record: facts.user.record };
  if (!record.user || !isOff(facts)) return;
  const ours = new Set([...record.user.keyIds, ...record.keys.keys()]);
  const other = keys.find(({ id }) => !ours.has(id));
  if (!other) return;
  return say(
    'KeyNotOurs',
    `User ${user.name} is due for deletion, but its key ${other.id} was not disabled by keyturn: delete that key, and the user follows.`,
  );
}

export function deletionDue(facts: UserFacts): Verdict | undefined {
  const { user, keys, idle } = facts;
  const disabled = user.record.user;
  if (!disabled || !isOff(facts)) return;
  if (idle.unknown) return unknownActivity(facts, idle.unknown);
  return say(
    'DeletionDue',
    `User ${user.name}, disabled for inactivity on ${formatTime(disabled.at)}, is deleted; ${lastly(idle.last)}.`,
    { do: 'deleteUser', keyIds: keys.map(({ id }) => id), last: idle.last },
  );
}

export function nothingToDisable(facts: UserFacts): Verdict | undefined {
  const { user } = facts;
  if (!isOff(facts)) return;
  return say(
    'NothingToDisable',
    `User ${user.name} has no active key and no active logon.`,
    ...voided(user.record.warned, 'user'),
  );
}

export function userActive({ user, idle, config, now }: UserFacts): Verdict | undefined {
  if (idle.last.at <= cutoffsOf(config, now).users) return;
  return say(
    'Active',
    `User ${user.name} is in use: ${lastly(idle.last)}.`,
    ...voided(user.record.warned, 'user'),
  );
}

export function userUnknown(facts: UserFacts): Verdict | undefined {
  return facts.idle.unknown ? unknownActivity(facts, facts.idle.unknown) : undefined;
}

export function tooManyKeys({ user, activeKeys, now }: UserFacts): Verdict | undefined {
  const keyIds = [...(user.record.user?.keyIds ?? []), ...activeKeys.map(({ id }) => id)];
  if (fits(write.user({ at: now, logon: true, keyIds }))) return;
  return say(
    'TooManyKeys',
    `User ${user.name} has ${activeKeys.length} active keys, more than keyturn can keep a record of: delete those that are not in use.`,
  );
}

export function userUnwarned(facts: UserFacts) {
  return unwarned(wayOfUser(facts));
}

export function userWarned(facts: UserFacts) {
  return warned(wayOfUser(facts));
}

export function userDue(facts: UserFacts) {
  const { user, keys, logon } = facts;
  const before = user.record.user;
  const stillOff = keys.filter(({ id, status }) => status === 'Inactive' && before?.keyIds.includes(id));
  return due(wayOfUser(facts), {
    logon: before?.logon === true && logon.kind === 'inactive',
    keyIds: stillOff.map(({ id }) => id),
  });
}
