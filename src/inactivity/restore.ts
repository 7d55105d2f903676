import type { DateTime } from 'luxon';
import type { Clock } from '../base/clock';
import { skewAllowance } from '../base/time';
import type { AccessKey } from '../cloud/access-key';
import type { Cloud } from '../cloud/cloud';
import type { LoginProfile } from '../cloud/ims';
import type { RotationConfig } from '../config/schema';
import { type InactivityRecord, readInactivity } from '../record/inactivity';
import { RecordWriter } from '../record/inactivity-writer';
import { readRecord } from '../record/rotation';
import type { Action, ActionReport, ReportedError } from '../report/run-report';
import { failureOf } from '../report/user-report';
import { secretName } from '../users/secret-name';
import { ownChangeWithin } from './time';

export interface RestoreRequest {
  readonly cloud: Cloud;
  readonly clock: Clock;
  readonly rotation: RotationConfig;
  readonly userName: string;
}

export interface Restored {
  readonly account: string;
  readonly user: string;
  readonly reason:
    | 'Restored'
    | 'NothingToRestore'
    | 'UserNotFound'
    | 'UserInRecycleBin'
    | 'RecordUnreadable'
    | 'Failed';
  readonly message: string;
  readonly actions: readonly ActionReport[];
  /** What keyturn cannot bring back, one sentence each. */
  readonly left: readonly string[];
  /** Where something failed; the record stays, so that restoring may be repeated. */
  readonly error?: ReportedError;
}

/**
 * Undoes what disable-inactive did to a user by its own record, and nothing else: enables the keys and the logon that
 * it disabled, and fetches keys that it deleted from RAM's recycle bin. In mode plan it tells what it would do.
 * @throws CloudError where it cannot be told what is disabled
 */
export async function restoreUser({ cloud, clock, rotation, userName }: RestoreRequest): Promise<Restored> {
  const told = { account: cloud.account, user: userName, actions: [], left: [] };
  const found = await find(cloud, userName);
  if (found === 'unknown') {
    return { ...told, reason: 'UserNotFound', message: `RAM does not know a user ${userName}.` };
  }
  if (found === 'in recycle bin') {
    const message = `User ${userName} is in RAM's recycle bin: restore it there, give it back its policies and groups (the log of its deletion lists them), then run this again for its keys.`;
    return { ...told, reason: 'UserInRecycleBin', message };
  }
  const record = readInactivity(found.tags);
  if (record.unreadable.length > 0) {
    const message = `The tags ${record.unreadable.join(', ')} of user ${userName} are not as keyturn wrote them, so it cannot tell what it disabled: enable by hand what is needed, then remove them.`;
    return { ...told, reason: 'RecordUnreadable', message };
  }
  if (!record.user && record.keys.size === 0) {
    return {
      ...told,
      reason: 'NothingToRestore',
      message: `keyturn has disabled nothing of user ${userName}.`,
    };
  }
  const plan = await planFor(cloud, found, record);
  const { actions, error } = await perform(cloud, plan.steps);
  const outcome = { ...told, actions, left: plan.left };
  if (error) {
    const message = `User ${userName} could not be restored as a whole: ${error.message} Run this again.`;
    return { ...outcome, reason: 'Failed', message, error };
  }
  if (cloud.gate.mode === 'enforce') {
    const user = { ...found, managed: true, record };
    await new RecordWriter(cloud, user, secretName(rotation, cloud.account, userName)).note({
      set: 'restored',
      at: clock.now(),
    });
  }
  const message = [`What keyturn had disabled of user ${userName} is restored.`, ...plan.left].join(' ');
  return { ...outcome, reason: 'Restored', message };
}

type Found = NonNullable<Awaited<ReturnType<Cloud['ims']['getUser']>>>;

async function find(cloud: Cloud, userName: string): Promise<Found | 'unknown' | 'in recycle bin'> {
  const known = await cloud.ram.getUser(userName);
  const found = known && (await cloud.ims.getUser({ id: known.id }));
  if (found) return found;
  const recycled = await cloud.ims.listUsersInRecycleBin();
  return recycled.some(({ name }) => name === userName) ? 'in recycle bin' : 'unknown';
}

interface Step {
  readonly action: Action;
  readonly keyId?: string;
  perform(): Promise<void>;
}

interface Plan {
  readonly steps: Step[];
  readonly left: string[];
}

