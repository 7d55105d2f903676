import { refusal } from '../errors';
import type { AccountState, User } from '../state';
import { TAGS_PER_USER } from './limits';

export function tagUser(account: AccountState, user: User, tags: Iterable<[string, string]>): void {
  const next = new Map([...user.tags, ...tags]);
  if (next.size > TAGS_PER_USER) throw refusal('LimitExceeded.Tag');
  user.tagHistory.add(new Map(user.tags), account.now);
  for (const [key, value] of next) user.tags.set(key, value);
}

/** @param keys all of them if undefined */
export function untagUser(account: AccountState, user: User, keys: Iterable<string> | undefined): void {
  user.tagHistory.add(new Map(user.tags), account.now);
  for (const key of [...(keys ?? user.tags.keys())]) user.tags.delete(key);
}

/** The tags that a read of now is shown. */
export function visibleTags(account: AccountState, user: User): ReadonlyMap<string, string> {
  return user.tagHistory.at(account.now - account.cloud.switches.tagReadLagMs, user.tags);
}
