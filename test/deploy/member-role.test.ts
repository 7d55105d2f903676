import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/load';
import { memberRole } from '../../src/setup/member';
import type { Statement } from '../../src/setup/policy';
import { stackGroupTemplate } from '../../src/setup/stack-group';

const root = join(__dirname, '../..');
const template = parse(readFileSync(join(root, 'deploy/member-role.yaml'), 'utf8'));
const member = '2000000000000000';
const parameters: Record<string, string> = {
  'ALIYUN::TenantId': member,
  CentralAccount: '1234567890123456',
  Deployment: 'team-a',
  ExternalId: 'acme-7f3a',
  RoleName: 'keyturn-member',
  KmsRegion: 'cn-shanghai',
  SecretPrefix: 'teams/',
  EncryptionKeyId: 'key-hzz1',
};

const site = {
  account: member,
  region: 'cn-hangzhou',
  logProject: '',
  logStore: '',
  failureTopic: '',
  userPrefix: '',
  protect: [],
};
const entrance = { centralAccount: '1234567890123456', roleName: 'keyturn-member', externalId: 'acme-7f3a' };
const config = parseConfig(
  `deployment: team-a
region: cn-shanghai
rotation: { secret: { name: "teams/{userName}", encryptionKeyId: key-hzz1 } }`,
  {},
);

/** What Resource Orchestration Service makes of Ref and Fn::Sub. */
function resolved(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  const { Ref, 'Fn::Sub': text } = value as Record<string, string>;
  const of = (name = ''): string => {
    const found = parameters[name];
    if (found === undefined) throw new Error(`${name} is no parameter`);
    return found;
  };
  if (Ref) return of(Ref);
  if (text) return text.replace(/\$\{([\w:]+)\}/g, (_, name: string) => of(name));
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, resolved(inner)]));
}

test('deploy/member-role.yaml is what node scripts/member-role.mjs writes', () => {
  expect(template).toEqual(stackGroupTemplate());
});

test('the stack group makes the role that keyturn setup --member makes', () => {
  const { name, description, trust, policy } = memberRole(config, site, entrance);
  const { Role, Policy } = template.Resources;
  expect(resolved(Role.Properties)).toEqual({
    RoleName: name,
    Description: description,
    AssumeRolePolicyDocument: trust,
  });
  expect(resolved(Policy.Properties)).toMatchObject({
    PolicyName: name,
    PolicyDocumentUnchecked: policy,
    Roles: [name],
  });
});

test('every parameter is used, and no name without one', () => {
  const text = JSON.stringify(template.Resources);
  for (const name of Object.keys(template.Parameters)) expect(text).toContain(name);
  expect(Object.keys(template.Parameters).sort()).toEqual(
    Object.keys(parameters)
      .filter((name) => !name.startsWith('ALIYUN::'))
      .sort(),
  );
});

test('the role may do what the policies of the functions say, in this account and in no other', () => {
  const { policy } = memberRole(config, site, entrance);
  const functions = readdirSync(join(root, 'functions')).map((file) => file.replace('.ts', ''));
  const shipped: Statement[] = functions.flatMap(
    (name) => JSON.parse(readFileSync(join(root, `policies/${name}.json`), 'utf8')).Statement,
  );
  const actions = (statements: readonly Statement[]) =>
    [...new Set(statements.flatMap(({ Action }) => [Action].flat()))].sort();
  expect(actions(policy.Statement)).toEqual(expect.arrayContaining(actions(shipped)));
  const resources = policy.Statement.flatMap(({ Resource }) => [Resource].flat());
  for (const resource of resources.filter((one) => one !== '*')) {
    expect(resource.replace('acs:ram:*:system:policy/*', member)).toContain(member);
  }
  expect(JSON.stringify(policy).length).toBeLessThanOrEqual(6144);
});

test('where the secrets lie in a central KMS, a member grants nothing on secrets', () => {
  const secret = { name: 'keyturn/{account}/{userName}', account: '1234567890123456' };
  const central = { ...config, rotation: { ...config.rotation, secret } };
  const kms = memberRole(central, site, entrance).policy.Statement.flatMap(({ Action }) =>
    [Action].flat().filter((action) => action.startsWith('kms:')),
  );
  expect(kms).toEqual(['kms:ListSecrets']);
  const recordWriter = memberRole(central, { ...site, account: secret.account }, entrance);
  expect(JSON.stringify(recordWriter)).toContain(`:${secret.account}:secret/keyturn/*`);
});

test('without an ExternalId the trust policy has no condition', () => {
  const { trust } = memberRole(config, site, { centralAccount: '1', roleName: 'keyturn' });
  expect(JSON.stringify(trust)).not.toContain('Condition');
});
