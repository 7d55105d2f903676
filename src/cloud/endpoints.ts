export type Product = 'ram' | 'ims' | 'kms' | 'sts' | 'resourceManager' | 'actionTrail' | 'sas';

export interface Endpoint {
  /** With the port where it is not the protocol's own. */
  readonly host: string;
  readonly protocol: 'http' | 'https';
}

/** Endpoints that the configuration names. */
export type Endpoints = Readonly<Partial<Record<Product, Endpoint>>>;

/**
 * Regions where the host is not `<product>.<region>.aliyuncs.com` (alibaba-cloud-sdk-go, endpoints of sts and
 * actiontrail).
 */
const odd: Readonly<Partial<Record<Product, Readonly<Record<string, string>>>>> = {
  sts: {
    'ap-south-1': 'sts.aliyuncs.com',
    'ap-southeast-2': 'sts.aliyuncs.com',
    'cn-hangzhou-finance': 'sts.aliyuncs.com',
    'cn-beijing-finance-1': 'sts.aliyuncs.com',
    'cn-shenzhen-finance-1': 'sts-vpc.cn-shenzhen-finance-1.aliyuncs.com',
    'cn-north-2-gov-1': 'sts-vpc.cn-north-2-gov-1.aliyuncs.com',
  },
  actionTrail: {
    'cn-hangzhou-finance': 'actiontrail.aliyuncs.com',
    'cn-shanghai-finance-1': 'actiontrail.aliyuncs.com',
    'cn-shenzhen-finance-1': 'actiontrail.aliyuncs.com',
  },
};

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
  const host = odd[product]?.[region] ?? standard[product](region);
  return configured[product] ?? here(configured) ?? { host, protocol: 'https' };
}

/** Where RAM is a local cloud, so is everything that is not named: its keys have no business elsewhere. */
const here = ({ ram }: Endpoints): Endpoint | undefined => (ram?.protocol === 'http' ? ram : undefined);
