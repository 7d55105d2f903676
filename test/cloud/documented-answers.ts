import type { Cloud } from '../../src/cloud/cloud';
import type { RamRoles } from '../../src/cloud/ram-roles';
import type { ResourceManager } from '../../src/cloud/resource-manager';
import { Secret } from '../../src/cloud/secret';

export interface Adapters extends Cloud {
  readonly ramRoles: RamRoles;
  readonly resourceManager: ResourceManager;
}

/** One call of an adapter, and an answer to it as the documents have it. */
export interface Documented {
  readonly call: (cloud: Adapters) => Promise<unknown>;
  readonly answer: object;
}

const at = '2026-11-23T03:00:00Z';
const key = 'LTAI5tOldOldOldOldOld001';
const name = 'alice@1234567890123456.onaliyun.com';
const pair = { keyId: key, secret: new Secret('0123456789abcdefghijABCDEFGHIJ') };
const nothing = {};
const user = {
  UserId: '201234567890123456',
  UserPrincipalName: name,
  DisplayName: 'Alice',
  Status: 'active',
  ProvisionType: 'Manual',
  CreateDate: at,
  UpdateDate: at,
  LastLoginDate: at,
  Tags: { Tag: [{ TagKey: 'team', TagValue: 'ops' }] },
};
const openPolicy =
  '{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["10.0.0.0/8"]}]}';
const version = { PolicyDocument: '{"Version":"1","Statement":[]}', VersionId: 'v1' };
const seen = { UsedTimestamp: 1_795_000_000_000 };

