import { randomUUID } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { Pair } from './credentials';
import { percentEncode, sha256, signV3, V3, type V3Request } from './signature-v3';
import { wireTime } from './time';

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
const EMPTY_BODY = sha256('');

export interface SignedCall {
  version: string;
  action: string;
  query?: Record<string, string>;
  /** Milliseconds since the epoch; default `Date.now`. */
  now?: number;
}

export interface SignedAnswer {
  status: number;
  body: Record<string, unknown>;
}

/**
 * A call as a simulated application makes it: signed with V3 over a connection that stays open, and nothing else.
 * Rejects where the connection fails; an error of the cloud is an answer.
 */
export function signedCall(
  endpoint: string,
  pair: Pair & { securityToken?: string },
  { version, action, query = {}, now = Date.now() }: SignedCall,
): Promise<SignedAnswer> {
  const headers: Record<string, string> = {
    host: endpoint,
    'x-acs-action': action,
    'x-acs-content-sha256': EMPTY_BODY,
    'x-acs-date': wireTime(now),
    'x-acs-signature-nonce': randomUUID(),
    'x-acs-version': version,
  };
  if (pair.securityToken) headers['x-acs-security-token'] = pair.securityToken;
  const signedHeaders = Object.keys(headers).sort();
  const signing: V3Request = {
    method: 'POST',
    path: '/',
    query,
    headers,
    signedHeaders,
    bodyHash: EMPTY_BODY,
  };
  const signature = signV3(signing, pair.accessKeySecret);
  headers.authorization = `${V3} Credential=${pair.accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${signature}`;
  const search = Object.entries(query).map(
    ([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`,
  );
  const path = search.length > 0 ? `/?${search.join('&')}` : '/';
  const [hostname, port] = endpoint.split(':');
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, hostname, port, path, method: 'POST', headers }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('error', reject);
      response.on('end', () => {
        try {
          resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) });
        } catch (error) {
          reject(error);
        }
      });
    });
    outgoing.on('error', reject);
    outgoing.end();
  });
}
