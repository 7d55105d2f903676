import type { PermissionReport } from '../report/check-report';
import type { FunctionName } from '../report/run-report';

type Result = PermissionReport['result'];

/** One permission in one account: what you may, and what each function may that was asked and needs it. */
export interface MatrixRow {
  readonly account: string;
  readonly action: string;
  readonly you?: Result;
  readonly functions: Partial<Record<FunctionName, Result>>;
}

/** The permissions side by side, in the order in which they are met. */
export function matrixOf(
  you: readonly PermissionReport[],
  functions: ReadonlyMap<FunctionName, readonly PermissionReport[]>,
): MatrixRow[] {
  const rows = new Map<string, MatrixRow>();
  const add = ({ account, action }: PermissionReport, more: (row: MatrixRow) => Partial<MatrixRow>): void => {
    const place = `${account} ${action}`;
    const row = rows.get(place) ?? { account, action, functions: {} };
    rows.set(place, { ...row, ...more(row) });
  };
  for (const permission of you) add(permission, () => ({ you: permission.result }));
  for (const [job, permissions] of functions) {
    for (const permission of permissions) {
      add(permission, (row) => ({ functions: { ...row.functions, [job]: permission.result } }));
    }
  }
  return [...rows.values()];
}
