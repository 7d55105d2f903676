import type * as z from 'zod';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import type { Gate, Kind } from './gate';
import { clientConfig, loadCore, perSession } from './sdk';
import { revealSecret } from './secret';
import { type Origin, shaped } from './shape';

type Core = Awaited<ReturnType<typeof loadCore>>;
type Client = InstanceType<Core['default']>;
type RuntimeOptions = Parameters<Client['callApi']>[2];

type Value = string | number | boolean | undefined | readonly Value[] | { readonly [field: string]: Value };
/** Lists and objects are sent as `Tag.1.Key`. What is undefined is left out. */
export type Params = Readonly<Record<string, Value>>;

export interface Api {
  /** As errors name it. */
  readonly product: string;
  /** Such as `2015-05-01`. */
  readonly version: string;
  /**
   * `V1` where secrets are sent: all parameters, the session token too, go in the form body, as the older official
   * clients send them. Default: V3, with the parameters in the URL and the token in a header, as the SDKs do.
   */
  readonly signature?: 'V1' | 'V3';
}

export interface Answer {
  readonly body: unknown;
  /** Length of its text, in characters. */
  readonly size: number;
}

/**
 * An RPC-style API behind the gate, by the generic call of the SDKs' core: the typed SDKs turn whatever comes into the
 * type that they expect, a number into an id, and so no answer of theirs can be checked.
 */
export class Rpc {
  readonly #gate: Gate;
  readonly #api: Api;
  readonly #open: () => Promise<{ core: Core; client: Client; token: string | undefined }>;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint, api: Api) {
    this.#gate = gate;
    this.#api = api;
    this.#open = perSession(credentials, async ({ securityToken, ...current }) => {
      const core = await loadCore();
      const config =
        api.signature === 'V1'
          ? { ...clientConfig(current, endpoint), signatureAlgorithm: 'v2' }
          : clientConfig({ ...current, securityToken }, endpoint);
      return {
        core,
        client: new core.default(new core.$OpenApiUtil.Config(config)),
        token: securityToken && revealSecret(securityToken),
      };
    });
  }

  /** The answer, once it was found to have this shape. @throws CloudError, PlanModeError, DeadlineError */
  async call<T>(action: string, kind: Kind, params: Params, shape: z.ZodType<T>): Promise<T> {
    const { body } = await this.ask(action, kind, params);
    return shaped(this.from(action), body, shape);
  }

  /** An answer whose shape was not looked at yet. @throws CloudError, PlanModeError, DeadlineError */
  async ask(action: string, kind: Kind, params: Params): Promise<Answer> {
    // To load the SDK takes time, and so may the gate: neither counts into the other, nor ages the session.
    await this.#open();
    return this.#gate.call({ ...this.from(action), ...kind }, async () => {
      const { core, client, token } = await this.#open();
      const how = new core.$OpenApiUtil.Params({ ...rpcStyle, action, version: this.#api.version });
      const request = this.#request(core, params, token);
      const { body, headers } = await client.callApi(how, request, {} as RuntimeOptions);
      this.#gate.heardDate(headers?.date);
      return { body: JSON.parse(body), size: body.length };
    });
  }

  /** How errors name one of its actions. */
  from(action: string): Origin {
    return { product: this.#api.product, action };
  }

  #request({ $OpenApiUtil, OpenApiUtil }: Core, params: Params, token: string | undefined) {
    const flat = OpenApiUtil.query(params);
    return new $OpenApiUtil.OpenApiRequest(
      this.#api.signature === 'V1'
        ? { body: token === undefined ? flat : { ...flat, SecurityToken: token } }
        : { query: flat },
    );
  }
}

const rpcStyle = {
  protocol: 'HTTPS',
  pathname: '/',
  method: 'POST',
  authType: 'AK',
  style: 'RPC',
  reqBodyType: 'formData',
  bodyType: 'string',
};
