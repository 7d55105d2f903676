import { openAccount } from '../accounts/open';
import { sideBySide } from '../base/side-by-side';
import { DeadlineError } from '../cloud/gate';
import type { AccountConfig } from '../config/schema';
import { Progress } from '../record/cursor';
import { tagKeys } from '../record/tags';
import type { UserReport } from '../report/run-report';
import { type Telling, userReport } from '../report/user-report';
import { Execution, type Warning } from './act';
import { mustLookAt } from './candidates';
import type { InactivityContext, InactivityRun } from './context';
import { decide, decideProfile } from './decide/chain';
import type { Decision } from './decision';
import type { Observation, Profile } from './observation';
import { look } from './observe';
import { type Opened, open } from './profiles';
import { survey } from './survey';
import { cutoffsOf } from './time';
import { failureReport, outOfTime } from './user-report';

/** Users looked at side by side. The rate limits are the gate's business. */
const lookedAtOnce = 200;
/** Of the time of a run; the rest is for warning and disabling. */
const shareForLooking = 0.8;

/** What is due in an account, before it is known whether it may be done. */
export interface Looked extends Opened {
  readonly account: AccountConfig;
  readonly progress: Progress;
  readonly chosen: readonly Profile[];
  readonly unknown: readonly UserReport[];
  readonly work: Work;
}

/** A user of whom something is to be disabled or deleted. */
interface Due {
  readonly execution: Execution;
  readonly observation: Observation;
  readonly decision: Decision;
  /** What is to be said of it so far. */
  readonly told: Telling;
}

/** A user who is to be warned. */
export interface Warned {
  readonly execution: Execution;
  readonly observation: Observation;
  readonly decision: Decision;
  readonly warnings: readonly Warning[];
}

/** What is known of each user by now; users of whom nothing need be reported have no entry in `reports`. */
export class Work {
  readonly reports = new Map<string, UserReport>();
  readonly warned: Warned[] = [];
  readonly due: Due[] = [];
  readonly unfinished = new Set<string>();

  /** How many users and keys are due. */
  get dueCount(): number {
    return this.due.reduce((sum, { decision }) => sum + decision.due, 0);
  }

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

/** @throws CloudError where it cannot be told who must not be touched */
export async function lookInto(run: InactivityRun, account: AccountConfig): Promise<Looked> {
  const opened = await open(run, await openAccount(run, account));
  const { context, profiles } = opened;
  const resumes = run.mode === 'enforce' && !run.request.users;
  const progress = new Progress(tagKeys.lookedInactive, resumes ? profiles : []);
  const { after } = progress;
  const remaining = after ? profiles.filter(({ name }) => name > after) : profiles;
  const { chosen, unknown } = choose(run, account.id, remaining);
  const work = new Work();
  await lookAtAll(run, context, profiles, chosen, work);
  return { ...opened, account, progress, chosen, unknown, work };
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

/** Looks and decides. */
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
      const warnings = mode === 'enforce' ? await execution.prepare(decision) : [];
      if (warnings.length > 0) return void work.warned.push({ execution, observation, decision, warnings });
      return settle(run, work, { execution, observation, decision, told: decision });
    });
  });
}

/** What is due waits for the limit. Gives what there is to report by now. */
export function settle({ request }: InactivityRun, work: Work, looked: Due): UserReport | undefined {
  const { observation, decision, told } = looked;
  if (decision.due > 0) work.due.push(looked);
  return decision.quiet && !request.users ? undefined : userReport(observation.user, told);
}
