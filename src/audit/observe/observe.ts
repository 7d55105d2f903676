import type { DateTime } from 'luxon';
import type { Progress } from '../../base/progress';
import type { Cloud } from '../../cloud/cloud';
import type { Config } from '../../config/schema';
import type { AccountFacts } from '../facts';
import { reading } from '../reading';
import { observeSettings } from './account';
import { observeExemptions } from './exemptions';
import { observePolicies } from './policies';
import { observeUsers } from './users';

/** Reads one account from all sources. Whatever cannot be read is told as unread. */
export async function observe(
  cloud: Cloud,
  { exempt, inactivity }: Config,
  now: DateTime,
  progress?: Progress,
): Promise<AccountFacts> {
  const look = {
    exemptions: observeExemptions(cloud, exempt, now),
    idleBefore: now.minus(inactivity.keys.disableAfter),
    progress,
  };
  const [settings, users, policies] = await Promise.all([
    observeSettings(cloud),
    reading(observeUsers(cloud, look)),
    reading(observePolicies(cloud)),
  ]);
  return { ...settings, users, policies };
}
