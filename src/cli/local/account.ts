import type { LocalCloud, Pair } from '../../../packages/local-alibaba-cloud/index';
import { systemClock } from '../../base/clock';
import { endpointOf } from '../../cloud/endpoints';
import { Gate } from '../../cloud/gate';
import { RamRoles } from '../../cloud/ram-roles';
import { Secret } from '../../cloud/secret';
import { parseConfig } from '../../config/load';
import { planFor, stateOf, take } from '../../setup/plan';
import { rolesFor } from '../../setup/roles';

const DAY = 86_400_000;
const operator = 'operator';

/** Furnishes the account with an administrator and users in various states; gives the administrator's key. */
export function seedAccount(cloud: LocalCloud): Pair {
  const account = cloud.account();
  const now = cloud.clock.now();
  account.createUser(operator);
  account.attachUserPolicy(operator, {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  account.createUser('svc-orders');
  account.createKey('svc-orders', { createdAt: now - 120 * DAY, lastUsed: now - DAY });
  account.createUser('svc-billing', { tags: { keyturn: 'rotate' } });
  account.createUser('break-glass');
  account.createKey('break-glass', { createdAt: now - 400 * DAY });
  return account.createKey(operator);
}

/** Sets up the functions' roles, as `keyturn setup` does. */
export async function createRoles(cloud: LocalCloud, key: Pair, configText: string): Promise<void> {
  const config = parseConfig(configText, process.env);
  const ram = new RamRoles(
    new Gate({
      account: 'own',
      mode: 'enforce',
      readsPerSecond: 50,
      writesPerSecond: 50,
      clock: systemClock,
    }),
    { accessKeyId: key.accessKeyId, accessKeySecret: new Secret(key.accessKeySecret) },
    endpointOf('ram', cloud.region, config.endpoints),
  );
  const roles = rolesFor(config, {
    account: cloud.account().id,
    region: cloud.region,
    logProject: 'local',
    logStore: 'keyturn',
    failureTopic: 'keyturn-failures',
    userPrefix: '',
    protect: [],
  });
  for (const role of roles) {
    for (const step of planFor(role, await stateOf(ram, role))) await take(ram, step);
  }
}
