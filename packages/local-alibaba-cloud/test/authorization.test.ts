import { describe, expect, test } from 'vitest';
import table from '../facts/authorization.json';
import { actiontrail } from '../src/products/actiontrail';
import { ims } from '../src/products/ims';
import { kms } from '../src/products/kms';
import { ram } from '../src/products/ram';
import { resourceManager } from '../src/products/resource-manager';
import { sas } from '../src/products/sas';
import { sts } from '../src/products/sts';
import { SWITCHES, type Switches } from '../src/switches';
import { allow, deny, harness } from './harness';

const it = harness();

const ACCOUNT = '1234567890123456';
const ROLE = `acs:ram::${ACCOUNT}:role/r`;

/** A role with these policies, and its credentials. */
function role(...policies: ReturnType<typeof allow | typeof deny>[]) {
  it.account.createRole('r', { policies });
  return it.account.assume('r');
}

type Row = [action: string, query: Record<string, string>, needed: [action: string, resource: string][]];

const user = (name: string) => `acs:ram:*:${ACCOUNT}:user/${name}`;
const upn = `alice@${ACCOUNT}.onaliyun.com`;

describe('each action asks for exactly this', () => {
  const rows: [product: 'ram' | 'ims' | 'kms', ...Row][] = [
    ['ram', 'ListUsers', {}, [['ram:ListUsers', user('*')]]],
    ['ram', 'GetUser', { UserName: 'alice' }, [['ram:GetUser', user('alice')]]],
    ['ram', 'CreateAccessKey', { UserName: 'alice' }, [['ram:CreateAccessKey', user('alice')]]],
    [
      'ram',
      'RemoveUserFromGroup',
      { UserName: 'alice', GroupName: 'staff' },
      [
        ['ram:RemoveUserFromGroup', user('alice')],
        ['ram:RemoveUserFromGroup', `acs:ram:*:${ACCOUNT}:group/staff`],
      ],
    ],
    [
      'ram',
      'DetachPolicyFromUser',
      { UserName: 'alice', PolicyName: 'AdministratorAccess', PolicyType: 'System' },
      [
        ['ram:DetachPolicyFromUser', user('alice')],
        ['ram:DetachPolicyFromUser', 'acs:ram:*:system:policy/AdministratorAccess'],
      ],
    ],
    ['ram', 'GetSecurityPreference', {}, [['ram:GetSecurityPreference', '*']]],
    ['ims', 'ListUsers', {}, [['ram:ListUsers', user('*')]]],
    ['ims', 'GetUser', { UserPrincipalName: upn }, [['ram:GetUser', user('alice')]]],
    [
      'ims',
      'TagResources',
      { ResourceType: 'user', 'ResourcePrincipalName.1': upn, 'Tag.1.Key': 'a' },
      [['ram:TagResources', '*']],
    ],
    ['ims', 'GenerateCredentialReport', {}, [['ram:GenerateCredentialReport', '*']]],
    [
      'ims',
      'UpdateLoginProfile',
      { UserPrincipalName: upn, Status: 'Inactive' },
      [['ram:UpdateLoginProfile', user('alice')]],
    ],
    [
      'kms',
      'DescribeSecret',
      { SecretName: 'plain' },
      [['kms:DescribeSecret', `acs:kms:cn-hangzhou:${ACCOUNT}:secret/plain`]],
    ],
    ['kms', 'ListSecrets', {}, [['kms:ListSecrets', `acs:kms:*:${ACCOUNT}:secret`]]],
    [
      'kms',
      'CreateSecret',
      { SecretName: 'new', VersionId: 'v', SecretData: 'x', EncryptionKeyId: 'key-1' },
      [
        ['kms:CreateSecret', `acs:kms:*:${ACCOUNT}:secret`],
        ['kms:GenerateDataKey', `acs:kms:*:${ACCOUNT}:key/key-1`],
      ],
    ],
    [
      'kms',
      'PutSecretValue',
      { SecretName: 'locked', VersionId: 'v2', SecretData: 'x' },
      [
        ['kms:PutSecretValue', `acs:kms:*:${ACCOUNT}:secret/locked`],
        ['kms:GenerateDataKey', `acs:kms:*:${ACCOUNT}:key/key-1`],
      ],
    ],
    [
      'kms',
      'GetSecretValue',
      { SecretName: 'locked' },
      [
        ['kms:GetSecretValue', `acs:kms:*:${ACCOUNT}:secret/locked`],
        ['kms:Decrypt', `acs:kms:*:${ACCOUNT}:key/key-1`],
      ],
    ],
    [
      'kms',
      'GetSecretValue',
      { SecretName: 'plain' },
      [['kms:GetSecretValue', `acs:kms:*:${ACCOUNT}:secret/plain`]],
    ],
  ];

  test.each(rows)('%s %s, row %#', async (product, action, query, needed) => {
    it.account.createUser('alice', { groups: ['staff'], consoleLogin: true });
    it.account.user('alice').policies.set(it.account.policy('AdministratorAccess', 'System'), 0);
    it.account.createSecret('plain', 'v1', 'x');
    it.account.createSecret('locked', 'v1', 'x', { encryptionKeyId: 'key-1' });
    for (const missing of needed) {
      const others = needed.filter((one) => one !== missing).map(([one, resource]) => allow(one, resource));
      it.account.roles.delete('r');
      it.account.policies.clear();
      const poor = role(...others);
      expect((await it.call(product, action, query, poor)).status).toBe(403);
      expect(it.cloud.calls.at(-1)).toMatchObject({ allowed: false, executed: false });
    }
    it.account.roles.delete('r');
    it.account.policies.clear();
    const rich = role(...needed.map(([one, resource]) => allow(one, resource)));
    expect((await it.call(product, action, query, rich)).status).toBe(200);
    const uses = it.cloud.grantsUsed(ROLE);
    expect(uses.every((use) => use.actions[0]?.used && use.resources[0]?.used)).toBe(true);
    expect(it.cloud.permissions.get(ROLE)?.size).toBe(needed.length);
  });
});

