import type { Product } from '../product';
import { actiontrail } from './actiontrail';
import { ims } from './ims';
import { kms } from './kms';
import { ram } from './ram';
import { resourceManager } from './resource-manager';
import { sas } from './sas';
import { sts } from './sts';

const BY_VERSION = new Map<string, Product>(
  [ram, ims, kms, sts, actiontrail, sas, resourceManager].map((product) => [product.version, product]),
);

/** The product of an API version; RAM speaks for the gateway where the version is nobody's. */
export function productOf(version: string): Product {
  return BY_VERSION.get(version) ?? ram;
}
