import { credentialsOf, openAccount } from '../accounts/open';
import { sideBySide } from '../base/side-by-side';
import type { Cloud } from '../cloud/cloud';
import { endpointOf } from '../cloud/endpoints';
import { CloudError } from '../cloud/error';
import { DeadlineError } from '../cloud/gate';
import type { ImsUser } from '../cloud/ims';
import { Sts } from '../cloud/sts';
import { parseEvent, type RunRequest } from '../config/event';
import type { AccountConfig } from '../config/schema';
import { Progress } from '../record/cursor';
import { readInactivity } from '../record/inactivity';
import { readRecord } from '../record/rotation';
import { tagKeys } from '../record/tags';
import type { UserReport } from '../report/run-report';
import { failureOf, type Telling, userReport } from '../report/user-report';
import { inEachAccount, oneError } from '../run/each-account';
import type { Definition, Run, UseCase } from '../run/use-case';
import { type Roster, readRoster } from '../users/roster';
import { secretName } from '../users/secret-name';
import { identityOf } from '../users/user';
import { Execution, planned } from './act';
import { mustLookAt } from './candidates';
import type { InactivityContext } from './context';
import { decide, decideProfile, type IdleRule } from './decide';
import type { Decision } from './decision';
import { allowedBy, shareOf, within } from './limit';
import type { Observation, Profile } from './observation';
import { look } from './observe';
import { survey } from './survey';
import { cutoffsOf } from './time';
import { failureReport, outOfTime } from './user-report';

/** Users looked at, or worked on, side by side. The rate limits are the gate's business. */
const lookedAtOnce = 200;
const workedOnAtOnce = 50;
/** Of the time of a run; the rest is for warning and disabling. */
const shareForLooking = 0.8;

type InactivityRun = Run<RunRequest>;
type Outcome = Awaited<ReturnType<UseCase<RunRequest>>>;
type Halt = NonNullable<Outcome['halt']>;

/** The function that the timer calls. `codeDir` is where `keyturn.yaml` lies beside the code. */
export const disableInactiveFunction = (codeDir: string): Definition<RunRequest> => ({
  name: 'disable-inactive',
  parse: (event) => parseEvent(event, 'disable-inactive'),
  useCase: disableInactive,
  shareOf: ({ limits }, part, parts) => {
    const share = shareOf(limits.disablesPerRun, part, parts);
    return share === undefined ? {} : { disablesPerRun: share };
  },
  codeDir,
});

/**
 * Looks at all accounts before anything is disabled in any: the limit holds in each of them, and over all together.
 * One account's failure is that account's alone.
 */
async function disableInactive(run: InactivityRun): Promise<Outcome> {
  const looked = await inEachAccount(run, (account) => lookInto(run, account));
  const over = limitOverAll(run, looked.done);
  const acted = new Map<Looked, Outcome>();
  await sideBySide(looked.done, run.config.fanOut.concurrency, async (found) => {
    acted.set(found, await actIn(run, found, over !== undefined));
  });
  const outcomes = looked.done.flatMap((found) => acted.get(found) ?? []);
  const halt = over ?? outcomes.find((outcome) => outcome.halt)?.halt;
  const error = oneError([
    ...looked.failures,
    ...outcomes.flatMap(({ error: unfinished }) => unfinished ?? []),
  ]);
  return {
    users: outcomes.flatMap(({ users }) => users),
    notes: [...(over ? [overLimitOfAll(over)] : []), ...outcomes.flatMap(({ notes }) => notes ?? [])],
    halted: halt !== undefined,
    ...(error && { error }),
    ...(halt && { halt }),
  };
}

/** What is due in an account, before it is known whether it may be done. */
interface Looked extends Opened {
  readonly account: AccountConfig;
  readonly progress: Progress;
  readonly chosen: readonly Profile[];
  readonly unknown: readonly UserReport[];
  readonly work: Work;
  readonly due: number;
}

interface Opened {
  readonly context: InactivityContext;
  /** Every user of the account, in the order of names. */
  readonly profiles: readonly Profile[];
  readonly notes: readonly string[];
}

