import { openAccount } from '../accounts/open';
import { sideBySide } from '../base/side-by-side';
import type { Cloud } from '../cloud/cloud';
import { DeadlineError } from '../cloud/gate';
import type { ImsUser } from '../cloud/ims';
import { EventError } from '../config/error';
import { parseEvent, type RotationRequest } from '../config/event';
import type { AccountConfig, Config, Exemption } from '../config/schema';
import { Progress } from '../record/cursor';
import { readRecord } from '../record/rotation';
import { isoSeconds, type RunOutcome, type UserReport } from '../report/run-report';
import { userReport } from '../report/user-report';
import { inEachAccount, oneError } from '../run/each-account';
import type { Definition, Run } from '../run/handler';
import { runIdOf } from '../run/run-id';
import { lastLookFrom } from '../run/time-limit';
import {
  type Directory,
  exemptionOf,
  groupsNamed,
  identityOf,
  isManaged,
  readDirectory,
} from '../users/directory';
import { secretsIn } from '../users/secret-name';
import type { RotationContext } from './context';
import { decide, isBegun, isUnfinished, nothingDue } from './decide/chain';
import type { Decision } from './decide/decision';
import type { EmergencyRequest } from './emergency/decide';
import { finishEmergency, runEmergency } from './emergency/run';
import type { Observation } from './observation';
import { type Look, observe } from './observe';
import { finishRollback, runRollback } from './rollback/run';
import { type Permit, rotateUser } from './rotate-user';
import { failureReport } from './user-report';

/** On the last user that was looked at, where a run ran out of time. */
const progressTag = 'keyturn:looked';

/** Users looked at, or worked on, side by side. The rate limits are the gate's business. */
const lookedAtOnce = 200;
const workedOnAtOnce = 16;

type RotationRun = Run<RotationRequest>;
type Outcome = Pick<RunOutcome, 'users' | 'error' | 'notes'>;

/** What a person asks for changes things at once, so a configuration that only plans refuses it. @throws EventError */
function admitRotation(request: RotationRequest, config: Config): void {
  const wish = request.emergency ? 'emergency' : request.rollback ? 'rollback' : undefined;
  if (!wish) return;
  if (config.mode === 'plan' && !request.dryRun) {
    throw new EventError([
      {
        path: wish,
        message:
          'is refused while the configuration says mode: plan; set mode: enforce, or add dryRun: true to see the plan',
      },
    ]);
  }
  const several = config.resourceDirectory !== undefined || (config.accounts?.length ?? 1) > 1;
  if (!request.account && several) {
    const what = wish === 'emergency' ? 'an emergency' : 'a rollback';
    throw new EventError([
      { path: 'account', message: `must be named in ${what}, since there are several accounts` },
    ]);
  }
}

/** The function that the timer calls. `codeDir` is where `keyturn.yaml` lies beside the code. */
export const rotateKeysFunction = (codeDir: string): Definition<RotationRequest> => ({
  name: 'rotate-keys',
  parse: (event) => parseEvent(event, 'rotate-keys'),
  admit: admitRotation,
  useCase: rotateKeys,
  shareOf: () => ({}),
  codeDir,
});

/** The function for emergencies alone: no timer, and none of its calls waits for a rotation. */
export const emergencyFunction = (codeDir: string): Definition<RotationRequest> => ({
  name: 'emergency',
  parse: (event) => parseEvent(event, 'emergency'),
  admit: admitRotation,
  useCase: rotateKeys,
  codeDir,
});

async function rotateKeys(run: RotationRun): Promise<Outcome> {
  const { done, failures } = await inEachAccount(run, (account) => rotateAccount(run, account));
  const error = oneError(failures);
  return {
    notes: [...new Set(done.flatMap(({ notes }) => notes))],
    users: done.flatMap(({ users }) => users),
    ...(error && { error }),
  };
}

async function rotateAccount(run: RotationRun, account: AccountConfig) {
  const context = contextOf(run, await openAccount(run, account));
  const inTurn = { ...run, lastLookAt: lastLookFrom(run) };
  const users = await work(inTurn, context);
  return { users, notes: [...context.notes] };
}

