import { CloudError, refusal } from '../errors';
import type { Product } from '../product';
import { kmsInstances } from './kms-instances';
import { kmsSubjects } from './kms-secret';
import { kmsSecrets } from './kms-secrets';
import { kmsSecretTags } from './kms-tags';

const reworded = (status: number, code: string, message?: string) => (error: CloudError) =>
  new CloudError(status, code, message ?? error.message, error.fields);

/** Key Management Service, the secrets of API version 2016-01-20. */
export const kms: Product = {
  name: 'kms',
  version: '2016-01-20',
  service: 'Kms',
  nonceOptional: true,
  missing: (parameter) =>
    refusal('MissingParameter', `The parameter "${parameter}" is needed but not provided.`),
  dialect: {
    NoPermission: reworded(
      403,
      'Forbidden.NoPermission',
      'This operation is forbidden by permission system.',
    ),
    'Throttling.User': reworded(429, 'Rejected.Throttling', 'QPS Limit Exceeded'),
    'InvalidAccessKeyId.NotFound': reworded(
      404,
      'InvalidAccessKeyId.NotFound',
      'The AccessKey ID provided does not exist in our records.',
    ),
    'InvalidAccessKeyId.Inactive': reworded(403, 'Forbidden.AccessKey', 'This AccessKey is not enabled.'),
    IncompleteSignature: reworded(
      400,
      'IncompleteSignature',
      'The request signature does not conform to Alibaba Cloud standards.',
    ),
    'InvalidTimeStamp.Expired': reworded(
      400,
      'IllegalTimestamp',
      'The input parameter "Timestamp" that is mandatory for processing this request is not supplied or is out of range.',
    ),
    'InvalidTimeStamp.Format': reworded(
      400,
      'IllegalTimestamp',
      'The input parameter "Timestamp" that is mandatory for processing this request is not supplied or is out of range.',
    ),
    InternalError: reworded(500, 'InternalFailure', 'Internal Failure.'),
  },
  requestId: (uuid) => uuid,
  errorBody: (error, requestId) => ({
    HttpStatus: error.status,
    Code: error.code,
    Message: error.message,
    RequestId: requestId,
    ...error.fields,
  }),
  subjects: kmsSubjects,
  actions: { ...kmsInstances, ...kmsSecrets, ...kmsSecretTags },
};