/** @throws CloudError where it cannot be told who must not be touched */
async function open(run: InactivityRun, cloud: Cloud): Promise<Opened> {
  const { config, clock, notifier, log, startedAt } = run;
  const [roster, callerId, { idleRule, note }] = await Promise.all([
    readRoster(cloud, config, clock),
    readCallerId(run, cloud),
    readIdleRule(run, cloud),
  ]);
  const profileOf = profiling(cloud, roster, callerId);
  const context: InactivityContext = {
    cloud,
    clock,
    notifier,
    log,
    startedAt,
    idleRule,
    profileOf,
    config: config.inactivity,
    secretName: (userName) => secretName(config.rotation, cloud.account, userName),
  };
  const profiles = roster.users.map((user) => profileOf(user));
  return { context, profiles, notes: [note] };
}

function profiling(
  { account }: Cloud,
  roster: Roster,
  callerId: string | undefined,
): InactivityContext['profileOf'] {
  return (user: ImsUser, known?: Profile) => {
    const { tags, provisionType } = user;
    const { managed, exemption } = roster.again(user);
    const keptBy = known ? known.keptBy : keeperOf(provisionType);
    return {
      ...identityOf(account, user),
      frozen: known?.frozen ?? user.status === 'freeze',
      createdAt: user.createdAt,
      lastLogin: user.lastLogin,
      ...(keptBy && { keptBy }),
      runsKeyturn: user.id === callerId,
      ...(exemption && { exemption }),
      managed,
      tags,
      rotation: tags.size > 0 ? readRecord(tags) : blank.rotation,
      record: tags.size > 0 ? readInactivity(tags) : blank.record,
    };
  };
}

/** Of the many users without tags, shared. */
const blank = { rotation: readRecord(new Map()), record: readInactivity(new Map()) };

const keeperOf = (provisionType: string | undefined): string | undefined =>
  provisionType && provisionType !== 'Manual' ? provisionType : undefined;

/** The RAM user whose credentials run this, where a person does; a function runs on a role. */
async function readCallerId({ config, context }: InactivityRun, cloud: Cloud): Promise<string | undefined> {
  const endpoint = endpointOf('sts', cloud.region, config.endpoints);
  return (await new Sts(cloud.gate, credentialsOf(context), endpoint).callerIdentity()).userId;
}

/** Alibaba Cloud disables by itself what idles long. It is told beside keyturn's own rule, and nothing hangs on it. */
async function readIdleRule(
  { config }: InactivityRun,
  cloud: Cloud,
): Promise<{ idleRule: IdleRule; note: string }> {
  const { keys, users } = config.inactivity;
  const own = `keyturn disables keys after ${keys.disableAfter.toISO()} and users after ${users.disableAfter.toISO()}`;
  try {
    const preference = await cloud.ims.getSecurityPreference();
    const { maxIdleDaysForAccessKeys: keyDays, maxIdleDaysForUsers: logonDays } = preference;
    const idleRule = { ...(keyDays && { keys: keyDays }), ...(logonDays && { logons: logonDays }) };
    const theirs = `Alibaba Cloud's own idle rule of account ${cloud.account}: AccessKeys after ${inDays(keyDays)}, console logons after ${inDays(logonDays)}`;
    return { idleRule, note: `${theirs}; ${own}.` };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return {
      idleRule: {},
      note: `Alibaba Cloud's own idle rule of account ${cloud.account} could not be read (${error.code}); ${own}.`,
    };
  }
}

const inDays = (days: number | undefined): string => (days === undefined ? 'unknown' : `${days} days`);

/** A user of whom something is to be disabled or deleted. */
interface Due {
  readonly execution: Execution;
  readonly observation: Observation;
  readonly decision: Decision;
  /** What is to be said of it so far. */
  readonly told: Telling;
}

/** What is known of each user by now; users of whom nothing need be reported have no entry in `reports`. */
class Work {
  readonly reports = new Map<string, UserReport>();
  readonly due: Due[] = [];
  readonly unfinished = new Set<string>();

