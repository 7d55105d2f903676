import type { Decision } from '../rotation/decide/decision';
import type { KeyRoles } from '../rotation/decide/key-roles';
import { reasons, type State } from '../rotation/decide/reasons';

/** Where the user stands, by what the chain says of it, or else by its keys. */
export function stateOf({ reason }: Decision, { old }: KeyRoles): State {
  const { state } = reasons[reason];
  if (state) return state;
  if (!old) return 'current';
  return old.status === 'Active' ? 'waiting' : 'recovery';
}
