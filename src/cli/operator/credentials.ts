import { randomUUID } from 'node:crypto';
import type { FunctionContext } from '../../accounts/function-context';
import { CommandError, exitCode } from '../exit-code';

/** Seconds that a run from the operator's machine may take, as much as the deployed functions have. */
const timeout = 600;

/**
 * The operator's own credentials, found as Alibaba Cloud's tools find them: environment variables, OIDC, the
 * profile of the `aliyun` CLI, the credentials file, the role of an ECS instance.
 */
export async function operatorCredentials(): Promise<FunctionContext['credentials']> {
  const { default: Credential } = await import('@alicloud/credentials');
  const found = await new Credential().getCredential().catch(() => {
    throw new CommandError(
      'No credentials were found. Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, run `aliyun configure`, or work where a role is at hand.',
      exitCode.refused,
    );
  });
  const { accessKeyId, accessKeySecret, securityToken } = found;
  if (!accessKeyId || !accessKeySecret) {
    throw new CommandError('The credentials found are not an AccessKey.', exitCode.refused);
  }
  return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
}

/** Stands in for what Function Compute hands to a function. */
export async function operatorContext(): Promise<FunctionContext> {
  return {
    requestId: `cli-${randomUUID()}`,
    credentials: await operatorCredentials(),
    function: { timeout },
    region: deployRegion(),
  };
}

/** Where s.yaml deploys the functions to. */
export const deployRegion = (): string => process.env.FC_DEPLOY_REGION || 'cn-hangzhou';
