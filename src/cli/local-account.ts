import { stringify } from 'yaml';
import type { LocalCloud } from '../../local/cloud';
import type { Pair } from '../../local/seed';

const DAY = 86_400_000;
const operator = 'operator';

/** Furnishes the account with an operator and users in various states; gives the operator's key. */
export function furnish(cloud: LocalCloud): Pair {
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

/** What a person needs to work with the local cloud, as text that a shell and an editor take. */
export function introduction(cloud: LocalCloud, { accessKeyId, accessKeySecret }: Pair): string {
  const { url, region } = cloud;
  const config = {
    mode: 'enforce',
    region,
    endpoints: { ram: url, ims: url, kms: url, sts: url },
    rotation: {
      users: { names: ['svc-orders'], tag: { key: 'keyturn', value: 'rotate' } },
    },
    exempt: [{ user: 'break-glass', reason: 'emergency access' }],
  };
  return `Alibaba Cloud on this machine, until you stop it: RAM, IMS, KMS and STS at ${url}
Account ${cloud.account().id}, region ${region}. Everything is forgotten when it stops.

The key of its administrator; paste this into the shell where you work:

export ALIBABA_CLOUD_ACCESS_KEY_ID=${accessKeyId}
export ALIBABA_CLOUD_ACCESS_KEY_SECRET=${accessKeySecret}

Save this as keyturn.yaml there, and try \`npx keyturn rotate --dry-run\`:

${stringify(config)}`;
}
