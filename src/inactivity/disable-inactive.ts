import { sideBySide } from '../base/side-by-side';
import { parseEvent, type RunRequest } from '../config/event';
import { failureOf, userReport } from '../report/user-report';
import { inEachAccount, oneError } from '../run/each-account';
import type { Definition } from '../run/use-case';
import { planned } from './act';
import type { InactivityContext, InactivityRun, Outcome } from './context';
import { allowedIn, limitOverAll, overLimit, overLimitOfAll, shareOf, withheld } from './limit';
import { type Looked, lookInto, type Work } from './look';
import type { Profile } from './observation';
import { outOfTime } from './user-report';
import { warnAll } from './warn';

/** Users worked on side by side. The rate limits are the gate's business. */
const workedOnAtOnce = 50;

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
  await warnAll(run, looked.done);
  const over = limitOverAll(
    run,
    looked.done.map(({ work, profiles }) => ({ due: work.dueCount, users: profiles.length })),
  );
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

async function actIn(run: InactivityRun, looked: Looked, overAll: boolean): Promise<Outcome> {
  const { context, profiles, progress, chosen, unknown, work } = looked;
  const due = work.dueCount;
  const { mode, request } = run;
  const { cloud, startedAt } = context;
  const limit = allowedIn(run, profiles.length);
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
