import type { AccessKey } from '../../cloud/access-key';
import { CloudError } from '../../cloud/error';
import type { Exemption } from '../../config/schema';
import { contained } from '../../notify/fact';
import { type EmergencyEntry, readRecord, withLeaked, write } from '../../record/rotation';
import { tagKeys } from '../../record/tags';
import type { UserReport } from '../../report/run-report';
import { failureOf, userReport } from '../../report/user-report';
import { secretName } from '../../users/secret-name';
import { type HeldClaim, takeClaim } from '../act/claim';
import { type Killed, killAll } from '../act/leaked-keys';
import { planned, StepRunner } from '../act/step-runner';
import { UndeliveredError } from '../act/steps/notify';
import type { RotationContext } from '../context';
import type { Observation } from '../observation';
import { type LookedUp, lookUp } from '../observe';
import { busy, intentOf, withoutClaim } from '../rotate-user';
import { ended, failureReport } from '../user-report';
import { type Containment, decideEmergency, type EmergencyDecision, type EmergencyRequest } from './decide';
import { type EmergencyOrder, firstLook, lookAgain, lookWithRam, notFound, sameBut } from './look';
import { commandFor, fateOf, reportOfKill, withActions } from './report';

/** No call that the leaked key's end waits for begins later than this; the last one may take ten seconds. */
const killWithinMs = 25_000;
/** Where RAM alone has done its work, the record of it does not keep a person waiting for longer. */
const writtenWithinMs = 30_000;
/** Another run may be at work for this long before an emergency goes on beside it. */
const claimPatienceMs = 12_000;
/** Looks at a user whom another run changes at the same time. */
const mostLooks = 3;

/**
 * Replaces or contains the keys of one user now. Never rejects: what fails is in the report. The ids that must die are
 * fixed at the first look. Whatever fails or is late after that, they are disabled, and RAM is asked whether they are.
 * From here to the leaked key's end no more than eight calls follow one another.
 */
export async function runEmergency(
  context: RotationContext,
  exempt: readonly Exemption[],
  order: EmergencyOrder,
): Promise<UserReport> {
  const { cloud, clock } = context;
  const who = { account: cloud.account, name: order.user };
  const killBy = clock.elapsed() + killWithinMs;
  try {
    if (order.request.kind === 'contain') return await contain(context, exempt, order, order.request);
    const found = await firstLook(context, exempt, order, killBy).catch((error: unknown) => ({ error }));
    if ('error' in found) return await killUnseen(context, exempt, order, found.error);
    if ('refusal' in found) return userReport(who, found.refusal);
    const decision = decideEmergency(found.observation, order.request, clock.now());
    return await carryOut(context, found, decision, killBy);
  } catch (error) {
    return failureReport(who, error);
  }
}

/** Finishes an emergency whose run was stopped. */
export async function finishEmergency(context: RotationContext, user: string, intent: EmergencyEntry) {
  return runEmergency(context, [], { user, request: { kind: 'resume', intent }, force: true });
}

/** RAM alone disables and tells; the record and the notice come after it. */
async function contain(
  context: RotationContext,
  exempt: readonly Exemption[],
  order: EmergencyOrder,
  request: Containment,
): Promise<UserReport> {
  const { cloud } = context;
  const who = { account: cloud.account, name: order.user };
  const seen = await lookWithRam(context, exempt, order);
  if ('refusal' in seen) return userReport(who, seen.refusal);
  const doomed = activeIn(seen.keys, namedIn(request));
  const killed = await kill(context, order.user, doomed);
  if (killed.error !== undefined) return reportOfKill(who, doomed, killed, killed.error);
  try {
    const report = await writeDown(context, order.user, request, seen.keys);
    return { ...report, actions: withActions(killed.actions, report.actions) };
  } catch (error) {
    return reportOfKill(who, doomed, killed, error);
  }
}

