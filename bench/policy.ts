import { readFileSync } from 'node:fs';

/** A shipped policy with its placeholders filled in for the local cloud. */
export function shippedPolicy(name: string, account: string) {
  const values: Record<string, string> = {
    account,
    region: 'cn-hangzhou',
    secretPrefix: 'keyturn/',
    encryptionKeyId: '*',
    kmsInstanceId: '*',
  };
  const text = readFileSync(`policies/${name}.json`, 'utf8');
  return JSON.parse(text.replace(/\$\{(\w+)\}/g, (_, placeholder) => values[placeholder] ?? ''));
}
