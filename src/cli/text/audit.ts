import pc from 'picocolors';
import type { AccountAudit, Audit, CheckResult } from '../../audit/finding';
import { severities } from '../../audit/finding';
import { plain } from './table';

type Colors = ReturnType<typeof pc.createColors>;

const shown = 5;
/** In this order the checks are told: what needs a person comes first. */
const results = ['failed', 'unknown', 'passed'] as const;

/** What was found, for a terminal: what failed and what is not known with its evidence, what passed in a line. */
export function auditText({ at, accounts }: Audit, colored: boolean): string {
  const colors = pc.createColors(colored);
  return [`As of ${at}`, ...accounts.map((account) => accountText(account, colors))].join('\n\n');
}

function accountText({ account, checks }: AccountAudit, colors: Colors): string {
  const gravestFirst = severities.flatMap((severity) =>
    checks.filter((check) => check.severity === severity),
  );
  const having = (result: CheckResult['result']) => gravestFirst.filter((check) => check.result === result);
  const counts = results.map((result) => `${having(result).length} ${result}`).join(', ');
  return [
    colors.bold(`Account ${account}: ${counts}`),
    ...[...having('failed'), ...having('unknown')].map((check) => `\n${inFull(check, colors)}`),
    '',
    ...having('passed').map((check) => headline(check, colors)),
  ]
    .join('\n')
    .trimEnd();
}

function headline({ result, severity, cis, title, id }: CheckResult, colors: Colors): string {
  const paint = { failed: colors.red, unknown: colors.yellow, passed: colors.green }[result];
  const number = cis ? `CIS ${cis}` : '';
  return [paint(result.padEnd(7)), severity.padEnd(6), number.padEnd(8), `${title} (${id})`].join('  ');
}

function inFull(check: CheckResult, colors: Colors): string {
  const { evidence, remedy } = check;
  const more = evidence.length - shown;
  return [
    headline(check, colors),
    ...evidence.slice(0, shown).map((sentence) => `  ${plain(sentence)}`),
    ...(more > 0 ? [`  … and ${more} more; --json has them all.`] : []),
    ...(remedy ? [colors.dim(`  To do: ${plain(remedy)}`)] : []),
  ].join('\n');
}
