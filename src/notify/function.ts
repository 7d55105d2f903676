import { Readable } from 'node:stream';
import type { Credentials } from '../cloud/credentials';
import { CloudError } from '../cloud/error';
import { revealSecret } from '../cloud/secret';
import type { Endpoint, FunctionTarget } from '../config/values';
import type { ChannelDeps, ConfigOf, Deliver, FunctionCalls } from './channel';
import { eventsJson } from './cloud-event';
import { DeliveryError } from './delivery-error';
import { isTaken, statusError, unreachable } from './post';

interface Invocation {
  target: FunctionTarget;
  endpoint: Endpoint;
  credentials: Credentials;
  payload: string;
}

/** A function's own failure is answered with status 200 and an error type. */
interface Answer {
  status: number;
  errorType: string | undefined;
}

/** The SDKs know no AbortSignal; a call given up ends by itself after this many milliseconds. */
const SDK_TIMEOUT = 5_000;

const ASYNC = { 'x-fc-invocation-type': 'Async' };
const ERROR_TYPE = 'x-fc-error-type';

/**
 * Invokes a function asynchronously with the CloudEvent as its event. Each generation of Function Compute is
 * called through its own SDK, loaded only when there is something to tell.
 */
export function invokeFunction({ target, batch }: ConfigOf<'function'>, { functions }: ChannelDeps): Deliver {
  return async (facts, signal) => {
    if (!functions)
      throw new DeliveryError('not sent: no credentials to call functions', { retryable: false });
    const payload = eventsJson(facts, batch);
    const { status, errorType } = await orAborted(invoke(functions, target, payload), signal).catch(
      (error) => {
        throw sdkError(error, signal);
      },
    );
    if (!isTaken(status)) throw statusError(status);
    if (errorType)
      throw new DeliveryError(`answered ${status}, but the function failed`, { retryable: true });
    return `answered ${status}`;
  };
}

async function invoke(functions: FunctionCalls, target: FunctionTarget, payload: string): Promise<Answer> {
  const credentials = await functions.credentials();
  const invocation = { target, endpoint: functions.endpoint ?? ownEndpoint(target), credentials, payload };
  return target.service ? invokeFc2(invocation, target.service) : invokeFc3(invocation);
}

/** Function Compute documentation, "Service endpoints": both generations answer at the account's own host. */
function ownEndpoint({ account, region }: FunctionTarget): Endpoint {
  return { protocol: 'https', host: `${account}.${region}.fc.aliyuncs.com` };
}

async function invokeFc2(
  { target, endpoint, credentials, payload }: Invocation,
  service: NonNullable<FunctionTarget['service']>,
): Promise<Answer> {
  const { default: Client } = await import('@alicloud/fc2');
  const client = new Client(target.account, {
    accessKeyID: credentials.accessKeyId,
    accessKeySecret: revealSecret(credentials.accessKeySecret),
    securityToken: credentials.securityToken && revealSecret(credentials.securityToken),
    region: target.region,
    endpoint: `${endpoint.protocol}://${endpoint.host}`,
    secure: true,
    timeout: SDK_TIMEOUT,
  });
  const answer = await client.invokeFunction(
    service.name,
    target.functionName,
    payload,
    ASYNC,
    service.qualifier,
  );
  return { status: ACCEPTED, errorType: answer.headers[ERROR_TYPE] };
}

/** fc2 hides the status of an answer: any 2xx is told as what an asynchronous invocation answers. */
const ACCEPTED = 202;

async function invokeFc3({ target, endpoint, credentials, payload }: Invocation): Promise<Answer> {
  const [{ default: Client, InvokeFunctionRequest }, { $OpenApiUtil }] = await Promise.all([
    import('@alicloud/fc20230330'),
    import('@alicloud/openapi-core'),
  ]);
  const config = new $OpenApiUtil.Config({
    accessKeyId: credentials.accessKeyId,
    accessKeySecret: revealSecret(credentials.accessKeySecret),
    securityToken: credentials.securityToken && revealSecret(credentials.securityToken),
    endpoint: endpoint.host,
    protocol: endpoint.protocol,
    connectTimeout: SDK_TIMEOUT,
    readTimeout: SDK_TIMEOUT,
    globalParameters: new $OpenApiUtil.GlobalParameters({ headers: ASYNC }),
  });
  const event = new InvokeFunctionRequest({ body: Readable.from([Buffer.from(payload)]) });
  const answer = await new Client(config).invokeFunction(target.functionName, event);
  answer.body?.destroy();
  return { status: answer.statusCode ?? 0, errorType: answer.headers?.[ERROR_TYPE] };
}

function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((done, failed) => {
    signal.addEventListener('abort', () => failed(signal.reason), { once: true });
    work.then(done, failed);
  });
}

/** Only the status and the code of an SDK's error are told: its message may hold a URL with a signature. */
function sdkError(error: unknown, signal: AbortSignal): DeliveryError {
  if (error instanceof CloudError) return new DeliveryError(error.message, { retryable: error.retryable });
  if (signal.aborted || !(error instanceof Error)) return unreachable(error, signal);
  const status = statusOf(error);
  return status === undefined ? unreachable(error, signal) : statusError(status, codeOf(error));
}

/** openapi-core has the status as a field, fc2 in its message: `POST /services/… failed with 403. requestid: …`. */
function statusOf(error: Error): number | undefined {
  if ('statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  const status = / failed with (\d{3})\. requestid: /.exec(error.message)?.[1];
  return status === undefined ? undefined : Number(status);
}

function codeOf(error: Error): string | undefined {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return /^[A-Z][A-Za-z.]{1,63}$/.test(code) ? code : undefined;
}
