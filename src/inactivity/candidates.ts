import type { DateTime } from 'luxon';
import { skewAllowance } from '../base/time';
import type { KeySlot, ReportRow } from './credential-report';
import { retiredKey } from './decide/notes';
import type { Profile } from './observation';
import type { Cutoffs } from './time';

/**
 * Whether a user has to be looked at, going by the credential report. What the report tells is out of date by hours,
 * and activity only ever moves on: so it can show that somebody acted, and never that somebody did not. It says no
 * only where a close look could not end in a warning or more.
 */
export function mustLookAt(
  user: Profile,
  row: ReportRow | undefined,
  cutoffs: Cutoffs,
  now: DateTime,
): boolean {
  if (hasRecord(user, now) || user.lastLogin.kind === 'unreadable') return true;
  if (!row) return user.createdAt <= cutoffs.users || user.createdAt <= cutoffs.keys;
  const active = row.keys.filter((slot) => slot.active);
  if (active.some((slot) => lastOfKey(slot, user) <= cutoffs.keys.toMillis())) return true;
  if (active.length === 0 && !row.logonActive) return false;
  return lastOfUser(row, user) <= cutoffs.users.toMillis();
}

function hasRecord({ record, rotation, managed, ...user }: Profile, now: DateTime): boolean {
  const { warned, keys, user: disabled } = record;
  if (warned.size > 0 || keys.size > 0 || disabled || rotation.inactive) return true;
  const old = rotation.old ? [{ id: rotation.old.keyId }] : [];
  return retiredKey({ ...user, record, rotation, managed }, old, now) !== undefined;
}

/** Of a managed user only a use after the latest proof is certain to be somebody else's than keyturn's. */
function lastOfKey({ createdAt, lastUse }: KeySlot, { managed, rotation }: Profile): number {
  const use = lastUse.kind === 'at' ? lastUse.at.toMillis() : 0;
  if (!managed) return Math.max(use, createdAt?.toMillis() ?? 0);
  const proven = rotation.current?.provenAt.plus(proofAllowance).toMillis() ?? Number.POSITIVE_INFINITY;
  return use > proven ? use : 0;
}

function lastOfUser(row: ReportRow, user: Profile): number {
  const { record, lastLogin, createdAt } = user;
  return Math.max(
    createdAt.toMillis(),
    lastLogin.kind === 'at' ? lastLogin.at.toMillis() : 0,
    record.restoredAt?.toMillis() ?? 0,
    record.retired?.at?.toMillis() ?? 0,
    row.logonActive ? (row.passwordChangedAt?.toMillis() ?? 0) : 0,
    ...row.keys.map((slot) => (slot.active ? lastOfKey(slot, user) : lastUseOf(slot, user))),
  );
}

const lastUseOf = (slot: KeySlot, user: Profile): number =>
  lastOfKey({ ...slot, createdAt: undefined }, user);

const proofAllowance = skewAllowance.plus({ hours: 3 });
