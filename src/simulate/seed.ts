import { DateTime } from 'luxon';
import { type Account, DAY, MINUTE, type Pair, type Secret } from '../../packages/local-alibaba-cloud/index';
import type { Config } from '../config/schema';
import { write as writeInactivity } from '../record/inactivity';
import { write } from '../record/rotation';
import { claimTagKey, tagKeys } from '../record/tags';
import { standbyStage } from '../rotation/observation';
import { groupsThatMatter } from '../users/membership';
import { secretName } from '../users/secret-name';
import type { Member, SimulatedAccount } from './member';
import type { KnownKey, KnownUser } from './status-file';

/** How long a run may have taken that left something behind. */
const longestRun = 10 * MINUTE;

export interface Seeded {
  /** Key ids of the real account by those of the simulated one. */
  readonly keyIds: ReadonlyMap<string, string>;
  /** By user and real key id, what an application would sign with. */
  readonly pairs: ReadonlyMap<string, ReadonlyMap<string, Pair>>;
}

/** Puts the users into the account, with keys, secrets and tags as keyturn would have left them. */
export function seedAccount(account: Account, cast: SimulatedAccount, config: Config): Seeded {
  const keyIds = new Map<string, string>();
  const pairs = new Map<string, ReadonlyMap<string, Pair>>();
  for (const group of groupsThatMatter(config)) account.createGroup(group);
  for (const member of cast.members) {
    const ofUser = new Furniture(account, member, cast, config).place();
    pairs.set(member.known.user, ofUser);
    for (const [real, { accessKeyId }] of ofUser) keyIds.set(accessKeyId, real);
  }
  for (let index = 1; index <= cast.others; index++) {
    account.createUser(`another-${String(index).padStart(4, '0')}`, { createdAt: cast.startsAt });
  }
  return { keyIds, pairs };
}

/** One user's keys, secret and tags. */
class Furniture {
  readonly #account: Account;
  readonly #member: Member;
  readonly #known: KnownUser;
  readonly #cast: SimulatedAccount;
  readonly #config: Config;
  readonly #pairs = new Map<string, Pair>();

  constructor(account: Account, member: Member, cast: SimulatedAccount, config: Config) {
    this.#account = account;
    this.#member = member;
    this.#known = member.known;
    this.#cast = cast;
    this.#config = config;
  }

  place(): ReadonlyMap<string, Pair> {
    this.#placeUser();
    for (const key of this.#known.keys) this.#placeKey(key);
    this.#placeSecret();
    this.#account.tagUser(this.#account.user(this.#known.user), Object.entries(this.#record()));
    return this.#pairs;
  }

  #placeUser(): void {
    const { user, keys, reason } = this.#known;
    const { managed, logon } = this.#member;
    const { names, tag, group } = this.#config.rotation.users;
    const covered = !managed || names.includes(user);
    const oldest = Math.min(...keys.map(({ createdAt }) => this.#past(createdAt)), this.#cast.startsAt);
    const createdAt = logon ? Math.min(oldest, logon.lastAt - DAY) : oldest;
    this.#account.createUser(user, {
      createdAt,
      status: reason === 'UserFrozen' ? 'freeze' : 'active',
      ...(logon && { consoleLogin: true, lastLogin: logon.lastAt }),
      ...(!covered && tag && { tags: { [tag.key]: tag.value } }),
      ...(!covered && !tag && group && { groups: [group] }),
    });
  }

