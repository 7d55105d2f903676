import type { DateTime } from 'luxon';
import { isoSeconds } from '../base/time';
import type { AccessKey, LastUse } from '../cloud/access-key';
import type { RotationConfig } from '../config/schema';

import type { UsedBy } from '../report/used-by';
import { recoveryOverAt } from '../rotation/decide/checks/old-key';
import type { KeyRoles } from '../rotation/decide/key-roles';
import type { Observation } from '../rotation/observation';
import type { KeyStatus, LastUseStatus } from './account-status';

interface Facts extends Observation {
  readonly roles: KeyRoles;
  readonly config: RotationConfig;
  readonly now: DateTime;
  /** Of every key, whether or not the chain asks for it. */
  readonly uses: ReadonlyMap<string, LastUse>;
  readonly usedBy: ReadonlyMap<string, UsedBy>;
}

type Role = KeyStatus['role'];

const roles: readonly Role[] = ['current', 'standby', 'old', 'orphan', 'other'];

/** The keys in the order of their roles, whatever the order in which RAM lists them. */
export function keyStatusesOf(facts: Facts): KeyStatus[] {
  return facts.keys
    .map((key) => ({ key, role: roleOf(key, facts) }))
    .sort((a, b) => roles.indexOf(a.role) - roles.indexOf(b.role) || (a.key.id < b.key.id ? -1 : 1))
    .map(({ key, role }) => ({
      keyId: key.id,
      role,
      status: key.status,
      createdAt: isoSeconds(key.createdAt),
      ageDays: Math.max(0, Math.floor(facts.now.diff(key.createdAt, 'days').days)),
      lastUse: lastUseStatusOf(facts.uses.get(key.id)),
      ...usedByOf(key, facts),
      ...(role === 'current' && currentTimes(key, facts)),
      ...(role === 'old' && oldTimes(key, facts)),
    }));
}

/** Where the secret cannot tell which key is current, keyturn's own record does. */
function roleOf(key: AccessKey, { roles, record }: Facts): Role {
  if (key.id === (roles.current?.keyId ?? record.current?.keyId)) return 'current';
  if (key === roles.standby) return 'standby';
  if (key === roles.old) return 'old';
  return key === roles.orphan ? 'orphan' : 'other';
}

function usedByOf({ id }: AccessKey, { usedBy }: Facts): Pick<KeyStatus, 'usedBy'> {
  const seen = usedBy.get(id);
  return seen ? { usedBy: seen } : {};
}

function lastUseStatusOf(use: LastUse | undefined): LastUseStatus {
  if (!use) return { kind: 'unread', why: 'it was not asked for' };
  if (use.kind === 'unreadable') return { kind: 'unread', why: use.why };
  if (use.kind === 'never') return { kind: 'never' };
  return { kind: 'at', at: isoSeconds(use.at), ...(use.service && { service: use.service }) };
}

function currentTimes({ id }: AccessKey, { record }: Facts): Pick<KeyStatus, 'currentSince'> {
  return record.current?.keyId === id ? { currentSince: isoSeconds(record.current.provenAt) } : {};
}

type OldTimes = Pick<KeyStatus, 'replacedAt' | 'graceEndsAt' | 'disabledAt' | 'deletedFrom'>;

function oldTimes(key: AccessKey, facts: Facts): OldTimes {
  const replacedAt = replacedAtOf(facts);
  const disabledAt = disabledAtOf(key, facts);
  const graceEndsAt = graceEndsAtOf(facts);
  // An emergency disables without grace.
  const graceHolds = graceEndsAt && (!disabledAt || graceEndsAt <= disabledAt);
  const deletedFrom = disabledAt && recoveryOverAt(facts);
  return {
    ...(replacedAt && { replacedAt: isoSeconds(replacedAt) }),
    ...(graceHolds && { graceEndsAt: isoSeconds(graceEndsAt) }),
    ...(disabledAt && { disabledAt: isoSeconds(disabledAt) }),
    ...(deletedFrom && { deletedFrom: isoSeconds(deletedFrom) }),
  };
}

/** The entry of an old key keeps the time of its last change only; its successor became current as it was replaced. */
function replacedAtOf({ record, roles }: Facts): DateTime | undefined {
  if (record.old?.phase === 'replaced') return record.old.at;
  return record.current?.keyId === roles.current?.keyId ? record.current?.provenAt : undefined;
}

function graceEndsAtOf({ record, roles, config }: Facts): DateTime | undefined {
  const { notice } = record;
  return notice?.versionId === roles.current?.keyId ? notice?.deliveredAt?.plus(config.grace) : undefined;
}

/** As RAM tells it, else as keyturn wrote it down. */
function disabledAtOf({ id, status, updatedAt }: AccessKey, { record }: Facts): DateTime | undefined {
  const entry = record.old;
  if (status === 'Active') return undefined;
  if (updatedAt || entry?.keyId !== id) return updatedAt;
  return entry.phase === 'disabled' || entry.phase === 'inactive' ? entry.at : undefined;
}
