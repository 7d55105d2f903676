import { openAccount } from '../accounts/open';
import type { Cloud } from '../cloud/cloud';
import type { ImsUser } from '../cloud/ims';
import { EventError } from '../config/error';
import { parseEvent, type RotationRequest } from '../config/event';
import type { AccountConfig, Config } from '../config/schema';
import { Progress } from '../record/cursor';
import { readRecord } from '../record/rotation';
import { tagKeys } from '../record/tags';
import type { RunOutcome, UserReport } from '../report/run-report';
import { userReport } from '../report/user-report';
import { inEachAccount, oneError } from '../run/each-account';
import { lastLookFrom } from '../run/time-limit';
import { type Definition, runIdOf } from '../run/use-case';
import {
  type Directory,
  exemptionOf,
  groupsNamed,
  identityOf,
  isManaged,
  readDirectory,
} from '../users/directory';
import { secretsIn } from '../users/secret-name';
import type { RotationContext, RotationRun } from './context';
import { isBegun } from './decide/chain';
import type { EmergencyRequest } from './emergency/decide';
import { runEmergency } from './emergency/run';
import { runRollback } from './rollback/run';
import { type Candidate, finishedOf, workThrough } from './work-through';

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
  { config, notifier, log, context, startedAt, endsAt, request }: RotationRun,
  cloud: Cloud,
) {
  return {
    cloud,
    clock: cloud.gate.serviceClock,
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
  const { users = [], keyId, containOnly, force, again } = request;
  const named = keyId && { keyId };
  const order: EmergencyRequest = containOnly
    ? { kind: 'contain', ...named }
    : { kind: 'replace', ...named, ...(again && { again }) };
  return Promise.all(
    users.map((user) =>
      runEmergency(context, config.exempt, { user, request: order, force: force === true }),
    ),
  );
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
