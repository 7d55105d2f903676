import { configSchema } from '../config/schema';
import { memberRole } from './member';

/**
 * The role of a member account as a template of Resource Orchestration Service, for a stack group that creates it in
 * every member. What differs between companies are its parameters; which account it is, ROS knows (ROS
 * documentation, "Pseudo parameters": TenantId is the id of the Alibaba Cloud account).
 */
export function stackGroupTemplate(): object {
  const config = configSchema.parse({});
  const secret = { name: 'secret-prefix{userName}', encryptionKeyId: 'encryption-key-id' };
  const role = memberRole(
    {
      ...config,
      deployment: 'deployment-name',
      region: 'kms-region',
      rotation: { ...config.rotation, secret },
    },
    {
      account: 'this-account',
      region: 'kms-region',
      logProject: '',
      logStore: '',
      failureTopic: '',
      userPrefix: '',
      protect: [],
    },
    { centralAccount: 'central-account', roleName: 'keyturn', externalId: 'external-id' },
  );
  const named = { Ref: 'RoleName' };
  return {
    ROSTemplateFormatVersion: '2015-09-01',
    Description: 'The role in which keyturn works in a member account of a Resource Directory.',
    Parameters: {
      CentralAccount: parameter('The id of the account that the functions of keyturn run in.', {
        AllowedPattern: '^\\d+$',
      }),
      ExternalId: parameter('The externalId in resourceDirectory of keyturn.yaml.', {
        MinLength: 2,
        NoEcho: true,
      }),
      Deployment: parameter('The KEYTURN_DEPLOYMENT of the functions, after which their roles are named.', {
        Default: config.deployment,
      }),
      RoleName: parameter('The roleName in resourceDirectory of keyturn.yaml.', { Default: role.name }),
      KmsRegion: parameter('The region in which KMS keeps the secrets.', { Default: 'cn-hangzhou' }),
      SecretPrefix: parameter(
        'What the names of the secrets begin with: rotation.secret.name up to the first {.',
        {
          Default: 'keyturn/',
        },
      ),
      EncryptionKeyId: parameter('The KMS key that encrypts the secrets, or * for any.', { Default: '*' }),
    },
    Resources: {
      Role: {
        Type: 'ALIYUN::RAM::Role',
        Properties: {
          RoleName: named,
          Description: role.description,
          AssumeRolePolicyDocument: substituted(role.trust),
        },
      },
      Policy: {
        Type: 'ALIYUN::RAM::ManagedPolicy',
        DependsOn: 'Role',
        Properties: {
          PolicyName: named,
          Description: role.description,
          PolicyDocumentUnchecked: substituted(role.policy),
          Roles: [named],
        },
      },
    },
    Outputs: { RoleArn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
  };
}

const parameter = (Description: string, more: object) => ({ Type: 'String', Description, ...more });

const references: Readonly<Record<string, string>> = {
  'this-account': 'ALIYUN::TenantId',
  'central-account': 'CentralAccount',
  'deployment-name': 'Deployment',
  'external-id': 'ExternalId',
  'kms-region': 'KmsRegion',
  'secret-prefix': 'SecretPrefix',
  'encryption-key-id': 'EncryptionKeyId',
};
const stands = new RegExp(Object.keys(references).join('|'), 'g');

function substituted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(substituted);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, substituted(inner)]));
  }
  if (typeof value !== 'string' || value.search(stands) === -1) return value;
  return { 'Fn::Sub': value.replace(stands, (stand) => `\${${references[stand]}}`) };
}
