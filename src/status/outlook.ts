import type { DateTime } from 'luxon';
import type { Exemption, RotationConfig } from '../config/schema';
import { isUnfinished } from '../record/rotation';
import { decide, nothingDue } from '../rotation/decide/chain';
import type { Decision } from '../rotation/decide/decision';
import { decideEmergency } from '../rotation/emergency/decide';
import { exempt } from '../rotation/exempt-report';
import type { Observation } from '../rotation/observation';

/** What the next run of rotate-keys would decide about this user, asked in the function's own order. Pure. */
export function outlook(
  observation: Observation,
  exemption: Exemption | undefined,
  config: RotationConfig,
  now: DateTime,
): Decision {
  const { emergency } = observation.record;
  if (isUnfinished(emergency)) {
    const decision = decideEmergency(observation, { kind: 'resume', intent: emergency }, now);
    return { ...decision, message: `An emergency is not finished. ${decision.message}` };
  }
  if (exemption && !observation.record.rollback) {
    const { endsAt } = exemption;
    const { message } = exempt(observation, exemption);
    return { reason: 'Exempt', message, steps: [], ...(endsAt && { nextCheckAt: endsAt }) };
  }
  const decision = decide(observation, config, now);
  // A run looks at the secret only where something may be due, but what will block it is worth knowing before.
  if (decision.tell === 'blocked') return decision;
  return nothingDue(observation, config, now) ?? decision;
}