  /** Takes what became of a user, or that the time was over before anything could. */
  async take(user: Profile, work: () => Promise<UserReport | undefined>): Promise<void> {
    try {
      const report = await work();
      if (report) this.reports.set(user.name, report);
      if (report?.reason === outOfTime(user).reason) this.unfinished.add(user.name);
    } catch (error) {
      if (error instanceof DeadlineError) this.unfinished.add(user.name);
      else this.reports.set(user.name, failureReport(user, error));
    }
  }
}

async function lookInto(run: InactivityRun, account: AccountConfig): Promise<Looked> {
  const opened = await open(run, await openAccount(run, account));
  const { context, profiles } = opened;
  const resumes = run.mode === 'enforce' && !run.request.users;
  const progress = new Progress(tagKeys.lookedInactive, resumes ? profiles : []);
  const { after } = progress;
  const remaining = after ? profiles.filter(({ name }) => name > after) : profiles;
  const { chosen, unknown } = choose(run, account.id, remaining);
  const work = new Work();
  await lookAtAll(run, context, profiles, chosen, work);
  const due = work.due.reduce((sum, { decision }) => sum + decision.due, 0);
  return { ...opened, account, progress, chosen, unknown, work, due };
}

/** What is due over all accounts, where it is more than may be done. */
function limitOverAll({ config, request }: InactivityRun, looked: readonly Looked[]): Halt | undefined {
  const due = looked.reduce((sum, account) => sum + account.due, 0);
  const users = looked.reduce((sum, { profiles }) => sum + profiles.length, 0);
  const limit = allowedBy(within(config.limits.disablesPerRun, request.disablesPerRun), users);
  return looked.length > 1 && due > limit ? { due, limit } : undefined;
}

async function actIn(run: InactivityRun, looked: Looked, overAll: boolean): Promise<Outcome> {
  const { context, profiles, progress, chosen, unknown, work, due } = looked;
  const { mode, request, config } = run;
  const { cloud, startedAt } = context;
  const limit = allowedBy(within(config.limits.disablesPerRun, request.disablesPerRun), profiles.length);
  const halted = overAll || due > limit;
  await actOnAll(run, context, work, halted);
  if (mode === 'enforce' && !request.users) {
    await progress.remember(cloud, finishedOf(chosen, work), startedAt).catch((error: unknown) => {
      context.log.warn({ error: failureOf(error) }, 'how far the run came could not be remembered');
    });
  }

  const users = [...chosen.flatMap(({ name }) => work.reports.get(name) ?? []), ...unknown];
  const unlisted = chosen.length + unknown.length - users.length;
  return {
    users,
    notes: [
      ...(due > limit ? [overLimit(cloud.account, due, limit)] : []),
      ...(progress.after
        ? [`The run began behind user ${progress.after}, where the time of an earlier one had been over.`]
        : []),
      ...(unlisted > 0
        ? [
            `${unlisted} users of account ${cloud.account} are in use or have nothing to disable, and are not listed.`,
          ]
        : []),
      ...looked.notes,
      ...cloud.notes,
    ],
    ...(due > limit && { halt: { due, limit } }),
    ...(work.unfinished.size > 0 && { error: timeLimitReached(cloud.account, chosen, work) }),
  };
}

/** The users that this run is about. */
function choose(
  { request }: InactivityRun,
  account: string,
  profiles: readonly Profile[],
): { chosen: readonly Profile[]; unknown: UserReport[] } {
  if (!request.users) return { chosen: profiles, unknown: [] };
  const asked = new Set(request.users);
  const chosen = profiles.filter(({ name }) => asked.has(name));
  const existing = new Set(chosen.map(({ name }) => name));
  const unknown = request.users
    .filter((name) => !existing.has(name))
    .map((name) =>
      userReport({ account, name }, { reason: 'UserNotFound', message: `RAM does not know a user ${name}.` }),
    );
  return { chosen, unknown };
}

