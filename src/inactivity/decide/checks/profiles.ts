import type { DateTime } from 'luxon';
import { formatTime, skewAllowance } from '../../../base/time';
import type { Profile } from '../../observation';
import { say, wait } from '../say';

export function userFrozen({ frozen, name }: Profile) {
  if (!frozen) return;
  return say('UserFrozen', `User ${name} is frozen in RAM and is left as it is.`);
}

export function keptElsewhere({ keptBy, name }: Profile) {
  if (!keptBy) return;
  return say(
    'KeptElsewhere',
    `User ${name} is managed by ${keptBy}, so it is left alone: disable it there if it is not needed.`,
  );
}

export function runsKeyturn({ runsKeyturn: runs, name }: Profile) {
  if (!runs) return;
  return say('RunsKeyturn', `This run signs with the credentials of user ${name}, so it is left alone.`);
}

export function exempt({ exemption, name }: Profile) {
  if (!exemption) return;
  const { reason, endsAt } = exemption;
  const message = `User ${name} is exempt${endsAt ? ` until ${formatTime(endsAt)}` : ''}: ${reason}`;
  return endsAt ? wait('Exempt', message, endsAt) : say('Exempt', message);
}

export function recordUnreadable({ name, record, rotation, managed }: Profile) {
  const unreadable = [...record.unreadable, ...(managed ? rotation.unreadable : [])];
  if (unreadable.length === 0) return;
  return say(
    'RecordUnreadable',
    `The tags ${unreadable.join(', ')} of user ${name} are not as keyturn wrote them, so nothing is done: remove them after checking what is disabled.`,
  );
}

/** Whatever a run of rotation is about to do to this user comes first. */
export function rotationAtWork({ name, rotation }: Profile, now: DateTime) {
  const { claims, emergency } = rotation;
  const alive = claims.some(({ expiresAt }) => now < expiresAt.plus(skewAllowance));
  if (!alive && emergency?.kind !== 'replace' && emergency?.kind !== 'contain') return;
  return say('Busy', `A rotation of user ${name} is under way; it is looked at again in the next run.`);
}
