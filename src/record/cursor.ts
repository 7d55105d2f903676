import type { DateTime } from 'luxon';
import type { Cloud } from '../cloud/cloud';
import { fitsBesideEmergency, type Tags } from './tags';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly tags: Tags;
}

/**
 * How far the runs have come in a list that one run cannot finish: a tag on the last user looked at. The list is
 * in the order of names, so that users who come and go do not shift it.
 */
export class Progress<User extends Listed> {
  readonly #tag: string;
  readonly #marked: readonly User[];

  /** @param users every user of the account, each with its tags */
  constructor(tag: string, users: readonly User[]) {
    this.#tag = tag;
    this.#marked = users.filter(({ tags }) => tags.has(tag)).sort((a, b) => this.#mark(b) - this.#mark(a));
  }

  /** The last user whom an earlier run finished, where one ran out of time. */
  get after(): User | undefined {
    return this.#marked[0];
  }

  /** All of these in the order of names, beginning behind the last user that an earlier run finished. */
  inOrder<U extends Pick<Listed, 'name'>>(users: readonly U[]): U[] {
    const byName = [...users].sort((a, b) => (a.name < b.name ? -1 : 1));
    const after = this.after?.name;
    if (after === undefined) return byName;
    return [...byName.filter(({ name }) => name > after), ...byName.filter(({ name }) => name <= after)];
  }

  /** Remembers the last of these users that may carry a tag; `all`: the list was finished. */
  async remember(cloud: Cloud, finished: readonly User[] | 'all', now: DateTime): Promise<void> {
    const bearer = finished === 'all' ? undefined : finished.findLast((user) => this.#mayBear(user));
    if (bearer) await cloud.ims.tag(bearer.id, { [this.#tag]: String(now.toMillis()) });
    if (finished !== 'all' && !bearer) return;
    for (const { id } of this.#marked.filter((user) => user !== bearer)) {
      await cloud.ims.untag(id, [this.#tag]);
    }
  }

  #mark({ tags }: User): number {
    return Number(tags.get(this.#tag)) || 0;
  }

  #mayBear({ tags }: User): boolean {
    return tags.has(this.#tag) || fitsBesideEmergency(tags.keys(), this.#tag);
  }
}
