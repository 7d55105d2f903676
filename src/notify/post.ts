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
  /** How long the receiver asks to wait, in milliseconds. */
  retryAfterMs: number | undefined;
  /** The body; undefined where it breaks off, is too long or is no UTF-8. */
  text(): Promise<string | undefined>;
}

/** Sends the body once by POST, and gives the answer to `judge`, whatever its status. Follows no redirect. */
export async function post<T>(
  request: PostRequest,
  resolve: Resolve,
  signal: AbortSignal,
  judge: (answer: Answer) => Promise<T> | T,
): Promise<T> {
  assertMayCall(request.url, request.allowPrivate);
  const response = await open(request, resolve, signal);
  try {
    const { statusCode: status = 0, headers } = response;
    const retryAfterMs = readRetryAfter(headers['retry-after']);
    return await judge({ status, retryAfterMs, text: () => text(response) });
  } finally {
    response.destroy();
  }
}

/** Seconds, or a date (RFC 9110, section 10.2.3). */
function readRetryAfter(header: string | undefined): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header) * 1000;
  const ms = /^[A-Z][a-z]{2}, \d/.test(header) ? Date.parse(header) - Date.now() : Number.NaN;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

export const isTaken = (status: number): boolean => status >= 200 && status < 300;

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

/** What a status that is not 2xx means. `more` is a code or a word that is known to hold no secret. */
export function statusError(status: number, more?: string, retryAfterMs?: number): DeliveryError {
  if (status >= 300 && status < 400) {
    return new DeliveryError(`answered ${status}: redirects are not followed`, { retryable: false });
  }
  const passing = status === 408 || status === 429 || status >= 500;
  return new DeliveryError(`answered ${status}${more ? ` (${more})` : ''}`, {
    retryable: passing,
    ...(passing && { laterMs: retryAfterMs }),
  });
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
