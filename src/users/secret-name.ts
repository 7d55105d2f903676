import type { RotationConfig } from '../config/schema';

/** The configuration as it holds in one account: the names of the secrets may tell the account. */
export function secretsIn(account: string, rotation: RotationConfig): RotationConfig {
  const { secret } = rotation;
  return { ...rotation, secret: { ...secret, name: secret.name.replaceAll('{account}', account) } };
}
