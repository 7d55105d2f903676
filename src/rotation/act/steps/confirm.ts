import type { EmergencyEntry } from '../../../record/rotation';
import type { StepOf } from '../../decide/decision';
import type { UserWork } from '../user-work';
import { isNobodyDue, logInsteadOfNotice } from './notify';
import { markPrevious, unmarkStandby, versionsOf } from './promote';

/** Writes down that the new (or named) key is current, and what becomes of the one before it. */
export async function confirm(
  work: UserWork,
  { keyId: named, versionId, old, rolledBack }: StepOf<'confirm'>,
): Promise<string> {
  const keyId = named ?? work.newPair().keyId;
  const { clock, startedAt } = work.context;
  const versions = await versionsOf(work);
  await markPrevious(work, versionId ?? keyId, old, versions);
  const now = clock.now();
  const nobodyDue = isNobodyDue(work, keyId, old?.keyId);
  if (nobodyDue && !work.sending) logInsteadOfNotice(work, keyId);
  await work.record.write({
    user: work.user.name,
    current: { keyId, origin: rolledBack ? 'adopted' : 'issued', provenAt: now },
    hold: rolledBack && {},
    old,
    notice: { versionId: keyId, since: startedAt, takenBy: [], ...(nobodyDue && { deliveredAt: startedAt }) },
    standby: null,
    refused: null,
    emergency: work.isEmergency ? { kind: 'replaced', keyIds: [keyId], at: now } : containedStill(work),
    rollback: work.isEmergency ? null : undefined,
  });
  work.isUnrecorded = false;
  await unmarkStandby(work, keyId, versions);
  return keyId;
}

/** A key that leaked stays known as such while it exists: nothing may bring it back. */
function containedStill({ record, keyIds }: UserWork): EmergencyEntry | null {
  const { emergency } = record.entries;
  const left = emergency?.kind === 'contained' && emergency.keyIds.some((id) => keyIds.has(id));
  return left ? emergency : null;
}
