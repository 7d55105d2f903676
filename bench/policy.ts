import { readFileSync } from 'node:fs';
import { filledIn } from '../src/setup/placeholders';

/** A shipped policy with its placeholders filled in for the local cloud. */
export function shippedPolicy(name: string, account: string) {
  const secrets = { secretPrefix: 'keyturn/', encryptionKeyId: '*', kmsInstanceId: '*' };
  const template = JSON.parse(readFileSync(`policies/${name}.json`, 'utf8'));
  return filledIn(template, { account, region: 'cn-hangzhou', ...secrets });
}
