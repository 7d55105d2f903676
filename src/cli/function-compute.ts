import { Readable } from 'node:stream';
import type { Credentials } from '../cloud/credentials';
import { type CloudError, toCloudError } from '../cloud/error';
import { revealSecret } from '../cloud/secret';
import type { Endpoint, FunctionTarget } from '../config/values';

export interface Invocation {
  readonly target: FunctionTarget;
  readonly endpoint: Endpoint;
  readonly credentials: Credentials;
  /** JSON text. */
  readonly event: string;
}

/** What a function answered to a synchronous invocation. */
export interface Answer {
  readonly body: string;
  /** Where the function failed; Function Compute answers with status 200 then too. */
  readonly errorType: string | undefined;
  /** The end of its log, up to 4 KB. */
  readonly logTail: string;
}

/** A little more than the functions' own limit: the SDKs end a connection on which nothing comes for so long. */
const timeoutMs = 660_000;
const headers = { 'x-fc-invocation-type': 'Sync', 'x-fc-log-type': 'Tail' };

/**
 * Invokes a deployed function and waits for its answer; each generation of Function Compute through its own SDK.
 * @throws CloudError where Function Compute did not run it, or nobody knows whether it did
 */
export async function invokeAndWait(invocation: Invocation): Promise<Answer> {
  const { service } = invocation.target;
  try {
    return await (service ? invokeFc2(invocation, service) : invokeFc3(invocation));
  } catch (error) {
    throw service ? fc2Error(error) : toCloudError('FC', 'InvokeFunction', error);
  }
}

async function invokeFc3({ target, endpoint, credentials, event }: Invocation): Promise<Answer> {
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
    connectTimeout: timeoutMs,
    readTimeout: timeoutMs,
    globalParameters: new $OpenApiUtil.GlobalParameters({ headers }),
  });
  const request = new InvokeFunctionRequest({ body: Readable.from([Buffer.from(event)]) });
  const answer = await new Client(config).invokeFunction(target.functionName, request);
  return answerOf(await textOf(answer.body), answer.headers ?? {});
}

async function invokeFc2(
  { target, endpoint, credentials, event }: Invocation,
  { name, qualifier }: NonNullable<FunctionTarget['service']>,
): Promise<Answer> {
  const { default: Client } = await import('@alicloud/fc2');
  const client = new Client(target.account, {
    accessKeyID: credentials.accessKeyId,
    accessKeySecret: revealSecret(credentials.accessKeySecret),
    securityToken: credentials.securityToken && revealSecret(credentials.securityToken),
    region: target.region,
    endpoint: `${endpoint.protocol}://${endpoint.host}`,
    secure: true,
    timeout: timeoutMs,
  });
  const { data, headers: told } = await client.invokeFunction(
    name,
    target.functionName,
    event,
    headers,
    qualifier,
  );
  return answerOf(typeof data === 'string' ? data : JSON.stringify(data), told);
}

function answerOf(body: string, told: Readonly<Record<string, string | undefined>>): Answer {
  return {
    body,
    errorType: told['x-fc-error-type'] || undefined,
    logTail: Buffer.from(told['x-fc-log-result'] ?? '', 'base64').toString('utf8'),
  };
}

async function textOf(body: Readable | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** fc2 has the status in its message only: `POST /services/… failed with 403. requestid: …, message: ….` */
function fc2Error(error: unknown): CloudError {
  const [, digits, requestId, message] =
    /failed with (\d{3})\. requestid: (\S+), message: (.*)$/s.exec(
      error instanceof Error ? error.message : '',
    ) ?? [];
  if (!digits || !(error instanceof Error)) return toCloudError('FC', 'InvokeFunction', error);
  const Code = 'code' in error ? error.code : undefined;
  const data = { Code, HttpStatus: Number(digits), RequestId: requestId, Message: message };
  return toCloudError('FC', 'InvokeFunction', { data });
}
