import { DeadlineError } from '../cloud/gate';
import type { Fact } from '../notify/fact';
import { type Intent, isBegun, write } from '../record/rotation';
import { claimTagKey, fitsBesideEmergency, tagKeys } from '../record/tags';
import type { ActionReport, UserReport } from '../report/run-report';
import { userReport, type Who } from '../report/user-report';
import type { Look } from '../users/user';
import { type ClaimResult, takeClaim } from './act/claim';
import { NoticeGatheredError } from './act/new-key-notices';
import { reminder, withTraces } from './act/notices';
import { planned, StepRunner } from './act/step-runner';
import { UndeliveredError } from './act/steps/notify';
import { endOf, type RotationContext } from './context';
import { decide } from './decide/chain';
import type { Decision, Step } from './decide/decision';
import { mostRounds } from './decide/way';
import type { Observation } from './observation';
import { observe } from './observe';
import { ended, failureReport } from './user-report';

const noticeMayWait = { days: 1 };

/** Whether this user's rotation may begin in this run. */
export type Permit = () => boolean;

export interface Rotated {
  readonly report: UserReport;
  /** A key was issued and is there, or would be in mode enforce. */
  readonly begun: boolean;
  /** Where the user waits for the notices that this run gathers: goes on when they are told. Never rejects. */
  readonly whenTold?: () => Promise<UserReport>;
}

/** Brings one user as far as it may go now, by the way that was foreseen. Never rejects: what fails is in the report. */
export async function rotateUser(
  context: RotationContext,
  look: Look,
  observation: Observation,
  way: readonly [Decision, ...Decision[]],
  permit: Permit,
): Promise<Rotated> {
  const { user } = look;
  const [first] = way;
  try {
    if (context.cloud.gate.mode === 'plan') return plannedWay(user, way, permit);
    if (first.begins && !permit()) return idle(userReport(user, overLimit(first)));
    if (first.steps.length === 0) {
      await remind(context, observation, first);
      return idle(userReport(user, first));
    }
    const intent = creates(first.steps) ? intentOf(context, observation) : undefined;
    return await claimed({ context, look, observation, permit, done: [], actions: [] }, intent);
  } catch (error) {
    return idle(failureReport(user, error));
  }
}

const idle = (report: UserReport): Rotated => ({ report, begun: false });

/** Tells the whole way, and takes no step of it. */
function plannedWay(user: Who, way: readonly [Decision, ...Decision[]], permit: Permit): Rotated {
  const held = way.findIndex((decision) => decision.begins && !permit());
  const taken = held === -1 ? way : way.slice(0, held);
  const [last = way[0], ...before] = [...taken, ...way.slice(held, held + 1).map(overLimit)].reverse();
  const done = before.reverse().filter((decision) => !isAside(decision));
  const steps = taken.flatMap((decision) => decision.steps);
  return { report: userReport(user, summary(done, last), planned(steps)), begun: creates(steps) };
}

/** One user's rotation in this run, perhaps in two parts. */
interface Rotation {
  readonly context: RotationContext;
  readonly look: Look;
  readonly observation: Observation;
  readonly permit: Permit;
  /** What was decided and done so far. */
  readonly done: Decision[];
  readonly actions: readonly ActionReport[];
}

async function claimed(rotation: Rotation, intent?: Intent): Promise<Rotated> {
  const { context, look, actions } = rotation;
  const { cloud, clock, runId } = context;
  const { user } = look;
  const taken = await takeClaim(
    { cloud, clock, runId, userId: user.id, by: 'timer', ...(intent && { intent }) },
    async () => undefined,
  );
  return taken.kind === 'busy' ? idle(userReport(user, busy(user.name), actions)) : work(rotation, taken);
}

type Held = Extract<ClaimResult<unknown>, { kind: 'held' }>;

async function work(rotation: Rotation, { claim, tags }: Held): Promise<Rotated> {
  const { context, look, observation } = rotation;
  const { user } = look;
  const runner = new StepRunner(context, claim, observation, tags);
  const actions = () => [...rotation.actions, ...runner.actions];
  let gathered: NoticeGatheredError | undefined;
  const report = await rounds(rotation, runner, tags).then(
    (decision) => userReport(user, decision, actions()),
    (error: unknown) => {
      if (error instanceof NoticeGatheredError) gathered = error;
      if (error instanceof NoticeGatheredError || error instanceof UndeliveredError)
        return userReport(user, undelivered(context, user.name, error), actions());
      return failureReport(user, error, actions());
    },
  );
  const ending = await ended(runner, user, report);
  const begun = runner.leavesNewKey;
  if (!gathered || ending !== report) return { report: ending, begun };
  const { fact } = gathered;
  return { report, begun, whenTold: () => finish({ ...rotation, actions: actions() }, fact, report) };
}

