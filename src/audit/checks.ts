import type { Check } from './check';
import { couldBeRoles } from './checks/could-be-roles';
import { idleRule } from './checks/idle-rule';
import { leftoverKeys, oldKeys, severalKeys, unusedKeys } from './checks/keys';
import { consoleMfa, logonAndKeys, unusedLogons } from './checks/logons';
import { mainAccountKeys, mainAccountMfa } from './checks/main-account';
import { networkPolicies } from './checks/network-policies';
import { passwordChecks } from './checks/password-policy';
import { administratorAccess, directPolicies, wildcardPolicies } from './checks/policies';

/** The practices, in the order in which they are told. */
export const checks: readonly Check[] = [
  mainAccountKeys,
  mainAccountMfa,
  consoleMfa,
  unusedLogons,
  logonAndKeys,
  ...passwordChecks,
  oldKeys,
  unusedKeys,
  severalKeys,
  leftoverKeys,
  networkPolicies,
  couldBeRoles,
  administratorAccess,
  wildcardPolicies,
  directPolicies,
  idleRule,
];
