import type { Duration } from 'luxon';
import type { InactivityConfig } from '../config/schema';
import { type Line, ok, warning } from './line';
import type { Place } from './place';

/** Alibaba Cloud disables idle keys and logons itself: who comes first? */
export async function idleRuleLines({ cloud, config: { inactivity } }: Place): Promise<Line[]> {
  const { maxIdleDaysForAccessKeys, maxIdleDaysForUsers } = await cloud.ims.getSecurityPreference();
  return [
    compared('keys', 'AccessKeys', maxIdleDaysForAccessKeys, inactivity),
    compared('users', 'console logons', maxIdleDaysForUsers, inactivity),
  ];
}

function compared(
  which: 'keys' | 'users',
  what: string,
  ramDays: number | undefined,
  inactivity: InactivityConfig,
): Line {
  const ours: Duration = inactivity[which].disableAfter;
  const setting = `inactivity.${which}.disableAfter`;
  if (ramDays === undefined) {
    return warning(
      'idle-rule',
      `RAM does not tell after how many idle days it disables ${what}, so it may come before ${setting} (${ours.toISO()}).`,
      'Look it up in the RAM console under Settings, Security Settings.',
    );
  }
  if (ramDays >= ours.as('days')) {
    return ok(
      'idle-rule',
      `keyturn comes before RAM's own idle rule for ${what}: ${ours.toISO()} against ${ramDays} days.`,
    );
  }
  return warning(
    'idle-rule',
    `RAM disables ${what} that are idle for ${ramDays} days by itself, without a notice, before ${setting} (${ours.toISO()}).`,
    `Set ${setting} to P${ramDays}D or less, or raise the limit in the RAM console under Settings, Security Settings.`,
  );
}
