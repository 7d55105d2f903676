import { type FactOf, leakContained, leakFound, leakReplaced } from '../notify/fact';
import { isUnfinished, readRecord } from '../record/rotation';
import type { ActionReport, UserReport } from '../report/run-report';
import { failed, failureOf, userReport } from '../report/user-report';
import type { EmergencyRequest } from '../rotation/emergency/decide';
import { runEmergency } from '../rotation/emergency/run';
import { secretName } from '../users/secret-name';
import type { LeakContext } from './context';
import type { Decision } from './decide';
import type { LeakedKey, Observation, Owner, OwningUser } from './observation';
import { keyStatus } from './observe';
import { placesOf, whereFound } from './places';
import { tellOnce } from './tell';

type Places = ReturnType<typeof placesOf>;

/** Does what was decided about one leaked key. Never rejects: what fails is in the report. */
export async function respond(
  context: LeakContext,
  observation: Observation,
  decision: Decision,
): Promise<UserReport> {
  const who = whoseOf(context, observation.owner);
  try {
    return await carryOut(context, observation, decision);
  } catch (error) {
    return failed(who, error, []);
  }
}

async function carryOut(
  context: LeakContext,
  observation: Observation,
  decision: Decision,
): Promise<UserReport> {
  const { cloud } = context.rotation;
  const { owner } = observation;
  const { reason } = decision;
  const message = `${decision.message} ${whereFound(observation)}`;
  const who = whoseOf(context, owner);
  if (cloud.gate.mode === 'plan') return plan(context, observation, { ...decision, message });
  if (decision.do === 'leave') return userReport(who, { reason, message });
  const places = placesOf(cloud, observation);
  if (decision.do === 'report') {
    await tellFound(context, observation, await places, decision);
    return userReport(who, { reason, message });
  }
  if (decision.do === 'settle' || owner.kind !== 'user') {
    return close(context, observation, places, userReport(who, { reason, message }));
  }
  const done = await disable(context, owner, observation, decision.do);
  if ((await keyStatus(cloud, owner.name, observation.keyId)) !== 'Active') {
    if (decision.do === 'replace' && isInterrupted(done)) {
      const dead = { reason: 'LeakedKeyDisabled', message: `${done.message} ${whereFound(observation)}` };
      await tellFound(context, observation, await places, dead);
      return done;
    }
    return close(context, observation, places, done.error ? done : { ...done, reason, message });
  }
  const alive = { reason: 'LeakedKeyAlive', message: `${done.message} ${whereFound(observation)}` };
  await tellFound(context, observation, await places, alive);
  return { ...done, error: done.error ?? { code: alive.reason, message: alive.message } };
}

/** The key is dead, and something that may pass kept its successor away: the finding stays, for the next run. */
const isInterrupted = ({ error, reason }: UserReport): boolean =>
  error !== undefined && (reason === 'Failed' || reason === 'StandbyUnproven');

/** What a run that may write would do. */
async function plan(
  context: LeakContext,
  observation: Observation,
  { do: what, reason, message }: Decision,
): Promise<UserReport> {
  const { owner } = observation;
  const mark: ActionReport[] = observation.findings.map(() => ({
    action: 'MarkLeakHandled',
    outcome: 'planned',
  }));
  if (what === 'report' || what === 'leave') return userReport(whoseOf(context, owner), { reason, message });
  const acts = owner.kind === 'user' && what !== 'settle';
  const planned = acts ? (await disable(context, owner, observation, what)).actions : [];
  return userReport(whoseOf(context, owner), { reason, message }, [...planned, ...mark]);
}

/**
 * The emergency of rotate-keys, with its record, so that any later run of either function finishes it. A key that
 * cannot be replaced is disabled all the same: it is public.
 */
async function disable(
  { rotation, config }: LeakContext,
  { name, emergency: begun }: OwningUser,
  leaked: LeakedKey,
  what: 'contain' | 'replace',
): Promise<UserReport> {
  const { keyId } = leaked;
  const reason = rotation.reason ?? `Security Center: leaked. ${whereFound(leaked)}`;
  const emergency = (request: EmergencyRequest) =>
    runEmergency({ ...rotation, reason }, config.exempt, { user: name, request, force: false });
  const resumes = what === 'replace' && isUnfinished(begun) && begun.keyIds.includes(keyId);
  const first = await emergency(resumes ? { kind: 'resume', intent: begun } : { kind: what, keyId });
  if (what === 'contain' || first.reason !== 'Refused' || !first.error) return first;
  const second = await emergency({ kind: 'contain', keyId });
  const why = `Key ${keyId} of user ${name} leaked and could not be replaced (${first.error.code}), so it is disabled without a successor. Give its programs another key by hand.`;
  return { ...second, message: why, error: second.error ?? { code: first.error.code, message: why } };
}

