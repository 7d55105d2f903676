import type { Pair } from '../credentials';
import { refusal } from '../errors';
import { milliseconds, type NewKey } from '../seed';
import type { AccessKey, AccountState, KeyStatus, User } from '../state';
import { History } from './history';
import { KEYS_PER_USER } from './limits';
import { recycledKeys } from './recycled-keys';

/** Seeds a key, whatever the quota says. */
export function createKey(account: AccountState, user: User, options: NewKey = {}): Pair {
  const createdAt = milliseconds(options.createdAt) ?? account.now;
  const key = addKey(account, user, createdAt);
  key.status = options.status ?? 'Active';
  key.updatedAt = milliseconds(options.updatedAt) ?? createdAt;
  key.networkPolicy = options.networkPolicy;
  const lastUsed = milliseconds(options.lastUsed);
  if (lastUsed !== undefined) key.uses.push({ at: lastUsed, service: options.service ?? 'Ecs' });
  return { accessKeyId: key.id, accessKeySecret: key.secret };
}

/** As CreateAccessKey does: no more than two. */
export function issueKey(account: AccountState, user: User): AccessKey {
  const { switches } = account.cloud;
  const alive = [...user.keys.values()];
  const counted = switches.inactiveCountsToLimit ? alive : alive.filter((key) => key.status === 'Active');
  const recycled = switches.recycledCountsToLimit ? recycledKeys(account, user).length : 0;
  if (counted.length + recycled >= KEYS_PER_USER) throw refusal('LimitExceeded.User.AccessKey');
  const key = addKey(account, user, account.now);
  if (switches.accessKeyPolicyInherited) key.networkPolicy = alive.at(-1)?.networkPolicy;
  return key;
}

function addKey(account: AccountState, user: User, createdAt: number): AccessKey {
  const { identifiers, keys } = account.cloud;
  const owner = `${account.id}/${user.name}`;
  const key: AccessKey = {
    id: identifiers.accessKeyId(owner),
    secret: identifiers.accessKeySecret(owner),
    user,
    createdAt,
    updatedAt: createdAt,
    status: 'Active',
    uses: [],
    networkPolicyHistory: new History(),
  };
  user.keys.set(key.id, key);
  keys.set(key.id, { account, key });
  account.cloud.issued(key.secret);
  return key;
}

/** @throws EntityNotExist.User.AccessKey */
export function keyWithId(user: User, id: string): AccessKey {
  const key = user.keys.get(id);
  if (!key) throw refusal('EntityNotExist.User.AccessKey');
  return key;
}

export function setKeyStatus(key: AccessKey, status: KeyStatus, now: number): void {
  if (key.status === status) return;
  key.status = status;
  key.updatedAt = now;
}

export function setNetworkPolicy(key: AccessKey, policy: string, now: number): void {
  key.networkPolicyHistory.add(key.networkPolicy, now);
  key.networkPolicy = policy;
}

/** The network policy that a read of now is shown. */
export function visibleNetworkPolicy(account: AccountState, key: AccessKey): string | undefined {
  const lag = account.cloud.switches.accessKeyPolicyReadLagMs;
  return key.networkPolicyHistory.at(account.now - lag, key.networkPolicy);
}
