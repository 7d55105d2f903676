import { milliseconds, type NewLeak } from '../seed';
import type { AccountState, LeakFinding } from '../state';

/** Security Center finds a key in public code, whoever's it is. */
export function addLeak(account: AccountState, keyId: string, options: NewLeak = {}): LeakFinding {
  const key = account.cloud.keys.get(keyId)?.key;
  const isRoot = key !== undefined && 'root' in key;
  const secret = isRoot ? key.accessKeySecret : key?.secret;
  const repository = options.repository ?? 'someone/shop';
  const file = options.file ?? 'config/application.yml';
  const finding: LeakFinding = {
    id: 389_357 + account.leaks.length,
    keyId,
    owner: isRoot ? 'master' : 'ram',
    userName: account.id,
    repository,
    file,
    url: options.url ?? `https://github.com/${repository}/blob/0e466d2ecce55b4c924d773a058e5dc602d8/${file}`,
    code: `ak=${keyId}\nsk=${secret ?? 'unknown'}`,
    foundAt: milliseconds(options.foundAt) ?? account.now,
    status: 'pending',
    dealType: 'pending',
    remark: '',
  };
  account.leaks.push(finding);
  return finding;
}
