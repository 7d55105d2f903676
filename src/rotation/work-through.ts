import { sideBySide } from '../base/side-by-side';
import { DeadlineError } from '../cloud/gate';
import type { ImsUser } from '../cloud/ims';
import type { Exemption } from '../config/schema';
import { readRecord } from '../record/rotation';
import type { UserReport } from '../report/run-report';
import { userReport } from '../report/user-report';
import type { RotationContext, RotationRun } from './context';
import { decide, isBegun, isUnfinished, nothingDue } from './decide/chain';
import type { Decision } from './decide/decision';
import { finishEmergency } from './emergency/run';
import { exempt } from './exempt-report';
import type { Observation } from './observation';
import { type Look, observe } from './observe';
import { finishRollback } from './rollback/run';
import { type Permit, rotateUser } from './rotate-user';
import { failureReport } from './user-report';

/** Users looked at, or worked on, side by side. The rate limits are the gate's business. */
const lookedAtOnce = 200;
const workedOnAtOnce = 16;

export interface Candidate {
  readonly look: Look;
  readonly exemption?: Exemption;
}

interface Due {
  readonly look: Look;
  readonly observation: Observation;
  readonly decision: Decision;
}

export async function workThrough(
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

/** Those before the first one for whom there was no time. */
export function finishedOf(
  order: readonly ImsUser[],
  reports: readonly UserReport[],
): readonly ImsUser[] | 'all' {
  const left = reports.findIndex(({ reason }) => reason === 'TimeLimitReached');
  return left === -1 ? 'all' : order.slice(0, left);
}
