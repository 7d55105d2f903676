import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Reply } from '../answer';
import { authenticate, Nonces } from '../authentication';
import { verdictOn } from '../authorization';
import type { LocalCloud } from '../cloud';
import { CloudError } from '../errors';
import type { Outcome } from '../host/function-host';
import { needed } from '../permissions';
import type { Product } from '../product';
import { sts } from '../products/sts';
import type { Request } from '../request';
import { serve } from '../server';
import { errorReply, type Generation, refusal, reply } from './answer';
import type { Deployment } from './deployment';
import { type Invoked, Lane, newRequestId } from './lane';
import { claimTo } from './signature';

const ASYNC_LIMIT = 128 * 1024;
const LOG_TAIL = 4 * 1024;

export interface FunctionComputeOptions {
  /** Default: any free one. */
  port?: number;
  watch?: (invoked: Invoked) => void;
  /** Before the first repetition of an asynchronous invocation; default 1 s. */
  retryPauseMs?: number;
}

interface Target {
  readonly generation: Generation;
  readonly service: string | undefined;
  readonly name: string;
}

/** To the verification of signatures Function Compute is a product like the others. */
const PRODUCT: Product = { ...sts, service: 'Fc', nonceOptional: true, actions: {} };

/**
 * Function Compute on 127.0.0.1: the invocation APIs of 3.0 (2023-03-30) and 2.0 (2016-08-15) in front of built
 * functions, each in a process of its own with credentials of its role in the local cloud.
 */
export class FunctionCompute {
  readonly #cloud: LocalCloud;
  readonly #lanes: readonly Lane[];
  readonly #nonces = new Nonces();
  #server: Server | undefined;

  /** Rejects where the code of a function is not built. */
  static async start(
    cloud: LocalCloud,
    deployments: readonly Deployment[],
    { port = 0, watch = () => undefined, retryPauseMs = 1_000 }: FunctionComputeOptions = {},
  ): Promise<FunctionCompute> {
    const lanes = await Promise.all(
      deployments.map((deployment) =>
        Lane.open(deployment, cloud.account(deployment.account), { watch, retryPauseMs }),
      ),
    );
    const functionCompute = new FunctionCompute(cloud, lanes);
    functionCompute.#server = await serve((request) => functionCompute.handle(request), port);
    return functionCompute;
  }

  private constructor(cloud: LocalCloud, lanes: readonly Lane[]) {
    this.#cloud = cloud;
    this.#lanes = lanes;
  }

  get url(): string {
    const address = this.#server?.address() as AddressInfo;
    return `http://127.0.0.1:${address.port}`;
  }

  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    await Promise.all([
      ...this.#lanes.map((lane) => lane.stop()),
      new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined))),
    ]);
  }

  async handle(request: Request): Promise<Reply> {
    const requestId = newRequestId();
    const target = targetOf(request);
    try {
      if (!target || request.method !== 'POST') throw refusal('PathNotSupported');
      return await this.#invoke(request, target, requestId);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      return errorReply(error, target?.generation ?? '3.0', requestId);
    }
  }

  async #invoke(request: Request, target: Target, requestId: string): Promise<Reply> {
    const claim = claimTo(target.generation, request);
    if (!claim) throw refusal('SignatureNotMatch');
    const principal = authenticate(this.#cloud, this.#nonces, claim, PRODUCT, 'InvokeFunction');
    const lane = this.#lanes.find(
      ({ deployment }) =>
        deployment.name === target.name && deployment.service === target.service?.split('.')[0],
    );
    const { id } = principal.account;
    const path = target.service ? `services/${target.service}/functions` : 'functions';
    const arn = `acs:fc:${lane?.deployment.region ?? this.#cloud.region}:${id}:${path}/${target.name}`;
    const { authorises } = this.#cloud.switches;
    for (const check of needed('fc', 'InvokeFunction', authorises, () => [arn])) {
      if (verdictOn(principal, check) !== 'allow')
        throw refusal('AccessDenied', `${check.action} on ${check.resource} is not allowed.`);
    }
    if (!lane || lane.deployment.account !== id)
      throw refusal('FunctionNotFound', `There is no function ${target.name}.`);
    if (request.headers['x-fc-invocation-type'] === 'Async') {
      if (request.body.length > ASYNC_LIMIT) throw refusal('PayloadTooLarge');
      const taken = lane.enqueue(request.body, requestId, request.headers['x-fc-async-task-id']);
      if (!taken) throw refusal('InvocationAlreadyExists');
      return reply(202, requestId, '');
    }
    const outcome = await lane.invoke(request.body, requestId);
    return answerOf(outcome, requestId, request.headers['x-fc-log-type'] === 'Tail');
  }
}

function targetOf({ path }: Request): Target | undefined {
  const [, name3] = /^\/2023-03-30\/functions\/([^/]+)\/invocations$/.exec(path) ?? [];
  if (name3) return { generation: '3.0', service: undefined, name: name3 };
  const [, service, name] =
    /^\/2016-08-15\/services\/([^/]+)\/functions\/([^/]+)\/invocations$/.exec(path) ?? [];
  return name ? { generation: '2.0', service, name } : undefined;
}

/** A function that failed is answered with 200 too: only a header tells. */
function answerOf(outcome: Outcome, requestId: string, withLog: boolean): Reply {
  const log = Buffer.from(outcome.logs.join('\n')).subarray(-LOG_TAIL).toString('base64');
  const headers = { 'content-type': 'application/octet-stream', ...(withLog && { 'x-fc-log-result': log }) };
  if (outcome.ok) return reply(200, requestId, outcome.result.toString('utf8'), headers);
  const type = outcome.crashed ? 'UnhandledInvocationError' : 'HandledInvocationError';
  return reply(200, requestId, JSON.stringify(outcome.error), { ...headers, 'x-fc-error-type': type });
}