/** KMS, IMS or STS did not tell what a successor needs: the leaked key dies without one, if it is known which it is. */
async function killUnseen(
  context: RotationContext,
  exempt: readonly Exemption[],
  order: EmergencyOrder,
  cause: unknown,
): Promise<UserReport> {
  const { cloud, clock } = context;
  const who = { account: cloud.account, name: order.user };
  if (cloud.gate.mode === 'plan') return failureReport(who, cause);
  const seen = await lookWithRam(context, exempt, order);
  if ('refusal' in seen) return userReport(who, seen.refusal);
  const named = namedIn(order.request);
  if (named && !named.some((id) => seen.keys.some((key) => key.id === id))) return failureReport(who, cause);
  const doomed = activeIn(seen.keys, named);
  if (!named && doomed.length > 1) {
    const { code, message } = failureOf(cause);
    const which = `Both ${doomed.join(' and ')} of user ${order.user} are enabled, and without that nothing tells which one leaked, so nothing was changed. Name it: ${commandFor(order.user)} --key-id ID --contain-only`;
    return userReport(who, {
      reason: 'Refused',
      message: `${message} ${which}`,
      failure: { code, message: which },
    });
  }
  const killed = await kill(context, order.user, doomed);
  const intent: EmergencyEntry = { kind: 'replace', keyIds: named ?? doomed, at: clock.now() };
  await writeIntent(context, order.user, intent).catch(() => undefined);
  return reportOfKill(who, doomed, killed, cause);
}

/** The keys that are enabled; of these, where they are named. */
const activeIn = (keys: readonly AccessKey[], named: readonly string[] | undefined): string[] =>
  keys.filter(({ id, status }) => status === 'Active' && (named?.includes(id) ?? true)).map(({ id }) => id);

async function kill(context: RotationContext, user: string, keyIds: readonly string[]): Promise<Killed> {
  if (keyIds.length === 0 || context.cloud.gate.mode === 'plan') return { actions: [] };
  const { cloud, config, notifier, log, startedAt, reason } = context;
  const fact = contained(startedAt, {
    account: cloud.account,
    user,
    keyIds: [...keyIds],
    secretName: secretName(config, cloud.account, user),
    ...(reason && { reason }),
  });
  const [killed] = await Promise.all([killAll(cloud, user, keyIds), notifier.tell(fact, log)]);
  return killed;
}

/** What KMS kept from being finished is finished by a later run, which issues the successor. */
async function writeIntent(context: RotationContext, user: string, intent: EmergencyEntry): Promise<void> {
  const cloud = context.cloud.until(context.clock.elapsed() + writtenWithinMs);
  const known = await cloud.ram.getUser(user);
  if (!known) return;
  const { leaked } = readRecord(await cloud.ims.listTags(known.id));
  await cloud.ims.tag(known.id, {
    [tagKeys.emergency]: write.emergency(intent),
    [tagKeys.leaked]: write.leaked(withLeaked(leaked, intent.keyIds)),
  });
}

/** The record of a containment, decided from the keys as they were before it. */
async function writeDown(
  outer: RotationContext,
  user: string,
  request: Containment,
  keysBefore: readonly AccessKey[],
): Promise<UserReport> {
  const { clock } = outer;
  const context = { ...outer, cloud: outer.cloud.until(clock.elapsed() + writtenWithinMs) };
  const isGone = request.keyId !== undefined && !keysBefore.some(({ id }) => id === request.keyId);
  const found = await lookUp(context.cloud, context.config, user, isGone);
  if (!found) return userReport({ account: context.cloud.account, name: user }, notFound(user));
  const before = { ...found.observation, keys: keysBefore };
  return carryOut(context, found, decideEmergency(before, request, clock.now()), Number.POSITIVE_INFINITY);
}

function namedIn(request: EmergencyRequest): readonly string[] | undefined {
  if (request.kind === 'resume') return request.intent.keyIds;
  return request.keyId === undefined ? undefined : [request.keyId];
}

async function carryOut(
  context: RotationContext,
  { observation, tags: tagsBefore }: LookedUp,
  decision: EmergencyDecision,
  killBy: number,
): Promise<UserReport> {
  const { cloud } = context;
  const { user } = observation;
  const { leaked } = decision;
  if (leaked.length === 0) return userReport(user, decision);
  if (cloud.gate.mode === 'plan') return userReport(user, decision, planned(decision.steps));
  const report = await underClaim(context, observation, tagsBefore, decision, killBy).catch(
    (error: unknown) => failureReport(user, error),
  );
  if (!report.error || report.error.code === decision.failure?.code) return report;
  const killed = await killAll(cloud, user.name, leaked);
  const actions = withActions(report.actions, killed.actions);
  return { ...report, message: `${report.message} ${fateOf(user.name, leaked, killed)}`, actions };
}

