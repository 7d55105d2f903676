import { openAccount } from '../accounts/open';
import type { ImsUser } from '../cloud/ims';
import { EventError } from '../config/error';
import { parseEvent, type RotationRequest } from '../config/event';
import type { AccountConfig } from '../config/schema';
import { Progress } from '../record/cursor';
import { readRecord } from '../record/rotation';
import { tagKeys } from '../record/tags';
import type { RunOutcome, UserReport } from '../report/run-report';
import { userReport } from '../report/user-report';
import { inEachAccount, oneError } from '../run/each-account';
import { lastLookFrom } from '../run/time-limit';
import type { Definition } from '../run/use-case';
import {
  type Directory,
  exemptionOf,
  groupsNamed,
  identityOf,
  isManaged,
  readDirectory,
} from '../users/directory';
import { admitRequest } from './admit';
import { contextOf, type RotationContext, type RotationRun } from './context';
import { isBegun } from './decide/chain';
import { runEmergencies } from './emergency/emergencies';
import { runRollback } from './rollback/run';
import { type Candidate, finishedOf, workThrough } from './work-through';

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
  const { rollback, users = [] } = run.request;
  if (rollback) return Promise.all(users.map((user) => runRollback(context, user)));
  return rotation(run, context);
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
  const progress = new Progress(tagKeys.looked, whole ? directory.users : []);
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