/** Writes down what came of the notice, and does whatever follows from it. */
async function finish(rotation: Rotation, fact: Fact, before: UserReport): Promise<UserReport> {
  const { context, look, actions } = rotation;
  // The record says already that nobody has taken it.
  if (!context.newKeyNotices?.isTaken(fact)) {
    const failed = { action: 'NotifyConsumers', outcome: 'failed' } as const;
    return { ...before, actions: [...before.actions, failed] };
  }
  try {
    return (await claimed(rotation)).report;
  } catch (error) {
    return error instanceof DeadlineError ? before : failureReport(look.user, error, actions);
  }
}

/** Looks, decides and acts until nothing is left to do now. Tells of all that was done on the way. */
async function rounds(
  { context, look, permit, done }: Rotation,
  runner: StepRunner,
  readTags: ReadonlyMap<string, string>,
): Promise<Decision> {
  const { cloud, config, clock, runId } = context;
  let tags = readTags;
  for (let round = 1; ; round++) {
    tags = withoutClaim(runner.withOwnWrites(tags), runId);
    const fresh = await observe(cloud, config, { ...look, tags });
    runner.see(fresh, tags);
    if (isBegun(fresh.record)) return summary(done, busy(look.user.name));
    const decision = decide(fresh, config, clock.now());
    if (decision.begins && !permit()) return summary(done, overLimit(decision));
    await runner.run(decision.steps).catch((error: unknown) => {
      if (error instanceof NoticeGatheredError && !isAside(decision)) done.push(decision);
      throw error;
    });
    if (!decision.again || round === mostRounds) {
      await remind(context, fresh, decision);
      return summary(done, decision);
    }
    if (!isAside(decision)) done.push(decision);
    tags = await cloud.ims.listTags(look.user.id);
  }
}

/** What was done says more than the wait that follows it. */
function summary(done: readonly Decision[], last: Decision): Decision {
  const telling =
    last.steps.length > 0 || last.tell || last.reason === 'RotationsPerRunReached' ? last : done.at(-1);
  if (!telling) return last;
  const { nextCheckAt } = last;
  const before = done.filter((decision) => decision !== telling);
  const message = [...before, telling].map((decision) => decision.message).join(' ');
  return { ...telling, message, ...(nextCheckAt && { nextCheckAt }) };
}

/** Done on the way: where the user stands after it says more. */
const isAside = ({ reason }: Decision): boolean =>
  reason === 'NoticeUndelivered' || reason === 'RecordBehind';

/** A run reads past its own claim: what it means to issue is not what another run left. */
export function withoutClaim(tags: ReadonlyMap<string, string>, runId: string): Map<string, string> {
  const own = claimTagKey(`${runId}.`);
  return new Map([...tags].filter(([key]) => !key.startsWith(own)));
}

const creates = (steps: readonly Step[]): boolean => steps.some((step) => step.do === 'create');

export const intentOf = (context: RotationContext, { keys }: Observation) => ({
  at: context.clock.now(),
  until: endOf(context),
  before: keys.map((key) => key.id),
});

async function remind(context: RotationContext, observation: Observation, decision: Decision): Promise<void> {
  const { cloud, notifier, startedAt, log } = context;
  const { tell } = decision;
  const fact = reminder(context, observation, decision);
  if (!tell || !fact || notifier.due(fact).length === 0) return;
  notifier.keep(await withTraces(context, fact), async ({ taken }) => {
    if (taken.length === 0 || !fitsBesideEmergency(observation.tagged, tagKeys.told)) return;
    const told = { [tagKeys.told]: write.told({ what: tell, at: startedAt }) };
    await cloud.ims.tag(observation.user.id, told).catch((error: unknown) => {
      log.warn(
        { user: observation.user.name, error },
        'the reminder could not be noted; the next run repeats it',
      );
    });
  });
}

const overLimit = ({ reason }: Decision): Decision => ({
  reason: 'RotationsPerRunReached',
  message: `A rotation is due (${reason}), but limits.rotationsPerRun is reached; it begins in one of the next runs.`,
  steps: [],
});

export const busy = (user: string): Decision => ({
  reason: 'Busy',
  message: `Another run is at work on user ${user}; this one left it alone.`,
  steps: [],
});

export function undelivered(
  { startedAt }: RotationContext,
  user: string,
  { since }: Pick<UndeliveredError, 'since'>,
): Decision {
  const message = `The notice that user ${user} has a new key is not delivered on every channel yet; the old key stays enabled until it is.`;
  const late = since.plus(noticeMayWait) <= startedAt;
  return {
    reason: 'NoticeUndelivered',
    message,
    steps: [],
    ...(late && { failure: { code: 'NoticeUndelivered', message: `${message} Repair the channel.` } }),
  };
}
