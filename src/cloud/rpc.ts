import type { Origin } from './answer';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import type { Gate, Kind } from './gate';
import { OpenApi } from './sdk';

type Core = typeof import('@alicloud/openapi-core');
type Client = InstanceType<Core['default']>;
type RuntimeOptions = Parameters<Client['callApi']>[2];

/** An RPC-style API, or an action of one, that no SDK on npm knows: by the generic call of openapi-core. */
export class Rpc {
  readonly #version: string;
  readonly #api: OpenApi<Client, Core>;

  /** @param version of the API, such as `2020-07-06` */
  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint, version: string) {
    this.#version = version;
    this.#api = new OpenApi(() => import('@alicloud/openapi-core'), gate, credentials, endpoint);
  }

  /** The body of the answer, as the cloud writes it. @throws CloudError */
  async call(from: Origin, kind: Kind, query: Record<string, string>): Promise<Record<string, unknown>> {
    const { $OpenApiUtil } = await import('@alicloud/openapi-core');
    const params = new $OpenApiUtil.Params({
      action: from.action,
      version: this.#version,
      protocol: 'HTTPS',
      pathname: '/',
      method: 'POST',
      authType: 'AK',
      style: 'RPC',
      reqBodyType: 'formData',
      bodyType: 'json',
    });
    const request = new $OpenApiUtil.OpenApiRequest({ query });
    return this.#api.call(from, kind, async (client) => {
      const { body } = await client.callApi(params, request, {} as RuntimeOptions);
      return { body: { ...body, requestId: body?.RequestId } };
    });
  }
}
