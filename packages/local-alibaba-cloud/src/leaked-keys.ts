import { refusal } from './errors';
import type { Principal, Product } from './product';
import type { CloudState } from './state';

const BARRED_FROM = new Set(['ram', 'ims']);

/**
 * A key that leaked publicly may call nothing of RAM and IMS, until it is deleted (RAM documentation, "Restrictive
 * protection for AccessKey pair leaks"). Sessions of roles are not affected.
 */
export function checkLeaked(cloud: CloudState, principal: Principal, product: Product): void {
  if (!cloud.switches.leakedKeysBarred || principal.kind === 'role' || !BARRED_FROM.has(product.name)) return;
  if (principal.account.leaks.some(({ keyId }) => keyId === principal.keyId)) throw refusal('Forbidden');
}
