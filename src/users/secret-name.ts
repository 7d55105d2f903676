import type { RotationConfig } from '../config/schema';

/** The name of the KMS secret that rotation keeps for a user. */
export const secretName = (
  { secret }: { readonly secret: Pick<RotationConfig['secret'], 'name'> },
  account: string,
  userName: string,
): string => secret.name.replaceAll('{account}', account).replaceAll('{userName}', userName);
