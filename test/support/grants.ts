import type { LocalCloud, PolicyDocument, StatementUse } from '../../packages/local-alibaba-cloud/index';

/** The calls for which a permission was missing. */
export const refusedCalls = ({ calls }: LocalCloud) =>
  calls.filter(({ allowed, checked }) => !allowed && checked.length > 0);

/** Which actions and resources of policies were of no use. */
export const unusedGrants = (statements: readonly StatementUse[]): string[] =>
  statements
    .flatMap(({ actions, resources }) => [...actions, ...resources])
    .filter(({ used }) => !used)
    .map(({ pattern }) => pattern);

export interface Narrowed {
  /** Such as `Action ram:ListUsers of statement 0`. */
  readonly lacks: string;
  readonly policy: PolicyDocument;
}

/** The policy over and over, each time without another one of its actions, or of its resources. */
export const narrowed = (policy: PolicyDocument, part: 'Action' | 'Resource'): Narrowed[] =>
  policy.Statement.flatMap((statement, index) => {
    const patterns = [statement[part] ?? []].flat();
    return patterns.map((pattern) => {
      const others = patterns.filter((one) => one !== pattern);
      const rest = others.length > 0 ? [{ ...statement, [part]: others }] : [];
      return {
        lacks: `${part} ${pattern} of statement ${index}`,
        policy: { ...policy, Statement: policy.Statement.toSpliced(index, 1, ...rest) },
      };
    });
  });
