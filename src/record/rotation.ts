import type { DateTime } from 'luxon';
import { skewAllowance } from '../base/time';
import { claimPrefix, type Tags, tagKeys } from './tags';
import {
  fitIds,
  oneOf,
  readCount,
  readId,
  readIds,
  readStamp,
  stamp,
  Unreadable,
  writeCode,
  writeIds,
} from './text';

/**
 * What keyturn remembers of a user between runs, kept as tags on the RAM user: IMS ListUsers gives the tags
 * of a thousand users in one call.
 */
export interface UserRecord {
  readonly current?: CurrentEntry;
  readonly old?: OldEntry;
  readonly standby?: StandbyEntry;
  readonly refused?: RefusedEntry;
  readonly notice?: NoticeEntry;
  readonly told?: ToldEntry;
  readonly emergency?: EmergencyEntry;
  readonly leaked?: LeakedEntry;
  readonly hold?: HoldEntry;
  readonly rollback?: RollbackEntry;
  readonly inactive?: InactiveEntry;
  readonly claims: readonly Claim[];
  /** Tags of keyturn's own prefix that it cannot read: somebody changed them. */
  readonly unreadable: readonly string[];
}

/** The pair under ACSCurrent, as keyturn knows it to be proven or adopted. */
export interface CurrentEntry {
  readonly keyId: string;
  readonly origin: 'issued' | 'adopted';
  readonly provenAt: DateTime;
}

/**
 * The key that the current one replaced. `disabled` is keyturn's own doing (`disabling` says so beforehand);
 * `inactive` means that somebody else did it, or that it was so when it was replaced.
 */
export interface OldEntry {
  readonly keyId: string;
  readonly phase: 'replaced' | 'disabling' | 'disabled' | 'inactive' | 'enabled';
  readonly at: DateTime;
}

/** A stored pair that failed to prove, with the first failure and the number of runs that tried. */
export interface StandbyEntry {
  readonly keyId: string;
  readonly failingSince: DateTime;
  readonly failures: number;
  /** The keys that the user had before this one was issued. */
  readonly before: readonly string[];
}

/** The last rotation that failed before its key was stored; gone once one is. */
export interface RefusedEntry {
  /** Keys that were issued since the last success and could not be stored. */
  readonly keys: number;
  readonly at: DateTime;
  /** What the cloud answered. */
  readonly code: string;
}

/** The notice of a rotation: due for this version since `since`, delivered by the run that began at `deliveredAt`. */
export interface NoticeEntry {
  readonly versionId: string;
  readonly since: DateTime;
  readonly deliveredAt?: DateTime;
  readonly takenBy: readonly string[];
}

export interface ToldEntry {
  readonly what: 'stillused' | 'blocked';
  readonly at: DateTime;
}

/**
 * `replace` and `contain` are begun and not finished: these keys must die. `contained` are the keys that
 * keyturn disabled and that have no successor yet; `replaced` is the key that an emergency issued.
 */
export interface EmergencyEntry {
  readonly kind: 'replace' | 'contain' | 'contained' | 'replaced';
  readonly keyIds: readonly string[];
  readonly at: DateTime;
}

/** What emergencies named, newest first: no rollback, restore or recovery brings these keys back. */
export interface LeakedEntry {
  readonly keyIds: readonly string[];
}

/** Key ids that fit into a tag. */
export const mostLeaked = 4;

/** The entry with these ids before the ones that it has. */
export const withLeaked = (entry: LeakedEntry | undefined, keyIds: readonly string[]): LeakedEntry => ({
  keyIds: [...new Set([...keyIds, ...(entry?.keyIds ?? [])])].slice(0, mostLeaked),
});

export interface HoldEntry {
  readonly until?: DateTime;
}

/** A rollback that is begun and not finished: from the current key to the one before it. */
export interface RollbackEntry {
  readonly from: string;
  readonly to: string;
  readonly at: DateTime;
}

/** Set by disable-inactive: rotation leaves the user alone. */
export interface InactiveEntry {
  readonly at: DateTime;
}

/**
 * A run's mark that it is at work on the user, under a tag key of its own, so that two runs never overwrite
 * each other's. It outlives a run that is killed, and with it the intent to issue.
 */
export interface Claim {
  readonly runId: string;
  readonly by: 'timer' | 'emergency';
  readonly expiresAt: DateTime;
  readonly intent?: Intent;
}

/** Written before CreateAccessKey: a key that is not in `before` and not in KMS is keyturn's orphan. */
export interface Intent {
  readonly at: DateTime;
  /** When the run that wrote this has ended for certain. */
  readonly until: DateTime;
  readonly before: readonly string[];
}

/** An emergency that a stopped run left to be finished. */
export const isUnfinished = (entry: EmergencyEntry | undefined): entry is EmergencyEntry =>
  entry?.kind === 'replace' || entry?.kind === 'contain';

/** An emergency, or a rollback, that a stopped run left to be finished. */
export const isBegun = ({ emergency, rollback }: UserRecord): boolean =>
  isUnfinished(emergency) || rollback !== undefined;

/** Claims of runs that have ended for certain, and whose keys, if any, are accounted for by now. */
export function deadClaims({ claims }: UserRecord, now: DateTime): string[] {
  return claims
    .filter(({ expiresAt, intent }) => (intent?.until ?? expiresAt).plus(skewAllowance) <= now)
    .map(({ runId }) => runId);
}

