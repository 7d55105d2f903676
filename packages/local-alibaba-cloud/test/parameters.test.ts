import { describe, expect, test } from 'vitest';
import { harness } from './harness';

const it = harness();

describe('what an action requires is missed', () => {
  test.each([
    [
      'ims',
      'GetLoginProfile',
      {},
      'MissingUserPrincipalName',
      'UserPrincipalName is mandatory for this action.',
    ],
    ['sts', 'AssumeRole', { RoleArn: '' }, 'MissingRoleArn', 'RoleArn is mandatory for this action.'],
    ['ram', 'TagResources', { ResourceType: 'role' }, 'MissingTag', 'Tag is mandatory for this action.'],
    [
      'kms',
      'DescribeSecret',
      {},
      'MissingParameter',
      'The parameter "SecretName" is needed but not provided.',
    ],
    [
      'kms',
      'TagResources',
      { RegionId: 'cn-hangzhou', ResourceType: 'secret', 'Tag.1.Key': 'a' },
      'MissingParameter',
      'The parameter "ResourceId" is needed but not provided.',
    ],
  ] as const)('%s %s %j', async (product, action, query, Code, Message) => {
    expect(await it.call(product, action, query)).toMatchObject({ status: 400, body: { Code, Message } });
    expect(it.cloud.calls.at(-1)).toMatchObject({ executed: false, checked: [] });
  });
});

describe('what an action does not know is refused', () => {
  const upn = 'alice@1234567890123456.onaliyun.com';
  const tag = { ResourceType: 'user', 'ResourcePrincipalName.1': upn, 'Tag.1.Key': 'a' };
  test.each([
    ['a misspelt name', 'ram', 'ListUsers', { MaxItem: '5' }, 'MaxItem'],
    ['the name of another product', 'ims', 'ListAccessKeys', { UserName: 'alice' }, 'UserName'],
    ['a list that is none', 'ram', 'GetUser', { 'UserName.1': 'alice' }, 'UserName.1'],
    ['a list without a number', 'ims', 'TagResources', { ...tag, Tag: 'a' }, 'Tag'],
    ['a field of a list that has none', 'ims', 'TagResources', { ...tag, 'Tag.1.Label': 'a' }, 'Tag.1.Label'],
    ['a list from 0', 'ims', 'TagResources', { ...tag, 'Tag.0.Key': 'a' }, 'Tag.0.Key'],
    ['something inherited', 'ram', 'ListUsers', { constructor: 'x' }, 'constructor'],
  ] as const)('%s', async (_, product, action, query, name) => {
    it.account.createUser('alice');
    expect(await it.call(product, action, query)).toMatchObject({
      status: 400,
      body: { Code: 'InvalidParameter', Message: expect.stringContaining(`"${name}"`) },
    });
    it.cloud.switches.unknownParameters = 'ignored';
    expect((await it.call(product, action, query)).body.Code).not.toBe('InvalidParameter');
  });

  test('what every client may send is known to each action', async () => {
    expect((await it.call('ram', 'ListUsers', { RegionId: 'cn-hangzhou', Format: 'JSON' })).status).toBe(200);
  });
});

test('an action that an account does not have says so before anything else', async () => {
  it.cloud.switches.accessKeyPolicyKnown = false;
  expect((await it.call('ims', 'GetAccessKeyPolicy', { Nonsense: 'x' })).body.Code).toBe(
    'InvalidAction.NotFound',
  );
});
