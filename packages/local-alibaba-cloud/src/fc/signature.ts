import { createHmac } from 'node:crypto';
import { type Claim, claimOf } from '../authentication';
import type { Request } from '../request';
import { wireTime } from '../time';
import type { Generation } from './answer';

/** What a call to Function Compute says of who signed it: ACS3-HMAC-SHA256 for 3.0, its own `FC id:signature` for 2.0. */
export function claimTo(generation: Generation, request: Request): Claim | undefined {
  return generation === '3.0' ? claimOf(request) : claimFc(request);
}

/** Function Compute 2.0 API reference, "Request signatures". */
function claimFc({ method, path, headers }: Request): Claim | undefined {
  const [, accessKeyId, signature] = /^FC ([^:]+):(.+)$/.exec(headers.authorization ?? '') ?? [];
  const date = Date.parse(headers.date ?? '');
  if (!accessKeyId || !signature) return undefined;
  const signed = [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    headers.date ?? '',
    `${canonicalHeaders(headers)}${path}`,
  ].join('\n');
  return {
    accessKeyId,
    signature,
    securityToken: headers['x-fc-security-token'] || undefined,
    date: Number.isNaN(date) ? undefined : wireTime(date),
    nonce: undefined,
    expected: (secret) => createHmac('sha256', secret).update(signed).digest('base64'),
    signed: () => signed,
  };
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.keys(headers)
    .filter((name) => name.startsWith('x-fc-'))
    .sort()
    .map((name) => `${name}:${headers[name]}\n`)
    .join('');
}
