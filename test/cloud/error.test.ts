import { describe, expect, it } from 'vitest';
import { CloudError, isCode, isThrottling, orUndefined, toCloudError } from '../../src/cloud/error';

/** The shapes that the SDKs throw, as seen with `@alicloud/openapi-core` 1.0.8 and `@alicloud/rpc-client` 1.3.2. */
const openApi = (statusCode: number, Code: string, Message: string, more: object = {}) =>
  Object.assign(new Error(`${Code}: code: ${statusCode}, ${Message} request id: 7463B73D-1`), {
    code: Code,
    statusCode,
    data: { Code, Message, RequestId: '7463B73D-1' },
    ...more,
  });
const rpc = (status: number, Code: string, Message: string) =>
  Object.assign(new Error(`${Code}Error: code: ${status}, ${Message} requestid: 3bf02f7a-1`), {
    code: `${Code}Error`,
    data: { Code, Message, RequestId: '3bf02f7a-1' },
  });
const node = (code: string, more: object = {}) =>
  Object.assign(new Error(`${code} POST http://h/?a=b failed.`), { code, ...more });
const named = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('toCloudError', () => {
  it.each([
    [
      openApi(409, 'LimitExceeded.User.AccessKey', 'The access key count beyond the current limits.'),
      {
        code: 'LimitExceeded.User.AccessKey',
        status: 409,
        requestId: '7463B73D-1',
        outcome: 'refused',
        retryable: false,
      },
      'RAM CreateAccessKey was refused: LimitExceeded.User.AccessKey (409): The access key count beyond the current limits. Request id 7463B73D-1.',
    ],
    [
      openApi(400, 'Throttling.User', 'Request was denied due to user flow control.', { retryAfter: 1500 }),
      { code: 'Throttling.User', outcome: 'refused', retryable: true, retryAfterMs: 1500 },
      'RAM CreateAccessKey was refused: Throttling.User (400): Request was denied due to user flow control. Request id 7463B73D-1.',
    ],
    [
      openApi(503, 'ServiceUnavailable', 'The request has failed.'),
      { code: 'ServiceUnavailable', status: 503, outcome: 'unknown', retryable: true },
      'RAM CreateAccessKey failed in the cloud: ServiceUnavailable (503): The request has failed. Request id 7463B73D-1.',
    ],
    [
      openApi(408, 'RequestTimeout', 'The request took too long.'),
      { code: 'RequestTimeout', status: 408, outcome: 'unknown', retryable: true },
      'RAM CreateAccessKey failed in the cloud: RequestTimeout (408): The request took too long. Request id 7463B73D-1.',
    ],
    [
      rpc(429, 'Rejected.Throttling', 'QPS Limit Exceeded'),
      { code: 'Rejected.Throttling', status: 429, outcome: 'refused', retryable: true },
      'RAM CreateAccessKey was refused: Rejected.Throttling (429): QPS Limit Exceeded. Request id 3bf02f7a-1.',
    ],
    [
      rpc(409, 'Rejected.ResourceExist', 'The resource already exists.'),
      {
        code: 'Rejected.ResourceExist',
        status: 409,
        requestId: '3bf02f7a-1',
        outcome: 'refused',
        retryable: false,
      },
      'RAM CreateAccessKey was refused: Rejected.ResourceExist (409): The resource already exists. Request id 3bf02f7a-1.',
    ],
    [
      rpc(500, 'InternalFailure', 'Internal Failure.'),
      { code: 'InternalFailure', status: 500, outcome: 'unknown', retryable: true },
      'RAM CreateAccessKey failed in the cloud: InternalFailure (500): Internal Failure. Request id 3bf02f7a-1.',
    ],
    [
      node('ECONNRESET'),
      { code: 'ECONNRESET', outcome: 'unknown', retryable: true, status: undefined },
      'RAM CreateAccessKey got no answer: the connection failed (ECONNRESET).',
    ],
    [
      node('ECONNREFUSED', { address: '127.0.0.1', port: 8899 }),
      { code: 'ECONNREFUSED', outcome: 'unknown' },
      'RAM CreateAccessKey got no answer: the connection failed (ECONNREFUSED 127.0.0.1:8899).',
    ],
    [
      node('ENOTFOUND', { hostname: 'ram.example' }),
      { code: 'ENOTFOUND', outcome: 'unknown' },
      'RAM CreateAccessKey got no answer: the connection failed (ENOTFOUND ram.example).',
    ],
    [
      named('RequestTimeoutError', 'ReadTimeout(500). POST http://h/?a=b failed.'),
      { code: 'Timeout', outcome: 'unknown', retryable: true },
      'RAM CreateAccessKey was not answered in time.',
    ],
    [
      new SyntaxError('Unexpected token <, "<html>502" is not valid JSON'),
      { code: 'UnreadableAnswer', outcome: 'unknown', retryable: true },
      'RAM CreateAccessKey gave an answer that keyturn cannot read: it is not JSON.',
    ],
    [
      new Error('type of user is mismatch, expect array, but object'),
      { code: 'UnreadableAnswer', outcome: 'unknown' },
      'RAM CreateAccessKey gave an answer that keyturn cannot read: type of user is mismatch, expect array, but object.',
    ],
    [
      openApi(400, 'undefined', 'undefined', { data: {}, code: undefined }),
      { code: 'UnreadableAnswer', outcome: 'unknown' },
      'RAM CreateAccessKey gave an answer that keyturn cannot read: undefined: code: 400, undefined request id: 7463B73D-1.',
    ],
    ['not even an error', { code: 'UnreadableAnswer', outcome: 'unknown' }, undefined],
    [undefined, { code: 'UnreadableAnswer', outcome: 'unknown' }, undefined],
  ])('%s', (thrown, facts, message) => {
    const error = toCloudError('RAM', 'CreateAccessKey', thrown);
    expect(error).toBeInstanceOf(CloudError);
    expect(error).toMatchObject({ product: 'RAM', action: 'CreateAccessKey', ...facts });
    if (message !== undefined) expect(error.message).toBe(message);
    expect(error.cause).toBeUndefined();
  });

  it('names the permission that is missing', () => {
    const thrown = openApi(403, 'NoPermission', 'You are not authorized to do this action.');
    Object.assign(thrown.data, { AccessDeniedDetail: { AuthAction: 'ram:CreateAccessKey' } });
    expect(toCloudError('RAM', 'CreateAccessKey', thrown).message).toContain(
      'The permission that is missing: ram:CreateAccessKey.',
    );
  });

  it('leaves a CloudError as it is', () => {
    const error = toCloudError('RAM', 'GetUser', node('ECONNRESET'));
    expect(toCloudError('KMS', 'CreateSecret', error)).toBe(error);
  });
});

