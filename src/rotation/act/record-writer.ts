import type { Clock } from '../../base/clock';
import type { Cloud } from '../../cloud/cloud';
import {
  deadClaims,
  type NoticeEntry,
  type OldEntry,
  readRecord,
  type UserRecord,
  write,
} from '../../record/rotation';
import { claimTagKey, fits, tagKeys } from '../../record/tags';
import type { Remembered } from '../decide/decision';

/** Entries of the record to write; `null` removes one. */
export interface Entries extends Remembered {
  readonly user?: string;
  readonly notice?: NoticeEntry;
}

/** What keyturn remembers of one user, as read last, with what this run has written since. */
export class RecordWriter {
  readonly #userId: string;
  readonly #clock: Clock;
  readonly #cloud: () => Promise<Cloud>;
  readonly #written = new Map<string, string | undefined>();
  #tags: ReadonlyMap<string, string> = new Map();

  /** @param cloud gives the cloud for each write, as long as the user is claimed */
  constructor(userId: string, clock: Clock, cloud: () => Promise<Cloud>) {
    this.#userId = userId;
    this.#clock = clock;
    this.#cloud = cloud;
  }

  /** Goes on from tags as read, own writes among them. */
  see(tags: ReadonlyMap<string, string>): void {
    this.#tags = tags;
  }

  get entries(): UserRecord {
    return readRecord(this.#tags);
  }

  /** Tags as read, with what this run has written since: a read may lag behind a write. */
  withOwnWrites(tags: ReadonlyMap<string, string>): Map<string, string> {
    const merged = new Map(tags);
    for (const [key, value] of this.#written) {
      if (value === undefined) merged.delete(key);
      else merged.set(key, value);
    }
    return merged;
  }

  async write(entries: Entries): Promise<void> {
    const values = Object.entries(this.#tagsOf(entries));
    const puts = values.filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const removals = values
      .filter(([key, value]) => value === null && this.#tags.has(key))
      .map(([key]) => key);
    const { ims } = await this.#cloud();
    const added = puts.map(([key]) => key);
    // What is replaced, and what stopped runs left, may hold the last places.
    const isFull = !fits(this.#tags.keys(), [claimTagKey(''), ...added]);
    if (isFull) await this.#remove(ims, [...removals, ...this.#deadClaims()]);
    if (added.length > 0) await ims.tag(this.#userId, Object.fromEntries(puts));
    for (const [key, value] of puts) this.#written.set(key, value);
    if (!isFull) await this.#remove(ims, removals);
    this.#tags = this.withOwnWrites(this.#tags);
  }

  async #remove(ims: Cloud['ims'], keys: readonly string[]): Promise<void> {
    if (keys.length === 0) return;
    await ims.untag(this.#userId, keys);
    for (const key of keys) this.#written.set(key, undefined);
  }

  #deadClaims(): string[] {
    return deadClaims(this.entries, this.#clock.now()).map(claimTagKey);
  }

  #tagsOf(entries: Entries): Record<string, string | null | undefined> {
    const { user, notice, current, old, standby, refused, hold, rollback, emergency } = entries;
    return {
      [tagKeys.user]: user,
      [tagKeys.notice]: notice && write.notice(notice),
      [tagKeys.current]: current && write.current(current),
      [tagKeys.old]: old && write.old(this.#dated(old)),
      [tagKeys.standby]: standby && write.standby(standby),
      [tagKeys.refused]: refused && write.refused(refused),
      [tagKeys.hold]: hold && write.hold(hold),
      [tagKeys.rollback]: rollback && write.rollback(rollback),
      [tagKeys.emergency]: emergency && write.emergency(emergency),
    };
  }

  /** Recovery counts from when the key was disabled, which is a moment after that was decided. */
  #dated(old: OldEntry): OldEntry {
    return old.phase === 'disabled' ? { ...old, at: this.#clock.now() } : old;
  }
}
