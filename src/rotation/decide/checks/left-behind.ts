import { DateTime } from 'luxon';
import { formatTime, skewAllowance } from '../../../base/time';
import type { UserRecord } from '../../../record/rotation';
import { proofPatience, proofRuns } from '../../time';
import type { Decision, Step } from '../decision';
import { type Facts, marksLeft, replacedEntry, wait } from '../facts';
import type { Current } from '../key-roles';

/** A run was stopped between making this key current and writing so. */
export function currentUnconfirmed(facts: Facts): Decision | undefined {
  const { roles, record, user, now } = facts;
  const { current, standby, orphan, old } = roles;
  if (current?.known !== 'unconfirmed' || standby || orphan) return;
  const alive = current.key?.status === 'Active';
  if (current.first && (!alive || failedForGood(current.keyId, record, now))) {
    return withdrawFirst(facts, current);
  }
  const replaced = replacedEntry(facts, old);
  return {
    reason: 'CurrentUnconfirmed',
    message: `The current key ${current.keyId} of user ${user.name} was issued by a run that was stopped; the rest is done now.`,
    steps: [
      ...(alive ? [{ do: 'prove', keyId: current.keyId } as const] : []),
      ...(alive && replaced
        ? [{ do: 'copyNetworkPolicy', keyId: current.keyId, from: replaced.keyId } as const]
        : []),
      { do: 'confirm', keyId: current.keyId, ...(replaced && { old: replaced }) },
      ...(alive ? [{ do: 'notify' } as const] : []),
    ],
    again: true,
  };
}

/**
 * The very first pair is ACSCurrent from its first moment. Where it never proves, it goes, since no consumer
 * can have used it, and is written down: what comes next is a current key that is gone.
 */
function withdrawFirst(facts: Facts, { keyId, key }: Current): Decision {
  const { user, roles, now } = facts;
  const old = replacedEntry(facts, roles.old);
  return {
    reason: 'StandbyWithdrawn',
    message: `The first key ${keyId} of user ${user.name} was never proven to sign: a new one is issued.`,
    steps: [
      ...(key ? withdraw(keyId) : []),
      {
        do: 'remember',
        entries: {
          current: { keyId, origin: 'issued', provenAt: now },
          ...(old && { old }),
          standby: null,
        },
      },
    ],
    begins: 'first',
    again: true,
  };
}

const withdraw = (keyId: string): Step[] => [
  { do: 'disable', keyId, because: 'withdrawn' },
  { do: 'delete', keyId, because: 'withdrawn' },
];

export function failedForGood(keyId: string, { standby }: UserRecord, now: DateTime): boolean {
  return (
    standby?.keyId === keyId &&
    standby.failures >= proofRuns &&
    standby.failingSince.plus(proofPatience) <= now
  );
}

export function orphanLeft(facts: Facts): Decision | undefined {
  const { roles, user } = facts;
  const { orphan } = roles;
  if (!orphan) return;
  const until = runsUntil(facts);
  if (until) {
    return wait(
      'AnotherRunAtWork',
      `Key ${orphan.id} of user ${user.name} was issued by a run that may still be storing it; it is looked at again after ${formatTime(until)}.`,
      until,
    );
  }
  return {
    reason: 'Orphan',
    message: `Key ${orphan.id} of user ${user.name} was issued by a run that was stopped before its secret was stored: it is removed, and a new one is issued.`,
    steps: withdraw(orphan.id),
    again: true,
  };
}

/** Until when a run of the past may still be storing a key; undefined where that time is over. */
function runsUntil({ record, now }: Facts): DateTime | undefined {
  const ends = record.claims.flatMap(({ intent }) => (intent ? [intent.until.plus(skewAllowance)] : []));
  return DateTime.max(...ends.filter((end) => now < end));
}

export function standbyLeft(facts: Facts): Decision | undefined {
  const { roles, record, user, now } = facts;
  const { standby, current } = roles;
  if (!standby || !current) return;
  const failed = failedForGood(standby.id, record, now);
  if (standby.status === 'Active' && !failed) {
    const last = current.key ?? roles.old;
    const old = replacedEntry(facts, last);
    return {
      reason: 'StandbyStored',
      message: `The standby key ${standby.id} of user ${user.name} is stored; it is proven and promoted.`,
      steps: [
        { do: 'prove', keyId: standby.id },
        ...(last ? [{ do: 'copyNetworkPolicy', keyId: standby.id, from: last.id } as const] : []),
        { do: 'promote', keyId: standby.id, from: current.versionId },
        { do: 'confirm', keyId: standby.id, ...(old && { old }) },
        { do: 'notify' },
      ],
    };
  }
  const why = failed ? 'never came to sign' : 'was disabled';
  return {
    reason: 'StandbyWithdrawn',
    message: `The standby key ${standby.id} of user ${user.name} ${why}: it is withdrawn and a new one is issued.`,
    steps: [...withdraw(standby.id), { do: 'remember', entries: { standby: null } }],
    again: true,
  };
}

export function claimLeft(facts: Facts): Decision | undefined {
  const steps = marksLeft(facts);
  if (steps.length === 0) return;
  return {
    reason: 'RecordBehind',
    message: `A stopped run left its mark on user ${facts.user.name}; it is cleared.`,
    steps,
  };
}
