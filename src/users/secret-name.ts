import { some } from '../base/text';
import type { RotationConfig } from '../config/schema';

/** The name of the KMS secret that rotation keeps for a user. */
export const secretName = (
  { secret }: { readonly secret: Pick<RotationConfig['secret'], 'name'> },
  account: string,
  userName: string,
): string => secret.name.replaceAll('{account}', account).replaceAll('{userName}', userName);

/** What every reading of KMS takes, in characters: its current SDK says 64, an older page 192. */
export const certainlyTaken = 64;

/** Of these users, in a sentence, those whose secrets would have longer names than every KMS certainly takes. */
export function longNames(
  rotation: { readonly secret: Pick<RotationConfig['secret'], 'name'> },
  account: string,
  users: readonly string[],
): string | undefined {
  const long = users.filter((user) => secretName(rotation, account, user).length > certainlyTaken);
  if (long.length === 0) return undefined;
  return `The secrets of ${some(long)} would have names of more than ${certainlyTaken} characters, which KMS may refuse.`;
}
