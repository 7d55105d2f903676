import type { Reply } from '../answer';
import { CloudError } from '../errors';

/** Which of the two APIs of Function Compute a call is made to. */
export type Generation = '2.0' | '3.0';

/** What the gateways answer where they do not run a function (Function Compute documentation, "Error codes"). */
const TABLE = {
  AccessDenied: [403, 'The caller is not authorized to invoke this function.'],
  SignatureNotMatch: [403, 'The signature of the request does not match.'],
  FunctionNotFound: [404, 'The function does not exist.'],
  PathNotSupported: [404, 'The path is not supported.'],
  InvalidArgument: [400, 'The role of the function does not exist, or Function Compute cannot assume it.'],
  ResourceThrottled: [429, 'The reserved concurrency of the function is in use.'],
  InvocationAlreadyExists: [409, 'There is an asynchronous task of that id already.'],
  PayloadTooLarge: [413, 'The event of an asynchronous invocation is larger than 128 KB.'],
} as const satisfies Record<string, readonly [number, string]>;

export function refusal(code: keyof typeof TABLE, detail?: string): CloudError {
  const [status, message] = TABLE[code];
  return new CloudError(status, code, detail ?? message);
}

export function errorReply(error: CloudError, generation: Generation, requestId: string): Reply {
  const { code, message } = error;
  const body =
    generation === '2.0'
      ? { ErrorCode: code, ErrorMessage: message }
      : { RequestId: requestId, Code: code, Message: message };
  return reply(error.status, requestId, JSON.stringify(body), { 'content-type': 'application/json' });
}

export function reply(
  status: number,
  requestId: string,
  body: string,
  headers: Record<string, string> = {},
): Reply {
  return { kind: 'answer', status, headers: { 'x-fc-request-id': requestId, ...headers }, body };
}
