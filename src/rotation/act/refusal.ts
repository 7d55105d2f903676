import { CloudError } from '../../cloud/error';
import type { UserWork } from './user-work';

/**
 * Writes down that a rotation failed before its key was stored, so that others come first, and no key after the other
 * is issued in vain. That this cannot be written is logged: it only saves a repetition. An emergency does not wait for it.
 */
export async function noteRefusal(work: UserWork, error: unknown): Promise<void> {
  if (!(error instanceof CloudError) || work.isEmergency) return;
  const { clock, log } = work.context;
  const { refused } = work.record.entries;
  if (refused && !work.issued) return;
  const keys = (refused?.keys ?? 0) + (work.issued ? 1 : 0);
  try {
    await work.record.write({ refused: { keys, at: clock.now(), code: error.code } });
  } catch (cause) {
    log.warn(
      { user: work.user.name, error: cause },
      'that the rotation was refused could not be written down',
    );
  }
}
