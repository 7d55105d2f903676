import type { DateTime } from 'luxon';
import { write as writeRotation } from './rotation';
import { type Tags, tagKeys } from './tags';
import { longestValue, readId, readStamp, stamp, Unreadable } from './text';

/** What a warning is about: the user as a whole, or one key by its id. */
export type About = 'user' | string;

export interface Warning {
  /** Start of the run that delivered it; where it is not delivered yet, of the first that tried. */
  readonly at: DateTime;
  readonly delivered: boolean;
}

/** What keyturn switched off together when it disabled a user as a whole. */
export interface DisabledUser {
  readonly at: DateTime;
  readonly logon: boolean;
  readonly keyIds: readonly string[];
}

/** The last use of a key that rotation retired; it outlives the key, and with it what RAM knows of its use. */
export interface RetiredUse {
  readonly keyId: string;
  /** Of this key or of an earlier one, whichever is later; absent where none was ever used. */
  readonly at?: DateTime;
}

/**
 * What disable-inactive remembers of a user between runs, as tags beside those of rotation. Every entry of
 * something disabled is written before the thing is done, so that a run that is killed leaves no change that
 * nobody owns up to.
 */
export interface InactivityRecord {
  readonly warned: ReadonlyMap<About, Warning>;
  /** Keys that were disabled one by one. */
  readonly keys: ReadonlyMap<string, DateTime>;
  readonly user?: DisabledUser;
  readonly retired?: RetiredUse;
  /** A person asked for the user back. It counts as activity. */
  readonly restoredAt?: DateTime;
  /** Tags that are not as keyturn wrote them. */
  readonly unreadable: readonly string[];
}

const logonMark = 'logon';

/** A tag's value; `undefined` where there is nothing to remember, so that the tag goes. */
export type TagValue = string | undefined;

export const write = {
  warned: (warned: InactivityRecord['warned']): TagValue =>
    joined(
      [...warned].map(([about, { at, delivered }]) => entry(about, stamp(at), ...(delivered ? [] : ['due']))),
    ),
  keys: (keys: InactivityRecord['keys']): TagValue =>
    joined([...keys].map(([keyId, at]) => entry(keyId, stamp(at)))),
  user: (user: DisabledUser | undefined): TagValue =>
    user && entry(stamp(user.at), [...(user.logon ? [logonMark] : []), ...user.keyIds].join('+')),
  retired: ({ at, keyId }: RetiredUse): string => entry(at ? stamp(at) : '-', keyId),
  restored: (at: DateTime): string => stamp(at),
};

/** Whether a value fits into one tag. Only users with more keys than RAM issues today have more to remember. */
export const fits = (value: TagValue): boolean => (value ?? '').length <= longestValue;

const entry = (...fields: string[]): string => fields.join('/');

const joined = (entries: readonly string[]): TagValue =>
  entries.length === 0 ? undefined : entries.join('+');

const read = {
  warned: (text: string): InactivityRecord['warned'] =>
    new Map(
      text.split('+').map((each) => {
        const [about, at, due, ...rest] = each.split('/');
        if (rest.length > 0 || (due !== undefined && due !== 'due')) throw new Unreadable();
        return [readId(about), { at: readStamp(at), delivered: due === undefined }] as const;
      }),
    ),
  keys: (text: string): InactivityRecord['keys'] =>
    new Map(
      text.split('+').map((each) => {
        const [keyId, at] = each.split('/');
        return [readId(keyId), readStamp(at)] as const;
      }),
    ),
  user(text: string): DisabledUser {
    const [at, what] = text.split('/');
    const all = (what ?? '').split('+').map(readId);
    return {
      at: readStamp(at),
      logon: all.includes(logonMark),
      keyIds: all.filter((id) => id !== logonMark),
    };
  },
  retired(text: string): RetiredUse {
    const [at, keyId] = text.split('/');
    return { keyId: readId(keyId), ...(at !== '-' && { at: readStamp(at) }) };
  },
};

/** Never throws: what cannot be read is named in `unreadable`. */
export function readInactivity(tags: Tags): InactivityRecord {
  const unreadable: string[] = [];
  const attempt = <T>(tag: string, reader: (text: string) => T): T | undefined => {
    const text = tags.get(tag);
    if (text === undefined) return undefined;
    try {
      return reader(text);
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      unreadable.push(tag);
      return undefined;
    }
  };
  return {
    warned: attempt(tagKeys.warned, read.warned) ?? new Map(),
    keys: attempt(tagKeys.disabledKeys, read.keys) ?? new Map(),
    user: attempt(tagKeys.disabledUser, read.user),
    retired: attempt(tagKeys.retiredUse, read.retired),
    restoredAt: attempt(tagKeys.restored, readStamp),
    unreadable,
  };
}

/** One thing that the record says from now on, or no longer. */
export type Change =
  | { readonly set: 'warning'; readonly about: About; readonly warning: Warning }
  | { readonly drop: 'warning'; readonly about: About }
  | { readonly set: 'key'; readonly keyId: string; readonly at: DateTime }
  | { readonly drop: 'key'; readonly keyId: string }
  | { readonly set: 'user'; readonly user: DisabledUser }
  | { readonly drop: 'user' }
  | { readonly set: 'retired'; readonly retired: RetiredUse }
  /** Nothing is disabled by keyturn any more, nor warned about. */
  | { readonly set: 'restored'; readonly at: DateTime };

export function changed(record: InactivityRecord, change: Change): InactivityRecord {
  if ('set' in change) {
    switch (change.set) {
      case 'warning':
        return { ...record, warned: new Map(record.warned).set(change.about, change.warning) };
      case 'key':
        return { ...record, keys: new Map(record.keys).set(change.keyId, change.at) };
      case 'user':
        return { ...record, user: change.user };
      case 'retired':
        return { ...record, retired: change.retired };
      case 'restored':
        return { ...record, warned: new Map(), keys: new Map(), user: undefined, restoredAt: change.at };
    }
  }
  switch (change.drop) {
    case 'warning':
      return { ...record, warned: without(record.warned, change.about) };
    case 'key':
      return { ...record, keys: without(record.keys, change.keyId) };
    case 'user':
      return { ...record, user: undefined };
  }
}

function without<V>(map: ReadonlyMap<string, V>, key: string): Map<string, V> {
  return new Map([...map].filter(([each]) => each !== key));
}

/** The record as tags. */
export function tagsOf({
  warned,
  keys,
  user,
  retired,
  restoredAt,
}: InactivityRecord): Record<string, TagValue> {
  return {
    [tagKeys.warned]: write.warned(warned),
    [tagKeys.disabledKeys]: write.keys(keys),
    [tagKeys.disabledUser]: write.user(user),
    [tagKeys.retiredUse]: retired && write.retired(retired),
    [tagKeys.restored]: restoredAt && write.restored(restoredAt),
    // Rotation leaves a user alone as long as keyturn holds any of its keys disabled with it.
    [tagKeys.inactive]: user && user.keyIds.length > 0 ? writeRotation.inactive({ at: user.at }) : undefined,
  };
}
