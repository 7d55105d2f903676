import { beforeEach, describe, expect, test } from 'vitest';
import { signedCall } from '../../packages/local-alibaba-cloud/index';
import { operatorEnv } from '../support/cli-fixture';
import { statusFixture } from '../support/status-fixture';

const role = 'keyturn-rotate-keys';

const fixture = statusFixture();
const { writes } = fixture;

beforeEach(() => configure());

const configure = (more: object = {}) =>
  fixture.fixture.configure({
    endpoints: { ram: fixture.cloud.url, sts: fixture.cloud.url },
    exempt: [
      { user: 'break-glass', reason: 'emergency access' },
      { user: 'intern', reason: 'until the summer', until: '2099-06-30' },
    ],
    ...more,
  });
const setup = (...args: string[]) => {
  const env = { ...operatorEnv(fixture.operator), SLS_PROJECT: 'operations' };
  return fixture.fixture.keyturn(['setup', ...args], { env });
};
const policyOf = (name = role) => JSON.parse(fixture.account.policy(name, 'Custom').current.text);
const actions = (statement: { Action: string | string[] }) => [statement.Action].flat();

test('creates the roles and their policies, which Function Compute alone may assume', async () => {
  const { code, stdout } = await setup('--yes');
  expect(code).toBe(0);
  expect(stdout).toContain('create the role keyturn-rotate-keys, which fc.aliyuncs.com alone may assume');
  expect(stdout).toContain('Next: npm run deploy');
  for (const name of [role, 'keyturn-disable-inactive', 'keyturn-respond-to-leaks']) {
    const { trust, policies } = fixture.account.role(name);
    expect(trust.Statement).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } },
    ]);
    expect([...policies.keys()].map((policy) => policy.name)).toEqual([name]);
    expect(JSON.stringify(policyOf(name))).not.toContain('${');
    expect(JSON.stringify(policyOf(name)).length).toBeLessThanOrEqual(6144);
    expect(fixture.account.assume(name)).toMatchObject({ accessKeyId: expect.stringContaining('STS.') });
  }
});

test('takes no more permissions than these', async () => {
  const { account } = fixture;
  account.createUser('operator');
  const Action = [
    ...['GetRole', 'CreateRole', 'UpdateRole', 'ListPoliciesForRole', 'AttachPolicyToRole'],
    ...['GetPolicy', 'CreatePolicy', 'CreatePolicyVersion'],
  ].map((action) => `ram:${action}`);
  account.attachUserPolicy('operator', {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  });
  const env = { ...operatorEnv(account.createKey('operator')), SLS_PROJECT: 'operations' };
  expect((await fixture.fixture.keyturn(['setup', '--yes'], { env })).code).toBe(0);
  env.SLS_PROJECT = 'moved';
  expect((await fixture.fixture.keyturn(['setup', '--yes'], { env })).code).toBe(0);
});

test('said twice, it changes nothing', async () => {
  await setup('--yes');
  const before = writes().length;
  const { code, stdout } = await setup('--yes');
  expect(stdout).toContain('as they should be');
  expect(code).toBe(0);
  expect(writes()).toHaveLength(before);
});

test('shows the plan and changes nothing without a yes', async () => {
  const { code, stdout, stderr } = await setup();
  expect(stdout).toContain('Allow ram:CreateAccessKey');
  expect(stderr).toContain('--yes');
  expect(code).toBe(2);
  expect(writes()).toEqual([]);
});

