import type { CheckReport, MissingStatement, PermissionReport } from '../report/check-report';
import type { FunctionName } from '../report/run-report';
import { failure, type Line, ok, type Trouble, warning } from './line';
import { groupedBy } from './permission-lines';

/** What came of asking a deployed function to check itself. */
export type FunctionAnswer =
  | { readonly kind: 'answered'; readonly report: CheckReport }
  | { readonly kind: 'absent' }
  | { readonly kind: 'silent'; readonly trouble: Trouble; readonly statement?: MissingStatement }
  | { readonly kind: 'failed'; readonly trouble: Trouble };

/** A function that was asked, under the name that it is deployed with. */
export interface AskedFunction {
  readonly job: FunctionName;
  readonly name: string;
  readonly answer: FunctionAnswer;
}

/** What the deployed functions said of themselves. */
export function functionLines(asked: readonly AskedFunction[]): Line[] {
  const groups = groupedBy(asked, ({ answer, name }) =>
    answer.kind === 'answered' ? name : JSON.stringify(answer),
  );
  return groups.flatMap(([, same]) => {
    const [first] = same;
    return first ? linesFor(first, same.map(({ name }) => name).join(', ')) : [];
  });
}

function linesFor({ job, answer }: AskedFunction, names: string): Line[] {
  switch (answer.kind) {
    case 'absent':
      return [ok('function', `Not deployed here, and so not asked what they may do: ${names}.`)];
    case 'silent': {
      const { text, remedy } = answer.trouble;
      const line = warning('function', `What they may do could not be asked of ${names}: ${text}`, remedy);
      return [{ ...line, ...(answer.statement && { statement: answer.statement }) }];
    }
    case 'failed': {
      const { text, remedy } = answer.trouble;
      return [failure('function', `Asked to check itself, ${names} failed: ${text}`, remedy)];
    }
    case 'answered':
      return answeredLines(job, names, answer.report);
  }
}

function answeredLines(job: FunctionName, name: string, { permissions, lines }: CheckReport): Line[] {
  const allowed = permissions.filter(({ result }) => result === 'allowed').length;
  const told = lines.filter(({ state }) => state !== 'ok');
  return [
    ok('function', `${name} has ${allowed} of the ${permissions.length} permissions that ${job} needs.`),
    ...missing(permissions).map((statement) => missingLine(name, statement)),
    ...unknownLines(name, permissions),
    ...told.map((line) => ({ ...line, text: `${name}: ${line.text}` })),
  ];
}

interface Missing {
  readonly account: string;
  readonly optional: boolean;
  readonly statement: MissingStatement;
}

/** What a policy says of the same resources is one statement. */
function missing(permissions: readonly PermissionReport[]): Missing[] {
  const denied = permissions.filter(({ result }) => result === 'denied');
  const alike = ({ account, optional, resources }: PermissionReport) =>
    JSON.stringify([account, optional === true, resources]);
  return groupedBy(denied, alike).flatMap(([, [first, ...others]]) => {
    if (!first) return [];
    const { account, optional, resources } = first;
    const Action = [first, ...others].map(({ action }) => action);
    return [
      {
        account,
        optional: optional === true,
        statement: { Effect: 'Allow' as const, Action, Resource: resources },
      },
    ];
  });
}

function missingLine(name: string, { account, optional, statement }: Missing): Line {
  const tell = optional ? warning : failure;
  const line = tell(
    'function-permission',
    `${name} lacks ${statement.Action.join(', ')} on ${statement.Resource.join(', ')}${optional ? ', and does better with it' : ''}.`,
    'Run `keyturn setup` again, or add this statement to the policy of its role:',
  );
  return { ...line, account, statement };
}

function unknownLines(name: string, permissions: readonly PermissionReport[]): Line[] {
  const unknown = permissions.filter(({ result }) => result === 'unknown');
  return groupedBy(unknown, ({ account, remedy = '' }) => `${account} ${remedy}`).flatMap(
    ([, [first, ...others]]) => {
      if (!first) return [];
      const actions = [first, ...others].map(({ action }) => action).join(', ');
      const text = `Whether ${name} is allowed ${actions} could not be told: ${first.why ?? ''}`;
      return [{ ...warning('function-permission', text, first.remedy ?? ''), account: first.account }];
    },
  );
}
