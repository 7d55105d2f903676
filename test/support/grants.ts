import {
  type LocalCloud,
  type PolicyDocument,
  type StatementUse,
  SWITCHES,
  type Switches,
} from '../../packages/local-alibaba-cloud/index';

/** Every reading of what actions are authorised on, where documents differ. */
export const readings = SWITCHES.authorises.values;

/** What a function lives with: another policy than the shipped one, another reading than the documented one. */
export interface Life {
  readonly policy?: PolicyDocument;
  readonly authorises?: Switches['authorises'];
}

/** The calls for which a permission was missing. */
export const refusedCalls = ({ calls }: LocalCloud) =>
  calls.filter(({ allowed, checked }) => !allowed && checked.length > 0);

/** Which actions of policies were of no use. */
export const unusedActions = (statements: readonly StatementUse[]): string[] =>
  statements.flatMap(({ actions }) => actions.flatMap(({ pattern, used }) => (used ? [] : [pattern])));

/** Which resources of a policy were of no use in any of its lives. */
export function unusedResources(lives: readonly (readonly StatementUse[])[]): string[] {
  const named = (used: boolean) =>
    lives
      .flat()
      .flatMap(({ policy, statement, resources }) =>
        resources.flatMap((one) => (one.used === used ? [`${policy} ${statement}: ${one.pattern}`] : [])),
      );
  const used = new Set(named(true));
  return [...new Set(named(false))].filter((one) => !used.has(one));
}

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
