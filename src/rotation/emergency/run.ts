import type { AccessKey } from '../../cloud/access-key';
import type { Cloud } from '../../cloud/cloud';
import { orUndefined } from '../../cloud/error';
import type { Exemption } from '../../config/schema';
import { type EmergencyEntry, readRecord, tagKeys, write } from '../../record/rotation';
import type { ActionReport, UserReport } from '../../report/run-report';
import { userReport } from '../../report/user-report';
import { exemptionOf } from '../../users/directory';
import { takeClaim } from '../act/claim';
import { planned, StepRunner } from '../act/step-runner';
import { UndeliveredError } from '../act/steps/notify';
import type { RotationContext } from '../context';
import type { Observation } from '../observation';
import { lookUp, observeSecret, secretName } from '../observe';
import { busy, intentOf, withoutClaim } from '../rotate-user';
import { ended, failureReport } from '../user-report';
import { decideEmergency, type EmergencyDecision, type EmergencyRequest } from './decide';

export interface EmergencyOrder {
  readonly user: string;
  readonly request: EmergencyRequest;
  /** Also where the user is exempt. */
  readonly force: boolean;
}

/**
 * Replaces or contains the key of one user now. Never rejects: what fails is in the report.
 * From here to the leaked key's end no more than eight calls follow one another.
 */
export async function runEmergency(
  context: RotationContext,
  exempt: readonly Exemption[],
  order: EmergencyOrder,
): Promise<UserReport> {
  const { cloud, config, clock } = context;
  const who = { account: cloud.account, name: order.user };
  try {
    const withSecret = order.request.kind !== 'contain';
    const [found, groups] = await Promise.all([
      lookUp(cloud, config, order.user, withSecret),
      order.force ? noGroups : groupsOf(context, exempt, order.user),
    ]);
    if (!found) return userReport(who, notFound(order.user));
    const { observation, tags } = found;
    const exemption =
      !order.force &&
      exemptionOf({ name: order.user, tags }, exempt, (group) => groups.includes(group), clock.now());
    if (exemption) return userReport(who, exempted(order.user, exemption));
    const decision = decideEmergency(observation, order.request, clock.now());
    return await carryOut(context, observation, tags, decision);
  } catch (error) {
    return failureReport(who, error);
  }
}

/** Finishes an emergency whose run was stopped. */
export async function finishEmergency(context: RotationContext, user: string, intent: EmergencyEntry) {
  return runEmergency(context, [], { user, request: { kind: 'resume', intent }, force: true });
}

async function carryOut(
  context: RotationContext,
  observation: Observation,
  tagsBefore: ReadonlyMap<string, string>,
  decision: EmergencyDecision,
): Promise<UserReport> {
  const { cloud, clock, runId } = context;
  const { user } = observation;
  if (decision.leaked.length === 0) return userReport(user, decision);
  if (cloud.gate.mode === 'plan') return userReport(user, decision, planned(decision.steps));

  const contains = decision.reason === 'EmergencyContained';
  const intent: EmergencyEntry = {
    kind: contains ? 'contain' : 'replace',
    keyIds: decision.leaked,
    at: clock.now(),
  };
  const spare = spareInTheWay(observation, decision);
  const claiming = takeClaim(
    {
      cloud,
      clock,
      runId,
      userId: user.id,
      by: 'emergency',
      ...(!contains && { intent: intentOf(context, observation) }),
      tags: { [tagKeys.emergency]: write.emergency(intent) },
    },
    (claimed) => lookAgain(context, claimed, observation, contains, spare),
  );
  const taken = await claiming.catch((error: unknown) =>
    contains
      ? containUnclaimed(context, observation, decision, error)
      : { report: withAdvice(failureReport(user, error), decision.leaked) },
  );
  if ('report' in taken) return taken.report;
  if (taken.kind === 'busy') return userReport(user, busy(user.name));

  const tags = withoutClaim(taken.tags, runId);
  const seen = sameBut(tags, tagsBefore, tagKeys.emergency)
    ? taken.also
    : await lookAgain(context, await taken.claim.cloud(), taken.also, contains, undefined);
  const fresh = { ...seen, record: readRecord(tags) };
  const runner = new StepRunner(context, taken.claim, fresh, tags);
  if (spare) runner.actions.push({ action: 'DisableAccessKey', keyId: spare, outcome: 'done' });
  const meant = whatWasMeant(intent, observation, fresh);
  const now = decideEmergency(fresh, { kind: 'resume', intent: meant }, clock.now());
  const report = await runner.run(now.steps).then(
    () => userReport(user, now, runner.actions),
    (error: unknown) =>
      error instanceof UndeliveredError
        ? userReport(user, now, runner.actions)
        : withAdvice(failureReport(user, error, runner.actions), decision.leaked),
  );
  return ended(runner, user, report);
}