export const write = {
  current: (entry: CurrentEntry): string => [entry.keyId, entry.origin, stamp(entry.provenAt)].join('/'),
  old: (entry: OldEntry): string => [entry.keyId, entry.phase, stamp(entry.at)].join('/'),
  standby: (entry: StandbyEntry): string =>
    [entry.keyId, stamp(entry.failingSince), entry.failures, writeIds(entry.before)].join('/'),
  refused: ({ keys, at, code }: RefusedEntry): string => [keys, stamp(at), writeCode(code)].join('/'),
  notice: (entry: NoticeEntry): string =>
    entry.deliveredAt
      ? [entry.versionId, stamp(entry.since), stamp(entry.deliveredAt)].join('/')
      : // Channels that do not fit into the tag are asked again in the next run: delivery is at least once.
        fitIds([entry.versionId, stamp(entry.since), '-'].join('/'), entry.takenBy),
  told: (entry: ToldEntry): string => [entry.what, stamp(entry.at)].join('/'),
  emergency: (entry: EmergencyEntry): string =>
    [entry.kind, writeIds(entry.keyIds), stamp(entry.at)].join('/'),
  leaked: (entry: LeakedEntry): string => writeIds(entry.keyIds),
  rollback: ({ from, to, at }: RollbackEntry): string => [from, to, stamp(at)].join('/'),
  hold: (entry: HoldEntry): string => (entry.until ? stamp(entry.until) : 'open'),
  inactive: (entry: InactiveEntry): string => stamp(entry.at),
  claim: ({ by, expiresAt, intent }: Claim): string =>
    [
      by,
      stamp(expiresAt),
      ...(intent ? [stamp(intent.at), stamp(intent.until), writeIds(intent.before)] : []),
    ].join('/'),
};

const read = {
  current(text: string): CurrentEntry {
    const [id, origin, provenAt] = text.split('/');
    return {
      keyId: readId(id),
      origin: oneOf(origin, ['issued', 'adopted']),
      provenAt: readStamp(provenAt),
    };
  },
  old(text: string): OldEntry {
    const [id, phase, at] = text.split('/');
    return {
      keyId: readId(id),
      phase: oneOf(phase, ['replaced', 'disabling', 'disabled', 'inactive', 'enabled']),
      at: readStamp(at),
    };
  },
  standby(text: string): StandbyEntry {
    const [id, failingSince, failures, before] = text.split('/');
    return {
      keyId: readId(id),
      failingSince: readStamp(failingSince),
      failures: readCount(failures),
      before: readIds(before),
    };
  },
  refused(text: string): RefusedEntry {
    const [keys, at, code] = text.split('/');
    return { keys: readCount(keys), at: readStamp(at), code: readId(code) };
  },
  notice(text: string): NoticeEntry {
    const [versionId, since, deliveredAt, takenBy] = text.split('/');
    if (deliveredAt === '-') {
      return { versionId: readId(versionId), since: readStamp(since), takenBy: readIds(takenBy) };
    }
    return {
      versionId: readId(versionId),
      since: readStamp(since),
      deliveredAt: readStamp(deliveredAt),
      takenBy: [],
    };
  },
  told(text: string): ToldEntry {
    const [what, at] = text.split('/');
    return { what: oneOf(what, ['stillused', 'blocked']), at: readStamp(at) };
  },
  emergency(text: string): EmergencyEntry {
    const [kind, ids, at] = text.split('/');
    return {
      kind: oneOf(kind, ['replace', 'contain', 'contained', 'replaced']),
      keyIds: readIds(ids),
      at: readStamp(at),
    };
  },
  leaked: (text: string): LeakedEntry => ({ keyIds: readIds(text) }),
  rollback(text: string): RollbackEntry {
    const [from, to, at] = text.split('/');
    return { from: readId(from), to: readId(to), at: readStamp(at) };
  },
  hold: (text: string): HoldEntry => (text === 'open' ? {} : { until: readStamp(text) }),
  inactive: (text: string): InactiveEntry => ({ at: readStamp(text) }),
  claim(runId: string, text: string): Claim {
    const [by, expiresAt, at, until, before] = text.split('/');
    const claim = { runId, by: oneOf(by, ['timer', 'emergency']), expiresAt: readStamp(expiresAt) };
    if (at === undefined) return claim;
    return { ...claim, intent: { at: readStamp(at), until: readStamp(until), before: readIds(before) } };
  },
};

/** Never throws: what keyturn would not have written so is named in `unreadable`. */
export function readRecord(tags: Tags): UserRecord {
  const unreadable: string[] = [];
  const attempt = <T>(
    key: string,
    reader: (text: string) => T,
    writer: (entry: T) => string,
  ): T | undefined => {
    const text = tags.get(key);
    if (text === undefined) return undefined;
    try {
      const entry = reader(text);
      if (writer(entry) !== text) throw new Unreadable();
      return entry;
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unreadable.push(key);
      return undefined;
    }
  };
  const claims = [...tags.keys()]
    .filter((key) => key.startsWith(claimPrefix))
    .map((key) => attempt(key, (text) => read.claim(key.slice(claimPrefix.length), text), write.claim))
    .filter((claim) => claim !== undefined);
  return {
    current: attempt(tagKeys.current, read.current, write.current),
    old: attempt(tagKeys.old, read.old, write.old),
    standby: attempt(tagKeys.standby, read.standby, write.standby),
    refused: attempt(tagKeys.refused, read.refused, write.refused),
    notice: attempt(tagKeys.notice, read.notice, write.notice),
    told: attempt(tagKeys.told, read.told, write.told),
    emergency: attempt(tagKeys.emergency, read.emergency, write.emergency),
    leaked: attempt(tagKeys.leaked, read.leaked, write.leaked),
    hold: attempt(tagKeys.hold, read.hold, write.hold),
    rollback: attempt(tagKeys.rollback, read.rollback, write.rollback),
    inactive: attempt(tagKeys.inactive, read.inactive, write.inactive),
    claims,
    unreadable,
  };
}
