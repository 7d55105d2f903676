import type { Endpoint } from '../../cloud/endpoints';
import { type FunctionTarget, functionTarget } from '../../config/values';
import { CommandError, exitCode } from '../exit-code';

/** @throws CommandError where it is not the ARN of a function */
export function parseTarget(arn: string): FunctionTarget {
  const parsed = functionTarget().safeParse(arn);
  if (parsed.success) return parsed.data;
  throw new CommandError(
    `--function: ${parsed.error.issues[0]?.message ?? 'cannot be used'}`,
    exitCode.refused,
  );
}

export const targetNamed = (name: string, account: string, region: string): FunctionTarget =>
  parseTarget(`acs:fc:${region}:${account}:functions/${name}`);

/** Function Compute documentation, "Service endpoints". */
export const ownEndpoint = ({ account, region }: FunctionTarget): Endpoint => ({
  protocol: 'https',
  host: `${account}.${region}.fc.aliyuncs.com`,
});
