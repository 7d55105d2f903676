import type { Cloud } from '../cloud/cloud';
import { orUndefined } from '../cloud/error';
import { type Change, changed, fits, type InactivityRecord, tagsOf } from './inactivity';
import { fits as fitsOnUser, type Tags, tagKeys } from './tags';

/** What is to be remembered does not fit on the user, so nothing is done that would need it. */
export class NoRoomForTagsError extends Error {
  override readonly name = 'NoRoomForTagsError';
  readonly code = 'NoRoomForTags';
}

interface Kept {
  readonly id: string;
  readonly name: string;
  /** Its keys are in a KMS secret. */
  readonly managed: boolean;
  readonly tags: Tags;
  readonly record: InactivityRecord;
}

/** Keeps the record of one user in its tags, and the mark on its KMS secret along with it. */
export class RecordWriter {
  readonly #cloud: Cloud;
  readonly #user: Kept;
  readonly #secretName: string;
  #record: InactivityRecord;
  #tags: Tags;
  readonly #written = new Map<string, string | undefined>();

  constructor(cloud: Cloud, user: Kept, secretName: string) {
    this.#cloud = cloud;
    this.#user = user;
    this.#secretName = secretName;
    this.#record = user.record;
    this.#tags = user.tags;
  }

  /** Tags as read, with what was written here since: a read may lag behind a write. */
  withOwnWrites(tags: Tags): Map<string, string> {
    const merged = new Map(tags);
    for (const [key, value] of this.#written) {
      if (value === undefined) merged.delete(key);
      else merged.set(key, value);
    }
    return merged;
  }

  /** @throws NoRoomForTagsError where these changes could not be written */
  expectRoom(...changes: readonly Change[]): void {
    const { puts } = this.#difference(changes.reduce(changed, this.#record));
    const unfit = puts.some(([, value]) => !fits(value));
    if (
      !unfit &&
      fitsOnUser(
        this.#tags.keys(),
        puts.map(([key]) => key),
      )
    )
      return;
    throw new NoRoomForTagsError(
      `User ${this.#user.name} has no room for the tags in which keyturn remembers what it does (20 tags at most): nothing was done to it. Remove a tag that is not needed.`,
    );
  }

  /** Writes the record with these changes; what it says already costs no call. */
  async note(...changes: readonly Change[]): Promise<void> {
    if (changes.length === 0) return;
    this.expectRoom(...changes);
    const record = changes.reduce(changed, this.#record);
    const { puts, removals } = this.#difference(record);
    const { ims } = this.#cloud;
    if (removals.includes(tagKeys.inactive)) await this.#unmarkSecret();
    if (puts.length > 0) await ims.tag(this.#user.id, Object.fromEntries(puts));
    if (removals.length > 0) await ims.untag(this.#user.id, removals);
    for (const [key, value] of puts) this.#written.set(key, value);
    for (const key of removals) this.#written.set(key, undefined);
    this.#tags = this.withOwnWrites(this.#tags);
    this.#record = record;
  }

  /** Tells everybody who reads the secret that its pair is disabled on purpose. There may be none. */
  async markSecret(): Promise<void> {
    const mark = this.#tags.get(tagKeys.inactive);
    if (!this.#user.managed || mark === undefined) return;
    const tags = { [tagKeys.inactive]: mark };
    await orUndefined(this.#cloud.kms.tagSecret(this.#secretName, tags), noSecret);
  }

  async #unmarkSecret(): Promise<void> {
    if (!this.#user.managed) return;
    await orUndefined(this.#cloud.kms.untagSecret(this.#secretName, [tagKeys.inactive]), noSecret);
  }

  #difference(record: InactivityRecord): { puts: [string, string][]; removals: string[] } {
    const wanted = Object.entries(tagsOf(record));
    return {
      puts: wanted.filter(
        (tag): tag is [string, string] => tag[1] !== undefined && this.#tags.get(tag[0]) !== tag[1],
      ),
      removals: wanted
        .filter(([key, value]) => value === undefined && this.#tags.has(key))
        .map(([key]) => key),
    };
  }
}

const noSecret = 'Forbidden.ResourceNotFound';