function work(run: RotationRun, context: RotationContext): Promise<UserReport[]> {
  const { emergency: urgent, rollback, users = [] } = run.request;
  if (urgent) return emergency(run, context);
  if (rollback) return Promise.all(users.map((user) => runRollback(context, user)));
  return rotation(run, context);
}

function contextOf(
  { config, clock, notifier, log, context, startedAt, endsAt, request }: RotationRun,
  cloud: Cloud,
) {
  return {
    cloud,
    clock,
    notifier,
    log,
    startedAt,
    endsAt,
    config: secretsIn(cloud.account, config.rotation),
    runId: runIdOf(context.requestId),
    notes: cloud.notes,
    ...(request.reason && { reason: request.reason }),
  } satisfies RotationContext;
}

async function emergency({ request, config }: RotationRun, context: RotationContext): Promise<UserReport[]> {
  const { users = [], keyId, containOnly, force } = request;
  const order: EmergencyRequest = { kind: containOnly ? 'contain' : 'replace', ...(keyId && { keyId }) };
  return Promise.all(
    users.map((user) =>
      runEmergency(context, config.exempt, { user, request: order, force: force === true }),
    ),
  );
}

interface Candidate {
  readonly look: Look;
  readonly exemption?: Exemption;
}

async function rotation(run: RotationRun, context: RotationContext): Promise<UserReport[]> {
  const { config, clock, request, mode, log } = run;
  const { cloud } = context;
  const [directory, kmsManaged] = await Promise.all([
    readDirectory(cloud, groupsNamed(config.rotation.users, config.exempt)),
    cloud.ownKms.listRamCredentialSecrets(),
  ]);
  const wanted = directory.users.filter(
    (user) => isManaged(user, config.rotation.users, directory.members) || isBegun(readRecord(user.tags)),
  );
  const { chosen, missing } = choose(run, directory, wanted);
  const whole = mode === 'enforce' && !request.users;
  const progress = new Progress(progressTag, whole ? directory.users : []);
  const order = progress.inOrder(chosen);
  const candidates = order.map((user): Candidate => {
    const isMember = (group: string) => directory.members.get(group)?.has(user.name) === true;
    const exemption = exemptionOf(user, config.exempt, isMember, clock.now());
    return {
      look: {
        user: identityOf(cloud.account, user),
        tags: user.tags,
        kmsManaged: kmsManaged.has(user.name),
      },
      ...(exemption && { exemption }),
    };
  });
  const worked = await workThrough(run, context, candidates);
  if (whole) {
    await progress.remember(cloud, finishedOf(order, worked), clock.now()).catch((error: unknown) => {
      log.warn({ error }, 'how far this run came could not be written down; the next one starts over');
    });
  }
  const absent = missing.map((name) =>
    userReport(
      { account: cloud.account, name },
      {
        reason: 'UserNotFound',
        message: `The configuration names user ${name}, whom RAM does not know.`,
      },
    ),
  );
  const byName = new Map(worked.map((report) => [report.user, report]));
  return [...chosen.flatMap(({ name }) => byName.get(name) ?? []), ...absent];
}

/** Those before the first one for whom there was no time. */
function finishedOf(order: readonly ImsUser[], reports: readonly UserReport[]): readonly ImsUser[] | 'all' {
  const left = reports.findIndex(({ reason }) => reason === 'TimeLimitReached');
  return left === -1 ? 'all' : order.slice(0, left);
}

/** The managed users that this run is about, and the managed names that nobody has. @throws EventError */
function choose(
  { request, config }: RotationRun,
  { users }: Directory,
  managed: readonly ImsUser[],
): { chosen: readonly ImsUser[]; missing: string[] } {
  const existing = new Set(users.map(({ name }) => name));
  const missing = config.rotation.users.names.filter((name) => !existing.has(name));
  if (!request.users) return { chosen: managed, missing };
  const names = new Set(managed.map(({ name }) => name));
  const stranger = request.users.find((name) => !names.has(name) && !missing.includes(name));
  if (stranger !== undefined) {
    throw new EventError([
      {
        path: 'users',
        message: `${stranger} is not a managed user (rotation.users in the configuration says who is); nothing was done`,
      },
    ]);
  }
  const asked = new Set(request.users);
  return {
    chosen: managed.filter(({ name }) => asked.has(name)),
    missing: missing.filter((name) => asked.has(name)),
  };
}

