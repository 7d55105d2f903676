export interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

export interface PolicyDocument {
  readonly Version: string;
  readonly Statement: readonly Statement[];
}

/** A role as it should be, with one policy of the same name. */
export interface RolePlan {
  readonly name: string;
  readonly description: string;
  /** Who alone may assume it, as the trust policy says. */
  readonly trusted: string;
  readonly trust: object;
  readonly policy: PolicyDocument;
}

export interface Site {
  readonly account: string;
  /** Of the functions; also of KMS, unless the configuration says otherwise. */
  readonly region: string;
  readonly logProject: string;
  readonly logStore: string;
  readonly failureTopic: string;
  /** Only users whose names begin so may be changed; empty: all. */
  readonly userPrefix: string;
  /** Users, or prefixes that end with `*`, that may never be changed. */
  readonly protect: readonly string[];
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
