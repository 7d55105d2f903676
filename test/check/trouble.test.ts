import { expect, test } from 'vitest';
import { isDenied, troubleOf } from '../../src/check/trouble';
import { toCloudError } from '../../src/cloud/error';
import { ConfigurationError } from '../../src/config/error';

const refused = (Code: string, status: number, Message = 'No.') =>
  toCloudError('RAM', 'GetUser', { statusCode: status, data: { Code, Message, RequestId: 'R-1' } });
const reset = toCloudError('KMS', 'DescribeSecret', { code: 'ECONNRESET', name: 'Error' });

test.each([
  ['an unknown key', refused('InvalidAccessKeyId.NotFound', 404), /does not exist/, /aliyun configure/],
  ['a disabled key', refused('InvalidAccessKeyId.Inactive', 400), /disabled/, /aliyun configure/],
  ['a disabled key, says KMS', refused('Forbidden.AccessKey', 403), /disabled/, /aliyun configure/],
  ['a wrong secret', refused('SignatureDoesNotMatch', 400), /does not belong/, /Copy both/],
  ['an expired session', refused('InvalidSecurityToken.Expired', 400), /expired/, /log on again/],
  [
    'a token of another key',
    refused('InvalidSecurityToken.MismatchWithAccessKey', 400),
    /token/,
    /same session/,
  ],
  ['a wrong clock', refused('InvalidTimeStamp.Expired', 400), /time/, /clock/],
  ['a wrong clock, says KMS', refused('IllegalTimestamp', 400), /time/, /clock/],
  ['KMS not activated', refused('Forbidden.KmsServiceNotEnabled', 403), /not activated/, /Activate/],
  ['KMS in debt', refused('Forbidden.InDebtOverdue', 403), /suspended/, /bill/],
  ['a missing role', refused('EntityNotExist.Role', 404), /role/, /roleArn/],
  ['a missing permission', refused('NoPermission', 403), /NoPermission/, /Grant/],
  [
    'a leaked key',
    refused('Forbidden', 403, 'There is a risk of leakage of this AccessKey.'),
    /found .* in public/,
    /--emergency/,
  ],
  ['no answer', reset, /got no answer/, /endpoints/],
  ['anything else', refused('Odd', 400), /Odd/, /request id/],
  [
    'a configuration',
    new ConfigurationError([{ path: 'region', message: 'must be set' }]),
    /region/,
    /Correct/,
  ],
  ['a defect', new Error('boom'), /boom/, /report it/],
])('%s is told in words, with what to do', (_, error, text, remedy) => {
  const trouble = troubleOf(error);
  expect(trouble.text).toMatch(text);
  expect(trouble.remedy).toMatch(remedy);
});

test('what an error quotes of a request is not passed on', () => {
  const { text } = troubleOf(new Error('failed: https://host/?Signature=abc&SecurityToken=def'));
  expect(text).not.toMatch(/abc|def/);
});

test.each([
  ['NoPermission', true],
  ['Forbidden.RAM', true],
  ['NotAuthorized', true],
  ['Forbidden.NoPermission', true],
  ['Forbidden.ResourceNotFound', false],
  ['Forbidden.KmsServiceNotEnabled', false],
])('%s is a missing permission: %s', (code, denied) => {
  expect(isDenied(refused(code, 403))).toBe(denied);
});
