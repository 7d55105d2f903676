import type { DateTime } from 'luxon';
import { openAccount } from '../accounts/open';
import { sideBySide } from '../base/side-by-side';
import { reminderEvery } from '../base/time';
import type { Cloud } from '../cloud/cloud';
import { isRefusedForGood } from '../cloud/error';
import { DeadlineError } from '../cloud/gate';
import type { LeakList } from '../cloud/security-center';
import { type LeakRequest, parseLeakEvent } from '../config/event';
import type { UserReport } from '../report/run-report';
import { failureOf, userReport } from '../report/user-report';
import { Alarms } from '../run/alarms';
import { inEachAccount, oneError } from '../run/each-account';
import { type Definition, type Run, runIdOf, type UseCase } from '../run/use-case';
import type { LeakContext } from './context';
import { type Decision, decide } from './decide';
import type { LeakedKey, Observation } from './observation';
import { leakedKeys, observe } from './observe';
import { whereFound } from './places';
import { nameOf, respond } from './respond';
import { withoutEchoes } from './tell';

/** Keys looked at, and users worked on, side by side. The rate limits are the gate's business. */
const lookedAtOnce = 50;
const workedOnAtOnce = 16;

type LeakRun = Run<LeakRequest>;
type Outcome = Awaited<ReturnType<UseCase<LeakRequest>>>;

/** The function that the timer calls, and EventBridge. `codeDir` is where `keyturn.yaml` lies beside the code. */
export function respondToLeaksFunction(codeDir: string): Definition<LeakRequest> {
  const told = new Map<string, DateTime>();
  return {
    name: 'respond-to-leaks',
    parse: parseLeakEvent,
    useCase: (run) => respondToLeaks(run, told),
    alarms: new Alarms(reminderEvery),
    codeDir,
  };
}

/** One account's failure is that account's alone, and so is its limit. */
async function respondToLeaks(run: LeakRun, told: Map<string, DateTime>): Promise<Outcome> {
  const { done, failures } = await inEachAccount(run, async (account) => {
    const cloud = await openAccount(run, account);
    return inAccount(run, contextOf(run, cloud, told));
  });
  const halt = done.find((outcome) => outcome.halt)?.halt;
  const error = oneError(failures);
  return {
    users: done.flatMap(({ users }) => users),
    notes: [...new Set(done.flatMap(({ notes = [] }) => notes))],
    halted: done.some(({ halted }) => halted),
    ...(error && { error }),
    ...(halt && { halt }),
  };
}

function contextOf(run: LeakRun, cloud: Cloud, told: Map<string, DateTime>): LeakContext {
  const { config, notifier, log, context, startedAt, endsAt, request } = run;
  return {
    config,
    told,
    rotation: {
      cloud,
      clock: cloud.gate.serviceClock,
      log,
      startedAt,
      endsAt,
      notifier: withoutEchoes(notifier),
      config: config.rotation,
      runId: runIdOf(context.requestId),
      notes: cloud.notes,
      ...(request.reason && { reason: request.reason }),
    },
  };
}

/** A leaked key of which it is known what to do. */
interface Case {
  readonly observation: Observation;
  readonly decision: Decision;
}

async function inAccount(run: LeakRun, context: LeakContext): Promise<Outcome> {
  const { cloud, notes } = context.rotation;
  const { limits, leaks } = run.config;
  const list = await pendingLeaks(context);
  if (list.unread > 0)
    notes.add(`${list.unread} more findings of account ${cloud.account} wait for the next run.`);
  const reports: UserReport[] = [];
  const cases: Case[] = [];
  await sideBySide(leakedKeys(list.findings), lookedAtOnce, async (leaked) => {
    try {
      const observation = await observe(cloud.until(run.lastLookAt), run.config, leaked);
      cases.push({ observation, decision: decide(observation, leaks) });
    } catch (error) {
      if (!run.request.users) reports.push(unseen(context, leaked, error));
    }
  });
  const asked = cases.filter(({ observation }) => isAsked(run, observation));
  const due = asked.filter(({ decision }) => acts(decision)).length;
  const halted = due > limits.leakedKeysPerRun;
  await sideBySide(byOwner(asked), workedOnAtOnce, async (ofOne) => {
    for (const each of ofOne) reports.push(await work(run, context, each, halted));
  });
  if (halted) notes.add(overLimit(cloud.account, due, limits.leakedKeysPerRun));
  return {
    users: reports,
    notes: [...notes],
    halted,
    ...(halted && { halt: { due, limit: limits.leakedKeysPerRun } }),
  };
}

/** Nothing where Security Center is not to be had in this account: that is said, and is no failure. */
async function pendingLeaks({ rotation: { cloud, notes, log } }: LeakContext): Promise<LeakList> {
  try {
    return await cloud.securityCenter.pendingLeaks();
  } catch (error) {
    if (!isRefusedForGood(error)) throw error;
    log.warn({ error }, 'Security Center is not read');
    notes.add(
      `Security Center of account ${cloud.account} is not read, so leaks are not seen here: it is not activated, or the role lacks yundun-aegis:DescribeAccesskeyLeakList (${error.code}).`,
    );
    return { findings: [], unread: 0 };
  }
}

const isAsked = ({ request: { users } }: LeakRun, { owner }: Observation): boolean =>
  !users || (owner.kind === 'user' && users.includes(owner.name));

const acts = (decision: Decision): boolean => decision.do === 'contain' || decision.do === 'replace';

/** Two keys of one user follow one another: an emergency has the user to itself. */
function byOwner(cases: readonly Case[]): Case[][] {
  const groups = new Map<string, Case[]>();
  for (const each of cases) {
    const { owner, keyId, findings } = each.observation;
    const name = owner.kind === 'user' ? owner.name : `${keyId} ${findings[0].id}`;
    groups.set(name, [...(groups.get(name) ?? []), each]);
  }
  return [...groups.values()];
}

async function work(
  run: LeakRun,
  context: LeakContext,
  { observation, decision }: Case,
  halted: boolean,
): Promise<UserReport> {
  const { cloud } = context.rotation;
  const who = { account: cloud.account, name: nameOf(observation.owner) };
  if (run.clock.elapsed() >= run.lastStartAt) return userReport(who, outOfTime(observation));
  if (halted && acts(decision)) return userReport(who, withheld(observation));
  return respond(context, observation, decision);
}

/** Of a key that could not be looked at nobody can tell whose it is. */
function unseen({ rotation: { cloud } }: LeakContext, leaked: LeakedKey, error: unknown): UserReport {
  const who = { account: cloud.account, name: '<unknown>' };
  if (error instanceof DeadlineError) return userReport(who, outOfTime(leaked));
  const failure = failureOf(error);
  return userReport(who, {
    reason: 'Failed',
    message: `Key ${leaked.keyId} leaked, and could not be looked at: ${failure.message} The next run tries again. ${whereFound(leaked)}`,
    failure,
  });
}

const outOfTime = (leaked: LeakedKey) => ({
  reason: 'TimeLimitReached',
  message: `The function's time did not suffice for key ${leaked.keyId}; the next run goes on. ${whereFound(leaked)}`,
});

const withheld = (leaked: LeakedKey) => ({
  reason: 'LimitExceeded',
  message: `Key ${leaked.keyId} leaked and is enabled: more keys are due in this run than limits.leakedKeysPerRun allows, so none was disabled. ${whereFound(leaked)}`,
});

const overLimit = (account: string, due: number, limit: number): string =>
  `In account ${account} ${due} leaked keys are due to be disabled, and limits.leakedKeysPerRun allows ${limit}: none was. Check the findings in Security Center; if they are right, raise the limit.`;
