import { describe, expect, test } from 'vitest';
import { createMfaDevice } from '../src/account/mfa-devices';
import type { LocalCloud } from '../src/cloud';
import { ims } from '../src/products/ims';
import { kms } from '../src/products/kms';
import { ram } from '../src/products/ram';
import { harness } from './harness';

const it = harness({ seed: 1 });

const upn = 'alice@1234567890123456.onaliyun.com';
const MFA = 'acs:ram::1234567890123456:mfa/spare';
const POLICY = '{"Version":"1","Statement":[{"Effect":"Allow","Action":"ram:GetUser","Resource":"*"}]}';
const TRUST =
  '{"Version":"1","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"Service":["fc.aliyuncs.com"]}}]}';

interface Ids {
  key: string;
  binned: string;
  alice: string;
  gone: string;
  goneKey: string;
}

/** One of everything. */
function seed(cloud: LocalCloud): Ids {
  const account = cloud.account();
  const alice = account.createUser('alice', {
    groups: ['staff'],
    consoleLogin: true,
    mfa: true,
    tags: { a: 'b' },
  });
  account.createUser('bob');
  account.createUser('carol', { consoleLogin: false });
  createMfaDevice(account, 'spare');
  account.createGroup('empty');
  account.attachUserPolicy('alice', JSON.parse(POLICY));
  account.createPolicy('loose', JSON.parse(POLICY));
  account.addPolicyVersion(account.policy('loose', 'Custom'), JSON.parse(POLICY), false);
  account.createRole('worker', { policies: [JSON.parse(POLICY)] });
  account.createRole('idle', { policies: [] }).tags.set('a', 'b');
  account.group('staff').policies.set(account.policy('ReadOnly', 'Custom'), 0);
  const key = account.createKey('alice').accessKeyId;
  const binned = account.createKey('alice').accessKeyId;
  account.deleteKey(account.key(alice, binned));
  const gone = account.createUser('gone');
  const goneKey = account.createKey('gone').accessKeyId;
  account.deleteKey(account.key(gone, goneKey));
  account.deleteUser(gone);
  account.createSecret('keyturn/alice', 'v1', 'x', { tags: { a: 'b' } });
  account.createSecret('keyturn/leaving', 'v1', 'x').plannedDeleteTime = cloud.clock.now() + 1000;
  return { key, binned, alice: alice.id, gone: gone.id, goneKey };
}

type Row = [action: string, query: (ids: Ids) => Record<string, string>, answer?: (ids: Ids) => object];

const alice = () => ({ UserName: 'alice' });
const carol = () => ({ UserName: 'carol' });
const staff = () => ({ GroupName: 'staff' });
const keyOf = ({ key }: Ids) => ({ UserName: 'alice', UserAccessKeyId: key });
const none = () => ({});
const custom = (PolicyName: string) => () => ({ PolicyName, PolicyType: 'Custom' });

