import { stringify } from 'yaml';
import type { LocalCloud, Pair } from '../../../packages/local-alibaba-cloud/index';

/** A configuration for the furnished account; `fc` is where its functions can be called. */
export function localConfig({ url, region }: LocalCloud, fc?: string): string {
  return stringify({
    mode: 'enforce',
    region,
    endpoints: { ram: url, ims: url, kms: url, sts: url, ...(fc && { fc }) },
    rotation: { users: { names: ['svc-orders'], tag: { key: 'keyturn', value: 'rotate' } } },
    exempt: [{ user: 'break-glass', reason: 'emergency access' }],
  });
}

interface Served {
  readonly cloud: LocalCloud;
  /** Of the administrator. */
  readonly key: Pair;
  readonly config: string;
  readonly fc: string | undefined;
  readonly functions: readonly string[];
}

/** What a person needs to work with the local cloud, as text that a shell and an editor take. */
export function introduction({ cloud, key, config, fc, functions }: Served): string {
  const where = fc
    ? `Function Compute at ${fc}: ${functions.join(', ')}`
    : 'No functions: `npm run build` builds them.';
  return `Alibaba Cloud on this machine, until you stop it: RAM, IMS, KMS and STS at ${cloud.url}
${where}
Account ${cloud.account().id}, region ${cloud.region}. Everything is forgotten when it stops.

The key of its administrator; paste this into the shell where you work:

export ALIBABA_CLOUD_ACCESS_KEY_ID=${key.accessKeyId}
export ALIBABA_CLOUD_ACCESS_KEY_SECRET=${key.accessKeySecret}

Save this as keyturn.yaml there, and try \`npx --no-install keyturn rotate --dry-run\`:

${config}`;
}
