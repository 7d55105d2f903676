import { sideBySide } from '../base/side-by-side';
import { DeadlineError } from '../cloud/gate';
import { isBegun, isUnfinished, readRecord } from '../record/rotation';
import type { UserReport } from '../report/run-report';
import { userReport } from '../report/user-report';
import type { Candidate, Look } from '../users/user';
import type { RotationContext, RotationRun } from './context';
import { nothingDue } from './decide/chain';
import type { Decision } from './decide/decision';
import { wayOf } from './decide/way';
import { finishEmergency } from './emergency/run';
import { exempt } from './exempt-report';
import type { Observation } from './observation';
import { observe } from './observe';
import { Permits } from './permits';
import { finishRollback } from './rollback/run';
import { type Rotated, rotateUser } from './rotate-user';
import { failureReport } from './user-report';

/** Users looked at, or worked on, side by side. The rate limits are the gate's business. */
const lookedAtOnce = 200;
const workedOnAtOnce = 16;

interface Due {
  readonly look: Look;
  readonly observation: Observation;
  /** What this run will decide, one after the other, as far as it can be foreseen. */
  readonly way: readonly [Decision, ...Decision[]];
}

type Progressed = Pick<Rotated, 'report' | 'whenTold'>;
type Untold = Required<Progressed>;

export interface Worked {
  readonly reports: readonly UserReport[];
  /** Those of them whose users wait for the notices that this run gathers. */
  readonly untold: readonly Untold[];
}

export async function workThrough(
  run: RotationRun,
  context: RotationContext,
  candidates: readonly Candidate[],
): Promise<Worked> {
  const reports = new Map<string, UserReport>();
  const due: Due[] = [];
  const begun: Look[] = [];
  await sideBySide(candidates, lookedAtOnce, async ({ look, exemption }) => {
    if (isBegun(readRecord(look.tags))) return void begun.push(look);
    const seen = exemption ? exempt(look, exemption) : await lookAt(run, context, look);
    if ('way' in seen) due.push(seen);
    else reports.set(look.user.name, seen);
  });

  const inTime = (): boolean => run.clock.elapsed() < run.lastStartAt;
  const permits = new Permits(run.config.limits.rotationsPerRun);
  const works = [
    ...begun.map((look) => ({ look, work: async () => ({ report: await finish(context, look) }) })),
    ...due.sort(byUrgency).map((each) => ({
      look: each.look,
      work: () => (beginsOf(each) ? begin(context, each, permits, inTime) : goOn(context, each, permits)),
    })),
  ];
  const untold: Untold[] = [];
  await sideBySide(works, workedOnAtOnce, async ({ look, work }) => {
    const { report, whenTold }: Progressed = inTime() ? await work() : { report: outOfTime(look) };
    reports.set(look.user.name, report);
    if (whenTold) untold.push({ report, whenTold });
  });
  return { reports: candidates.flatMap(({ look }) => reports.get(look.user.name) ?? []), untold };
}

/** Goes on with the users whose notices are told by now. Gives their reports by the ones that they had. */
export async function finishTold(untold: readonly Untold[]): Promise<Map<UserReport, UserReport>> {
  const after = new Map<UserReport, UserReport>();
  await sideBySide(untold, workedOnAtOnce, async ({ report, whenTold }) => {
    after.set(report, await whenTold());
  });
  return after;
}

/** A rotation will be due for this user: it waits for a permit, which comes back where nothing has begun. */
async function begin(
  context: RotationContext,
  { look, observation, way }: Due,
  permits: Permits,
  inTime: () => boolean,
): Promise<Progressed> {
  const granted = await permits.take();
  let begun = false;
  try {
    if (!inTime()) return { report: outOfTime(look) };
    const rotated = await rotateUser(context, look, observation, way, () => granted);
    begun = rotated.begun;
    return rotated;
  } finally {
    if (granted) permits.settle(begun);
  }
}

/** A rotation may turn out to be due all the same, since the user is looked at again under the claim. */
async function goOn(
  context: RotationContext,
  { look, observation, way }: Due,
  permits: Permits,
): Promise<Progressed> {
  let granted = false;
  const permit = (): boolean => {
    granted ||= permits.takeNow();
    return granted;
  };
  const rotated = await rotateUser(context, look, observation, way, permit);
  if (granted) permits.settle(rotated.begun);
  return rotated;
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
    return { look, observation, way: wayOf(observation, config, clock.now()) };
  } catch (error) {
    if (error instanceof DeadlineError) return outOfTime(look);
    return failureReport(user, error);
  }
}

type Beginning = NonNullable<Decision['begins']>;

const beginsOf = ({ way }: Due): Beginning | undefined =>
  way.find((decision) => decision.begins !== undefined)?.begins;

/**
 * Whoever failed comes behind who has not been tried, so that nobody starves; before the rotations comes what needs
 * no permit; of the rotations takeovers and first keys, then the oldest keys.
 */
function byUrgency(a: Due, b: Due): number {
  return failures(a) - failures(b) || kind(a) - kind(b) || oldest(a) - oldest(b);
}

function failures({ observation }: Due): number {
  const { standby, refused } = observation.record;
  return (standby?.failures ?? 0) + (refused ? refused.keys + 1 : 0);
}

const kinds: readonly (Beginning | undefined)[] = [undefined, 'first', 'successor'];
const kind = (due: Due): number => kinds.indexOf(beginsOf(due));

const oldest = ({ observation }: Due): number =>
  Math.min(...observation.keys.map((key) => key.createdAt.toMillis()));

const outOfTime = ({ user }: Look): UserReport =>
  userReport(user, {
    reason: 'TimeLimitReached',
    message: `The function's time did not suffice for user ${user.name}; it comes first in the next run.`,
  });

/** Those before the first one for whom there was no time. */
export function finishedOf(
  order: readonly string[],
  reports: readonly UserReport[],
): readonly string[] | 'all' {
  const left = reports.findIndex(({ reason }) => reason === 'TimeLimitReached');
  return left === -1 ? 'all' : order.slice(0, left);
}
