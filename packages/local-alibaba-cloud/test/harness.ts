import ImsClient from '@alicloud/ims20190815';
import KmsClient from '@alicloud/kms20160120';
import { $OpenApiUtil } from '@alicloud/openapi-core';
import RamClient from '@alicloud/ram20150501';
import StsClient from '@alicloud/sts20150401';
import { afterEach, beforeEach } from 'vitest';
import type { Account } from '../src/account/account';
import { LocalCloud, type LocalCloudOptions } from '../src/cloud';
import { type SignedAnswer, signedCall } from '../src/sign';

export const START = Date.parse('2026-01-01T00:00:00Z');

export type Credentials = { accessKeyId: string; accessKeySecret: string; securityToken?: string };

const VERSIONS = { ram: '2015-05-01', ims: '2019-08-15', kms: '2016-01-20', sts: '2015-04-01' };

/** A cloud whose clock stands still until a test turns it. */
export interface Harness {
  cloud: LocalCloud;
  account: Account;
  root: Credentials;
  turn(ms: number): void;
  call(
    product: keyof typeof VERSIONS,
    action: string,
    query?: Record<string, string>,
    as?: Credentials,
  ): Promise<SignedAnswer>;
}

/** A fresh cloud for each test of a file. */
export function harness(options: LocalCloudOptions = {}): Harness {
  let time = START;
  let cloud: LocalCloud;
  beforeEach(async () => {
    time = START;
    cloud = await LocalCloud.start({ seed: 1, now: () => time, ...options });
  });
  afterEach(() => cloud.stop());
  return {
    get cloud() {
      return cloud;
    },
    get account() {
      return cloud.account();
    },
    get root() {
      return cloud.account().rootKey;
    },
    turn(ms) {
      time += ms;
    },
    call(product, action, query = {}, as = cloud.account().rootKey) {
      return signedCall(cloud.endpoint, as, {
        version: VERSIONS[product],
        action,
        query,
        now: cloud.clock.now(),
      });
    },
  };
}

/** The real clients of Alibaba Cloud. */
export function clients(cloud: LocalCloud, credentials: Credentials, signatureAlgorithm?: 'v2') {
  const common = { ...credentials, endpoint: cloud.endpoint, protocol: 'http' };
  const config = () => new $OpenApiUtil.Config({ ...common, signatureAlgorithm });
  return {
    ram: new RamClient(config()),
    ims: new ImsClient(config()),
    sts: new StsClient(config()),
    kms: new FormKmsClient(common),
  };
}

/** The KMS client, its parameters in the form body. */
class FormKmsClient extends KmsClient {
  constructor(config: Credentials & { endpoint: string; protocol: string }) {
    super({ ...config, type: config.securityToken ? 'sts' : 'access_key' } as never);
  }

  post(action: string, body: Record<string, string>): Promise<Record<string, unknown>> {
    return this.doRequest(action, 'HTTPS', 'POST', VERSIONS.kms, 'AK', {}, body, {} as never);
  }
}

/** Any document that allows the actions on the resources. */
export function allow(Action: string | string[], Resource: string | string[] = '*') {
  return { Version: '1', Statement: [{ Effect: 'Allow' as const, Action, Resource }] };
}

export function deny(Action: string | string[], Resource: string | string[] = '*') {
  return { Version: '1', Statement: [{ Effect: 'Deny' as const, Action, Resource }] };
}