describe('where documents differ, each reading asks for its own', () => {
  const container = `acs:kms:cn-hangzhou:${ACCOUNT}:secret`;
  const tag = { ResourceType: 'user', 'ResourcePrincipalName.1': upn, 'Tag.1.Key': 'a' };
  const create = { SecretName: 'new', VersionId: 'v', SecretData: 'x' };
  const whole = `acs:ram::${ACCOUNT}:*`;
  const rows: [Switches['authorises'], 'ram' | 'ims' | 'kms', string, Record<string, string>, string][] = [
    ['documented', 'ims', 'TagResources', tag, '*'],
    ['by-name', 'ims', 'TagResources', tag, `acs:ram:*:${ACCOUNT}:user/alice`],
    ['by-kind', 'ims', 'TagResources', tag, '*'],
    ['documented', 'ram', 'GetPasswordPolicy', {}, '*'],
    ['by-kind', 'ram', 'GetPasswordPolicy', {}, whole],
    ['by-kind', 'ims', 'GetSecurityPreference', {}, whole],
    ['documented', 'kms', 'CreateSecret', create, container],
    ['by-name', 'kms', 'CreateSecret', create, `${container}/new`],
    ['by-kind', 'kms', 'CreateSecret', create, `${container}/*`],
    ['by-kind', 'kms', 'ListSecrets', {}, `${container}/*`],
    ['by-name', 'kms', 'ListSecrets', {}, container],
    ['documented', 'ram', 'GetUser', { UserName: 'alice' }, `acs:ram:*:${ACCOUNT}:user/alice`],
    ['by-kind', 'ram', 'GetUser', { UserName: 'alice' }, `acs:ram::${ACCOUNT}:user/alice`],
  ];
  test.each(rows)('%s: %s %s, row %#', async (authorises, product, action, query, resource) => {
    it.cloud.switches.authorises = authorises;
    it.account.createUser('alice');
    const { status } = await it.call(product, action, query, role(allow('*')));
    expect(it.cloud.calls.at(-1)?.checked.map((asked) => asked.split(' ')[1])).toEqual([resource]);
    expect(status).toBe(200);
  });

  test('the table has these readings, and each action that there is', () => {
    expect(Object.keys(table.readings)).toEqual(SWITCHES.authorises.values);
    const products = [ram, ims, kms, sts, actiontrail, sas, resourceManager];
    for (const { name, actions } of products) {
      expect(Object.keys(table.products[name].actions).sort()).toEqual(Object.keys(actions).sort());
    }
  });
});

test('a denial says who lacked what, in each product’s own words', async () => {
  const poor = role(deny('kms:*'));
  expect(await it.call('ram', 'GetUser', { UserName: 'alice' }, poor)).toMatchObject({
    status: 403,
    body: {
      Code: 'NoPermission',
      Message: expect.stringMatching(/^You are not authorized to do this action\./),
      AccessDeniedDetail: {
        AuthAction: 'ram:GetUser',
        AuthPrincipalType: 'AssumedRoleUser',
        AuthPrincipalOwnerId: ACCOUNT,
        AuthPrincipalDisplayName: 'r:fc',
        NoPermissionType: 'ImplicitDeny',
      },
    },
  });
  expect(await it.call('kms', 'ListSecrets', {}, poor)).toMatchObject({
    status: 403,
    body: {
      HttpStatus: 403,
      Code: 'Forbidden.NoPermission',
      AccessDeniedDetail: { NoPermissionType: 'ExplicitDeny' },
    },
  });
});

test('an explicit Deny protects a user whatever else is allowed', async () => {
  it.account.createUser('break-glass-1');
  it.account.createUser('alice');
  const credentials = role(allow('ram:*'), deny('ram:*AccessKey*', user('break-glass-*')));
  const create = (UserName: string) => it.call('ram', 'CreateAccessKey', { UserName }, credentials);
  expect((await create('break-glass-1')).status).toBe(403);
  expect((await create('alice')).status).toBe(200);
});

test('a user has the policies of his groups, and none by himself', async () => {
  it.account.createUser('alice', { groups: ['admins'] });
  it.account.createUser('bob');
  const alice = it.account.createKey('alice');
  const bob = it.account.createKey('bob');
  it.account.group('admins').policies.set(it.account.policy('AliyunRAMReadOnlyAccess', 'System'), 0);
  expect((await it.call('ram', 'ListUsers', {}, alice)).status).toBe(200);
  expect((await it.call('ram', 'CreateUser', { UserName: 'x' }, alice)).status).toBe(403);
  expect((await it.call('ram', 'ListUsers', {}, bob)).status).toBe(403);
  expect((await it.call('sts', 'GetCallerIdentity', {}, bob)).status).toBe(200);
});
