import type { RotationConfig } from '../config/schema';
import { longNames } from '../users/secret-name';
import { type Line, warning } from './line';

/** Tells of names that KMS may refuse. A run finds out before it issues a key, and then leaves the user alone. */
export function secretNameLines(
  rotation: Pick<RotationConfig, 'secret'>,
  account: string,
  users: readonly string[],
): Line[] {
  const text = longNames(rotation, account, users);
  if (!text) return [];
  return [
    warning(
      'secret-name',
      text,
      'Shorten rotation.secret.name before the first rotation: a later change leaves the old secrets behind.',
    ),
  ];
}
