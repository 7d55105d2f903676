import { DateTime } from 'luxon';
import { formatTime, skewAllowance } from '../../../base/time';
import type { AccessKey, LastUse } from '../../../cloud/access-key';
import { lastUseLag } from '../../../cloud/last-use';
import type { OldEntry } from '../../../record/rotation';
import { isTakenOver } from '../../observation';
import type { Decision, Step } from '../decision';
import { blocked, type Facts, isLeaked, waitAndTidy } from '../facts';

export function noticeUndelivered({ roles, record, user }: Facts): Decision | undefined {
  const { current, old } = roles;
  if (current?.key?.status !== 'Active' || (!current.issued && !old)) return;
  if (record.notice?.versionId === current.keyId && record.notice.deliveredAt) return;
  return {
    reason: 'NoticeUndelivered',
    message: `The notice that user ${user.name} has the new key ${current.keyId} is not delivered on every channel yet; nothing is taken away before it is.`,
    steps: [{ do: 'notify' }],
    again: true,
  };
}

/** The old key left RAM: by our own delete, or by somebody's. */
export function oldKeyGone({ record, roles, user }: Facts): Decision | undefined {
  if (!record.old || roles.old) return;
  return {
    reason: 'RecordBehind',
    message: `The old key ${record.old.keyId} of user ${user.name} is gone; the rotation is complete.`,
    steps: [{ do: 'remember', entries: { old: null } }],
    again: true,
  };
}

/** Brings the entry of the old key up to what RAM shows: a stopped run, or somebody, changed its status. */
export function oldKeyRecord(facts: Facts): Decision | undefined {
  const { record, roles, user, now } = facts;
  const { old } = roles;
  const entry = record.old;
  if (!old || !entry) return;
  const changedAt = old.updatedAt && old.updatedAt > entry.at ? old.updatedAt : undefined;
  const phase = phaseOf(entry, old);
  if (phase === entry.phase) return;
  if (phase === 'enabled' && isLeaked(facts, old.id)) {
    return {
      reason: 'LeakedKeyEnabled',
      message: `Somebody enabled the leaked key ${old.id} of user ${user.name} again: it is disabled.`,
      steps: [
        { do: 'disable', keyId: old.id, because: 'leaked' },
        { do: 'verify', keyIds: [old.id] },
        { do: 'remember', entries: { old: { keyId: old.id, phase: 'disabled', at: now } } },
      ],
      again: true,
    };
  }
  return {
    reason: phase === 'enabled' ? 'OldKeyEnabled' : 'RecordBehind',
    message:
      phase === 'enabled'
        ? `Somebody enabled the old key ${old.id} of user ${user.name} again: it must be quiet anew before it is disabled.`
        : `The old key ${old.id} of user ${user.name} is ${old.status}; this is written down.`,
    steps: [{ do: 'remember', entries: { old: { keyId: old.id, phase, at: changedAt ?? now } } }],
    again: true,
  };
}

type Phase = OldEntry['phase'];

function phaseOf({ phase, at }: OldEntry, { status, updatedAt }: AccessKey): Phase {
  if (status === 'Inactive') {
    if (phase === 'disabled') return 'disabled';
    // keyturn disables at once after it said so: much later, somebody else did.
    const own = phase === 'disabling' && (!updatedAt || updatedAt <= at.plus(skewAllowance));
    return own ? 'disabled' : 'inactive';
  }
  const changed = updatedAt !== undefined && updatedAt > at;
  const wasDisabled = phase === 'disabled' || phase === 'inactive' || (phase === 'disabling' && changed);
  return wasDisabled ? 'enabled' : phase;
}

export function oldKeyInGrace(facts: Facts) {
  const { record, roles, config, user, now } = facts;
  const deliveredAt = record.notice?.deliveredAt;
  if (roles.old?.status !== 'Active' || !deliveredAt) return;
  const over = deliveredAt.plus(config.grace);
  if (now >= over) return;
  return waitAndTidy(
    facts,
    'InGrace',
    `The old key ${roles.old.id} of user ${user.name} stays enabled until ${formatTime(over)} at least.`,
    over,
  );
}

export function newKeyNotAdopted(facts: Facts): Decision | undefined {
  const { roles, record, lastUse, user } = facts;
  const { old, current } = roles;
  if (old?.status !== 'Active' || !current || !record.current || !mustBeAdopted(facts, old.id)) return;
  if (isAdopted(lastUse.get(current.keyId), record.current.provenAt)) return;
  return {
    ...waitAndTidy(
      facts,
      'NotAdopted',
      `The new key ${current.keyId} of user ${user.name} was not used yet, so the old key ${old.id} stays enabled.`,
    ),
    tell: 'stillused',
  };
}

/** A key that keyturn took over stays until somebody uses the new one, unless nobody ever used it itself. */
function mustBeAdopted({ config, secret, lastUse }: Facts, oldKeyId: string): boolean {
  if (config.requireAdoption) return true;
  return (
    config.takeover.requireAdoption &&
    isTakenOver(secret, oldKeyId) &&
    lastUse.get(oldKeyId)?.kind !== 'never'
  );
}

