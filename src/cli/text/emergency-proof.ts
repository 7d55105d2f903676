import type { Action, RunReport, UserReport } from '../../report/run-report';
import type { Reason } from '../../rotation/decide/reasons';
import { nameOf } from '../../rotation/emergency/locate';

const deadBefore: readonly string[] = ['AlreadyReplaced', 'AlreadyDisabled'] satisfies Reason[];
const deadNow: readonly string[] = ['EmergencyReplaced', 'EmergencyContained'] satisfies Reason[];

/**
 * The users of an emergency of whom the report does not prove that the leaked key is dead. A key that the
 * operator named must itself have been disabled. Where the event named a key alone, the report tells whose it is.
 */
export function unproven(report: RunReport, users: readonly string[], keyId?: string): string[] {
  const asked = users.length > 0 ? users.map(nameOf) : report.users.map(({ user }) => user);
  if (asked.length === 0) return [keyId ?? 'nobody'];
  return asked.filter((name) => {
    const user = report.users.find((each) => each.user === name);
    return !user || !isDead(user, keyId);
  });
}

function isDead({ reason, actions, error }: UserReport, keyId: string | undefined): boolean {
  if (error) return false;
  if (deadBefore.includes(reason)) return true;
  if (!deadNow.includes(reason)) return false;
  if (actions.some(({ action, outcome }) => action === 'DisableAccessKey' && outcome !== 'done'))
    return false;
  const keysOf = (wanted: Action) => actions.flatMap((each) => (each.action === wanted ? each.keyId : []));
  // A spare key that made room was disabled too, but it is deleted after that; a leaked one stays for recovery.
  const spares = keysOf('DeleteAccessKey');
  const killed = keysOf('DisableAccessKey').filter((id) => !spares.includes(id));
  return keyId === undefined ? killed.length > 0 : killed.includes(keyId);
}