async function planFor(cloud: Cloud, user: Found, record: InactivityRecord): Promise<Plan> {
  const { id, principalName } = user;
  const [keys, recycled, logon] = await Promise.all([
    cloud.ims.listAccessKeys(principalName),
    cloud.ims.listAccessKeysInRecycleBin(id),
    record.user?.logon ? cloud.ims.getLoginProfile(principalName) : undefined,
  ]);
  const bin = new Set(recycled.map((key) => key.id));
  const leaked = readRecord(user.tags).leaked?.keyIds ?? [];
  const plans = [
    ...[...disabledKeys(record)].map(([keyId, at]): Plan => {
      if (leaked.includes(keyId)) {
        return {
          steps: [],
          left: [`Key ${keyId} stays disabled: it leaked, and keyturn never enables it again.`],
        };
      }
      const key = keys.find((each) => each.id === keyId);
      return key ? enableKey(cloud, user, key, at) : fetchKey(cloud, user, keyId, bin);
    }),
    ...(record.user?.logon ? [enableLogon(cloud, user, logon, record.user.at)] : []),
  ];
  return { steps: plans.flatMap(({ steps }) => steps), left: plans.flatMap(({ left }) => left) };
}

function disabledKeys({ user, keys }: InactivityRecord): Map<string, DateTime> {
  return new Map([...keys, ...(user ? user.keyIds.map((id) => [id, user.at] as const) : [])]);
}

const nothing: Plan = { steps: [], left: [] };

function enableKey(cloud: Cloud, { name }: Found, key: AccessKey, at: DateTime): Plan {
  if (key.status === 'Active') return nothing;
  if (changedSince(key.updatedAt, at)) {
    return {
      steps: [],
      left: [`Key ${key.id} stays disabled: somebody else disabled it after keyturn did.`],
    };
  }
  return { steps: [enabling(cloud, name, key.id)], left: [] };
}

function fetchKey(cloud: Cloud, { id, name }: Found, keyId: string, bin: ReadonlySet<string>): Plan {
  if (!bin.has(keyId)) {
    return { steps: [], left: [`Key ${keyId} was deleted and is no longer in RAM's recycle bin.`] };
  }
  const fetching: Step = {
    action: 'RestoreAccessKey',
    keyId,
    perform: () => cloud.ims.restoreAccessKey(id, keyId),
  };
  return { steps: [fetching, enabling(cloud, name, keyId)], left: [] };
}

function enableLogon(
  cloud: Cloud,
  { principalName }: Found,
  profile: LoginProfile | undefined,
  at: DateTime,
): Plan {
  if (!profile) return { steps: [], left: ['Its console logon no longer exists: create a new one.'] };
  if (profile.status === 'Active') return nothing;
  if (changedSince(profile.updatedAt, at)) {
    return { steps: [], left: ['Its console logon stays off: somebody else changed it after keyturn did.'] };
  }
  const perform = () => cloud.ims.setLoginStatus(principalName, 'Active', profile);
  return { steps: [{ action: 'EnableLogin', perform }], left: [] };
}

const enabling = (cloud: Cloud, userName: string, keyId: string): Step => ({
  action: 'EnableAccessKey',
  keyId,
  perform: () => cloud.ram.setAccessKeyStatus(userName, keyId, 'Active'),
});

const changedSince = (updatedAt: DateTime | undefined, at: DateTime): boolean =>
  updatedAt !== undefined && updatedAt > at.plus(ownChangeWithin).plus(skewAllowance);

/** Goes on after a failure: whatever can be had back is. */
async function perform(
  cloud: Cloud,
  steps: readonly Step[],
): Promise<{ actions: ActionReport[]; error?: ReportedError }> {
  const actions: ActionReport[] = [];
  let error: ReportedError | undefined;
  for (const step of steps) {
    const entry = { action: step.action, ...(step.keyId && { keyId: step.keyId }) };
    if (cloud.gate.mode === 'plan') {
      actions.push({ ...entry, outcome: 'planned' });
      continue;
    }
    try {
      await step.perform();
      actions.push({ ...entry, outcome: 'done' });
    } catch (thrown) {
      actions.push({ ...entry, outcome: 'failed' });
      error ??= failureOf(thrown);
    }
  }
  return { actions, ...(error && { error }) };
}
