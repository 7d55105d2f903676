import { credentialsOf } from '../accounts/open';
import type { Cloud } from '../cloud/cloud';
import { endpointOf } from '../cloud/endpoints';
import { CloudError } from '../cloud/error';
import type { ImsUser } from '../cloud/ims';
import { Sts } from '../cloud/sts';
import { readInactivity } from '../record/inactivity';
import { readRecord } from '../record/rotation';
import { type Roster, readRoster } from '../users/roster';
import { secretName } from '../users/secret-name';
import { identityOf } from '../users/user';
import type { InactivityContext, InactivityRun } from './context';
import type { IdleRule } from './decide/facts';
import type { Profile } from './observation';

export interface Opened {
  readonly context: InactivityContext;
  /** Every user of the account, in the order of names. */
  readonly profiles: readonly Profile[];
  readonly notes: readonly string[];
}

/** @throws CloudError where it cannot be told who must not be touched */
export async function open(run: InactivityRun, cloud: Cloud): Promise<Opened> {
  const { config, clock, notifier, log, startedAt } = run;
  const [roster, callerId, { idleRule, note }] = await Promise.all([
    readRoster(cloud, config, clock),
    readCallerId(run, cloud),
    readIdleRule(run, cloud),
  ]);
  const profileOf = profiling(cloud, roster, callerId);
  const context: InactivityContext = {
    cloud,
    clock,
    notifier,
    log,
    startedAt,
    idleRule,
    profileOf,
    config: config.inactivity,
    secretName: (userName) => secretName(config.rotation, cloud.account, userName),
  };
  const profiles = roster.users.map((user) => profileOf(user));
  return { context, profiles, notes: [note] };
}

function profiling(
  { account }: Cloud,
  roster: Roster,
  callerId: string | undefined,
): InactivityContext['profileOf'] {
  return (user: ImsUser, known?: Profile) => {
    const { tags, provisionType } = user;
    const { managed, exemption } = roster.again(user);
    const keptBy = known ? known.keptBy : keeperOf(provisionType);
    return {
      ...identityOf(account, user),
      frozen: known?.frozen ?? user.status === 'freeze',
      createdAt: user.createdAt,
      lastLogin: user.lastLogin,
      ...(keptBy && { keptBy }),
      runsKeyturn: user.id === callerId,
      ...(exemption && { exemption }),
      managed,
      tags,
      rotation: tags.size > 0 ? readRecord(tags) : blank.rotation,
      record: tags.size > 0 ? readInactivity(tags) : blank.record,
    };
  };
}

/** Of the many users without tags, shared. */
const blank = { rotation: readRecord(new Map()), record: readInactivity(new Map()) };

const keeperOf = (provisionType: string | undefined): string | undefined =>
  provisionType && provisionType !== 'Manual' ? provisionType : undefined;

/** The RAM user whose credentials run this, where a person does; a function runs on a role. */
async function readCallerId({ config, context }: InactivityRun, cloud: Cloud): Promise<string | undefined> {
  const endpoint = endpointOf('sts', cloud.region, config.endpoints);
  return (await new Sts(cloud.gate, credentialsOf(context), endpoint).callerIdentity()).userId;
}

/** Alibaba Cloud disables by itself what idles long. It is told beside keyturn's own rule, and nothing hangs on it. */
async function readIdleRule(
  { config }: InactivityRun,
  cloud: Cloud,
): Promise<{ idleRule: IdleRule; note: string }> {
  const { keys, users } = config.inactivity;
  const own = `keyturn disables keys after ${keys.disableAfter.toISO()} and users after ${users.disableAfter.toISO()}`;
  try {
    const preference = await cloud.ims.getSecurityPreference();
    const { maxIdleDaysForAccessKeys: keyDays, maxIdleDaysForUsers: logonDays } = preference;
    const idleRule = { ...(keyDays && { keys: keyDays }), ...(logonDays && { logons: logonDays }) };
    const theirs = `Alibaba Cloud's own idle rule of account ${cloud.account}: AccessKeys after ${inDays(keyDays)}, console logons after ${inDays(logonDays)}`;
    return { idleRule, note: `${theirs}; ${own}.` };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return {
      idleRule: {},
      note: `Alibaba Cloud's own idle rule of account ${cloud.account} could not be read (${error.code}); ${own}.`,
    };
  }
}

const inDays = (days: number | undefined): string => (days === undefined ? 'unknown' : `${days} days`);