async function underClaim(
  context: RotationContext,
  observation: Observation,
  tagsBefore: ReadonlyMap<string, string>,
  decision: EmergencyDecision,
  killBy: number,
): Promise<UserReport> {
  const { cloud, clock, runId } = context;
  const { user, record } = observation;
  const issues = decision.steps.some((step) => step.do === 'create');
  const contains = decision.reason === 'EmergencyContained' || decision.reason === 'AlreadyDisabled';
  const intent: EmergencyEntry = {
    kind: contains ? 'contain' : 'replace',
    keyIds: decision.leaked,
    at: clock.now(),
  };
  const spare = spareInTheWay(observation, decision);
  const taken = await takeClaim(
    {
      cloud,
      clock,
      runId,
      userId: user.id,
      by: 'emergency',
      until: killBy,
      waitsUntil: clock.elapsed() + claimPatienceMs,
      ...(issues && { intent: intentOf(context, observation) }),
      tags: {
        [tagKeys.emergency]: write.emergency(intent),
        [tagKeys.leaked]: write.leaked(withLeaked(record.leaked, decision.leaked)),
      },
    },
    (claimed) => lookAgain(context, claimed, observation, contains, spare),
  );
  if (taken.kind === 'busy') return userReport(user, busy(user.name));

  const tags = withoutClaim(taken.tags, runId);
  const seen = sameBut(tags, tagsBefore, [tagKeys.emergency, tagKeys.leaked])
    ? taken.also
    : await lookAgain(context, (await taken.claim.cloud()).until(killBy), taken.also, contains, undefined);
  const runner = new StepRunner(context, taken.claim, { ...seen, record: readRecord(tags) }, tags, killBy);
  if (spare) runner.actions.push({ action: 'DisableAccessKey', keyId: spare, outcome: 'done' });
  const report = await work(
    context,
    runner,
    taken.claim,
    { ...seen, record: readRecord(tags) },
    decision,
    intent,
    killBy,
  );
  return ended(runner, user, report);
}

/** Another run may have been quicker at something: then what is left to do is decided from what it left. */
async function work(
  context: RotationContext,
  runner: StepRunner,
  claim: HeldClaim,
  first: Observation,
  decision: EmergencyDecision,
  intent: EmergencyEntry,
  killBy: number,
): Promise<UserReport> {
  const { clock, runId } = context;
  const { user } = first;
  let seen = first;
  for (let look = 1; ; look++) {
    const now = decideEmergency(seen, { kind: 'resume', intent }, clock.now());
    const said =
      decision.reason === 'AlreadyDisabled' && now.reason === 'EmergencyContained' ? decision : now;
    try {
      await runner.run(now.steps);
      return userReport(user, { ...said, ...(now.failure && { failure: now.failure }) }, runner.actions);
    } catch (error) {
      if (error instanceof UndeliveredError) return userReport(user, said, runner.actions);
      if (!isOvertaken(error) || look === mostLooks || clock.elapsed() >= killBy)
        return failureReport(user, error, runner.actions);
      const cloud = (await claim.cloud()).until(killBy);
      const tags = withoutClaim(runner.withOwnWrites(await cloud.ims.listTags(user.id)), runId);
      const again = await lookAgain(context, cloud, seen, false, undefined);
      seen = { ...again, record: readRecord(tags) };
      runner.see(seen, tags);
    }
  }
}

/** What is refused where another run created, deleted or moved it first. */
const isOvertaken = (error: unknown): boolean =>
  error instanceof CloudError &&
  error.outcome === 'refused' &&
  /^(EntityNotExist\.User\.AccessKey|LimitExceeded\.User\.AccessKey|Rejected\.Resource|Forbidden\.ResourceNotFound|InvalidParameter)/.test(
    error.code,
  );

/**
 * The predecessor of the leaked key, where it is enabled, takes the room that the successor needs. It dies
 * beside the second look, to save a call's time: it is no longer what consumers use, and its end is due anyway.
 */
function spareInTheWay({ record }: Observation, { steps }: EmergencyDecision): string | undefined {
  const [first] = steps;
  const ours = first?.do === 'disable' && first.because === 'spare' && first.keyId === record.old?.keyId;
  return ours && record.claims.length === 0 ? first.keyId : undefined;
}