const RAM: Row[] = [
  [
    'ListUsers',
    none,
    () => ({ Users: { User: [{ UserName: 'alice' }, { UserName: 'bob' }, { UserName: 'carol' }] } }),
  ],
  ['GetUser', alice, (ids) => ({ User: { UserId: ids.alice, LastLoginDate: '' } })],
  [
    'CreateUser',
    () => ({ UserName: 'new', Comments: 'c' }),
    () => ({ User: { UserName: 'new', Comments: 'c' } }),
  ],
  ['UpdateUser', () => ({ ...alice(), NewUserName: 'alicia' }), () => ({ User: { UserName: 'alicia' } })],
  ['DeleteUser', () => ({ UserName: 'bob' })],
  ['CreateAccessKey', carol, () => ({ AccessKey: { Status: 'Active', CreateDate: '2026-01-01T00:00:00Z' } })],
  ['ListAccessKeys', alice, ({ key }) => ({ AccessKeys: { AccessKey: [{ AccessKeyId: key }] } })],
  ['UpdateAccessKey', (ids) => ({ ...keyOf(ids), Status: 'Inactive' })],
  ['DeleteAccessKey', keyOf],
  ['GetAccessKeyLastUsed', keyOf, () => ({ AccessKeyLastUsed: { LastUsedDate: '' } })],
  ['GetLoginProfile', alice, () => ({ LoginProfile: { UserName: 'alice', MFABindRequired: false } })],
  [
    'CreateLoginProfile',
    () => ({ ...carol(), Password: 'long enough', MFABindRequired: 'true' }),
    () => ({ LoginProfile: { UserName: 'carol', MFABindRequired: true } }),
  ],
  ['UpdateLoginProfile', () => ({ ...alice(), PasswordResetRequired: 'true' })],
  ['DeleteLoginProfile', alice],
  [
    'GetUserMFAInfo',
    alice,
    () => ({ MFADevice: { SerialNumber: 'acs:ram::1234567890123456:mfa/alice-mfa' } }),
  ],
  [
    'ListVirtualMFADevices',
    none,
    () => ({
      VirtualMFADevices: { VirtualMFADevice: [{ User: { UserName: 'alice' } }, { SerialNumber: MFA }] },
    }),
  ],
  [
    'CreateVirtualMFADevice',
    () => ({ VirtualMFADeviceName: 'm' }),
    () => ({ VirtualMFADevice: { Base32StringSeed: /./ } }),
  ],
  ['BindMFADevice', () => ({ ...carol(), SerialNumber: MFA })],
  [
    'UnbindMFADevice',
    alice,
    () => ({ MFADevice: { SerialNumber: 'acs:ram::1234567890123456:mfa/alice-mfa' } }),
  ],
  ['DeleteVirtualMFADevice', () => ({ SerialNumber: MFA })],
  ['CreateGroup', () => ({ GroupName: 'new' }), () => ({ Group: { GroupName: 'new' } })],
  ['GetGroup', staff, () => ({ Group: { GroupName: 'staff' } })],
  ['DeleteGroup', () => ({ GroupName: 'empty' })],
  ['ListGroups', none, () => ({ Groups: { Group: [{ GroupName: 'empty' }, { GroupName: 'staff' }] } })],
  ['ListGroupsForUser', alice, () => ({ Groups: { Group: [{ GroupName: 'staff' }] } })],
  ['ListUsersForGroup', staff, () => ({ IsTruncated: false, Users: { User: [{ UserName: 'alice' }] } })],
  ['AddUserToGroup', () => ({ ...carol(), ...staff() })],
  ['RemoveUserFromGroup', () => ({ ...alice(), ...staff() })],
  [
    'ListPoliciesForUser',
    alice,
    () => ({ Policies: { Policy: [{ PolicyName: 'user-alice-1', PolicyType: 'Custom' }] } }),
  ],
  ['AttachPolicyToUser', () => ({ ...carol(), PolicyName: 'AliyunRAMFullAccess', PolicyType: 'System' })],
  ['DetachPolicyFromUser', () => ({ ...alice(), ...custom('user-alice-1')() })],
  ['ListPoliciesForGroup', staff, () => ({ Policies: { Policy: [{ PolicyName: 'ReadOnly' }] } })],
  ['AttachPolicyToGroup', () => ({ ...staff(), ...custom('loose')() })],
  ['DetachPolicyFromGroup', () => ({ ...staff(), ...custom('ReadOnly')() })],
  [
    'GetSecurityPreference',
    none,
    () => ({ SecurityPreference: { AccessKeyPreference: { AllowUserToManageAccessKeys: false } } }),
  ],
  [
    'SetSecurityPreference',
    () => ({ AllowUserToManageAccessKeys: 'true' }),
    () => ({ SecurityPreference: { AccessKeyPreference: { AllowUserToManageAccessKeys: true } } }),
  ],
  ['GetPasswordPolicy', none, () => ({ PasswordPolicy: { MaxLoginAttemps: 0 } })],
  ['GetAccountAlias', none, () => ({ AccountAlias: '1234567890123456' })],
  [
    'CreatePolicy',
    () => ({ PolicyName: 'new', PolicyDocument: POLICY }),
    () => ({ Policy: { DefaultVersion: 'v1' } }),
  ],
  [
    'GetPolicy',
    custom('user-alice-1'),
    () => ({ Policy: { AttachmentCount: 1 }, DefaultPolicyVersion: { PolicyDocument: POLICY } }),
  ],
  ['DeletePolicy', () => ({ PolicyName: 'user-alice-1', CascadingDelete: 'true' })],
  [
    'UpdatePolicyDescription',
    () => ({ PolicyName: 'loose', NewDescription: 'd' }),
    () => ({ Policy: { Description: 'd' } }),
  ],
  [
    'ListPolicies',
    () => ({ PolicyType: 'Custom', MaxItems: '1' }),
    () => ({ IsTruncated: true, Policies: { Policy: [{ PolicyName: 'ReadOnly', AttachmentCount: 1 }] } }),
  ],
  [
    'CreatePolicyVersion',
    () => ({ PolicyName: 'loose', PolicyDocument: POLICY }),
    () => ({ PolicyVersion: { VersionId: 'v3', IsDefaultVersion: false } }),
  ],
  [
    'GetPolicyVersion',
    () => ({ ...custom('loose')(), VersionId: 'v2' }),
    () => ({ PolicyVersion: { IsDefaultVersion: false } }),
  ],
  [
    'ListPolicyVersions',
    custom('loose'),
    () => ({ PolicyVersions: { PolicyVersion: [{ VersionId: 'v1' }, { VersionId: 'v2' }] } }),
  ],
  ['SetDefaultPolicyVersion', () => ({ PolicyName: 'loose', VersionId: 'v2' })],
  ['DeletePolicyVersion', () => ({ PolicyName: 'loose', VersionId: 'v2' })],
  [
    'ListEntitiesForPolicy',
    custom('ReadOnly'),
    () => ({ Users: { User: [] }, Groups: { Group: [{ GroupName: 'staff' }] }, Roles: { Role: [] } }),
  ],
  [
    'CreateRole',
    () => ({ RoleName: 'new', AssumeRolePolicyDocument: TRUST }),
    () => ({ Role: { MaxSessionDuration: 3600 } }),
  ],
  ['GetRole', () => ({ RoleName: 'worker' }), () => ({ Role: { AssumeRolePolicyDocument: TRUST } })],
  [
    'UpdateRole',
    () => ({ RoleName: 'worker', NewDescription: 'd', NewMaxSessionDuration: '7200' }),
    () => ({ Role: { Description: 'd', MaxSessionDuration: 7200 } }),
  ],
  ['DeleteRole', () => ({ RoleName: 'idle' })],
  ['ListRoles', none, () => ({ Roles: { Role: [{ RoleName: 'idle' }, { RoleName: 'worker' }] } })],
  [
    'ListPoliciesForRole',
    () => ({ RoleName: 'worker' }),
    () => ({ Policies: { Policy: [{ PolicyName: 'role-worker-1' }] } }),
  ],
  ['AttachPolicyToRole', () => ({ RoleName: 'worker', ...custom('loose')() })],
  ['DetachPolicyFromRole', () => ({ RoleName: 'worker', ...custom('role-worker-1')() })],
  [
    'TagResources',
    () => ({ ResourceType: 'role', ResourceNames: '["worker"]', Tag: '[{"Key":"k","Value":"v"}]' }),
  ],
  ['UntagResources', () => ({ ResourceType: 'role', ResourceNames: '["idle"]', TagKeys: '["a"]' })],
  [
    'ListTagResources',
    () => ({ ResourceType: 'role', ResourceNames: '["idle"]' }),
    () => ({ TagResources: [{ ResourceName: 'idle', TagKey: 'a', TagValue: 'b' }] }),
  ],
];

