export type Product = 'ram' | 'ims' | 'kms' | 'sts' | 'resourceManager' | 'actionTrail' | 'sas';

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
  actionTrail: (region) => `actiontrail.${region}.aliyuncs.com`,
  // One for China and one for the rest of the world (Security Center API reference, Endpoints).
  sas: (region) => `tds.${region.startsWith('cn-') ? 'cn-shanghai' : 'ap-southeast-1'}.aliyuncs.com`,
};

export function endpointOf(product: Product, region: string, configured: Endpoints = {}): Endpoint {
  return configured[product] ?? here(configured) ?? { host: standard[product](region), protocol: 'https' };
}

/** Where RAM is a local cloud, so is everything that is not named: its keys have no business elsewhere. */
const here = ({ ram }: Endpoints): Endpoint | undefined => (ram?.protocol === 'http' ? ram : undefined);
