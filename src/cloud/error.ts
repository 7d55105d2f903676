import { scrub } from './scrub';

/**
 * What is known of a call that failed. `refused`: the cloud answered with a definite 4xx or throttled the call, so
 * nothing was done. `unknown`: no answer, an unreadable one or a 5xx, so it may have been done all the same.
 */
export type Outcome = 'refused' | 'unknown';

interface CloudErrorFacts {
  product: string;
  action: string;
  /** The cloud's own code, or `Timeout`, `UnreadableAnswer`, or Node's code of a network failure. */
  code: string;
  outcome: Outcome;
  retryable: boolean;
  message: string;
  status?: number;
  requestId?: string;
  retryAfterMs?: number;
}

/**
 * The only error that a call to the cloud ends with. It holds nothing of the SDK's error, whose message and
 * properties may carry the whole signed URL.
 */
export class CloudError extends Error {
  override readonly name = 'CloudError';
  readonly product: string;
  readonly action: string;
  readonly code: string;
  readonly outcome: Outcome;
  /** The same call may succeed if it is sent again. Says nothing of whether sending it again is safe. */
  readonly retryable: boolean;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  /** How long the cloud asks to wait, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(facts: CloudErrorFacts) {
    super(facts.message);
    this.product = facts.product;
    this.action = facts.action;
    this.code = facts.code;
    this.outcome = facts.outcome;
    this.retryable = facts.retryable;
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.retryAfterMs = facts.retryAfterMs;
  }
}

/** Whether the cloud answered with one of these codes. */
export function isCode(error: unknown, ...codes: string[]): error is CloudError {
  return error instanceof CloudError && codes.includes(error.code);
}

/** For what may be gone: `undefined` where the cloud answers with one of these codes. */
export async function orUndefined<T>(call: Promise<T>, ...codes: string[]): Promise<T | undefined> {
  try {
    return await call;
  } catch (error) {
    if (isCode(error, ...codes)) return undefined;
    throw error;
  }
}

export function isThrottling(error: CloudError): boolean {
  return error.status === 429 || error.code.includes('Throttling');
}

/** What is wrong with a call of ours says nothing of the service. */
const ownFaults =
  /^(Missing|InvalidParameter|InvalidAccessKeyId|InvalidSecurityToken|Signature|IncompleteSignature|InvalidTimeStamp)/;

/** The service is not there for this account, region or role, and a later call will be answered the same. */
export function isRefusedForGood(error: unknown): error is CloudError {
  return (
    error instanceof CloudError &&
    error.outcome === 'refused' &&
    !isThrottling(error) &&
    !ownFaults.test(error.code)
  );
}

/** For an answer that came, and yet does not say what it must. */
export function unreadableAnswer(product: string, action: string, what: string): CloudError {
  return new CloudError({
    product,
    action,
    code: 'UnreadableAnswer',
    outcome: 'unknown',
    retryable: true,
    message: `${product} ${action} gave an answer that keyturn cannot read: ${excerpt(what)}.`,
  });
}

export function timeout(product: string, action: string, afterMs?: number): CloudError {
  const patience = afterMs === undefined ? 'in time' : `within ${afterMs / 1000} s`;
  return new CloudError({
    product,
    action,
    code: 'Timeout',
    outcome: 'unknown',
    retryable: true,
    message: `${product} ${action} was not answered ${patience}.`,
  });
}

/** Knows the shapes of the errors of openapi-core, of the older RPC core that KMS uses, and of httpx below both. */
export function toCloudError(product: string, action: string, error: unknown): CloudError {
  if (error instanceof CloudError) return error;
  const thrown = asRecord(error);
  const body = asRecord(thrown.data);
  const code = identifier(body.Code ?? body.code);
  return code === undefined ? noAnswer(product, action, thrown) : answer(product, action, code, thrown, body);
}

type Fields = Record<string, unknown>;

function answer(product: string, action: string, code: string, thrown: Fields, body: Fields): CloudError {
  const status = statusOf(thrown, body);
  const requestId = identifier(body.RequestId ?? body.requestId);
  const throttled = status === 429 || code.includes('Throttling');
  const refused = throttled || (status !== undefined && status >= 400 && status < 500 && status !== 408);
  const { AuthAction } = asRecord(body.AccessDeniedDetail);
  const parts = [
    `${product} ${action} ${refused ? 'was refused' : 'failed in the cloud'}: ${code}`,
    status === undefined ? '' : ` (${status})`,
    `: ${sentence(body.Message ?? body.message)}`,
    identifier(AuthAction) ? ` The permission that is missing: ${AuthAction}.` : '',
    requestId === undefined ? '' : ` Request id ${requestId}.`,
  ];
  return new CloudError({
    product,
    action,
    code,
    outcome: refused ? 'refused' : 'unknown',
    retryable: throttled || !refused,
    message: parts.join(''),
    status,
    requestId,
    retryAfterMs: typeof thrown.retryAfter === 'number' ? thrown.retryAfter : undefined,
  });
}

function noAnswer(product: string, action: string, thrown: Fields): CloudError {
  const name = String(thrown.name);
  if (name.includes('RequestTimeout')) return timeout(product, action);
  if (name === 'SyntaxError') return unreadableAnswer(product, action, 'it is not JSON');
  const code = identifier(thrown.code);
  if (code === undefined) return unreadableAnswer(product, action, String(thrown.message));
  const host = thrown.hostname ?? thrown.address;
  const where = typeof host === 'string' ? ` ${[host, thrown.port].filter(Boolean).join(':')}` : '';
  return new CloudError({
    product,
    action,
    code,
    outcome: 'unknown',
    retryable: true,
    message: `${product} ${action} got no answer: the connection failed (${code}${scrub(where)}).`,
  });
}

/** The RPC core tells the HTTP status only in its message: `…Error: code: 429, …`. */
function statusOf(thrown: Fields, body: Fields): number | undefined {
  const told = thrown.statusCode ?? body.HttpStatus ?? /\bcode: (\d{3}),/.exec(String(thrown.message))?.[1];
  const status = Number(told);
  return Number.isInteger(status) && status >= 100 && status <= 599 ? status : undefined;
}

/** Codes and request ids are words; anything else in their place is not passed on. */
function identifier(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.:-]{1,128}$/.test(value) ? value : undefined;
}

function sentence(value: unknown): string {
  const text = typeof value === 'string' ? excerpt(value).trim() : 'without a message';
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

function excerpt(text: string): string {
  return scrub(text.slice(0, 4_000)).slice(0, 600);
}

function asRecord(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
