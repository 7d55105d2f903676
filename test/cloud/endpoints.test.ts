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
