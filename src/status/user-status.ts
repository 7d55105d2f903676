import type { DateTime } from 'luxon';
import { isoSeconds } from '../base/time';
import type { LastUse } from '../cloud/access-key';
import type { Exemption, RotationConfig } from '../config/schema';
import type { HoldEntry } from '../record/rotation';

import type { UsedBy } from '../report/used-by';
import { failureOf } from '../report/user-report';
import type { Decision } from '../rotation/decide/decision';
import { keyRolesOf } from '../rotation/decide/key-roles';
import type { Observation } from '../rotation/observation';
import { secretName } from '../users/secret-name';
import type { UserIdentity } from '../users/user';
import type { UserStatus } from './account-status';
import { exemptionStatusOf } from './exemption-status';
import { keyStatusesOf } from './key-status';
import { nextOf } from './next';
import { stateOf } from './state';

export interface About {
  readonly config: RotationConfig;
  readonly now: DateTime;
  readonly exemption?: Exemption;
}

/**
 * What is to be told of a user who was observed and decided about. Pure.
 * @param uses of every key, those that the chain does not ask for too
 * @param usedBy of those keys of which a person wants to know who still uses them
 */
export function userStatusOf(
  observation: Observation,
  decision: Decision,
  uses: ReadonlyMap<string, LastUse>,
  { config, now, exemption }: About,
  usedBy: ReadonlyMap<string, UsedBy> = new Map(),
): UserStatus {
  const { user, record, secret, kmsManaged } = observation;
  const roles = keyRolesOf(observation);
  const { next, nextAt } = nextOf(decision);
  return {
    user: user.name,
    state: stateOf(decision, roles),
    reason: decision.reason,
    message: decision.message,
    ...(next && { next }),
    ...(nextAt && { nextAt: isoSeconds(nextAt) }),
    keys: keyStatusesOf({ ...observation, roles, config, now, uses, usedBy }),
    secret: { name: secretName(config, user.account, user.name), state: kmsManaged ? 'unread' : secret.kind },
    ...(record.hold && holds(record.hold, now) && { hold: holdStatusOf(record.hold) }),
    ...(exemption && { exemption: exemptionStatusOf(exemption, now) }),
    ...(decision.failure && { error: decision.failure }),
  };
}

const holds = ({ until }: HoldEntry, now: DateTime): boolean => !until || now < until;

const holdStatusOf = ({ until }: HoldEntry) => (until ? { until: isoSeconds(until) } : {});

/** A user with whom something was thrown: only this user is unknown. */
export function failedStatusOf(
  { account, name: user }: Pick<UserIdentity, 'account' | 'name'>,
  error: unknown,
  { config, now, exemption }: About,
): UserStatus {
  const { code, message } = failureOf(error);
  return {
    user,
    state: 'failed',
    reason: 'Failed',
    message: `User ${user} could not be read: ${message}`,
    keys: [],
    secret: { name: secretName(config, account, user), state: 'unread' },
    ...(exemption && { exemption: exemptionStatusOf(exemption, now) }),
    error: { code, message },
  };
}
