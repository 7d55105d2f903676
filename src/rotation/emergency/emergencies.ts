import { openAccount } from '../../accounts/open';
import type { AccountConfig } from '../../config/schema';
import type { RunOutcome, UserReport } from '../../report/run-report';
import { failureOf } from '../../report/user-report';
import { inEachAccount, oneError } from '../../run/each-account';
import { contextOf, type RotationRun } from '../context';
import type { EmergencyRequest } from './decide';
import { locate } from './locate';
import { runEmergency } from './run';

type Outcome = Pick<RunOutcome, 'users' | 'error' | 'notes'>;

/** The emergencies that an event asks for, in whichever accounts their users are, side by side. */
export async function runEmergencies(run: RotationRun): Promise<Outcome> {
  const { located, failures: unlocated } = await locate(run);
  const accounts = [...new Map(located.map(({ account }) => [account.id, account])).values()];
  const usersOf = (id: string) => located.filter(({ account }) => account.id === id).map(({ user }) => user);
  const { done, failures } = await inEachAccount({ ...run, accounts }, (account) =>
    inAccount(run, account, usersOf(account.id)),
  );
  const error = oneError(failures);
  return {
    notes: [...new Set(done.flatMap(({ notes }) => notes))],
    users: [...done.flatMap(({ users }) => users), ...unlocated],
    ...(error && { error }),
  };
}

async function inAccount(run: RotationRun, account: AccountConfig, users: readonly string[]) {
  const { keyId, containOnly, force = false, again } = run.request;
  const named = keyId && { keyId };
  const contain: EmergencyRequest = { kind: 'contain', ...named };
  const replace: EmergencyRequest = { kind: 'replace', ...named, ...(again && { again }) };
  const { cloud, unreachable } = await openFor(run, account);
  const context = contextOf(run, cloud);
  const request = containOnly || unreachable !== undefined ? contain : replace;
  const reports = await Promise.all(
    users.map((user) => runEmergency(context, run.config.exempt, { user, request, force })),
  );
  return {
    users:
      unreachable === undefined ? reports : reports.map((report) => withoutSuccessor(report, unreachable)),
    notes: [...context.notes],
  };
}

/** Containment needs the account alone, and a leaked key dies also where the KMS of another account is out of reach. */
async function openFor(run: RotationRun, account: AccountConfig) {
  const alone = () => openAccount(run, account, { secrets: 'left out' });
  if (run.request.containOnly) return { cloud: await alone() };
  try {
    return { cloud: await openAccount(run, account) };
  } catch (unreachable) {
    return { cloud: await alone(), unreachable };
  }
}

function withoutSuccessor(report: UserReport, cause: unknown): UserReport {
  const failure = failureOf(cause);
  const message = `${report.message} No successor was issued: ${failure.message}`;
  return { ...report, message, error: report.error ?? { code: failure.code, message } };
}