/** A key that another run made current since the first look cannot be the one that leaked: its predecessor is. */
function whatWasMeant(intent: EmergencyEntry, before: Observation, { record }: Observation): EmergencyEntry {
  const { current, old } = record;
  if (!current || current.keyId === before.record.current?.keyId) return intent;
  if (!intent.keyIds.includes(current.keyId)) return intent;
  return { ...intent, keyIds: old ? [old.keyId] : [] };
}

/**
 * The predecessor of the leaked key, where it is enabled, takes the room that the successor needs. It dies
 * beside the second look, to save a call's time: it is no longer what consumers use, and its end is due anyway.
 */
function spareInTheWay({ record }: Observation, { steps }: EmergencyDecision): string | undefined {
  const [first] = steps;
  const ours = first?.do === 'disable' && first.because === 'spare' && first.keyId === record.old?.keyId;
  return ours && record.claims.length === 0 ? first.keyId : undefined;
}

async function lookAgain(
  { config }: RotationContext,
  cloud: Cloud,
  before: Observation,
  contains: boolean,
  spare: string | undefined,
): Promise<Observation> {
  const { user, keys } = before;
  const [freshKeys, secret, policies] = await Promise.all([
    cloud.ram.listAccessKeys(user.name),
    contains ? before.secret : observeSecret(cloud, secretName(config, user.name), keys, before.secret),
    contains ? [] : policiesOf(cloud, user.principalName, keys),
    spare && cloud.ram.setAccessKeyStatus(user.name, spare, 'Inactive'),
  ]);
  const seen = freshKeys.map((key) => (key.id === spare ? { ...key, status: 'Inactive' as const } : key));
  return { ...before, keys: seen, secret, networkPolicies: new Map(policies) };
}

const policiesOf = (cloud: Cloud, principalName: string, keys: readonly AccessKey[]) =>
  Promise.all(
    keys.map(async ({ id }) => [id, await cloud.ims.getAccessKeyPolicy(principalName, id)] as const),
  );

/** Whatever another run does to a user's keys shows in its tags too; where they differ, what was read beside them may be old. */
function sameBut(a: ReadonlyMap<string, string>, b: ReadonlyMap<string, string>, ignored: string): boolean {
  const keys = new Set([...a.keys(), ...b.keys()]);
  keys.delete(ignored);
  return [...keys].every((key) => a.get(key) === b.get(key));
}

/** A leaked key dies even where nothing can be written down; the run then says so. */
async function containUnclaimed(
  { cloud }: RotationContext,
  { user }: Observation,
  { leaked }: EmergencyDecision,
  cause: unknown,
): Promise<{ report: UserReport }> {
  const results = await Promise.allSettled(
    leaked.map((keyId) => cloud.ram.setAccessKeyStatus(user.name, keyId, 'Inactive')),
  );
  const actions = results.map(
    ({ status }, index): ActionReport => ({
      action: 'DisableAccessKey',
      ...(leaked[index] && { keyId: leaked[index] }),
      outcome: status === 'fulfilled' ? 'done' : 'failed',
    }),
  );
  return { report: withAdvice(failureReport(user, cause, actions), leaked) };
}

function withAdvice(report: UserReport, leaked: readonly string[]): UserReport {
  const dead = report.actions
    .filter(({ action, outcome }) => action === 'DisableAccessKey' && outcome === 'done')
    .map(({ keyId }) => keyId);
  const alive = leaked.filter((keyId) => !dead.includes(keyId));
  if (alive.length === 0) return report;
  const advice = `${alive.join(' and ')} may still be enabled: run the emergency again, or disable now with containOnly.`;
  return { ...report, message: `${report.message} ${advice}` };
}

const noGroups: readonly string[] = [];

async function groupsOf(
  { cloud }: RotationContext,
  exempt: readonly Exemption[],
  user: string,
): Promise<string[]> {
  if (!exempt.some((each) => 'group' in each)) return [];
  return (await orUndefined(cloud.ram.listGroupsForUser(user), 'EntityNotExist.User')) ?? [];
}

const notFound = (user: string): EmergencyDecision => {
  const message = `There is no RAM user ${user} in this account; nothing was changed.`;
  return {
    reason: 'UserNotFound',
    message,
    steps: [],
    leaked: [],
    failure: { code: 'UserNotFound', message: `${message} Check the name.` },
  };
};

const exempted = (user: string, { reason }: Exemption): EmergencyDecision => {
  const message = `User ${user} is exempt (${reason}); nothing was changed. Say force: true to replace its key all the same.`;
  return { reason: 'Exempt', message, steps: [], leaked: [], failure: { code: 'Exempt', message } };
};