const aliceUpn = () => ({ UserPrincipalName: upn });
const carolUpn = () => ({ UserPrincipalName: upn.replace('alice', 'carol') });
const imsKey = ({ key }: Ids) => ({ UserPrincipalName: upn, UserAccessKeyId: key });
const tagged = () => ({ ResourceType: 'user', 'ResourcePrincipalName.1': upn });

const IMS: Row[] = [
  [
    'ListUsers',
    none,
    () => ({
      Users: { User: [{ UserPrincipalName: upn, Tags: { Tag: [{ TagKey: 'a', TagValue: 'b' }] } }, {}, {}] },
    }),
  ],
  [
    'ListUserBasicInfos',
    none,
    () => ({ UserBasicInfos: { UserBasicInfo: [{ UserPrincipalName: upn }, {}, {}] } }),
  ],
  ['GetUser', aliceUpn, (ids) => ({ User: { UserId: ids.alice } })],
  [
    'CreateUser',
    () => ({ UserPrincipalName: 'new@1234567890123456.onaliyun.com', DisplayName: 'New' }),
    () => ({ User: { ProvisionType: 'Manual' } }),
  ],
  ['DeleteUser', carolUpn],
  ['CreateAccessKey', carolUpn, () => ({ AccessKey: { Status: 'Active' } })],
  [
    'ListAccessKeys',
    aliceUpn,
    ({ key }) => ({ AccessKeys: { AccessKey: [{ AccessKeyId: key, UpdateDate: '2026-01-01T00:00:00Z' }] } }),
  ],
  ['UpdateAccessKey', (ids) => ({ ...imsKey(ids), Status: 'Inactive' })],
  ['DeleteAccessKey', imsKey],
  ['GetAccessKeyLastUsed', imsKey, () => ({ AccessKeyLastUsed: { LastUsedDate: '' } })],
  ['GetLoginProfile', aliceUpn, () => ({ LoginProfile: { Status: 'Active' } })],
  ['CreateLoginProfile', carolUpn, () => ({ LoginProfile: { Status: 'Active' } })],
  [
    'UpdateLoginProfile',
    () => ({ ...aliceUpn(), Status: 'Inactive', MFABindRequired: 'true' }),
    () => ({ LoginProfile: { Status: 'Inactive', MFABindRequired: true } }),
  ],
  ['DeleteLoginProfile', aliceUpn],
  ['GetUserMFAInfo', aliceUpn, () => ({ IsMFAEnable: true, MFADevice: { Type: 'VMFA' } })],
  ['ListGroupsForUser', aliceUpn, () => ({ Groups: { Group: [{ GroupName: 'staff' }] } })],
  ['ListUsersForGroup', staff, () => ({ Users: { User: [{ UserPrincipalName: upn }] } })],
  ['AddUserToGroup', () => ({ ...carolUpn(), ...staff() })],
  ['RemoveUserFromGroup', () => ({ ...aliceUpn(), ...staff() })],
  [
    'GetSecurityPreference',
    none,
    () => ({ SecurityPreference: { MaxIdleDays: { MaxIdleDaysForUsers: 730 } } }),
  ],
  [
    'SetSecurityPreference',
    () => ({ MaxIdleDaysForUsers: '90' }),
    () => ({ SecurityPreference: { MaxIdleDays: { MaxIdleDaysForUsers: 90 } } }),
  ],
  ['GetDefaultDomain', none, () => ({ DefaultDomainName: '1234567890123456.onaliyun.com' })],
  ['GetPasswordPolicy', none, () => ({ PasswordPolicy: { MinimumPasswordLength: 8, HardExpire: false } })],
  ['GetAccountMFAInfo', none, () => ({ IsMFAEnable: true })],
  ['GetAccountSecurityPracticeReport', none, () => ({ AccountSecurityPracticeInfo: {} })],
  [
    'GetAccessKeyPolicyForAccount',
    none,
    () => ({ AccessKeyPolicy: '{"Version":1,"Status":"Inactive","Statements":[]}' }),
  ],
  ['GetAccountSummary', none, () => ({ SummaryMap: { AccessKeysPerUserQuota: 2, Users: 3 } })],
  ['TagResources', () => ({ ...tagged(), 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' })],
  ['UntagResources', () => ({ ...tagged(), All: 'true' })],
  [
    'ListTagResources',
    tagged,
    (ids) => ({ TagResources: { TagResource: [{ ResourceId: ids.alice, TagKey: 'a' }] } }),
  ],
  [
    'SetAccessKeyPolicy',
    (ids) => ({ ...imsKey(ids), AccessKeyPolicy: '{"Version":1,"Status":"Inactive","Statements":[]}' }),
  ],
  ['GetAccessKeyPolicy', imsKey, ({ key }) => ({ AccessKeyId: key })],
  ['GenerateCredentialReport', none, () => ({ State: 'STARTED' })],
  ['GetCredentialReport', none, () => ({ IsTruncated: 'false' })],
  [
    'ListAccessKeysInRecycleBin',
    (ids) => ({ UserId: ids.alice }),
    ({ binned }) => ({ AccessKeys: { AccessKey: [{ AccessKeyId: binned }] } }),
  ],
  [
    'GetAccessKeyInfoInRecycleBin',
    (ids) => ({ UserAccessKeyId: ids.goneKey }),
    (ids) => ({ AccessKey: { UserId: ids.gone, UserRecycled: true } }),
  ],
  ['RestoreAccessKeyFromRecycleBin', (ids) => ({ UserId: ids.alice, UserAccessKeyId: ids.binned })],
  ['DeleteAccessKeyInRecycleBin', (ids) => ({ UserId: ids.alice, UserAccessKeyId: ids.binned })],
  ['ListUsersInRecycleBin', none, ({ gone }) => ({ Users: { User: [{ UserId: gone }] } })],
  [
    'GetUserInRecycleBin',
    (ids) => ({ UserAccessKeyId: ids.goneKey }),
    ({ gone }) => ({ User: { UserId: gone } }),
  ],
  ['RestoreUserFromRecycleBin', ({ gone }) => ({ UserId: gone })],
  ['DeleteUserInRecycleBin', ({ gone }) => ({ UserId: gone })],
];

const secret = () => ({ SecretName: 'keyturn/alice' });
const secrets = () => ({ RegionId: 'cn-hangzhou', ResourceType: 'secret', 'ResourceId.1': 'keyturn/alice' });

const KMS: Row[] = [
  [
    'CreateSecret',
    () => ({ SecretName: 'new', VersionId: 'v', SecretData: 'x' }),
    () => ({ SecretType: 'Generic', VersionId: 'v' }),
  ],
  ['DescribeSecret', secret, () => ({ SecretName: 'keyturn/alice' })],
  ['UpdateSecret', () => ({ ...secret(), Description: 'd' }), () => ({ SecretName: 'keyturn/alice' })],
  [
    'ListSecrets',
    () => ({ FetchTags: 'true' }),
    () => ({ TotalCount: 2, SecretList: { Secret: [{ Tags: { Tag: [{ TagKey: 'a' }] } }, {}] } }),
  ],
  ['ListKmsInstances', none, () => ({ KmsInstances: { KmsInstance: [] }, TotalCount: 0 })],
  ['DeleteSecret', secret, () => ({ PlannedDeleteTime: /^2026-01-31T08:00:00/ })],
  ['RestoreSecret', () => ({ SecretName: 'keyturn/leaving' })],
  [
    'PutSecretValue',
    () => ({ ...secret(), VersionId: 'v2', SecretData: 'y' }),
    () => ({ VersionStages: { VersionStage: ['ACSCurrent'] } }),
  ],
  ['GetSecretValue', secret, () => ({ SecretData: 'x', SecretDataType: 'text' })],
  [
    'ListSecretVersionIds',
    secret,
    () => ({ TotalCount: 1, VersionIds: { VersionId: [{ VersionId: 'v1' }] } }),
  ],
  ['UpdateSecretVersionStage', () => ({ ...secret(), VersionStage: 'mine', MoveToVersion: 'v1' })],
  ['TagResource', () => ({ ...secret(), Tags: '[{"TagKey":"k","TagValue":"v"}]' })],
  ['UntagResource', () => ({ ...secret(), TagKeys: '["a"]' })],
  ['TagResources', () => ({ ...secrets(), 'Tag.1.Key': 'k', 'Tag.1.Value': 'v' })],
  ['UntagResources', () => ({ ...secrets(), 'TagKey.1': 'a' })],
  ['ListTagResources', secrets, () => ({ TagResources: { TagResource: [{ TagKey: 'a', TagValue: 'b' }] } })],
];

/** Regular expressions stand for texts that match. */
function expectation(value: unknown): unknown {
  if (value instanceof RegExp) return expect.stringMatching(value);
  if (Array.isArray(value)) return value.map(expectation);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expectation(inner)]));
}

describe.each([
  ['ram', ram, RAM],
  ['ims', ims, IMS],
  ['kms', kms, KMS],
] as const)('every action of %s works', (name, product, rows) => {
  test('and is in the table', () => {
    expect(rows.map(([action]) => action).sort()).toEqual(Object.keys(product.actions).sort());
  });

  test('and tells whether it writes', () => {
    for (const [action, { write }] of Object.entries(product.actions)) {
      expect([action, write]).toEqual([action, !/^(Get|List|Describe|Generate)/.test(action)]);
    }
  });

  test.each(rows.map((row) => [...row] as Row))('%s', async (action, query, answer = none) => {
    it.account.createPolicy('ReadOnly', JSON.parse(POLICY));
    const ids = seed(it.cloud);
    if (action === 'GetCredentialReport') await it.call('ims', 'GenerateCredentialReport');
    const { status, body } = await it.call(name, action, query(ids));
    expect(body).toMatchObject(expectation(answer(ids)) as object);
    expect(status).toBe(200);
  });
});
