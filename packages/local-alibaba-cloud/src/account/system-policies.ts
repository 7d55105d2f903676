import type { PolicyDocument } from '../policy';

const allow = (...actions: string[]): PolicyDocument => ({
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }],
});

/** The system policies that an account of the local cloud knows. */
export const SYSTEM_POLICIES: Record<string, PolicyDocument> = {
  AdministratorAccess: allow('*'),
  AliyunRAMFullAccess: allow('ram:*'),
  AliyunRAMReadOnlyAccess: allow('ram:Get*', 'ram:List*'),
  AliyunKMSFullAccess: allow('kms:*'),
  AliyunKMSReadOnlyAccess: allow('kms:Get*', 'kms:List*', 'kms:Describe*'),
  AliyunSTSAssumeRoleAccess: allow('sts:AssumeRole'),
  AliyunFCFullAccess: allow('fc:*'),
  AliyunFCInvocationAccess: allow('fc:InvokeFunction'),
  AliyunECSFullAccess: allow('ecs:*'),
  AliyunOSSFullAccess: allow('oss:*'),
  AliyunLogFullAccess: allow('log:*'),
};

/** The trust policy of a role of Function Compute. */
export const TRUST_FUNCTION_COMPUTE: PolicyDocument = {
  Version: '1',
  Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } }],
};
