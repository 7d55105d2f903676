import type { DateTime } from 'luxon';
import { isoDate } from '../base/time';
import type { UsedBy } from '../report/used-by';

/** An instant in whole seconds, `2026-11-23T03:00:00Z`. */
export type Instant = string;

/** What the API tells of a key's last use; both are absent where it was never used. */
export type LastUse = { at?: Instant; service?: string };

type OfUser = { account: string; user: string };
/** `keyId` is absent where the user itself, not one key, is meant. */
type Inactivity = OfUser & {
  keyId?: string;
  /** Every key that it is about. */
  keyIds?: string[];
  /** The console logon, too. */
  logon?: true;
  lastActiveAt?: Instant;
  /** What was seen then, in English, such as `console logon`. */
  lastActivity?: string;
};
/** Where Security Center found a key; what cannot be read is absent. Addresses have neither login nor query. */
export type Place = {
  /** Id of the finding. */
  finding: string;
  foundAt?: Instant;
  /** Such as GitHub. */
  platform?: string;
  repository?: string;
  file?: string;
  url?: string;
};

/** A leaked key. `user` is `<root>` where it is the key of the account itself, and `<unknown>` where nobody has it. */
type Leak = OfUser & {
  keyId: string;
  /** The latest first, ten at most. */
  places: Place[];
  /** How many findings there are in all. */
  findings: number;
};
type OfRun = { account: string; function: string; requestId: string; reason: string };

/** What each notice carries. There is no field that could hold the secret half of a key. */
export type FactData = {
  'keyturn.accesskey.rotated': OfUser & {
    secretName: string;
    versionId: string;
    keyId: string;
    /** Absent for a user's first key. */
    oldKeyId?: string;
    /** When the old key may be disabled at the earliest. */
    oldKeyDisabledFrom?: Instant;
    emergency?: true;
    /** The current key is the one that `oldKeyId` had replaced. */
    rolledBack?: true;
    reason?: string;
  };
  'keyturn.accesskey.stillused': OfUser & {
    secretName: string;
    /** The old key, which is still in use. */
    keyId: string;
    currentKeyId: string;
    lastUsed: LastUse;
    /** Absent where ActionTrail is not to be had. */
    usedBy?: UsedBy;
    askAgainAt: Instant;
  };
  'keyturn.accesskey.disabled': OfUser & {
    keyId: string;
    secretName?: string;
    lastUsed?: LastUse;
    /** When the key may be deleted at the earliest; until then it can be enabled again. */
    deletedFrom?: Instant;
    emergency?: true;
    reason?: string;
  };
  'keyturn.accesskey.deleted': OfUser & { keyId: string; emergency?: true; reason?: string };
  'keyturn.accesskey.blocked': OfUser & {
    /** The stable reason of the run report, in CamelCase. */
    reason: string;
    /** One sentence for a person. */
    message: string;
    keyIds?: string[];
  };
  'keyturn.accesskey.contained': OfUser & {
    /** The keys disabled. */
    keyIds: string[];
    secretName?: string;
    reason?: string;
  };
  /** A leaked key that may still sign: keyturn was not to touch it, or could not. */
  'keyturn.leak.found': Leak & {
    /** The stable reason of the run report, in CamelCase. */
    reason: string;
    /** One sentence for a person. */
    message: string;
    exempt?: true;
  };
  'keyturn.leak.contained': Leak;
  'keyturn.leak.replaced': Leak & { newKeyId: string; secretName: string };
  'keyturn.inactive.warning': Inactivity & { disabledFrom: Instant };
  'keyturn.inactive.disabled': Inactivity & { deletedFrom?: Instant };
  'keyturn.inactive.deleted': Inactivity;
  'keyturn.run.failed': OfRun & { failures: { user?: string; error: string }[] };
  'keyturn.run.halted': OfRun & { due?: number; limit?: number };
  /** Sent only where an operator asks for it, to every channel. */
  'keyturn.test': { account: string };
};

export type FactType = keyof FactData;

/** Something that happened and that people or programs should know. */
export interface FactOf<T extends FactType> {
  readonly type: T;
  readonly account: string;
  /** The user, or the account where the fact is about a run. */
  readonly subject: string;
  /** The same for the same fact, whoever tells it and however often. */
  readonly id: string;
  readonly time: DateTime;
  readonly data: FactData[T];
}

