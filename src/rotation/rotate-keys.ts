import { openAccount } from '../accounts/open';
import { EventError } from '../config/error';
import { parseEvent, type RotationRequest } from '../config/event';
import type { AccountConfig } from '../config/schema';
import { Progress } from '../record/cursor';
import { tagKeys } from '../record/tags';
import type { RunOutcome } from '../report/run-report';
import { userReport } from '../report/user-report';
import { inEachAccount, oneError } from '../run/each-account';
import { lastLookFrom } from '../run/time-limit';
import type { Definition } from '../run/use-case';
import { type RotationRoster, readRotationRoster } from '../users/roster';
import { longNames } from '../users/secret-name';
import type { Candidate } from '../users/user';
import { NewKeyNotices } from './act/new-key-notices';
import { admitRequest } from './admit';
import { contextOf, type RotationContext, type RotationRun } from './context';
import { runEmergencies } from './emergency/emergencies';
import { runRollback } from './rollback/run';
import { finishedOf, finishTold, type Worked, workThrough } from './work-through';

type Outcome = Pick<RunOutcome, 'users' | 'error' | 'notes'>;

/** The function that the timer calls. `codeDir` is where `keyturn.yaml` lies beside the code. */
export const rotateKeysFunction = (codeDir: string): Definition<RotationRequest> => ({
  name: 'rotate-keys',
  parse: (event) => parseEvent(event, 'rotate-keys'),
  admit: admitRequest,
  useCase: rotateKeys,
  shareOf: () => ({}),
  codeDir,
});

async function rotateKeys(run: RotationRun): Promise<Outcome> {
  if (run.request.emergency) return runEmergencies(run);
  const newKeyNotices = new NewKeyNotices();
  const { done, failures } = await inEachAccount(run, (account) =>
    rotateAccount(run, account, newKeyNotices),
  );
  await newKeyNotices.tell(run.notifier, run.log);
  const after = await finishTold(done.flatMap(({ untold }) => untold));
  const error = oneError(failures);
  return {
    notes: [...new Set(done.flatMap(({ context }) => [...context.notes]))],
    users: done.flatMap(({ reports }) => reports.map((report) => after.get(report) ?? report)),
    ...(error && { error }),
  };
}

async function rotateAccount(run: RotationRun, account: AccountConfig, newKeyNotices: NewKeyNotices) {
  const context = { ...contextOf(run, await openAccount(run, account)), newKeyNotices };
  const inTurn = { ...run, lastLookAt: lastLookFrom(run) };
  return { context, ...(await work(inTurn, context)) };
}

async function work(run: RotationRun, context: RotationContext): Promise<Worked> {
  const { rollback, users = [] } = run.request;
  if (!rollback) return rotation(run, context);
  return { reports: await Promise.all(users.map((user) => runRollback(context, user))), untold: [] };
}

async function rotation(run: RotationRun, context: RotationContext): Promise<Worked> {
  const { config, clock, request, mode, log } = run;
  const { cloud } = context;
  const roster = await readRotationRoster(cloud, config, clock);
  const { chosen, missing } = choose(run, roster);
  const long = mode === 'plan' && longNames(config.rotation, cloud.account, chosen.map(nameOf));
  if (long) context.notes.add(long);
  const whole = mode === 'enforce' && !request.users;
  const progress = new Progress(tagKeys.looked, whole ? roster.users : []);
  const order = progress.inOrder(chosen, nameOf);
  const { reports, untold } = await workThrough(run, context, order);
  if (whole) {
    const finished = finishedOf(order.map(nameOf), reports);
    await progress.remember(cloud, finished, clock.now()).catch((error: unknown) => {
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
  const byName = new Map(reports.map((report) => [report.user, report]));
  return { reports: [...chosen.flatMap((each) => byName.get(nameOf(each)) ?? []), ...absent], untold };
}

const nameOf = ({ look }: Candidate): string => look.user.name;

/** The managed users that this run is about, and the managed names that nobody has. @throws EventError */
function choose(
  { request, config }: RotationRun,
  { users, candidates }: RotationRoster,
): { chosen: readonly Candidate[]; missing: string[] } {
  const existing = new Set(users.map(({ name }) => name));
  const missing = config.rotation.users.names.filter((name) => !existing.has(name));
  if (!request.users) return { chosen: candidates, missing };
  const names = new Set(candidates.map(nameOf));
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
    chosen: candidates.filter((each) => asked.has(nameOf(each))),
    missing: missing.filter((name) => asked.has(name)),
  };
}