describe('codes', () => {
  const gone = toCloudError(
    'RAM',
    'GetUser',
    openApi(404, 'EntityNotExist.User', 'The user does not exist.'),
  );

  it('isCode', () => {
    expect(isCode(gone, 'NoPermission', 'EntityNotExist.User')).toBe(true);
    expect(isCode(gone, 'EntityNotExist')).toBe(false);
    expect(isCode(Object.assign(new Error(), { code: 'EntityNotExist.User' }), 'EntityNotExist.User')).toBe(
      false,
    );
  });

  it('orUndefined', async () => {
    await expect(orUndefined(Promise.reject(gone), 'EntityNotExist.User')).resolves.toBeUndefined();
    await expect(orUndefined(Promise.reject(gone), 'NoPermission')).rejects.toBe(gone);
    await expect(orUndefined(Promise.resolve(1), 'NoPermission')).resolves.toBe(1);
  });

  it('isThrottling', () => {
    expect(isThrottling(gone)).toBe(false);
    expect(isThrottling(toCloudError('KMS', 'X', rpc(429, 'Rejected.Throttling', '')))).toBe(true);
    expect(isThrottling(toCloudError('RAM', 'X', openApi(503, 'Throttling.Api', '')))).toBe(true);
    expect(isThrottling(toCloudError('FC', 'X', openApi(429, 'TooManyRequests', '')))).toBe(true);
  });
});
