import { DAY } from '../time';

/** RAM documentation, "Limits"; IMS GetAccountSummary tells those of an account. */
export const KEYS_PER_USER = 2;
export const TAGS_PER_USER = 20;
/** Users and keys stay in the recycle bin for so long. */
export const BIN_RETENTION = 30 * DAY;
