import type { $OpenApiUtil } from '@alicloud/openapi-core';
import { type Origin, required } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import type { Gate, Kind } from './gate';
import { revealSecret } from './secret';

/** Just under the gate's deadline. What the SDKs call connect time-out ends every idle socket, so both are set. */
const TIMEOUT_MS = 9_000;

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

interface OpenApiSdk<Client> {
  readonly default: new (config: $OpenApiUtil.Config) => Client;
}

/**
 * An SDK on openapi-core behind the gate. It is large, so it is loaded at the first call. Left to itself it does not
 * retry, and it must not: only the gate knows what is safe.
 */
export class OpenApi<Client, Sdk extends OpenApiSdk<Client>> {
  readonly #gate: Gate;
  readonly #open: () => Promise<{ client: Client; sdk: Sdk }>;

  constructor(load: () => Promise<Sdk>, gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#gate = gate;
    this.#open = perSession(credentials, async (current) => {
      const [sdk, { $OpenApiUtil }] = await Promise.all([load(), import('@alicloud/openapi-core')]);
      const config = new $OpenApiUtil.Config(clientConfig(current, endpoint));
      return { sdk, client: new sdk.default(config) };
    });
  }

  /** Every answer of the cloud has a request id; a 200 without it came from something else on the way. */
  async call<T extends { requestId?: string }>(
    from: Origin,
    kind: Kind,
    send: (client: Client, sdk: Sdk) => Promise<{ body?: T; headers?: Record<string, string> }>,
  ): Promise<T> {
    // To load an SDK takes time, and so may the gate: neither counts into the other, nor ages the session.
    await this.#open();
    const { body, headers } = await this.#gate.call({ ...from, ...kind }, async () => {
      const { client, sdk } = await this.#open();
      return send(client, sdk);
    });
    this.#gate.heardDate(headers?.date);
    required(from, 'RequestId', body?.requestId);
    return required(from, 'the body', body);
  }
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
