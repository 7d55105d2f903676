import { expect, it } from 'vitest';
import { endpointOf } from '../../src/cloud/endpoints';

it.each([
  ['ram', 'ram.aliyuncs.com'],
  ['ims', 'ims.aliyuncs.com'],
  ['kms', 'kms.cn-beijing.aliyuncs.com'],
  ['sts', 'sts.cn-beijing.aliyuncs.com'],
  ['resourceManager', 'resourcemanager.aliyuncs.com'],
] as const)('%s is found at %s', (product, host) => {
  expect(endpointOf(product, 'cn-beijing')).toEqual({ host, protocol: 'https' });
});

it('is where the configuration says', () => {
  const kms = { host: '127.0.0.1:8899', protocol: 'http' } as const;
  expect(endpointOf('kms', 'cn-beijing', { kms })).toEqual(kms);
  expect(endpointOf('ram', 'cn-beijing', { kms })).toEqual({ host: 'ram.aliyuncs.com', protocol: 'https' });
});

it.each([
  ['sts', 'ap-south-1', 'sts.aliyuncs.com'],
  ['sts', 'ap-southeast-2', 'sts.aliyuncs.com'],
  ['sts', 'cn-hangzhou-finance', 'sts.aliyuncs.com'],
  ['sts', 'cn-beijing-finance-1', 'sts.aliyuncs.com'],
  ['sts', 'cn-shenzhen-finance-1', 'sts-vpc.cn-shenzhen-finance-1.aliyuncs.com'],
  ['sts', 'cn-north-2-gov-1', 'sts-vpc.cn-north-2-gov-1.aliyuncs.com'],
  ['actionTrail', 'cn-shanghai-finance-1', 'actiontrail.aliyuncs.com'],
  ['actionTrail', 'ap-south-1', 'actiontrail.ap-south-1.aliyuncs.com'],
  ['kms', 'ap-south-1', 'kms.ap-south-1.aliyuncs.com'],
] as const)('%s in %s is found at %s', (product, region, host) => {
  expect(endpointOf(product, region)).toEqual({ host, protocol: 'https' });
});
