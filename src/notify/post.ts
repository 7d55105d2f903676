import * as http from 'node:http';
import * as https from 'node:https';
import { assertMayCall, guardedLookup, type Resolve } from './address';
import { DeliveryError } from './delivery-error';

/** As much of an answer as is ever looked at, in bytes. A chat service's is a few hundred. */
const BODY_LIMIT = 64 * 1024;

export interface PostRequest {
  url: URL;
  allowPrivate: boolean;
  contentType: string;
  headers?: Record<string, string>;
  body: string;
}

export interface Answer {
  status: number;
  /** The body; undefined where it breaks off, is too long or is no UTF-8. */
  text(): Promise<string | undefined>;
}

/** Sends the body once by POST. Follows no redirect; throws a DeliveryError for anything but 2xx. */
export async function post<T>(
  request: PostRequest,
  resolve: Resolve,
  signal: AbortSignal,
  read: (answer: Answer) => Promise<T>,
): Promise<T> {
  assertMayCall(request.url, request.allowPrivate);
  const response = await open(request, resolve, signal);
  try {
    const status = response.statusCode ?? 0;
    const answer = { status, text: () => text(response) };
    if (status >= 200 && status < 300) return await read(answer);
    throw statusError(status);
  } finally {
    response.destroy();
  }
}

function open(request: PostRequest, resolve: Resolve, signal: AbortSignal): Promise<http.IncomingMessage> {
  const { request: send } = request.url.protocol === 'http:' ? http : https;
  return new Promise((done, failed) => {
    const body = Buffer.from(request.body);
    const outgoing = send(request.url, {
      method: 'POST',
      headers: {
        ...request.headers,
        'content-type': request.contentType,
        'content-length': body.length,
        'user-agent': 'keyturn',
      },
      agent: false,
      rejectUnauthorized: true,
      lookup: guardedLookup(resolve, request.allowPrivate),
      signal,
    });
    outgoing.once('response', done);
    outgoing.on('error', (error) => failed(unreachable(error, signal)));
    outgoing.end(body);
  });
}

async function text(response: http.IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response) {
      size += chunk.length;
      if (size > BODY_LIMIT) return undefined;
      chunks.push(chunk);
    }
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    return undefined;
  }
}

export function statusError(status: number, code?: string): DeliveryError {
  if (status >= 300 && status < 400) {
    return new DeliveryError(`answered ${status}: redirects are not followed`, { retryable: false });
  }
  const passing = status === 408 || status === 429 || status >= 500;
  return new DeliveryError(`answered ${status}${code ? ` (${code})` : ''}`, { retryable: passing });
}

export function unreachable(error: unknown, signal: AbortSignal): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (signal.aborted) return new DeliveryError('no answer in time', { retryable: true });
  const code = errorCode(error);
  return new DeliveryError(code ? `no connection (${code})` : 'no usable answer', { retryable: true });
}

/** The code of an error of Node.js; these are a fixed set and carry nothing from the request. */
function errorCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,60}$/.test(code) ? code : undefined;
}
