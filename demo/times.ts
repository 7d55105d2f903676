import { DAY, HOUR } from '../packages/local-alibaba-cloud/index';

/** What the demo configures, as durations of the configuration and as milliseconds. */
export const ROTATION = { maxAge: 'P30D', grace: 'P2D', quiet: 'PT24H', recovery: 'P7D' };
export const MAX_AGE = 30 * DAY;
export const GRACE = 2 * DAY;
export const QUIET = DAY;
export const RECOVERY = 7 * DAY;
/** What the demo configures for disable-inactive, and its threshold in milliseconds. */
export const INACTIVITY = { keys: { disableAfter: 'P90D' }, users: { disableAfter: 'P90D' }, warn: 'P7D' };
export const DISABLE_AFTER = 90 * DAY;
/** By how much the last use that is told may be behind, as keyturn has to assume. */
export const LAST_USE_LAG = 3 * HOUR;
