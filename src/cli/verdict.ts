import type { RunReport, UserReport } from '../report/run-report';
import type { Reason } from '../rotation/decision';

const deadBefore: readonly string[] = ['AlreadyReplaced', 'AlreadyDisabled'] satisfies Reason[];
const deadNow: readonly string[] = ['EmergencyReplaced', 'EmergencyContained'] satisfies Reason[];

/**
 * The users of an emergency of whom the report does not prove that the leaked key is dead. A key that the
 * operator named must itself have been disabled.
 */
export function unproven(report: RunReport, users: readonly string[], keyId?: string): string[] {
  return users.filter((name) => {
    const user = report.users.find((each) => each.user === name);
    return !user || !isDead(user, keyId);
  });
}

function isDead({ reason, actions, error }: UserReport, keyId: string | undefined): boolean {
  if (error) return false;
  if (deadBefore.includes(reason)) return true;
  if (!deadNow.includes(reason)) return false;
  const disablings = actions.filter(({ action }) => action === 'DisableAccessKey');
  if (disablings.some(({ outcome }) => outcome !== 'done')) return false;
  return keyId === undefined ? disablings.length > 0 : disablings.some((each) => each.keyId === keyId);
}
