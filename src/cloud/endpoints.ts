export type Product = 'ram' | 'ims' | 'kms' | 'sts' | 'resourceManager';

export interface Endpoint {
  /** With the port where it is not the protocol's own. */
  readonly host: string;
  readonly protocol: 'http' | 'https';
}

/** Endpoints that the configuration names. */
export type Endpoints = Readonly<Partial<Record<Product, Endpoint>>>;

const standard: Record<Product, (region: string) => string> = {
  ram: () => 'ram.aliyuncs.com',
  ims: () => 'ims.aliyuncs.com',
  kms: (region) => `kms.${region}.aliyuncs.com`,
  sts: (region) => `sts.${region}.aliyuncs.com`,
  resourceManager: () => 'resourcemanager.aliyuncs.com',
};

export function endpointOf(product: Product, region: string, configured: Endpoints = {}): Endpoint {
  return configured[product] ?? { host: standard[product](region), protocol: 'https' };
}
