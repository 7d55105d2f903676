import type { DateTime } from 'luxon';
import { isoSeconds } from '../base/time';
import type { Exemption } from '../config/schema';

import type { ExemptionStatus } from './account-status';

export function exemptionStatusOf(exemption: Exemption, now: DateTime): ExemptionStatus {
  const { reason, endsAt } = exemption;
  return {
    who: whoOf(exemption),
    reason,
    ...(endsAt && { endsAt: isoSeconds(endsAt) }),
    over: endsAt !== undefined && endsAt <= now,
  };
}

function whoOf(exemption: Exemption): string {
  if ('user' in exemption) return `user ${exemption.user}`;
  if ('group' in exemption) return `group ${exemption.group}`;
  return `tag ${exemption.tag.key}=${exemption.tag.value}`;
}
