import { isoSeconds, reminderEvery } from '../../base/time';
import type { LastUse as ReadLastUse } from '../../cloud/access-key';
import { blocked, type Fact, type LastUse, rotated, stillUsed } from '../../notify/fact';
import { usedByOf } from '../../report/used-by';
import { secretName } from '../../users/secret-name';
import type { UserIdentity } from '../../users/user';
import type { RotationContext } from '../context';
import type { Decision } from '../decide/decision';
import type { Observation } from '../observation';

interface Rotated {
  readonly keyId: string;
  readonly versionId: string;
  readonly oldKeyId: string | undefined;
  readonly emergency: boolean;
  readonly rolledBack: boolean;
  /** The old key of a user on hold stays. */
  readonly held: boolean;
}

export function rotatedFact(
  { config, startedAt, reason }: RotationContext,
  user: UserIdentity,
  { keyId, versionId, oldKeyId, emergency, rolledBack, held }: Rotated,
): Fact {
  return rotated(startedAt, {
    account: user.account,
    user: user.name,
    secretName: secretName(config, user.account, user.name),
    versionId,
    keyId,
    ...(oldKeyId && { oldKeyId }),
    ...(oldKeyId && !emergency && !held && { oldKeyDisabledFrom: isoSeconds(startedAt.plus(config.grace)) }),
    ...(emergency && { emergency: true as const }),
    ...(rolledBack && { rolledBack: true as const }),
    ...(reason && { reason }),
  });
}

/** The reminder that a decision asks for, or nothing where one went out within the last day. */
export function reminder(
  context: RotationContext,
  observation: Observation,
  decision: Decision,
): Fact | undefined {
  const { tell } = decision;
  const { record, user, keys, lastUse } = observation;
  if (!tell) return undefined;
  if (record.told?.what === tell && record.told.at.plus(reminderEvery) > context.startedAt) return undefined;
  if (tell === 'blocked') {
    return blocked(context.startedAt, {
      account: user.account,
      user: user.name,
      reason: decision.reason,
      message: decision.message,
      keyIds: keys.map((key) => key.id),
    });
  }
  const { old, current } = record;
  if (!old || !current) return undefined;
  return stillUsed(context.startedAt, {
    account: user.account,
    user: user.name,
    secretName: secretName(context.config, user.account, user.name),
    keyId: old.keyId,
    currentKeyId: current.keyId,
    lastUsed: lastUsedOf(lastUse.get(old.keyId)),
    askAgainAt: isoSeconds(context.startedAt.plus({ days: 1 })),
  });
}

/** Adds where the old key was seen, so that a person finds the forgotten program. */
export async function withTraces({ cloud, log }: RotationContext, fact: Fact): Promise<Fact> {
  if (fact.type !== 'keyturn.accesskey.stillused') return fact;
  try {
    const traces = await cloud.actionTrail.traces(fact.data.keyId);
    for (const why of Object.values(traces?.incomplete ?? {}))
      log.warn({ user: fact.subject, why }, 'where the old key was used could be read in part only');
    return traces ? { ...fact, data: { ...fact.data, usedBy: usedByOf(traces) } } : fact;
  } catch (error) {
    log.warn({ user: fact.subject, error }, 'where the old key was used could not be read');
    return fact;
  }
}

export function lastUsedOf(use: ReadLastUse | undefined): LastUse {
  if (use?.kind !== 'at') return {};
  return { at: isoSeconds(use.at), ...(use.service && { service: use.service }) };
}