  #placeKey({ keyId, createdAt, status, lastUse, disabledAt }: KnownKey): void {
    const { startsAt } = this.#cast;
    const used =
      lastUse.kind === 'at' ? this.#past(lastUse.at) : lastUse.kind === 'unread' ? startsAt : undefined;
    const pair = this.#account.createKey(this.#known.user, {
      createdAt: this.#past(createdAt),
      status,
      updatedAt: disabledAt ? this.#past(disabledAt) : status === 'Inactive' ? startsAt : undefined,
      lastUsed: used,
      ...(lastUse.kind === 'at' && lastUse.service && { service: lastUse.service }),
    });
    this.#pairs.set(keyId, pair);
  }

  #placeSecret(): void {
    const { secret, reason, user } = this.#known;
    const name = secretName(this.#config.rotation, this.#cast.account, user);
    const { startsAt } = this.#cast;
    const { current, old, standby } = this.#roles;
    if (reason === 'ManagedByKms') {
      const pair = [...this.#pairs.values()][0];
      const options = { type: 'RAMCredentials', createdAt: startsAt } as const;
      this.#account.createSecret(`acs/ram/user/${user}`, 'v1', pair ? secretValue(pair) : '{}', options);
    }
    if (!this.#hasSecret) return;
    const pair = current ? this.#pairOf(current) : this.#goneKey;
    const value = secret.state === 'unusable' ? 'no pair' : secretValue(pair);
    const made = this.#account.createSecret(name, pair.accessKeyId, value, { createdAt: startsAt });
    if (secret.state === 'deleting') made.plannedDeleteTime = startsAt + 30 * DAY;
    if (old) addVersion(made, this.#pairOf(old), 'ACSPrevious', startsAt);
    if (standby) addVersion(made, this.#pairOf(standby), standbyStage, startsAt);
  }

  /** The tags that keyturn would have left. */
  #record(): Record<string, string> {
    const { reason, hold, keys } = this.#known;
    if (reason === 'RecordUnreadable') return { [tagKeys.current]: 'changed by hand' };
    const now = this.#at(this.#cast.startsAt);
    return {
      ...this.#ofCurrent(),
      ...this.#ofOld(),
      ...this.#ofStoppedRun(),
      ...(hold && { [tagKeys.hold]: write.hold(hold.until ? { until: this.#time(hold.until) } : {}) }),
      ...this.#ofEmergency(),
      ...(reason === 'DisabledForInactivity' && {
        [tagKeys.inactive]: write.inactive({ at: now }),
        [tagKeys.disabledUser]:
          writeInactivity.user({ at: now, logon: false, keyIds: keys.map(this.#idOf) }) ?? '',
      }),
      ...(reason === 'NoRoomForTags' &&
        Object.fromEntries(Array.from({ length: 16 }, (_, index) => [`other-${index + 1}`, '']))),
    };
  }

  #ofCurrent(): Record<string, string> {
    const { reason } = this.#known;
    const { current, others } = this.#roles;
    // Nobody has written down yet that this pair is current.
    if (reason === 'Adopted' || reason === 'CurrentUnconfirmed' || reason === 'SecretKeyUnknown') return {};
    const recorded = reason === 'CurrentChangedByHand' ? others[0] : current;
    if (!recorded && !this.#hasSecret) return {};
    const keyId = recorded ? this.#idOf(recorded) : this.#goneKey.accessKeyId;
    const since = this.#time(recorded?.currentSince ?? recorded?.createdAt ?? this.#cast.startsAt);
    const told = this.#noticeAt(since);
    return {
      [tagKeys.current]: write.current({
        keyId,
        origin: reason === 'CurrentKeyDead' ? 'adopted' : 'issued',
        provenAt: since,
      }),
      [tagKeys.notice]: write.notice({
        versionId: keyId,
        since: told,
        ...(reason !== 'NoticeUndelivered' && { deliveredAt: told }),
        takenBy: [],
      }),
    };
  }

  /** `graceEndsAt` counts from the delivered notice. */
  #noticeAt(since: DateTime): DateTime {
    const { old } = this.#roles;
    if (old?.graceEndsAt) return this.#time(old.graceEndsAt).minus(this.#cast.grace);
    return old?.replacedAt ? this.#time(old.replacedAt) : since;
  }

  #ofOld(): Record<string, string> {
    const { old } = this.#roles;
    if (!old) return {};
    const { status, disabledAt, replacedAt } = old;
    const reenabled = this.#known.reason === 'OldKeyEnabled';
    return {
      [tagKeys.old]: write.old({
        keyId: this.#idOf(old),
        phase: status === 'Inactive' || reenabled ? 'disabled' : 'replaced',
        at: this.#time(disabledAt ?? replacedAt ?? this.#cast.startsAt),
      }),
    };
  }

  /** One that is begun and not finished. */
  #ofEmergency(): Record<string, string> {
    const { reason, keys } = this.#known;
    const kind = reason === 'EmergencyContained' ? 'contain' : 'replace';
    if (kind === 'replace' && reason !== 'EmergencyReplaced') return {};
    const { current } = this.#roles;
    const leaked = current ? [current] : keys.filter(({ status }) => status === 'Active');
    const at = this.#time(this.#cast.startsAt);
    return { [tagKeys.emergency]: write.emergency({ kind, keyIds: leaked.map(this.#idOf), at }) };
  }

  /** The mark of a run that issued a key and was stopped. */
  #ofStoppedRun(): Record<string, string> {
    const { reason, keys } = this.#known;
    const { orphan, current } = this.#roles;
    const issued = orphan ?? (reason === 'CurrentUnconfirmed' ? current : undefined);
    if (!issued) return {};
    const at = this.#time(issued.createdAt);
    const until = at.plus(longestRun);
    const before = keys.filter((key) => key !== issued).map(this.#idOf);
    return {
      [claimTagKey('stopped')]: write.claim({
        runId: 'stopped',
        by: 'timer',
        expiresAt: until,
        intent: { at, until, before },
      }),
    };
  }

  /** One that nobody looked at is there where there is a pair for it. */
  get #hasSecret(): boolean {
    const { state } = this.#known.secret;
    return state === 'unread' ? this.#roles.current !== undefined : state !== 'absent';
  }

  get #roles() {
    const { keys } = this.#known;
    const withRole = (role: KnownKey['role']) => keys.find((key) => key.role === role);
    return {
      current: withRole('current'),
      old: withRole('old'),
      standby: withRole('standby'),
      orphan: withRole('orphan'),
      others: keys.filter(({ role }) => role === 'other'),
    };
  }

  #pairOf({ keyId }: KnownKey): Pair {
    const pair = this.#pairs.get(keyId);
    if (!pair) throw new Error(`key ${keyId} is not placed yet`);
    return pair;
  }

  readonly #idOf = (key: KnownKey): string => this.#pairOf(key).accessKeyId;

  /** What a secret names whose key RAM no longer has. */
  get #goneKey(): Pair {
    return { accessKeyId: 'LTAI5tGone', accessKeySecret: 'gone' };
  }

  /** Nothing of a status is in its future, but for ends that are to come. */
  #past(time: string): number {
    return Math.min(Date.parse(time), this.#cast.startsAt);
  }

  #time(time: string | number): DateTime {
    return typeof time === 'number' ? this.#at(time) : DateTime.fromISO(time, { zone: 'utc' });
  }

  #at(ms: number): DateTime {
    return DateTime.fromMillis(ms, { zone: 'utc' });
  }
}

const secretValue = ({ accessKeyId, accessKeySecret }: Pair): string =>
  JSON.stringify({ AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret });

function addVersion({ versions }: Secret, pair: Pair, stage: string, createdAt: number): void {
  const id = pair.accessKeyId;
  versions.set(id, { id, data: secretValue(pair), dataType: 'text', stages: new Set([stage]), createdAt });
}