test('repairs what somebody changed, and shows the difference', async () => {
  await setup('--yes');
  const { account } = fixture;
  const wide = { Version: '1', Statement: [{ Effect: 'Allow' as const, Action: 'ram:*', Resource: '*' }] };
  account.addPolicyVersion(account.policy(role, 'Custom'), wide, true);
  const open = { Effect: 'Allow' as const, Action: 'sts:AssumeRole', Principal: { RAM: 'acs:ram::1:root' } };
  account.role(role).trustText = JSON.stringify({ Version: '1', Statement: [open] });
  const { stdout } = await setup('--yes');
  expect(stdout).toContain('- Allow ram:* on *');
  expect(stdout).toContain('let fc.aliyuncs.com alone assume the role keyturn-rotate-keys');
  const written = writes().map(({ action }) => action);
  expect(written.slice(-2).sort()).toEqual(['CreatePolicyVersion', 'UpdateRole']);
  expect(actions(policyOf().Statement[0])).not.toContain('ram:*');
  expect((await setup('--yes')).stdout).toContain('as they should be');
});

test('survives the five versions that RAM keeps of a policy', async () => {
  await setup('--yes');
  const { account } = fixture;
  const policy = account.policy(role, 'Custom');
  while (policy.versions.size < 5) account.addPolicyVersion(policy, policy.current.policy.document, false);
  const env = { ...operatorEnv(account.rootKey), SLS_PROJECT: 'moved' };
  expect((await fixture.fixture.keyturn(['setup', '--yes'], { env })).code).toBe(0);
  expect(JSON.stringify(policyOf())).toContain('project/moved/');
});

describe('a second deployment in the account', () => {
  const of = (env: Record<string, string>, ...args: string[]) =>
    fixture.fixture.keyturn(['setup', '--yes', ...args], {
      env: { ...operatorEnv(fixture.operator), SLS_PROJECT: 'operations', ...env },
    });
  const shanghai = { FC_DEPLOY_REGION: 'cn-shanghai' };

  test('has roles and policies of its own name, and leaves the others as they are', async () => {
    await setup('--yes');
    const before = policyOf();
    const { code } = await of({ ...shanghai, KEYTURN_DEPLOYMENT: 'team-a' });
    expect(code).toBe(0);
    expect(policyOf()).toEqual(before);
    expect(JSON.stringify(policyOf('team-a-rotate-keys'))).toContain('acs:log:cn-shanghai:');
    const { policies } = fixture.account.role('team-a-rotate-keys');
    expect([...policies.keys()].map(({ name }) => name)).toEqual(['team-a-rotate-keys']);
  });

  test('in another region may not take the roles of the first one, unless that has moved', async () => {
    await setup('--yes');
    const before = writes().length;
    const { code, stderr } = await of(shanghai);
    expect(code).toBe(2);
    expect(stderr).toMatch(/serve functions in cn-hangzhou.*KEYTURN_DEPLOYMENT.*--moved/);
    expect(writes()).toHaveLength(before);
    expect((await of(shanghai, '--moved')).code).toBe(0);
    expect(JSON.stringify(policyOf())).not.toContain('acs:log:cn-hangzhou:');
  });

  test('is not the one that keyturn.yaml is about: it is refused', async () => {
    configure({ deployment: 'team-a' });
    const { code, stderr } = await of({ KEYTURN_DEPLOYMENT: 'team-b' });
    expect(stderr).toContain('is team-a, but KEYTURN_DEPLOYMENT is team-b');
    expect(code).toBe(2);
    expect(writes()).toEqual([]);
  });
});

test('finishes what was begun and stopped', async () => {
  fixture.cloud.faults.add({
    match: ({ action }) => action === 'AttachPolicyToRole',
    kind: 'error',
    status: 403,
    code: 'NoPermission',
    times: 1,
  });
  const first = await setup('--yes');
  expect(first.stderr).toContain('NoPermission');
  expect(first.code).toBe(1);
  expect((await setup('--yes')).code).toBe(0);
  expect((await setup('--yes')).stdout).toContain('as they should be');
});

