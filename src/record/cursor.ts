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
export class Progress {
  readonly #tag: string;
  readonly #users: readonly Listed[];
  readonly #marked: readonly Listed[];

  /** @param users every user of the account */
  constructor(tag: string, users: readonly Listed[]) {
    this.#tag = tag;
    this.#users = users;
    this.#marked = users.filter(({ tags }) => tags.has(tag)).sort((a, b) => this.#mark(b) - this.#mark(a));
  }

  /** The name of the last user whom an earlier run finished, where one ran out of time. */
  get after(): string | undefined {
    return this.#marked[0]?.name;
  }

  /** All of these in the order of names, beginning behind the last user that an earlier run finished. */
  inOrder<T>(items: readonly T[], nameOf: (item: T) => string): T[] {
    const byName = [...items].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    const { after } = this;
    if (after === undefined) return byName;
    return [
      ...byName.filter((item) => nameOf(item) > after),
      ...byName.filter((item) => nameOf(item) <= after),
    ];
  }

  /** Remembers the last of these users that may carry a tag; `all`: the list was finished. */
  async remember(cloud: Cloud, finished: readonly string[] | 'all', now: DateTime): Promise<void> {
    const bearer = finished === 'all' ? undefined : this.#bearerOf(finished);
    if (bearer) await cloud.ims.tag(bearer.id, { [this.#tag]: String(now.toMillis()) });
    if (finished !== 'all' && !bearer) return;
    for (const { id } of this.#marked.filter((user) => user !== bearer)) {
      await cloud.ims.untag(id, [this.#tag]);
    }
  }

  #bearerOf(finished: readonly string[]): Listed | undefined {
    const able = new Map(this.#users.filter((user) => this.#mayBear(user)).map((user) => [user.name, user]));
    const name = finished.findLast((each) => able.has(each));
    return name === undefined ? undefined : able.get(name);
  }

  #mark({ tags }: Listed): number {
    return Number(tags.get(this.#tag)) || 0;
  }

  #mayBear({ tags }: Listed): boolean {
    return tags.has(this.#tag) || fitsBesideEmergency(tags.keys(), this.#tag);
  }
}
