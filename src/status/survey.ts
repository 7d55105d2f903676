import type { Clock } from '../base/clock';
import type { Progress } from '../base/progress';
import { sideBySide } from '../base/side-by-side';
import type { LastUse } from '../cloud/access-key';
import type { Cloud } from '../cloud/cloud';
import { CloudError, isCode } from '../cloud/error';
import { readKeyUse } from '../cloud/key-use';
import type { Config } from '../config/schema';
import type { ReportedError } from '../report/run-report';
import { type UsedBy, usedByOf } from '../report/used-by';
import { failureOf } from '../report/user-report';
import { keyRolesOf } from '../rotation/decide/key-roles';
import type { Observation } from '../rotation/observation';
import { observe } from '../rotation/observe';
import { type RotationRoster, readRotationRoster } from '../users/roster';
import type { Candidate } from '../users/user';
import type { AccountStatus, UserStatus } from './account-status';
import { exemptionStatusOf } from './exemption-status';
import { outlook } from './outlook';
import { failedStatusOf, userStatusOf } from './user-status';

export interface Survey {
  readonly cloud: Cloud;
  readonly config: Config;
  readonly clock: Clock;
  /** Where it is read already. */
  readonly roster?: RotationRoster;
  /** Only these; default: all managed users. Those who are not managed are left out. */
  readonly users?: readonly string[];
  readonly progress?: Pick<Progress, 'tick'>;
}

/** Users looked at side by side. The rate limits are the gate's business. */
const lookedAtOnce = 100;

/**
 * What keyturn knows, and what the next run would decide, of the managed users of one account; it reads only.
 * A user who cannot be read is that user's failure; where it cannot be told who is managed, it is the account's.
 */
export async function surveyAccount(survey: Survey): Promise<AccountStatus> {
  const { cloud, config, clock, users, progress } = survey;
  try {
    const roster = survey.roster ?? (await readRotationRoster(cloud, config, clock));
    const chosen = chosenOf(roster, users);
    const found = new Map<string, UserStatus>();
    await sideBySide(chosen, lookedAtOnce, async (candidate) => {
      const status = await surveyUser(survey, candidate);
      if (status) found.set(status.user, status);
      progress?.tick();
    });
    return {
      ...frameOf(cloud, survey),
      usersInAccount: roster.users.length,
      users: chosen.flatMap(({ look }) => found.get(look.user.name) ?? []),
      missing: missingFrom(roster, config),
      ...(cloud.notes.size > 0 && { notes: [...cloud.notes].sort() }),
    };
  } catch (error) {
    return unreadAccount(cloud, survey, failureOf(error));
  }
}

export type Where = Pick<Cloud, 'account' | 'region'>;

/** An account of which it cannot be told who is managed. */
export function unreadAccount(
  where: Where,
  survey: Pick<Survey, 'config' | 'clock'>,
  error: ReportedError,
): AccountStatus {
  return { ...frameOf(where, survey), error };
}

export function chosenOf(
  { candidates }: RotationRoster,
  users: readonly string[] | undefined,
): readonly Candidate[] {
  return users ? candidates.filter(({ look }) => users.includes(look.user.name)) : candidates;
}

/** What the configuration tells of an account without a call. */
function frameOf(
  { account, region }: Where,
  { config, clock }: Pick<Survey, 'config' | 'clock'>,
): AccountStatus {
  const { mode, rotation, exempt } = config;
  const now = clock.now();
  return {
    account,
    region,
    mode,
    rotation: {
      maxAge: iso(rotation.maxAge),
      grace: iso(rotation.grace),
      quiet: iso(rotation.quiet),
      recovery: iso(rotation.recovery),
    },
    usersInAccount: 0,
    users: [],
    exemptions: exempt.map((each) => exemptionStatusOf(each, now)),
    missing: [],
  };
}

const iso = (duration: { toISO(): string | null }): string => duration.toISO() ?? '';

/** Users whom the configuration names and nobody has. */
function missingFrom({ users }: RotationRoster, { rotation, exempt }: Config): string[] {
  const exempted = exempt.flatMap((each) => ('user' in each ? [each.user] : []));
  const known = new Set(users.map(({ name }) => name));
  return [...new Set([...rotation.users.names, ...exempted])].filter((name) => !known.has(name));
}

/** Undefined where the user was deleted meanwhile. */
async function surveyUser(
  { cloud, config, clock }: Survey,
  { look, exemption }: Candidate,
): Promise<UserStatus | undefined> {
  const { rotation } = config;
  const about = { config: rotation, ...(exemption && { exemption }) };
  try {
    const observation = await observe(cloud, rotation, look);
    const [uses, usedBy] = await Promise.all([usesOf(cloud, observation), usersOfOldKey(cloud, observation)]);
    const now = clock.now();
    const decision = outlook(observation, exemption, rotation, now);
    return userStatusOf(observation, decision, uses, { ...about, now }, usedBy);
  } catch (error) {
    if (isCode(error, 'EntityNotExist.User')) return undefined;
    return failedStatusOf(look.user, error, { ...about, now: clock.now() });
  }
}

/** The decision rests on those that the function reads; the others are for the person who asks. */
async function usesOf(cloud: Cloud, { user, keys, lastUse }: Observation): Promise<Map<string, LastUse>> {
  const rest = keys.filter(({ id }) => !lastUse.has(id));
  const read = await Promise.all(
    rest.map(async ({ id }) => {
      const use = await readKeyUse(cloud, user.principalName, id).catch(unread);
      return [id, use] as const;
    }),
  );
  return new Map([...lastUse, ...read]);
}

/** Who has not switched yet. */
async function usersOfOldKey(cloud: Cloud, observation: Observation): Promise<Map<string, UsedBy>> {
  const { old } = keyRolesOf(observation);
  if (old?.status !== 'Active') return new Map();
  const traces = await cloud.actionTrail.traces(old.id).catch((error: unknown) => {
    if (!(error instanceof CloudError)) throw error;
    cloud.notes.add(`Where key ${old.id} was used could not be read: ${error.message}`);
  });
  for (const why of Object.values(traces?.incomplete ?? {}))
    cloud.notes.add(`Where key ${old.id} was used could be read in part only: ${why}`);
  return new Map(traces ? [[old.id, usedByOf(traces)]] : []);
}

const unread = (error: unknown): LastUse => ({ kind: 'unreadable', why: failureOf(error).message });
