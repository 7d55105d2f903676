import type { CallerIdentity } from '../cloud/sts';
import { failure, type Line, ok } from './line';

/** Who is asking, and whether that fits the account that is named in the environment. */
export function credentialLines({ arn, accountId, type }: CallerIdentity, deployedTo?: string): Line[] {
  const who = ok('credentials', `The credentials are those of ${arn} (${type}), account ${accountId}.`);
  if (!deployedTo || deployedTo === accountId) return [who];
  return [
    who,
    failure(
      'credentials',
      `The credentials belong to account ${accountId}, but ALIYUN_ACCOUNT_ID says ${deployedTo}.`,
      'Use credentials of that account, or correct ALIYUN_ACCOUNT_ID, here or in .env.',
    ),
  ];
}
