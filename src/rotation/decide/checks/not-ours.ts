import { formatTime } from '../../../base/time';
import { blocked, type Facts, wait, waitAndTidy } from '../facts';

export function rollbackUnfinished({ record, user }: Facts) {
  if (!record.rollback) return;
  return wait(
    'RollbackUnfinished',
    `A rollback of user ${user.name} to key ${record.rollback.to} was begun; it is finished first.`,
  );
}

export function userFrozen({ user }: Facts) {
  if (!user.frozen) return;
  return wait('UserFrozen', `User ${user.name} is frozen in RAM; its keys are left as they are.`);
}

export function onHold(facts: Facts) {
  const { record, user, now } = facts;
  if (!record.hold || (record.hold.until && record.hold.until <= now)) return;
  const until = record.hold.until ? `until ${formatTime(record.hold.until)}` : 'until somebody releases it';
  return waitAndTidy(facts, 'OnHold', `User ${user.name} is on hold ${until}.`, record.hold.until);
}

export function disabledForInactivity({ record, user }: Facts) {
  if (!record.inactive) return;
  return wait(
    'DisabledForInactivity',
    `User ${user.name} was disabled for inactivity on ${formatTime(record.inactive.at)}; rotation leaves it alone until it is restored.`,
  );
}

export function managedByKms({ kmsManaged, user }: Facts) {
  if (!kmsManaged) return;
  return blocked(
    'ManagedByKms',
    `A KMS secret of type RAMCredentials (acs/ram/user/${user.name}, or the display name in its place) rotates this user's keys already: take the user out of keyturn or delete that secret.`,
  );
}

export function recordUnreadable({ record, user }: Facts) {
  if (record.unreadable.length === 0) return;
  return blocked(
    'RecordUnreadable',
    `The tags ${record.unreadable.join(', ')} of user ${user.name} are not as keyturn wrote them: remove them after checking which key is in use.`,
  );
}

export function tooManyKeys({ keys, user }: Facts) {
  if (keys.length <= 2) return;
  return blocked(
    'TooManyKeys',
    `User ${user.name} has ${keys.length} keys (${keys.map((key) => key.id).join(', ')}): delete those that are not in use, so that two are left at most.`,
  );
}

export function secretPlannedForDeletion({ secret, user }: Facts) {
  if (secret.kind !== 'deleting') return;
  return blocked(
    'SecretPlannedForDeletion',
    `The KMS secret of user ${user.name} is planned for deletion on ${formatTime(secret.at)}: restore it, or take the user out of rotation.`,
  );
}

export function secretUnusable({ secret, user }: Facts) {
  if (secret.kind !== 'unusable') return;
  return blocked(
    'SecretUnusable',
    `The KMS secret of user ${user.name} cannot be used: ${secret.why}. Repair it, or take the user out of rotation.`,
  );
}
