import { CloudError, isThrottling } from '../cloud/error';
import type { AccountConfig } from '../config/schema';

/** What a person can do about an account that could not be worked on, where that is known; ends with a space. */
export function remedyFor({ id, roleArn }: AccountConfig, error: unknown): string {
  if (!(error instanceof CloudError)) return '';
  if (error.product === 'STS' && error.action === 'AssumeRole' && roleArn) return trustRemedy(roleArn, error);
  if (isThrottling(error)) {
    return `Somebody else uses up the call rate of account ${id}, or limits.readsPerSecond is too high for it: the next run tries again. `;
  }
  if (isDenied(error)) {
    return `Give ${roleArn ?? "the function's role"} the policy of this version of keyturn: ${howToSetUp(roleArn)}. `;
  }
  if (error.product === 'KMS') {
    return `Activate KMS in account ${id} (secrets need a KMS instance), or keep all secrets in one account with rotation.secret.account. `;
  }
  return '';
}

function trustRemedy(roleArn: string, error: CloudError): string {
  if (error.code === 'EntityNotExist.Role') {
    return `The role ${roleArn} does not exist: ${howToSetUp(roleArn)}. `;
  }
  if (isDenied(error)) {
    return `Either the trust policy of ${roleArn} does not name this function's role with the ExternalId of the configuration (${howToSetUp(roleArn)}), or this function's role may not assume it (run keyturn setup for the functions). `;
  }
  return '';
}

const isDenied = ({ code, status }: CloudError): boolean => status === 403 || code.includes('NoPermission');

const howToSetUp = (roleArn: string | undefined): string =>
  roleArn
    ? 'run keyturn setup --member with credentials of that account, or update the stack group of deploy/member-role.yaml'
    : 'run keyturn setup';