describe('the policies', () => {
  const mayDisable = async (userName: string, id: string) => {
    const session = fixture.account.assume(role);
    const query = { UserName: userName, UserAccessKeyId: id, Status: 'Inactive' };
    const call = { version: '2015-05-01', action: 'UpdateAccessKey', query, now: fixture.cloud.clock.now() };
    return (await signedCall(fixture.cloud.endpoint, session, call)).status === 200;
  };

  test('forbid to touch who is exempt for good, and nobody else', async () => {
    await setup('--yes', '--protect', 'admin-*', 'root-backup');
    const outcome: Record<string, boolean> = {};
    for (const name of ['break-glass', 'admin-ann', 'root-backup', 'intern', 'svc-orders']) {
      fixture.account.createUser(name);
      outcome[name] = await mayDisable(name, fixture.account.createKey(name).accessKeyId);
    }
    expect(outcome).toEqual({
      'break-glass': false,
      'admin-ann': false,
      'root-backup': false,
      intern: true,
      'svc-orders': true,
    });
  });

  test('reach no further than --user-prefix', async () => {
    await setup('--yes', '--user-prefix', 'svc-');
    for (const name of ['svc-orders', 'ann']) fixture.account.createUser(name);
    expect(await mayDisable('svc-orders', fixture.account.createKey('svc-orders').accessKeyId)).toBe(true);
    expect(await mayDisable('ann', fixture.account.createKey('ann').accessKeyId)).toBe(false);
  });

  test('follow the configuration: secrets, encryption key, regions, other accounts, functions to call', async () => {
    configure({
      region: 'cn-shanghai',
      rotation: { secret: { name: 'team/keys/{userName}', encryptionKeyId: 'key-hzz1' } },
      accounts: [
        { id: fixture.account.id },
        { id: '1111111111111111', roleArn: 'acs:ram::1111111111111111:role/keyturn' },
      ],
      notify: [{ type: 'function', target: 'acs:fc:cn-hangzhou:1234567890123456:functions/reload' }],
    });
    await setup('--yes');
    const text = JSON.stringify(policyOf());
    expect(text).toContain('acs:kms:cn-shanghai:1234567890123456:secret/team/keys/*');
    expect(text).toContain('acs:kms:cn-shanghai:1234567890123456:key/key-hzz1');
    expect(text).toContain('acs:log:cn-hangzhou:1234567890123456:project/operations/logstore/keyturn');
    expect(policyOf().Statement).toContainEqual({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: ['acs:ram:*:1111111111111111:role/keyturn'],
    });
    expect(policyOf().Statement).toContainEqual({
      Effect: 'Allow',
      Action: 'fc:InvokeFunction',
      Resource: '*',
    });
  });
});

describe('--print', () => {
  test('json, terraform and ros describe the same roles, and nothing is done', async () => {
    const [json, terraform, ros] = await Promise.all(
      [['--print'], ['--print', 'terraform'], ['--print', 'ros']].map(async (args) =>
        JSON.parse((await setup(...args)).stdout),
      ),
    );
    const [first] = json;
    expect(first).toMatchObject({ name: role, policy: { Version: '1' } });
    expect(JSON.parse(terraform.resource.alicloud_ram_policy[role].policy_document)).toEqual(first.policy);
    expect(terraform.resource.alicloud_ram_role[role].role_name).toBe(role);
    expect(ros.Resources.KeyturnRotateKeysPolicy.Properties).toMatchObject({
      PolicyName: role,
      PolicyDocumentUnchecked: first.policy,
      Roles: [role],
    });
    expect(ros.Resources.KeyturnRotateKeysRole.Properties.RoleName).toBe(role);
    expect(writes()).toEqual([]);
  });
});

describe('refuses', () => {
  test('to guess the log project', async () => {
    const { code, stderr } = await fixture.keyturn('setup', '--yes');
    expect(stderr).toContain('SLS_PROJECT');
    expect(code).toBe(2);
  });

  test.each([
    ['--user-prefix', 'svc/*'],
    ['--protect', 'a b'],
  ])('%s %s', async (option, value) => {
    const { code } = await setup('--yes', option, value);
    expect(code).toBe(2);
    expect(writes()).toEqual([]);
  });
});