/** Every action that an adapter calls. Where several methods call one action, it stands once for each. */
export const documented: Readonly<Record<string, Documented>> = {
  'RAM GetUser': {
    call: ({ ram }) => ram.getUser('alice'),
    answer: { User: { UserId: '2012', UserName: 'alice', DisplayName: 'Alice', CreateDate: at } },
  },
  'RAM ListAccessKeys': {
    call: ({ ram }) => ram.listAccessKeys('alice'),
    answer: { AccessKeys: { AccessKey: [{ AccessKeyId: key, Status: 'Active', CreateDate: at }] } },
  },
  'RAM CreateAccessKey': {
    call: ({ ram }) => ram.createAccessKey('alice'),
    answer: {
      AccessKey: {
        AccessKeyId: key,
        AccessKeySecret: '0123456789abcdefghijABCDEFGHIJ',
        Status: 'Active',
        CreateDate: at,
      },
    },
  },
  'RAM UpdateAccessKey': {
    call: ({ ram }) => ram.setAccessKeyStatus('alice', key, 'Inactive'),
    answer: nothing,
  },
  'RAM DeleteAccessKey': { call: ({ ram }) => ram.deleteAccessKey('alice', key), answer: nothing },
  'RAM ListUsersForGroup': {
    call: ({ ram }) => ram.listUsersForGroup('ops'),
    answer: { IsTruncated: false, Users: { User: [{ UserName: 'alice', DisplayName: 'A', JoinDate: at }] } },
  },
  'RAM ListGroupsForUser': {
    call: ({ ram }) => ram.listGroupsForUser('alice'),
    answer: { Groups: { Group: [{ GroupName: 'ops', Comments: '', JoinDate: at }] } },
  },
  'RAM ListPoliciesForUser': {
    call: ({ ram }) => ram.listPoliciesForUser('alice'),
    answer: { Policies: { Policy: [{ PolicyName: 'p', PolicyType: 'Custom', DefaultVersion: 'v1' }] } },
  },
  'RAM DetachPolicyFromUser': {
    call: ({ ram }) => ram.detachPolicyFromUser('alice', { name: 'p', type: 'Custom' }),
    answer: nothing,
  },
  'RAM RemoveUserFromGroup': { call: ({ ram }) => ram.removeUserFromGroup('alice', 'ops'), answer: nothing },
  'RAM GetUserMFAInfo': {
    call: ({ ram }) => ram.getMfaDevice('alice'),
    answer: { MFADevice: { SerialNumber: 'acs:ram::1234567890123456:mfa/alice', Type: 'VMFA' } },
  },
  'RAM UnbindMFADevice': { call: ({ ram }) => ram.unbindMfaDevice('alice'), answer: nothing },
  'RAM DeleteLoginProfile': { call: ({ ram }) => ram.deleteLoginProfile('alice'), answer: nothing },
  'RAM DeleteUser': { call: ({ ram }) => ram.deleteUser('alice'), answer: nothing },
  'RAM ListPolicies': {
    call: ({ policies }) => policies.list(),
    answer: {
      IsTruncated: false,
      Policies: { Policy: [{ PolicyName: 'p', PolicyType: 'System', AttachmentCount: 3 }] },
    },
  },
  'RAM ListEntitiesForPolicy': {
    call: ({ policies }) => policies.attachmentsOf({ name: 'p', type: 'System' }),
    answer: {
      Users: { User: [{ UserName: 'alice' }] },
      Groups: { Group: [{ GroupName: 'ops' }] },
      Roles: { Role: [{ RoleName: 'deploy' }] },
    },
  },
  'RAM GetPolicy': {
    call: ({ policies }) => policies.documentOf({ name: 'p', type: 'System' }),
    answer: { DefaultPolicyVersion: version },
  },
  'RAM GetPolicy, of a role': {
    call: ({ ramRoles }) => ramRoles.policyDocument('p'),
    answer: { DefaultPolicyVersion: version },
  },
  'RAM GetRole': {
    call: ({ ramRoles }) => ramRoles.trustOf('keyturn'),
    answer: { Role: { RoleName: 'keyturn', AssumeRolePolicyDocument: version.PolicyDocument } },
  },
  'RAM CreateRole': { call: ({ ramRoles }) => ramRoles.createRole('keyturn', 'd', '{}'), answer: nothing },
  'RAM UpdateRole': { call: ({ ramRoles }) => ramRoles.updateTrust('keyturn', '{}'), answer: nothing },
  'RAM CreatePolicy': { call: ({ ramRoles }) => ramRoles.createPolicy('p', 'd', '{}'), answer: nothing },
  'RAM CreatePolicyVersion': { call: ({ ramRoles }) => ramRoles.replacePolicy('p', '{}'), answer: nothing },
  'RAM ListPoliciesForRole': {
    call: ({ ramRoles }) => ramRoles.attachedTo('keyturn'),
    answer: { Policies: { Policy: [{ PolicyName: 'p', PolicyType: 'Custom' }] } },
  },
  'RAM AttachPolicyToRole': { call: ({ ramRoles }) => ramRoles.attach('p', 'keyturn'), answer: nothing },

  'IMS ListUsers': {
    call: ({ ims }) => ims.listUsers(),
    answer: { IsTruncated: false, Users: { User: [user] } },
  },
  'IMS ListUsers, by tag': {
    call: ({ ims }) => ims.usersWithTag('team', 'ops'),
    answer: { IsTruncated: false, Users: { User: [user] } },
  },
  'IMS GetUser': { call: ({ ims }) => ims.getUser({ principalName: name }), answer: { User: user } },
  'IMS ListAccessKeys': {
    call: ({ ims }) => ims.listAccessKeys(name),
    answer: {
      AccessKeys: { AccessKey: [{ AccessKeyId: key, Status: 'Active', CreateDate: at, UpdateDate: at }] },
    },
  },
  'IMS GetAccessKeyLastUsed': {
    call: ({ ims }) => ims.accessKeyLastUsed(name, key),
    answer: { AccessKeyLastUsed: { LastUsedDate: at, ServiceName: 'Ecs' } },
  },
  'IMS ListTagResources': {
    call: ({ ims }) => ims.listTags('2012'),
    answer: {
      IsTruncated: false,
      TagResources: {
        TagResource: [{ ResourceId: '2012', ResourceType: 'user', TagKey: 'team', TagValue: 'ops' }],
      },
    },
  },
  'IMS TagResources': { call: ({ ims }) => ims.tag('2012', { team: 'ops' }), answer: nothing },
  'IMS UntagResources': { call: ({ ims }) => ims.untag('2012', ['team']), answer: nothing },
  'IMS GetLoginProfile': {
    call: ({ ims }) => ims.getLoginProfile(name),
    answer: {
      LoginProfile: {
        UserPrincipalName: name,
        Status: 'Active',
        PasswordResetRequired: false,
        MFABindRequired: true,
        UpdateDate: at,
        LastLoginTime: at,
        AutoDisableLoginStatus: 'true',
        PasswordStatus: 'NotInitial',
      },
    },
  },
  'IMS UpdateLoginProfile': { call: ({ ims }) => ims.setLoginStatus(name, 'Inactive'), answer: nothing },
  'IMS GenerateCredentialReport': {
    call: ({ ims }) => ims.generateCredentialReport(),
    answer: { State: 'COMPLETED' },
  },
  'IMS GetCredentialReport': {
    call: ({ ims }) => ims.getCredentialReport(),
    answer: {
      GeneratedTime: at,
      Content: Buffer.from('user\nalice').toString('base64'),
      IsTruncated: 'false',
    },
  },
  'IMS ListAccessKeysInRecycleBin': {
    call: ({ ims }) => ims.listAccessKeysInRecycleBin('2012'),
    answer: {
      AccessKeys: { AccessKey: [{ AccessKeyId: key, CreateDate: at, RecycleDate: at, DeleteDate: at }] },
    },
  },
  'IMS RestoreAccessKeyFromRecycleBin': {
    call: ({ ims }) => ims.restoreAccessKey('2012', key),
    answer: nothing,
  },
  'IMS ListUsersInRecycleBin': {
    call: ({ ims }) => ims.listUsersInRecycleBin(),
    answer: {
      IsTruncated: false,
      Users: { User: [{ UserId: '2012', UserPrincipalName: name, CreateDate: at, RecycleDate: at }] },
    },
  },
  'IMS RestoreUserFromRecycleBin': { call: ({ ims }) => ims.restoreUser('2012'), answer: nothing },
  'IMS GetSecurityPreference': {
    call: ({ ims }) => ims.getSecurityPreference(),
    answer: {
      SecurityPreference: {
        MaxIdleDays: { MaxIdleDaysForAccessKeys: 730, MaxIdleDaysForUsers: 365 },
        AccessKeyPreference: { AllowUserToManageAccessKeys: false },
      },
    },
  },
  'IMS GetAccessKeyPolicy': {
    call: ({ ims }) => ims.getAccessKeyPolicy(name, key),
    answer: { AccessKeyId: key, AccessKeyPolicy: openPolicy },
  },
  'IMS SetAccessKeyPolicy': {
    call: ({ ims }) => ims.setAccessKeyPolicy(name, key, openPolicy),
    answer: { AccessKeyId: key, AccessKeyPolicy: openPolicy },
  },
  'IMS GetAccountSecurityPracticeReport': {
    call: ({ accountSecurity }) => accountSecurity.mainAccountKeys(),
    answer: { AccountSecurityPracticeInfo: { AccountSecurityPracticeUserInfo: { RootWithAccessKey: 1 } } },
  },
  'IMS GetAccountMFAInfo': {
    call: ({ accountSecurity }) => accountSecurity.mainAccountHasMfa(),
    answer: { IsMFAEnable: true },
  },
  'IMS GetPasswordPolicy': {
    call: ({ accountSecurity }) => accountSecurity.passwordPolicy(),
    answer: {
      PasswordPolicy: {
        MinimumPasswordLength: 12,
        RequireLowercaseCharacters: true,
        RequireUppercaseCharacters: true,
        RequireNumbers: true,
        RequireSymbols: false,
        PasswordReusePrevention: 5,
        MaxPasswordAge: 90,
        MaxLoginAttemps: 5,
      },
    },
  },
  'IMS GetAccessKeyPolicyForAccount': {
    call: ({ accountSecurity }) => accountSecurity.networkPolicy(),
    answer: { AccessKeyPolicy: openPolicy },
  },

  'KMS CreateSecret': {
    call: ({ kms }) => kms.createSecret({ name: 'keyturn/alice', versionId: key, pair }),
    answer: { SecretName: 'keyturn/alice', VersionId: key },
  },
  'KMS PutSecretValue': {
    call: ({ kms }) => kms.putSecretValue({ name: 'keyturn/alice', versionId: key, pair }),
    answer: { SecretName: 'keyturn/alice', VersionId: key, VersionStages: { VersionStage: ['ACSCurrent'] } },
  },
  'KMS ListSecretVersionIds': {
    call: ({ kms }) => kms.listVersions('keyturn/alice'),
    answer: {
      SecretName: 'keyturn/alice',
      TotalCount: 1,
      VersionIds: {
        VersionId: [{ VersionId: key, CreateTime: at, VersionStages: { VersionStage: ['ACSCurrent'] } }],
      },
    },
  },
  'KMS DescribeSecret': {
    call: ({ kms }) => kms.describeSecret('keyturn/alice'),
    answer: {
      SecretName: 'keyturn/alice',
      SecretType: 'Generic',
      PlannedDeleteTime: at,
      EncryptionKeyId: 'key-1',
      DKMSInstanceId: 'kst-1',
      Tags: { Tag: [{ TagKey: 'team', TagValue: 'ops' }] },
    },
  },
  'KMS GetSecretValue, a pair': {
    call: ({ kms }) => kms.readPair('keyturn/alice', { stage: 'ACSCurrent' }),
    answer: {
      SecretData: `{"AccessKeyId":"${key}","AccessKeySecret":"0123456789abcdefghijABCDEFGHIJ","GenerateTimestamp":"${at}"}`,
    },
  },
  'KMS GetSecretValue, a text': {
    call: ({ kms }) => kms.readText('hook'),
    answer: { SecretData: 'https://x' },
  },
  'KMS UpdateSecretVersionStage': {
    call: ({ kms }) => kms.moveStage({ name: 'keyturn/alice', stage: 'ACSCurrent', to: key }),
    answer: { SecretName: 'keyturn/alice' },
  },
  'KMS ListSecrets': {
    call: ({ ownKms }) => ownKms.listRamCredentialSecrets(),
    answer: {
      TotalCount: 1,
      SecretList: { Secret: [{ SecretName: 'acs/ram/user/alice', SecretType: 'RAMCredentials' }] },
    },
  },
  'KMS ListKmsInstances': {
    call: ({ kms }) => kms.listInstances(),
    answer: { TotalCount: 1, KmsInstances: { KmsInstance: [{ KmsInstanceId: 'kst-1' }] } },
  },
  'KMS TagResource': { call: ({ kms }) => kms.tagSecret('k', { a: '1' }), answer: nothing },
  'KMS UntagResource': { call: ({ kms }) => kms.untagSecret('k', ['a']), answer: nothing },

  'STS GetCallerIdentity': {
    call: ({ sts }) => sts.callerIdentity(),
    answer: {
      AccountId: '1234567890123456',
      Arn: 'acs:ram::1234567890123456:user/alice',
      IdentityType: 'RAMUser',
      UserId: '2012',
    },
  },
  'STS AssumeRole': {
    call: ({ sts }) => sts.assumeRole({ roleArn: 'acs:ram::1:role/r', sessionName: 'keyturn' }),
    answer: {
      Credentials: {
        AccessKeyId: 'STS.abc',
        AccessKeySecret: '0123456789abcdefghijABCDEFGHIJ',
        SecurityToken: 'CAISabc==',
        Expiration: at,
      },
    },
  },

  'ActionTrail GetAccessKeyLastUsedInfo': {
    call: ({ actionTrail }) => actionTrail.lastUse(key),
    answer: { ...seen, ServiceName: 'Ecs' },
  },
  'ActionTrail GetAccessKeyLastUsedProducts, …Ips and …Events': {
    call: ({ actionTrail }) => actionTrail.traces(key),
    answer: {
      Products: [{ ServiceName: 'Ecs', ...seen }],
      Ips: [{ Ip: '203.0.113.7', ...seen }],
      Events: [{ EventName: 'DescribeInstances', ...seen }],
    },
  },

  'SecurityCenter DescribeAccesskeyLeakList': {
    call: ({ securityCenter }) => securityCenter.pendingLeaks(),
    answer: {
      TotalCount: 1,
      AccessKeyLeakList: [
        {
          Id: 42,
          AccesskeyId: key,
          Status: 'pending',
          UserType: 'ram',
          Url: 'https://github.com/a/b',
          GmtModified: 1_795_000_000_000,
        },
      ],
    },
  },
  'SecurityCenter DescribeAccessKeyLeakDetail': {
    call: ({ securityCenter }) => securityCenter.leakDetail('42'),
    answer: {
      GithubUser: 'a',
      GithubRepoName: 'b',
      GithubFileName: 'c.ts',
      GithubFileUrl: 'https://github.com/a/b/c.ts',
      Source: 'Github',
      TokenValid: 1,
    },
  },
  'SecurityCenter ModifyAccessKeyLeakDeal': {
    call: ({ securityCenter }) => securityCenter.markHandled('42', 'rotated'),
    answer: nothing,
  },

  'ResourceManager ListAccounts': {
    call: ({ resourceManager }) => resourceManager.listMembers(),
    answer: {
      TotalCount: 1,
      Accounts: { Account: [{ AccountId: '1234567890123456', FolderId: 'fd-1', Status: 'CreateSuccess' }] },
    },
  },
  'ResourceManager ListFoldersForParent': {
    call: ({ resourceManager }) => resourceManager.listFolders('r-1'),
    answer: { TotalCount: 1, Folders: { Folder: [{ FolderId: 'fd-1', FolderName: 'a' }] } },
  },
  'ResourceManager GetResourceDirectory': {
    call: ({ resourceManager }) => resourceManager.managementAccount(),
    answer: { ResourceDirectory: { MasterAccountId: '1234567890123456', RootFolderId: 'r-1' } },
  },
};
