/**
 * The error codes, statuses and texts of RAM, IMS, STS and the gateway before them, odd English included
 * (RAM API reference, "Error messages"; POP gateway error table). KMS says some of them in its own words: see
 * `products/kms.ts`.
 */
const TABLE = {
  'InvalidAccessKeyId.NotFound': [404, 'Specified access key is not found.'],
  'InvalidAccessKeyId.Inactive': [400, 'Specified access key is disabled.'],
  SignatureDoesNotMatch: [400, 'Specified signature is not matched with our calculation.'],
  IncompleteSignature: [400, 'The request signature does not conform to Aliyun standards.'],
  SignatureNonceUsed: [400, 'Specified signature nonce was used already.'],
  'InvalidTimeStamp.Format': [400, 'Specified time stamp or date value is not well formatted.'],
  'InvalidTimeStamp.Expired': [400, 'Specified time stamp or date value is expired.'],
  'InvalidSecurityToken.Expired': [400, 'Specified SecurityToken is expired.'],
  'InvalidSecurityToken.Malformed': [400, 'Specified SecurityToken is malformed.'],
  'InvalidSecurityToken.MismatchWithAccessKey': [400, 'Specified SecurityToken mismatch with the AccessKey.'],
  MissingAction: [400, 'Action is mandatory for this action.'],
  'InvalidAction.NotFound': [404, 'Specified api is not found, please check your url and method.'],
  InvalidVersion: [404, 'Specified parameter Version is not valid.'],
  'Throttling.User': [400, 'Request was denied due to user flow control.'],
  ServiceUnavailable: [503, 'The request has failed due to a temporary failure of the server.'],
  InternalError: [500, 'The request processing has failed due to some unknown error.'],

  NoPermission: [403, 'You are not authorized to do this action.'],
  Forbidden: [403, 'There is a risk of leakage of this AccessKey.'],
  UnsupportedOperation: [400, 'This action is not supported.'],
  InvalidParameter: [400, 'The specified parameter is not valid.'],
  'InvalidParameter.UserName.InvalidChars': [400, 'The parameter - "UserName" contains invalid chars.'],
  'InvalidParameter.UserName.Length': [400, 'The parameter - "UserName" beyond the length limit.'],
  'InvalidParameter.UserPrincipalName': [400, 'The parameter - "UserPrincipalName" is incorrect.'],
  'InvalidParameter.GroupName.InvalidChars': [400, 'The parameter - "GroupName" contains invalid chars.'],
  'InvalidParameter.RoleName.InvalidChars': [400, 'The parameter - "RoleName" contains invalid chars.'],
  'InvalidParameter.PolicyName.InvalidChars': [400, 'The parameter - "PolicyName" contains invalid chars.'],
  'InvalidParameter.PolicyType': [400, 'The parameter - "PolicyType" is incorrect.'],
  'InvalidParameter.PolicyDocument': [400, 'The parameter - "PolicyDocument" is incorrect.'],
  'InvalidParameter.PolicyDocument.Length': [
    400,
    'The parameter - "PolicyDocument" beyond the length limit.',
  ],
  'InvalidParameter.AssumeRolePolicyDocument': [
    400,
    'The parameter - "AssumeRolePolicyDocument" is incorrect.',
  ],
  'InvalidParameter.Status': [400, 'The parameter - "Status" is incorrect.'],
  'InvalidParameter.MaxItems': [400, 'The parameter - "MaxItems" is incorrect.'],
  'InvalidParameter.Marker': [400, 'The parameter - "Marker" is incorrect.'],
  'InvalidParameter.Password.TooWeak': [400, 'The password is too weak.'],
  'InvalidParameter.TagKey': [400, 'The parameter - "TagKey" is incorrect.'],
  'InvalidParameter.TagValue': [400, 'The parameter - "TagValue" is incorrect.'],
  'InvalidParameter.ResourceType': [400, 'The parameter - "ResourceType" is incorrect.'],
  'InvalidParameter.AccessKeyPolicy': [400, 'The parameter - "AccessKeyPolicy" is incorrect.'],
  'InvalidParameter.RoleArn': [400, 'The parameter RoleArn is wrongly formed.'],
  'InvalidParameter.RoleSessionName': [400, 'The parameter RoleSessionName is wrongly formed.'],
  'InvalidParameter.DurationSeconds': [400, 'The Min/Max value of DurationSeconds is 15min/1hr.'],
  'InvalidParameter.PolicyGrammar': [400, 'The parameter Policy has not passed grammar check.'],
  'InvalidParameter.PolicySize': [400, 'The size of Policy must be smaller than 2048 bytes.'],

  ResourceDirectoryNotInUse: [404, 'The resource directory for the account is not enabled.'],
  'EntityNotExists.Folder': [404, 'The folder does not exist.'],
  'EntityNotExist.User': [404, 'The user does not exist.'],
  'EntityNotExist.User.AccessKey': [404, 'The user access key does not exist.'],
  'EntityNotExist.AccessKeyPolicy': [404, 'The access key policy does not exist.'],
  'EntityNotExist.User.LoginProfile': [404, 'The user login profile does not exist.'],
  'EntityNotExist.User.MFADevice': [404, 'The user has not bound any MFA device.'],
  'EntityNotExist.User.Group': [404, 'The user has not joined the group.'],
  'EntityNotExist.User.Policy': [404, 'The indicate policy of the user does not exist.'],
  'EntityNotExist.Group.Policy': [404, 'The indicate policy of the group does not exist.'],
  'EntityNotExist.Role.Policy': [404, 'The indicate policy of the role does not exist.'],
  'EntityNotExist.Group': [404, 'The group does not exist.'],
  'EntityNotExist.Role': [404, 'The role does not exist.'],
  'EntityNotExist.Policy': [404, 'The policy does not exist.'],
  'EntityNotExist.Policy.Version': [404, 'The policy version does not exist.'],
  'EntityNotExist.VirtualMFADevice': [404, 'The virtual MFA device does not exist.'],
  'EntityAlreadyExists.User': [409, 'The user does already EXIST.'],
  'EntityAlreadyExists.User.LoginProfile': [409, 'The user login profile does already EXIST.'],
  'EntityAlreadyExists.User.Policy': [409, 'The user policy does already EXIST.'],
  'EntityAlreadyExists.User.Group': [409, 'The user has already joined the group.'],
  'EntityAlreadyExists.User.MFADevice': [409, 'The user has already bound a MFA device.'],
  'EntityAlreadyExists.VirtualMFADevice': [409, 'The virtual MFA device does already EXIST.'],
  'EntityAlreadyExists.Group': [409, 'The group does already EXIST.'],
  'EntityAlreadyExists.Group.Policy': [409, 'The group policy does already EXIST.'],
  'EntityAlreadyExists.Role': [409, 'The role does already EXIST.'],
  'EntityAlreadyExists.Role.Policy': [409, 'The role policy does already EXIST.'],
  'EntityAlreadyExists.Policy': [409, 'The policy does already EXIST.'],
  'DeleteConflict.User.Group': [409, 'The user CAN NOT be in any group while deleting the user.'],
  'DeleteConflict.User.AccessKey': [409, 'The user CAN NOT has any access key while deleting the user.'],
  'DeleteConflict.User.LoginProfile': [
    409,
    'The user CAN NOT has any login profile while deleting the user.',
  ],
  'DeleteConflict.User.MFADevice': [409, 'The user CAN NOT has any mfa device while deleting the user.'],
  'DeleteConflict.User.Policy': [409, 'The user CAN NOT has any attached policy while deleting the user.'],
  'DeleteConflict.User.AccessKey.Active': [409, 'The access key must be disabled before it is deleted.'],
  'DeleteConflict.Group.User': [409, 'The group CAN NOT has any user while deleting the group.'],
  'DeleteConflict.Group.Policy': [409, 'The group CAN NOT has any attached policy while deleting the group.'],
  'DeleteConflict.Role.Policy': [409, 'The role CAN NOT has any attached policy while deleting the role.'],
  'DeleteConflict.Policy.Attached': [
    409,
    'The policy CAN NOT be attached to any entity while deleting the policy.',
  ],
  'DeleteConflict.Policy.Version': [409, 'The policy CAN NOT has any version while deleting the policy.'],
  'DeleteConflict.Policy.Version.Default': [409, 'The default policy version CAN NOT be deleted.'],
  'DeleteConflict.VirtualMFADevice.User': [
    409,
    'The virtual MFA device CAN NOT be bound to any user while deleting it.',
  ],
  'LimitExceeded.User': [409, 'The count of users beyond the current limits.'],
  'LimitExceeded.User.AccessKey': [
    409,
    'The access key count of the user access keys beyond the current limits.',
  ],
  'LimitExceeded.User.Group': [409, 'The group count of the user beyond the current limits.'],
  'LimitExceeded.User.Policy': [409, 'The attached policy count of the user beyond the current limits.'],
  'LimitExceeded.Group.Policy': [409, 'The attached policy count of the group beyond the current limits.'],
  'LimitExceeded.Role.Policy': [409, 'The attached policy count of the role beyond the current limits.'],
  'LimitExceeded.Policy.Version': [409, 'The version count of the policy beyond the current limits.'],
  'LimitExceeded.Tag': [409, 'The tag count of the resource beyond the current limits.'],
  'CredentialReport.TooManyUsers': [
    403,
    'You cannot generate a credential report if you have more than 3,500 RAM users.',
  ],
  'EntityNotExist.CredentialReport': [404, 'The credential report does not exist.'],

  MissingParameter: [400, 'The parameter is needed but not provided.'],
  'Forbidden.AccessKey': [403, 'This AccessKey is not enabled.'],
  'Forbidden.NoPermission': [403, 'This operation is forbidden by permission system.'],
  'Forbidden.ResourceNotFound': [404, 'The resource is not found.'],
  'Rejected.ResourceExist': [409, 'The resource already exists.'],
  'Rejected.ResourceInDeleteWindow': [409, 'The secret is planned to be deleted.'],
  'Rejected.LimitExceeded': [400, 'The secret quota is exceeded.'],
  'Rejected.Throttling': [429, 'QPS Limit Exceeded'],
  DryRunOperationError: [400, 'Request validation has been passed with DryRun flag set.'],
} as const satisfies Record<string, readonly [status: number, message: string]>;

export type ErrorCode = keyof typeof TABLE;

/** An error as it goes over the wire. */
export class CloudError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    /** Further fields of the body. */
    readonly fields: Record<string, unknown> = {},
  ) {
    super(message);
    this.name = 'CloudError';
  }
}

/** The error of that code; `message` where its text depends on the case. */
export function refusal(code: ErrorCode, message?: string, fields?: Record<string, unknown>): CloudError {
  const [status, text] = TABLE[code];
  return new CloudError(status, code, message ?? text, fields);
}
