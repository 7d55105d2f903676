import type { DateTime } from 'luxon';
import { contained, type Fact } from '../../../notify/fact';
import type { NoticeEntry } from '../../../record/rotation';
import type { Step } from '../../decide/decision';
import { rotatedFact } from '../notices';
import type { UserWork } from '../user-work';

/** Not every channel has taken the notice of a rotation. Nothing is wrong with the user's keys. */
export class UndeliveredError extends Error {
  override readonly name = 'UndeliveredError';
  readonly since: DateTime;

  constructor(since: DateTime) {
    super('The notice of the rotation was not taken by every channel that is due.');
    this.since = since;
  }
}

/** Tells the channels that have not taken it yet of the current key. @throws UndeliveredError */
export async function notify(work: UserWork): Promise<string> {
  const { current, notice: known } = work.record.entries;
  const keyId = current?.keyId ?? '';
  const notice = known?.versionId === keyId ? known : unsent(work, keyId);
  if (notice.deliveredAt) return keyId;
  const sent = await (work.sending ?? send(work, notice));
  await work.record.write({ notice: sent });
  if (!sent.deliveredAt) throw new UndeliveredError(sent.since);
  return keyId;
}

/** The consumers hear of it while the leaked key dies, not before and not after. */
export function tellBesideDisabling(work: UserWork, steps: readonly Step[]): void {
  const confirms = steps.find((step) => step.do === 'confirm');
  const keyId = confirms?.keyId ?? work.issued?.keyId;
  if (confirms && keyId) {
    work.sending = send(work, unsent(work, keyId));
    work.sending.catch(() => undefined);
    return;
  }
  const { user, secretName } = work;
  const { startedAt, reason } = work.context;
  work.tell(
    contained(startedAt, {
      account: user.account,
      user: user.name,
      keyIds: steps.flatMap((step) =>
        step.do === 'disable' && step.because === 'leaked' ? [step.keyId] : [],
      ),
      secretName,
      ...(reason && { reason }),
    }),
  );
}

/** Whether no channel is due, so that the log line and the report are the notice. */
export function isNobodyDue(work: UserWork, keyId: string, oldKeyId: string | undefined): boolean {
  return work.context.notifier.due(newKeyFact(work, keyId, oldKeyId)).length === 0;
}

/** Comes before the record says that the notice is delivered: a run may be stopped between the two. */
export function logInsteadOfNotice({ context, user }: UserWork, keyId: string): void {
  context.log.info({ user: user.name, keyId }, 'no channel is due: this line and the report are the notice');
}

const unsent = ({ context }: UserWork, versionId: string): NoticeEntry => ({
  versionId,
  since: context.startedAt,
  takenBy: [],
});

async function send(work: UserWork, notice: NoticeEntry): Promise<NoticeEntry> {
  const { notifier, newKeyNotices, startedAt, log } = work.context;
  const fact = newKeyFact(work, notice.versionId, work.record.entries.old?.keyId);
  const due = notifier.due(fact).map((channel) => channel.id);
  if (due.length === 0) logInsteadOfNotice(work, notice.versionId);
  const missing = due.filter((id) => !notice.takenBy.includes(id));
  // What a person waits for, and what somebody has to hurry for, goes out at once.
  const gathers = due.length > 0 && !work.isEmergency && !work.isRollback;
  const delivery =
    (gathers && newKeyNotices?.deliveryOf(fact, missing, notice.since)) ||
    (await notifier.tell(fact, log, missing));
  const takenBy = [...notice.takenBy, ...delivery.taken];
  const complete = due.every((id) => takenBy.includes(id));
  return { ...notice, takenBy, ...(complete && { deliveredAt: startedAt }) };
}

function newKeyFact(work: UserWork, keyId: string, oldKeyId: string | undefined): Fact {
  const { hold, current } = work.record.entries;
  // Of adopted keys only one that is current again is told of.
  const rolledBack = current?.keyId === keyId && current.origin === 'adopted';
  return rotatedFact(work.context, work.user, {
    keyId,
    versionId: rolledBack ? versionOf(work, keyId) : keyId,
    oldKeyId,
    emergency: work.isEmergency,
    rolledBack,
    held: hold !== undefined,
  });
}

/** A person may have named the version of a key that keyturn took over. */
function versionOf({ observation: { secret } }: UserWork, keyId: string): string {
  if (secret.kind !== 'present' || secret.versionIds.includes(keyId)) return keyId;
  return secret.currentKeyId === keyId ? secret.currentVersionId : (secret.previousVersionId ?? keyId);
}