/** The key is dead: people are told, and then the finding is marked, so that a run that stops in between tells again. */
async function close(
  context: LeakContext,
  observation: Observation,
  places: Places,
  report: UserReport,
): Promise<UserReport> {
  const fact = await outcomeFact(context, observation, await places, report);
  if (!(await tellOnce(context, observation, fact))) {
    const message = `${report.message} No channel took the notice, so the finding is not marked yet.`;
    return { ...report, message };
  }
  const remark = remarkOn(observation, fact);
  const { marks, error } = await mark(context, observation, remark);
  const failure = report.error ?? (error === undefined ? undefined : failureOf(error));
  return { ...report, actions: [...report.actions, ...marks], ...(failure && { error: failure }) };
}

/** The latest last: the id of the notice holds it, and it must stay the same until all are marked. */
async function mark(
  { rotation: { cloud } }: LeakContext,
  { findings: [latest, ...others], keyId }: LeakedKey,
  remark: string,
): Promise<{ marks: ActionReport[]; error?: unknown }> {
  const marks: ActionReport[] = [];
  const markOne = async ({ id }: { id: string }): Promise<void> => {
    const outcome = await cloud.securityCenter.markHandled(id, remark).then(
      () => ({ outcome: 'done' as const }),
      (error: unknown) => ({ outcome: 'failed' as const, error }),
    );
    marks.push({ action: 'MarkLeakHandled', keyId, outcome: outcome.outcome });
    if ('error' in outcome) throw outcome.error;
  };
  try {
    await Promise.all(others.map(markOne));
    await markOne(latest);
    return { marks };
  } catch (error) {
    return { marks, error };
  }
}

type Outcome = FactOf<'keyturn.leak.contained'> | FactOf<'keyturn.leak.replaced'>;

/** Told from what is true now, not from what this run did: another one may have done it. */
async function outcomeFact(
  { rotation: { cloud, config, startedAt } }: LeakContext,
  { owner, keyId, findings }: Observation,
  places: Awaited<Places>,
  { actions }: UserReport,
): Promise<Outcome> {
  const user = nameOf(owner);
  const leak = { account: cloud.account, user, keyId, places, findings: findings.length };
  const tags = owner.kind === 'user' ? await cloud.ims.listTags(owner.id) : noTags;
  const newKeyId = successorOf(keyId, tags) ?? proven(actions);
  if (!newKeyId) return leakContained(startedAt, leak);
  return leakReplaced(startedAt, { ...leak, newKeyId, secretName: secretName(config, cloud.account, user) });
}

const noTags: ReadonlyMap<string, string> = new Map();

function successorOf(keyId: string, tags: ReadonlyMap<string, string>): string | undefined {
  const { current, old } = readRecord(tags);
  return old?.keyId === keyId ? current?.keyId : undefined;
}

/** The key that this run issued, where what it wrote is not to be read yet. */
const proven = (actions: readonly ActionReport[]): string | undefined =>
  actions.find(({ action, outcome }) => action === 'ProveKey' && outcome === 'done')?.keyId;

function remarkOn({ keyId, owner }: Observation, fact: Outcome): string {
  if (fact.type === 'keyturn.leak.replaced') {
    return `keyturn: ${keyId} of ${fact.subject} is dead, replaced by ${fact.data.newKeyId}.`;
  }
  if (owner.kind === 'user') return `keyturn: ${keyId} of ${fact.subject} is dead.`;
  return `keyturn: ${keyId} is not a key of any RAM user here, and not valid.`;
}

async function tellFound(
  context: LeakContext,
  observation: Observation,
  places: Awaited<Places>,
  { reason, message }: { reason: string; message: string },
): Promise<void> {
  const { cloud, startedAt } = context.rotation;
  const { owner, keyId, findings } = observation;
  const fact = leakFound(startedAt, {
    account: cloud.account,
    user: nameOf(owner),
    keyId,
    places,
    findings: findings.length,
    reason,
    message,
    ...(owner.kind === 'user' && owner.exemption && { exempt: true as const }),
  });
  await tellOnce(context, observation, fact);
}

export const nameOf = (owner: Owner): string =>
  owner.kind === 'user' ? owner.name : owner.kind === 'account' ? '<root>' : '<unknown>';

const whoseOf = ({ rotation: { cloud } }: LeakContext, owner: Owner) => ({
  account: cloud.account,
  name: nameOf(owner),
});
