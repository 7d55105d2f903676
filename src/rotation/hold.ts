import type { DateTime } from 'luxon';
import type { Clock } from '../base/clock';
import { isoSeconds } from '../base/time';
import type { Cloud } from '../cloud/cloud';
import { isBegun, readRecord, write } from '../record/rotation';
import { fits, tagKeys } from '../record/tags';
import type { ReportedError } from '../report/run-report';

/** What became of an operator's wish about one user. */
export interface UserCommand {
  readonly account: string;
  readonly user: string;
  readonly reason:
    | 'OnHold'
    | 'Released'
    | 'NotOnHold'
    | 'RollbackUnfinished'
    | 'UserNotFound'
    | 'NoRoomForTags';
  readonly message: string;
  readonly error?: ReportedError;
}

/**
 * Puts a user on hold: rotation leaves it alone until the hold ends or is released. One tag is written, so that
 * repeating it is safe, and the latest word counts. In mode plan nothing is written.
 * @throws CloudError
 */
export async function holdUser(
  cloud: Cloud,
  userName: string,
  until: DateTime | undefined,
): Promise<UserCommand> {
  const found = await find(cloud, userName);
  if (!found) return notFound(cloud, userName);
  const { id, tags } = found;
  const wish = { account: cloud.account, user: userName };
  if (!fits(tags.keys(), [tagKeys.hold])) {
    const message = `User ${userName} carries ${tags.size} tags already, so the hold cannot be written on it: remove one. Nothing was changed.`;
    return { ...wish, reason: 'NoRoomForTags', message, error: { code: 'NoRoomForTags', message } };
  }
  const hold = write.hold(until ? { until } : {});
  if (cloud.gate.mode === 'enforce') await cloud.ims.tag(id, { [tagKeys.hold]: hold });
  const end = until ? `until ${isoSeconds(until)}` : 'until it is released';
  const begun = isBegun(readRecord(tags))
    ? ' An emergency, or a rollback, that is under way is finished all the same.'
    : '';
  const message = `User ${userName} is on hold ${end}: rotation leaves its keys as they are.${begun} \`keyturn release ${userName}\` ends it.`;
  return { ...wish, reason: 'OnHold', message };
}

/** Ends a hold, and the pause after a key that could not be stored; a rollback that was begun comes to its end first. @throws CloudError */
export async function releaseUser(cloud: Cloud, clock: Clock, userName: string): Promise<UserCommand> {
  const found = await find(cloud, userName);
  if (!found) return notFound(cloud, userName);
  const { id, tags } = found;
  const wish = { account: cloud.account, user: userName };
  const { hold, rollback } = readRecord(tags);
  if (rollback) {
    const message = `The rollback of user ${userName} to key ${rollback.to} is not finished: \`keyturn rotate --user ${userName}\` finishes it now, else the next run does. Release the user then. Nothing was changed.`;
    return { ...wish, reason: 'RollbackUnfinished', message, error: { code: 'RollbackUnfinished', message } };
  }
  const held = [tagKeys.hold, tagKeys.refused].filter((key) => tags.has(key));
  if (held.length === 0) {
    return { ...wish, reason: 'NotOnHold', message: `User ${userName} is not on hold.` };
  }
  if (cloud.gate.mode === 'enforce') await cloud.ims.untag(id, held);
  const over = hold?.until && hold.until <= clock.now() ? ' (its hold was over)' : '';
  const message = `User ${userName} is released${over}: the next run goes on with it.`;
  return { ...wish, reason: 'Released', message };
}

async function find(
  cloud: Cloud,
  userName: string,
): Promise<{ id: string; tags: Map<string, string> } | undefined> {
  const user = await cloud.ram.getUser(userName);
  return user && { id: user.id, tags: await cloud.ims.listTags(user.id) };
}

function notFound({ account }: Cloud, user: string): UserCommand {
  const message = `There is no RAM user ${user} in account ${account}; nothing was changed. Check the name.`;
  return { account, user, reason: 'UserNotFound', message, error: { code: 'UserNotFound', message } };
}
