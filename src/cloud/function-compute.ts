import { Readable } from 'node:stream';
import type { Credentials } from './credentials';
import type { Endpoint } from './endpoints';
import { CloudError } from './error';
import { type Gate, read } from './gate';
import { clientConfig } from './sdk';

export interface AsyncInvocation {
  readonly functionName: string;
  readonly qualifier?: string;
  /** JSON text, 128 KB at most. */
  readonly event: string;
  /** Letters, digits, `_` and `-`, not beginning with a digit; 128 at most. */
  readonly taskId: string;
}

/** Function Compute 3.0, API version 2023-03-30. */
export class FunctionCompute {
  readonly #gate: Gate;
  readonly #credentials: Credentials;
  readonly #endpoint: Endpoint;

  constructor(gate: Gate, credentials: Credentials, endpoint: Endpoint) {
    this.#gate = gate;
    this.#credentials = credentials;
    this.#endpoint = endpoint;
  }

  /**
   * Puts an invocation in line. Function Compute takes each task id once, so to send it again is safe; `false` where
   * it was taken before. To invoke changes nothing by itself: what the function may do, its own mode says.
   */
  async invokeAsync({ functionName, qualifier, event, taskId }: AsyncInvocation): Promise<boolean> {
    const [{ default: Client, InvokeFunctionRequest }, { $OpenApiUtil }] = await Promise.all([
      import('@alicloud/fc20230330'),
      import('@alicloud/openapi-core'),
    ]);
    const headers = { 'x-fc-invocation-type': 'Async', 'x-fc-async-task-id': taskId };
    const config = new $OpenApiUtil.Config({
      ...clientConfig(this.#credentials, this.#endpoint),
      globalParameters: new $OpenApiUtil.GlobalParameters({ headers }),
    });
    const client = new Client(config);
    try {
      await this.#gate.call({ product: 'FC', action: 'InvokeFunction', ...read }, async () => {
        const body = Readable.from([Buffer.from(event)]);
        const request = new InvokeFunctionRequest({ body, ...(qualifier && { qualifier }) });
        const answer = await client.invokeFunction(functionName, request);
        answer.body?.destroy();
      });
      return true;
    } catch (error) {
      if (error instanceof CloudError && error.status === 409) return false;
      throw error;
    }
  }
}
