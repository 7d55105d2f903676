export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** Alibaba Cloud names actions that only read with one of these words. */
export const writes = (action: string): boolean => !/:(Get|List|Describe)/.test(action);

export const listOf = (value: string | readonly string[]): readonly string[] =>
  typeof value === 'string' ? [value] : value;

/** The same however its keys are ordered. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

/** `Allow ram:ListUsers, ram:GetUser on acs:ram:*:1234567890123456:user/*` */
export function inWords({ Effect, Action, Resource }: Statement): string {
  return `${Effect} ${listOf(Action).join(', ')} on ${listOf(Resource).join(', ')}`;
}
