import type { ProductName } from './product';
import type { Switches } from './switches';

const ATTACHMENTS = /^(Attach|Detach)Policy/;
const KMS_SECRET_WRITES = new Set(['PutSecretValue', 'UpdateSecretVersionStage']);
const KMS_CREATE_DELETE = new Set(['CreateSecret', 'DeleteSecret', 'RestoreSecret']);

interface Limit {
  bucket: string;
  perSecond: number;
}

/**
 * The documented rates per account ("RAM API quotas": reads 100/s, writes 20/s, attachments 10/s per action; STS
 * 100/s; KMS "Performance data": groups of 10, 40 and 450/s), kept in real time by token buckets of a
 * second.
 */
export class Rates {
  readonly #switches: Switches;
  readonly #buckets = new Map<string, { tokens: number; at: number }>();

  readonly #now: () => number;

  /** @param now monotonic milliseconds */
  constructor(switches: Switches, now: () => number = () => performance.now()) {
    this.#switches = switches;
    this.#now = now;
  }

  /** False if the account calls faster than it may. */
  admit(call: { account: string; product: ProductName; action: string; write: boolean }): boolean {
    const { bucket, perSecond } = this.#limitOf(call);
    const name = `${call.account}/${bucket}`;
    const now = this.#now();
    const before = this.#buckets.get(name) ?? { tokens: perSecond, at: now };
    const tokens = Math.min(perSecond, before.tokens + ((now - before.at) / 1000) * perSecond);
    const admitted = tokens >= 1;
    this.#buckets.set(name, { tokens: admitted ? tokens - 1 : tokens, at: now });
    return admitted;
  }

  #limitOf({ product, action, write }: { product: ProductName; action: string; write: boolean }): Limit {
    switch (product) {
      case 'sts':
      case 'actiontrail':
      case 'sas':
      case 'resource-manager':
        return { bucket: `${product}/${action}`, perSecond: 100 };
      case 'kms':
        if (action === 'GetSecretValue') return { bucket: 'kms/value', perSecond: 450 };
        if (KMS_CREATE_DELETE.has(action)) return { bucket: 'kms/create', perSecond: 10 };
        if (KMS_SECRET_WRITES.has(action)) {
          return { bucket: 'kms/put', perSecond: this.#switches.kmsWritesPerSecond };
        }
        return { bucket: 'kms/other', perSecond: 40 };
      case 'ram':
      case 'ims': {
        const owner = this.#switches.imsSharesRamQuota ? 'ram' : product;
        const perSecond = ATTACHMENTS.test(action) ? 10 : write ? 20 : 100;
        return { bucket: `${owner}/${action}`, perSecond };
      }
    }
  }
}