/** keyturn's own proof is a use by STS: neither it nor anything before it shows that a consumer switched. */
function isAdopted(use: LastUse | undefined, provenAt: DateTime): boolean {
  if (use?.kind !== 'at' || use.at <= provenAt) return false;
  const byConsumer = use.service !== undefined && use.service.toLowerCase() !== 'sts';
  return byConsumer || use.at > provenAt.plus(lastUseLag);
}

export function oldKeyInUse(facts: Facts): Decision | undefined {
  const { roles, config, lastUse, user, now } = facts;
  const { old } = roles;
  if (old?.status !== 'Active') return;
  const quietAt = quietSince(facts, lastUse.get(old.id));
  if (quietAt !== undefined && quietAt <= now) return;
  if (config.stillUsed === 'disable') {
    return {
      reason: 'OldKeyStillUsed',
      message: `The old key ${old.id} of user ${user.name} is disabled after its grace although ${useOf(lastUse.get(old.id))}, as the configuration says.`,
      steps: disableOld(old.id, now),
      nextCheckAt: now.plus(config.recovery),
    };
  }
  return {
    ...waitAndTidy(
      facts,
      quietAt ? 'OldKeyInUse' : 'OldKeyUseUnknown',
      `The old key ${old.id} of user ${user.name} stays enabled: ${useOf(lastUse.get(old.id))}.`,
      quietAt,
    ),
    tell: 'stillused',
  };
}

/** The moment from which the old key counts as quiet; undefined where its last use is unknown. */
function quietSince({ roles, record, config }: Facts, use: LastUse | undefined): DateTime | undefined {
  const { old } = roles;
  if (!old || use === undefined || use.kind === 'unreadable') return undefined;
  const enabledAt = record.old?.phase === 'enabled' ? record.old.at : undefined;
  const last = use.kind === 'at' ? use.at : old.createdAt;
  return DateTime.max(last, enabledAt ?? last)
    .plus(config.quiet)
    .plus(lastUseLag);
}

export function useOf(use: LastUse | undefined): string {
  if (use?.kind === 'never') return 'it was never used, but not for long enough yet';
  if (use?.kind === 'at') {
    return `it was last used on ${formatTime(use.at)}${use.service ? ` by ${use.service}` : ''}`;
  }
  return `its last use cannot be read${use ? ` (${use.why})` : ''}, which counts as in use`;
}

const disableOld = (keyId: string, now: DateTime): Step[] => [
  { do: 'remember', entries: { old: { keyId, phase: 'disabling', at: now } } },
  { do: 'disable', keyId, because: 'old' },
  { do: 'remember', entries: { old: { keyId, phase: 'disabled', at: now } } },
];

export function oldKeyQuiet({ roles, config, user, now }: Facts): Decision | undefined {
  const { old } = roles;
  if (old?.status !== 'Active') return;
  return {
    reason: 'OldKeyQuiet',
    message: `The old key ${old.id} of user ${user.name} is past its grace and quiet: it is disabled.`,
    steps: disableOld(old.id, now),
    nextCheckAt: now.plus(config.recovery),
  };
}

export function oldKeyInRecovery(facts: Facts): Decision | undefined {
  const { roles, user, now } = facts;
  const { old, current } = roles;
  const over = recoveryOverAt(facts);
  if (!old || !over || now >= over) return;
  if (current?.key?.status === 'Active') {
    return waitAndTidy(
      facts,
      'InRecovery',
      `The old key ${old.id} of user ${user.name} is disabled and is deleted on ${formatTime(over)}; ${isLeaked(facts, old.id) ? 'it leaked, so nothing may enable it again' : 'until then it can be enabled again'}.`,
      over,
    );
  }
  return {
    ...blocked(
      'NoRoomForSuccessor',
      `The current key of user ${user.name} is dead, and the old key ${old.id} takes a successor's place until it is deleted on ${formatTime(over)}: delete it now if it is not needed${current && isLeaked(facts, current.keyId) ? '' : ', or enable the current one'}.`,
    ),
    nextCheckAt: over,
  };
}

/** Recovery counts from the latest of what RAM tells and what was written down: both may lag, neither leads. */
export function recoveryOverAt({
  roles,
  record,
  config,
}: Pick<Facts, 'roles' | 'record' | 'config'>): DateTime | undefined {
  const { old } = roles;
  if (old?.status !== 'Inactive' || !record.old) return undefined;
  const told = old.updatedAt;
  const since = told && told > record.old.at ? told : record.old.at;
  return since.plus(config.recovery);
}

export function recoveryOver(facts: Facts): Decision | undefined {
  const { roles, user, now } = facts;
  const { old } = roles;
  const over = recoveryOverAt(facts);
  if (!old || !over || now < over) return;
  return {
    reason: 'RecoveryOver',
    message: `The old key ${old.id} of user ${user.name} was disabled for the whole recovery time: it is deleted.`,
    steps: [
      { do: 'delete', keyId: old.id, because: 'old' },
      { do: 'remember', entries: { old: null } },
    ],
    again: true,
  };
}