interface Due {
  readonly look: Look;
  readonly observation: Observation;
  readonly decision: Decision;
}

async function workThrough(
  run: RotationRun,
  context: RotationContext,
  candidates: readonly Candidate[],
): Promise<UserReport[]> {
  const reports = new Map<string, UserReport>();
  const due: Due[] = [];
  const begun: Look[] = [];
  await sideBySide(candidates, lookedAtOnce, async ({ look, exemption }) => {
    if (isBegun(readRecord(look.tags))) return void begun.push(look);
    const seen = exemption ? exempt(look, exemption) : await lookAt(run, context, look);
    if ('decision' in seen) due.push(seen);
    else reports.set(look.user.name, seen);
  });

  const permits = permitsFor(due, run.config.limits.rotationsPerRun);
  const works = [
    ...begun.map((look) => ({ look, work: () => finish(context, look) })),
    ...due.sort(byUrgency).map(({ look, observation, decision }) => ({
      look,
      work: () => rotateUser(context, look, observation, decision, permits(look.user.name)),
    })),
  ];
  await sideBySide(works, workedOnAtOnce, async ({ look, work }) => {
    const inTime = run.clock.elapsed() < run.lastStartAt;
    reports.set(look.user.name, inTime ? await work() : outOfTime(look));
  });
  return candidates.flatMap(({ look }) => reports.get(look.user.name) ?? []);
}

/** An emergency wins over a rollback that is under way. */
async function finish(context: RotationContext, look: Look): Promise<UserReport> {
  const { emergency: intent, rollback } = readRecord(look.tags);
  if (isUnfinished(intent)) return finishEmergency(context, look.user.name, intent);
  if (rollback) return finishRollback(context, look, rollback);
  throw new Error(`nothing of user ${look.user.name} is unfinished`);
}

/** One look at the keys where nothing is due, and a close one where something may be. */
async function lookAt(
  { clock, lastLookAt }: RotationRun,
  context: RotationContext,
  look: Look,
): Promise<Due | UserReport> {
  const { config } = context;
  const { user } = look;
  const cloud = context.cloud.until(lastLookAt);
  try {
    const record = readRecord(look.tags);
    const keys = await cloud.ram.listAccessKeys(user.name);
    const settled = nothingDue({ ...look, keys, record }, config, clock.now());
    if (settled) return userReport(user, settled);
    const observation = await observe(cloud, config, look);
    return { look, observation, decision: decide(observation, config, clock.now()) };
  } catch (error) {
    if (error instanceof DeadlineError) return outOfTime(look);
    return failureReport(user, error);
  }
}

/** Those that may begin a rotation: takeovers and first keys, then the oldest keys. */
function permitsFor(due: readonly Due[], limit: number): (user: string) => Permit {
  const beginning = due
    .filter(({ decision }) => decision.begins)
    .sort(
      (a, b) =>
        Number(b.decision.begins === 'first') - Number(a.decision.begins === 'first') || byUrgency(a, b),
    )
    .map(({ look }) => look.user.name);
  const granted = new Set(beginning.slice(0, limit));
  return (user) => () => {
    if (!granted.has(user) && granted.size >= limit) return false;
    granted.add(user);
    return true;
  };
}

/** What has waited longest comes first, but behind it whoever failed to prove, so that nobody starves. */
function byUrgency(a: Due, b: Due): number {
  return failures(a) - failures(b) || oldest(a) - oldest(b);
}

const failures = ({ observation }: Due): number => observation.record.standby?.failures ?? 0;

const oldest = ({ observation }: Due): number =>
  Math.min(...observation.keys.map((key) => key.createdAt.toMillis()));

const outOfTime = ({ user }: Look): UserReport =>
  userReport(user, {
    reason: 'TimeLimitReached',
    message: `The function's time did not suffice for user ${user.name}; it comes first in the next run.`,
  });

export const exempt = ({ user }: Pick<Look, 'user'>, { reason, endsAt }: Exemption): UserReport =>
  userReport(user, {
    reason: 'Exempt',
    message: `User ${user.name} is exempt${endsAt ? ` until ${isoSeconds(endsAt)}` : ''}: ${reason}`,
    ...(endsAt && { nextCheckAt: endsAt }),
  });
