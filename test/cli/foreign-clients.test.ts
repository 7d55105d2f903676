import { promisify } from 'node:util';
import Pop from '@alicloud/pop-core';
import Aliyun from 'aliyun-sdk';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CliFixture } from '../support/cli-fixture';

type Params = Record<string, string>;
interface Credentials {
  accessKeyId: string;
  accessKeySecret: string;
  securityToken?: string;
}
/** Answers a call of the product as the client's user would get it. */
type Ask = (action: string, params?: Params) => Promise<Record<string, unknown>>;
type Product = 'RAM' | 'STS' | 'KMS';

const versions = { RAM: '2015-05-01', STS: '2015-04-01', KMS: '2016-01-20' };

let fixture: CliFixture;
let local: Awaited<ReturnType<CliFixture['local']>>;
let operator: Credentials;

beforeAll(async () => {
  fixture = await CliFixture.open('keyturn');
  local = await fixture.local('--seed', '3');
  operator = {
    accessKeyId: local.env.ALIBABA_CLOUD_ACCESS_KEY_ID ?? '',
    accessKeySecret: local.env.ALIBABA_CLOUD_ACCESS_KEY_SECRET ?? '',
  };
});
afterAll(async () => {
  await local.stop();
  fixture.close();
});

const popCore =
  (method: 'GET' | 'POST') =>
  (product: Product, credentials = operator): Ask => {
    const client = new Pop({ ...credentials, endpoint: local.url, apiVersion: versions[product] });
    return (action, params = {}) => client.request(action, params, { method });
  };

const aliyunSdk = (product: 'RAM' | 'STS', { accessKeyId, accessKeySecret } = operator): Ask => {
  const apiVersion = versions[product];
  const options = { accessKeyId, secretAccessKey: accessKeySecret, endpoint: local.url, apiVersion };
  const client = new Aliyun[product](options);
  return (action, params = {}) => {
    const method = `${action.charAt(0).toLowerCase()}${action.slice(1)}`;
    // A copy: the client writes into what it is given.
    return promisify((given: Params, done: Parameters<(typeof client)[string]>[1]) =>
      client[method]?.(given, done),
    )({ ...params });
  };
};

const clients = {
  'pop-core, GET': popCore('GET'),
  'pop-core, POST': popCore('POST'),
  'aliyun-sdk': aliyunSdk,
};

describe.each(Object.entries(clients))('%s', (name, client) => {
  const user = { UserName: `${name.replace(/\W+/g, '-')}-user` };

  test('lists, creates, disables and deletes a key', async () => {
    const ram = client('RAM');
    await ram('CreateUser', user);
    const created = await ram('CreateAccessKey', user);
    const { AccessKeyId, AccessKeySecret } = created.AccessKey as Params;
    const of = { ...user, UserAccessKeyId: AccessKeyId ?? '' };
    const listed = async () => (await ram('ListAccessKeys', user)).AccessKeys;
    expect(await listed()).toMatchObject({ AccessKey: [{ AccessKeyId, Status: 'Active' }] });
    const own = client('STS', { accessKeyId: AccessKeyId ?? '', accessKeySecret: AccessKeySecret ?? '' });
    expect(await own('GetCallerIdentity')).toMatchObject({ Arn: expect.stringContaining(user.UserName) });
    await ram('UpdateAccessKey', { ...of, Status: 'Inactive' });
    expect(await listed()).toMatchObject({ AccessKey: [{ AccessKeyId, Status: 'Inactive' }] });
    await expect(own('GetCallerIdentity')).rejects.toMatchObject({ code: 'InvalidAccessKeyId.Inactive' });
    await ram('DeleteAccessKey', of);
    expect(await listed()).toEqual({ AccessKey: [] });
  });

  test('is told what was wrong', async () => {
    const unknown = client('RAM')('ListAccessKeys', { UserName: 'nobody' });
    await expect(unknown).rejects.toMatchObject({ code: 'EntityNotExist.User' });
  });

  test('assumes a role', async () => {
    const ram = client('RAM');
    const RoleName = `${user.UserName}s`;
    const Statement = [
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { RAM: ['acs:ram::1234567890123456:root'] } },
    ];
    const AssumeRolePolicyDocument = JSON.stringify({ Version: '1', Statement });
    const { Role } = await ram('CreateRole', { RoleName, AssumeRolePolicyDocument });
    const { Arn = '' } = Role as Params;
    const assumed = await client('STS')('AssumeRole', { RoleArn: Arn, RoleSessionName: 'somebody' });
    const { AccessKeyId = '', AccessKeySecret = '', SecurityToken } = assumed.Credentials as Params;
    const session = {
      accessKeyId: AccessKeyId,
      accessKeySecret: AccessKeySecret,
      securityToken: SecurityToken,
    };
    expect(await popCore('POST')('STS', session as Credentials)('GetCallerIdentity')).toMatchObject({
      Arn: `acs:ram::1234567890123456:assumed-role/${RoleName}/somebody`,
    });
  });
});

// aliyun-sdk does not know KMS.
test.each(['GET', 'POST'] as const)('pop-core, %s, reads a secret', async (method) => {
  const kms = popCore(method)('KMS');
  const SecretName = `foreign/${method}`;
  await kms('CreateSecret', { SecretName, VersionId: 'v1', SecretData: 'a b+c%/=&é' });
  expect(await kms('GetSecretValue', { SecretName })).toMatchObject({
    SecretData: 'a b+c%/=&é',
    VersionStages: { VersionStage: ['ACSCurrent'] },
  });
});
