import { createHash, createHmac } from 'node:crypto';

/** The signature ACS3-HMAC-SHA256 ("V3 request body and signature mechanism", Alibaba Cloud SDK documentation). */
export const V3 = 'ACS3-HMAC-SHA256';

export interface V3Request {
  method: string;
  path: string;
  /** Decoded. */
  query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>;
  signedHeaders: readonly string[];
  /** Hex SHA-256 of the body. */
  bodyHash: string;
}

export interface V3Authorization {
  accessKeyId: string;
  signedHeaders: string[];
  signature: string;
}

const AUTHORIZATION =
  /^ACS3-HMAC-SHA256 Credential=([^,]+),\s*SignedHeaders=([^,]+),\s*Signature=([0-9a-f]+)$/;

/** Parts of the Authorization header; undefined if it is not one of this kind. */
export function parseAuthorization(header: string): V3Authorization | undefined {
  const [, accessKeyId, signedHeaders, signature] = AUTHORIZATION.exec(header) ?? [];
  if (!accessKeyId || !signedHeaders || !signature) return undefined;
  return { accessKeyId, signedHeaders: signedHeaders.split(';'), signature };
}

export function signV3(request: V3Request, accessKeySecret: string): string {
  return createHmac('sha256', accessKeySecret).update(stringToSign(request)).digest('hex');
}

/** What gets signed; part of the answer where a signature does not match. */
export function stringToSign(request: V3Request): string {
  return `${V3}\n${sha256(canonicalRequest(request))}`;
}

export function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}

function canonicalRequest(request: V3Request): string {
  const query = Object.keys(request.query)
    .sort()
    .map((name) => `${name}=${percentEncode(request.query[name] ?? '')}`)
    .join('&');
  const headers = request.signedHeaders
    .map((name) => `${name}:${(request.headers[name] ?? '').trim()}\n`)
    .join('');
  return [
    request.method,
    request.path,
    query,
    headers,
    request.signedHeaders.join(';'),
    request.bodyHash,
  ].join('\n');
}

/** RFC 3986: everything but letters, digits and `-_.~` is escaped. */
export function percentEncode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
