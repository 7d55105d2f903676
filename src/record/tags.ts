/** Every tag that keyturn writes on a RAM user, beside the claims of the runs that are at work on it. */
export const tagKeys = {
  // rotation
  current: 'keyturn:current',
  old: 'keyturn:old',
  standby: 'keyturn:standby',
  refused: 'keyturn:refused',
  notice: 'keyturn:notice',
  told: 'keyturn:told',
  emergency: 'keyturn:emergency',
  leaked: 'keyturn:leaked',
  hold: 'keyturn:hold',
  rollback: 'keyturn:rollback',
  inactive: 'keyturn:inactive',
  /** The user's own name, by which an emergency finds the user and its tags in one call. */
  user: 'keyturn:user',
  // inactivity
  warned: 'keyturn:warned',
  disabledKeys: 'keyturn:disabled-keys',
  disabledUser: 'keyturn:disabled-user',
  retiredUse: 'keyturn:retired-use',
  restored: 'keyturn:restored',
  // leaks
  leak: 'keyturn:leak',
  // the last user that a run looked at before its time was over
  looked: 'keyturn:looked',
  lookedInactive: 'keyturn:looked-inactive',
} as const;

export const claimPrefix = 'keyturn:run:';

export const claimTagKey = (runId: string): string => `${claimPrefix}${runId}`;

/** The tags of a user by their keys, as RAM has them. */
export type Tags = ReadonlyMap<string, string>;

/** A user may carry so many tags (RAM documentation, Limits). */
const mostTags = 20;

const { user, current, old, notice, emergency, leaked, hold, rollback } = tagKeys;
const ofRotation = [claimTagKey(''), user, current, old, notice];
const ofEmergency = [...ofRotation, emergency, leaked];

/** The tags that a piece of work must be able to write. */
const writtenBy = {
  rotation: ofRotation,
  emergency: ofEmergency,
  // While a user is rolled back, an emergency may come.
  rollback: [...ofEmergency, hold, rollback],
} as const;

type Work = keyof typeof writtenBy;

/** Whether a user who carries tags of these keys may be given these as well. */
export const fits = (tagged: Iterable<string>, keys: Iterable<string>): boolean => excess(tagged, keys) <= 0;

const excess = (tagged: Iterable<string>, keys: Iterable<string>): number =>
  new Set([...tagged, ...keys]).size - mostTags;

/** Reminders and cursors only save a repetition: they leave room for an emergency, which must be written down. */
export const fitsBesideEmergency = (tagged: Iterable<string>, key: string): boolean =>
  fits(tagged, [...ofEmergency, key]);

/**
 * Why a piece of work must not begin on a user who carries tags of these keys: what it does could not be written
 * down. `undefined` where it could.
 */
export function whyNoRoom(userName: string, tagged: readonly string[], work: Work): string | undefined {
  const tooMany = excess(tagged, writtenBy[work]);
  if (tooMany <= 0) return undefined;
  const foreign = tagged.filter((key) => !key.startsWith('keyturn:')).length;
  const what = work === 'rollback' ? 'rollback' : 'rotation';
  const most = Math.max(0, foreign - tooMany);
  return `User ${userName} carries ${foreign} tags, so there is no room for those of a ${what}: leave ${most} at most.`;
}