export type Fact = { [T in FactType]: FactOf<T> }[FactType];

type Input<T extends FactType> = FactData[T];

/** A rollback makes a version current once more: a receiver that drops repeats must not take it for the first time. */
export const rotated = (time: DateTime, data: Input<'keyturn.accesskey.rotated'>) =>
  aboutUser(
    'keyturn.accesskey.rotated',
    time,
    data,
    data.versionId,
    ...(data.rolledBack ? ['rolledback', data.oldKeyId ?? ''] : []),
  );

/** Its id holds the day: a reminder is the same fact for one day. */
export const stillUsed = (time: DateTime, data: Input<'keyturn.accesskey.stillused'>) =>
  aboutUser('keyturn.accesskey.stillused', time, data, data.keyId, isoDate(time));

export const disabled = (time: DateTime, data: Input<'keyturn.accesskey.disabled'>) =>
  aboutUser('keyturn.accesskey.disabled', time, data, data.keyId);

export const deleted = (time: DateTime, data: Input<'keyturn.accesskey.deleted'>) =>
  aboutUser('keyturn.accesskey.deleted', time, data, data.keyId);

/** Its id holds the day, like that of a reminder. */
export const blocked = (time: DateTime, data: Input<'keyturn.accesskey.blocked'>) =>
  aboutUser('keyturn.accesskey.blocked', time, data, data.reason, isoDate(time));

export const contained = (time: DateTime, data: Input<'keyturn.accesskey.contained'>) =>
  aboutUser('keyturn.accesskey.contained', time, data, ...[...data.keyIds].sort());

/** Its id holds the day, like that of a reminder. */
export const leakFound = (time: DateTime, data: Input<'keyturn.leak.found'>) =>
  aboutUser('keyturn.leak.found', time, data, data.keyId, latestFinding(data), isoDate(time));

export const leakContained = (time: DateTime, data: Input<'keyturn.leak.contained'>) =>
  aboutUser('keyturn.leak.contained', time, data, data.keyId, latestFinding(data));

export const leakReplaced = (time: DateTime, data: Input<'keyturn.leak.replaced'>) =>
  aboutUser('keyturn.leak.replaced', time, data, data.keyId, latestFinding(data));

export const inactivityWarning = (time: DateTime, data: Input<'keyturn.inactive.warning'>) =>
  aboutUser('keyturn.inactive.warning', time, data, ...inactivePeriod(data));

export const inactiveDisabled = (time: DateTime, data: Input<'keyturn.inactive.disabled'>) =>
  aboutUser('keyturn.inactive.disabled', time, data, ...inactivePeriod(data));

export const inactiveDeleted = (time: DateTime, data: Input<'keyturn.inactive.deleted'>) =>
  aboutUser('keyturn.inactive.deleted', time, data, ...inactivePeriod(data));

export const runFailed = (time: DateTime, data: Input<'keyturn.run.failed'>) =>
  aboutRun('keyturn.run.failed', time, data);

export const runHalted = (time: DateTime, data: Input<'keyturn.run.halted'>) =>
  aboutRun('keyturn.run.halted', time, data);

export function testFact(time: DateTime, account: string): FactOf<'keyturn.test'> {
  const type = 'keyturn.test';
  return {
    type,
    account,
    subject: account,
    id: `${type}/${account}/${time.toMillis()}`,
    time,
    data: { account },
  };
}

function aboutUser<T extends FactType>(
  type: T,
  time: DateTime,
  data: FactData[T] & OfUser,
  ...rest: string[]
): FactOf<T> {
  const { account, user } = data;
  return { type, account, subject: user, id: [type, account, user, ...rest].join('/'), time, data };
}

function aboutRun<T extends FactType>(type: T, time: DateTime, data: FactData[T] & OfRun): FactOf<T> {
  const { account } = data;
  return {
    type,
    account,
    subject: account,
    id: [type, account, data.function, data.requestId].join('/'),
    time,
    data,
  };
}

/** Another finding about the same key is another fact. */
const latestFinding = ({ places }: Leak): string => places[0]?.finding ?? '';

/** One period without activity: activity begins another, and with it another fact. */
const inactivePeriod = (data: Inactivity) => [data.keyId ?? 'user', data.lastActiveAt ?? 'never'];
