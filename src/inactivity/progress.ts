import type { DateTime } from 'luxon';
import type { Cloud } from '../cloud/cloud';
import { stamp } from '../rotation/record';
import type { Profile } from './observation';
import { progressTag } from './record';

const tagsPerUser = 20;

/**
 * How far the runs have come in a list that one run cannot finish: a tag on the last user looked at. The list is
 * in the order of names, so that users who come and go do not shift it.
 */
export class Progress {
  readonly #marked: readonly Profile[];

  constructor(users: readonly Profile[]) {
    this.#marked = users
      .filter(({ tags }) => tags.has(progressTag))
      .sort((a, b) => markOf(b).localeCompare(markOf(a)));
  }

  /** The last user whom an earlier run finished, where one ran out of time. */
  get after(): Profile | undefined {
    return this.#marked[0];
  }

  /** Remembers the last of these users that may carry a tag; none of them: the list was finished. */
  async remember(cloud: Cloud, finished: readonly Profile[] | 'all', now: DateTime): Promise<void> {
    const bearer = finished === 'all' ? undefined : finished.findLast(mayBear);
    if (bearer) await cloud.ims.tag(bearer.id, { [progressTag]: stamp(now) });
    if (finished !== 'all' && !bearer) return;
    for (const { id } of this.#marked.filter((user) => user !== bearer)) {
      await cloud.ims.untag(id, [progressTag]);
    }
  }
}

const markOf = ({ tags }: Profile): string => tags.get(progressTag) ?? '';

const mayBear = ({ tags }: Profile): boolean => tags.size < tagsPerUser || tags.has(progressTag);