/** Looks, decides and warns. Warnings go out whatever the limit says, so they need not wait for the last look. */
async function lookAtAll(
  run: InactivityRun,
  context: InactivityContext,
  profiles: readonly Profile[],
  chosen: readonly Profile[],
  work: Work,
): Promise<void> {
  const { clock, request, lastStartAt, mode } = run;
  const { cloud, config, log, idleRule } = context;
  const now = clock.now();
  const open = chosen.filter((user) => {
    const leave = decideProfile(user, now);
    if (leave) work.reports.set(user.name, userReport(user, leave));
    return !leave;
  });
  const cutoffs = cutoffsOf(config, now);
  const rows = request.users ? undefined : await survey(cloud, profiles.length, cutoffs, clock, log);
  const rowOf = (user: Profile) => rows?.get(user.principalName);
  const candidates = rows ? open.filter((user) => mustLookAt(user, rowOf(user), cutoffs, now)) : open;

  const from = clock.elapsed();
  const until = from + (lastStartAt - from) * shareForLooking;
  const inTime = cloud.until(until);
  await sideBySide(candidates, lookedAtOnce, async (user) => {
    if (clock.elapsed() >= until) return void work.unfinished.add(user.name);
    await work.take(user, async () => {
      const observation = await look(inTime, user, config, clock.now(), rowOf(user));
      const decision = decide(observation, config, clock.now(), idleRule);
      const execution = new Execution(context, observation);
      const told = mode === 'enforce' ? await execution.prepare(decision) : decision;
      if (decision.due > 0) work.due.push({ execution, observation, decision, told });
      return decision.quiet && !request.users ? undefined : userReport(user, told);
    });
  });
}

async function actOnAll(
  { clock, lastStartAt, mode }: InactivityRun,
  context: InactivityContext,
  work: Work,
  halted: boolean,
): Promise<void> {
  await sideBySide(work.due, workedOnAtOnce, async ({ execution, observation, decision, told }) => {
    const { user } = observation;
    await work.take(user, async () => {
      if (mode === 'enforce' && clock.elapsed() >= lastStartAt) return userReport(user, outOfTime(user));
      if (mode === 'plan' || halted) {
        const actions = await planned(context, observation, decision.steps);
        return userReport(user, halted ? withheld(told) : told, actions);
      }
      return execution.execute(decision);
    });
  });
}

const withheld = (told: Telling): Telling => ({
  ...told,
  reason: 'LimitExceeded',
  message: `${told.message} It was not done, since more is due in this run than limits.disablesPerRun allows.`,
});

const overLimit = (account: string, due: number, allowed: number): string =>
  `In account ${account} ${due} users and keys are due to be disabled or deleted, and limits.disablesPerRun allows ${allowed}: none was. Check the list; if it is right, raise the limit for a run.`;

const overLimitOfAll = ({ due, limit }: Halt): string =>
  `Over all accounts of this run ${due} users and keys are due to be disabled or deleted, and limits.disablesPerRun allows ${limit}: none was. Check the list; if it is right, raise the limit for a run, or make it a percentage.`;

/** The users before the first that this run could not finish. */
function finishedOf(chosen: readonly Profile[], { unfinished, reports }: Work): readonly string[] | 'all' {
  if (unfinished.size === 0) return 'all';
  const first = chosen.findIndex(({ name }) => unfinished.has(name));
  const untouchable = new Set(['Exempt', 'UserFrozen', 'KeptElsewhere', 'RunsKeyturn', 'RecordUnreadable']);
  const before = chosen.slice(0, first).map(({ name }) => name);
  return before.filter((name) => !untouchable.has(reports.get(name)?.reason ?? ''));
}

function timeLimitReached(account: string, chosen: readonly Profile[], { unfinished }: Work) {
  const first = chosen.findIndex(({ name }) => unfinished.has(name));
  const last = chosen[first - 1];
  return {
    code: 'TimeLimitReached',
    message: `account ${account}: the function's time sufficed for ${chosen.length - unfinished.size} of ${chosen.length} users${last ? `, up to ${last.name}` : ''}; the next run goes on from there.`,
  };
}
