import { createHmac } from 'node:crypto';
import { percentEncode } from './signature-v3';

/** The RPC signature, version 1.0, HMAC-SHA1 (KMS API reference, "Signature"). */
export function signV1(
  method: string,
  params: Readonly<Record<string, string>>,
  accessKeySecret: string,
): string {
  return createHmac('sha1', `${accessKeySecret}&`).update(stringToSignV1(method, params)).digest('base64');
}

/** @param params all of query and form body; Signature itself is left out */
export function stringToSignV1(method: string, params: Readonly<Record<string, string>>): string {
  const canonical = Object.keys(params)
    .filter((name) => name !== 'Signature')
    .sort()
    .map((name) => `${percentEncode(name)}=${percentEncode(params[name] ?? '')}`)
    .join('&');
  return `${method}&%2F&${percentEncode(canonical)}`;
}
