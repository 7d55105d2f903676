import type { RollbackEntry } from '../../record/rotation';
import type { UserReport } from '../../report/run-report';
import { userReport } from '../../report/user-report';
import { secretName } from '../../users/secret-name';
import type { Look, UserIdentity } from '../../users/user';
import { takeClaim } from '../act/claim';
import { ProofError } from '../act/prove';
import { planned, StepRunner } from '../act/step-runner';
import { UndeliveredError } from '../act/steps/notify';
import type { RotationContext } from '../context';
import type { Decision } from '../decide/decision';
import { keyIdIn, lookUp, observe } from '../observe';
import { busy, undelivered, withoutClaim } from '../rotate-user';
import { ended, failureReport } from '../user-report';
import {
  decideRollback,
  type RollbackDecision,
  type RollbackObservation,
  type RollbackRequest,
} from './decide';

/** Brings one user back to its old key. Never rejects: what fails is in the report. */
export async function runRollback(context: RotationContext, userName: string): Promise<UserReport> {
  const { cloud, config } = context;
  const who = { account: cloud.account, name: userName };
  try {
    const found = await lookUp(cloud, config, userName, true);
    if (!found) {
      const message = `There is no RAM user ${userName} in this account; nothing was changed.`;
      const failure = { code: 'UserNotFound', message: `${message} Check the name.` };
      return userReport(who, { reason: 'UserNotFound', message, failure });
    }
    const { user, kmsManaged } = found.observation;
    return await carryOut(context, { user, tags: found.tags, kmsManaged }, { kind: 'begin' });
  } catch (error) {
    return failureReport(who, error);
  }
}

/** Finishes a rollback whose run was stopped. */
export async function finishRollback(
  context: RotationContext,
  look: Look,
  intent: RollbackEntry,
): Promise<UserReport> {
  try {
    return await carryOut(context, look, { kind: 'resume', intent });
  } catch (error) {
    return failureReport(look.user, error);
  }
}

async function carryOut(context: RotationContext, look: Look, request: RollbackRequest): Promise<UserReport> {
  const { cloud, clock, runId } = context;
  const { user } = look;
  const observation = await observeAll(context, look);
  const decision = decideRollback(observation, request, clock.now());
  if (!decision.intent) return userReport(user, decision);
  if (cloud.gate.mode === 'plan') return userReport(user, decision, planned(decision.steps));
  const taken = await takeClaim(
    {
      cloud,
      clock,
      runId,
      userId: user.id,
      by: 'timer',
      patient: true,
    },
    async () => undefined,
  );
  if (taken.kind === 'busy') return userReport(user, unclaimed(user, request));
  const tags = withoutClaim(taken.tags, runId);
  const fresh = { ...look, tags };
  const runner = new StepRunner(context, taken.claim, observation, tags);
  const report = await goOn(context, fresh, runner, request);
  return ended(runner, user, report);
}

/** Decides anew under the claim: another run may have been at work on the user since the first look. */
async function goOn(
  context: RotationContext,
  look: Look,
  runner: StepRunner,
  request: RollbackRequest,
): Promise<UserReport> {
  const { user } = look;
  try {
    const fresh = await observeAll(context, look);
    runner.see(fresh, look.tags);
    const now = decideRollback(fresh, request, context.clock.now());
    try {
      await runner.run(now.steps);
      return userReport(user, now, runner.actions);
    } catch (error) {
      if (!(error instanceof ProofError) || isMoved(fresh, now)) throw error;
      return await giveUp(user, runner, error);
    }
  } catch (error) {
    if (error instanceof UndeliveredError) {
      return userReport(user, undelivered(context, user.name, error), runner.actions);
    }
    return failureReport(user, error, runner.actions);
  }
}

const isMoved = ({ secret }: RollbackObservation, { intent }: RollbackDecision): boolean =>
  secret.kind === 'present' && secret.currentKeyId === intent?.to;

/** A key that signed before and does not now is not worth waiting for: the current one stays. */
async function giveUp(user: UserIdentity, runner: StepRunner, error: ProofError): Promise<UserReport> {
  await runner.run([{ do: 'remember', entries: { rollback: null } }]);
  const message = `The rollback of user ${user.name} is given up, and the current key stays: ${error.message}`;
  const failure = { code: error.code, message };
  return userReport(user, { reason: 'Refused', message, failure }, runner.actions);
}

/** Where a person asked for it, that it was not done is a failure. */
function unclaimed({ name }: UserIdentity, { kind }: RollbackRequest): Decision {
  const decision = busy(name);
  if (kind === 'resume') return decision;
  const failure = { code: decision.reason, message: `${decision.message} Run the rollback again.` };
  return { ...decision, failure };
}

async function observeAll(context: RotationContext, look: Look): Promise<RollbackObservation> {
  const { cloud, config } = context;
  const observation = await observe(cloud, config, look);
  const { secret, record } = observation;
  const named = secret.kind === 'present' && record.old && secret.versionIds.includes(record.old.keyId);
  if (secret.kind !== 'present' || named || !secret.previousVersionId) return observation;
  const previousKeyId = await keyIdIn(
    cloud,
    secretName(config, cloud.account, look.user.name),
    secret.previousVersionId,
  );
  return { ...observation, ...(previousKeyId && { previousKeyId }) };
}
