import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { revealSecret } from './secret';

/** Just under the gate's deadline. What the SDKs call connect time-out ends every idle socket, so both are set. */
const TIMEOUT_MS = 9_000;

/** Large, so it is loaded at the first call. Left to itself it does not retry, and it must not: only the gate knows what is safe. */
export const loadCore = () => import('@alicloud/openapi-core');

export function clientConfig(credentials: Credentials, endpoint: Endpoint) {
  return {
    accessKeyId: credentials.accessKeyId,
    accessKeySecret: revealSecret(credentials.accessKeySecret),
    securityToken: credentials.securityToken && revealSecret(credentials.securityToken),
    endpoint: endpoint.host,
    protocol: endpoint.protocol,
    readTimeout: TIMEOUT_MS,
    connectTimeout: TIMEOUT_MS,
    userAgent: 'keyturn',
  };
}

/** What is opened with credentials, opened again where they were renewed. */
export function perSession<T>(
  credentials: Credentials,
  open: (current: Credentials) => Promise<T>,
): () => Promise<T> {
  let opened: { readonly by: Credentials; readonly what: Promise<T> } | undefined;
  return async () => {
    const current = (await credentials.renewed?.()) ?? credentials;
    if (opened?.by !== current) opened = { by: current, what: open(current) };
    return opened.what;
  };
}
