import type { DateTime } from 'luxon';
import type { Config } from '../config/schema';
import type { AccountFacts } from './facts';
import type { CheckResult } from './finding';

/** One practice. `cis` is its number in the CIS Alibaba Cloud Foundation Benchmark, version 2.0.0. */
export interface Check extends Pick<CheckResult, 'id' | 'title' | 'severity' | 'cis'> {
  readonly remedy: string;
  readonly judge: (facts: AccountFacts, config: Config, now: DateTime) => Judgement;
}

export type Judgement = Pick<CheckResult, 'result' | 'evidence'>;

/** What speaks against a pass, one sentence each. */
export type Finding = { readonly fault: string } | { readonly unknown: string };

export const fault = (sentence: string): Finding => ({ fault: sentence });
export const unknown = (sentence: string): Finding => ({ unknown: sentence });

/** Failed where anything is at fault, unknown where anything is not known; the evidence has both. */
export function judged(findings: readonly Finding[], otherwise: string): Judgement {
  const faults = findings.flatMap((each) => ('fault' in each ? each.fault : []));
  const unknowns = findings.flatMap((each) => ('unknown' in each ? each.unknown : []));
  if (faults.length + unknowns.length === 0) return { result: 'passed', evidence: [otherwise] };
  return { result: faults.length > 0 ? 'failed' : 'unknown', evidence: [...faults, ...unknowns] };
}

export function resultOf(check: Check, ...seen: Parameters<Check['judge']>): CheckResult {
  const { id, title, severity, cis, remedy, judge } = check;
  const { result, evidence } = judge(...seen);
  return {
    id,
    title,
    severity,
    ...(cis && { cis }),
    result,
    evidence,
    ...(result !== 'passed' && { remedy }),
  };
}
