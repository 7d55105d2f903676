import * as ram from '@alicloud/ram20150501';
import { describe, expect, test } from 'vitest';
import { DAY } from '../src/time';
import { clients, harness } from './harness';

const it = harness();

describe('errors, exactly as RAM words them', () => {
  const long = 'x'.repeat(65);
  const rows: [string, Record<string, string>, number, string, string][] = [
    ['GetUser', {}, 400, 'MissingUserName', 'UserName is mandatory for this action.'],
    ['GetUser', { UserName: 'nobody' }, 404, 'EntityNotExist.User', 'The user does not exist.'],
    [
      'GetUser',
      { UserName: 'a b' },
      400,
      'InvalidParameter.UserName.InvalidChars',
      'The parameter - "UserName" contains invalid chars.',
    ],
    [
      'GetUser',
      { UserName: long },
      400,
      'InvalidParameter.UserName.Length',
      'The parameter - "UserName" beyond the length limit.',
    ],
    ['CreateUser', { UserName: 'alice' }, 409, 'EntityAlreadyExists.User', 'The user does already EXIST.'],
    [
      'UpdateUser',
      { UserName: 'alice', NewUserName: 'bob' },
      409,
      'EntityAlreadyExists.User',
      'The user does already EXIST.',
    ],
    [
      'ListUsers',
      { MaxItems: '0' },
      400,
      'InvalidParameter.MaxItems',
      'The parameter - "MaxItems" is incorrect.',
    ],
    ['ListUsers', { Marker: '§' }, 400, 'InvalidParameter.Marker', 'The parameter - "Marker" is incorrect.'],
    [
      'UpdateAccessKey',
      { UserName: 'alice', UserAccessKeyId: 'LTAI5tx', Status: 'Active' },
      404,
      'EntityNotExist.User.AccessKey',
      'The user access key does not exist.',
    ],
    [
      'DeleteAccessKey',
      { UserName: 'alice', UserAccessKeyId: 'LTAI5tx' },
      404,
      'EntityNotExist.User.AccessKey',
      'The user access key does not exist.',
    ],
    ['CreateAccessKey', {}, 400, 'MissingUserName', 'UserName is mandatory for this action.'],
    [
      'GetLoginProfile',
      { UserName: 'alice' },
      404,
      'EntityNotExist.User.LoginProfile',
      'The user login profile does not exist.',
    ],
    [
      'DeleteLoginProfile',
      { UserName: 'alice' },
      404,
      'EntityNotExist.User.LoginProfile',
      'The user login profile does not exist.',
    ],
    [
      'CreateLoginProfile',
      { UserName: 'alice', Password: 'short' },
      400,
      'InvalidParameter.Password.TooWeak',
      'The password is too weak.',
    ],
    [
      'UnbindMFADevice',
      { UserName: 'alice' },
      404,
      'EntityNotExist.User.MFADevice',
      'The user has not bound any MFA device.',
    ],
    [
      'DeleteVirtualMFADevice',
      { SerialNumber: 'x' },
      404,
      'EntityNotExist.VirtualMFADevice',
      'The virtual MFA device does not exist.',
    ],
    [
      'RemoveUserFromGroup',
      { UserName: 'alice', GroupName: 'none' },
      404,
      'EntityNotExist.Group',
      'The group does not exist.',
    ],
    [
      'RemoveUserFromGroup',
      { UserName: 'alice', GroupName: 'staff' },
      404,
      'EntityNotExist.User.Group',
      'The user has not joined the group.',
    ],
    ['ListUsersForGroup', { GroupName: 'none' }, 404, 'EntityNotExist.Group', 'The group does not exist.'],
    [
      'DetachPolicyFromUser',
      { UserName: 'alice', PolicyName: 'x', PolicyType: 'Custom' },
      404,
      'EntityNotExist.Policy',
      'The policy does not exist.',
    ],
    [
      'DetachPolicyFromUser',
      { UserName: 'alice', PolicyName: 'x', PolicyType: 'custom' },
      400,
      'InvalidParameter.PolicyType',
      'The parameter - "PolicyType" is incorrect.',
    ],
    [
      'DetachPolicyFromUser',
      { UserName: 'alice', PolicyName: 'AdministratorAccess', PolicyType: 'System' },
      404,
      'EntityNotExist.User.Policy',
      'The indicate policy of the user does not exist.',
    ],
    ['GetRole', { RoleName: 'none' }, 404, 'EntityNotExist.Role', 'The role does not exist.'],
  ];
  test.each(rows)('%s %j → %d %s', async (action, query, status, Code, Message) => {
    it.account.createUser('alice');
    it.account.createUser('bob');
    it.account.createGroup('staff');
    const answer = await it.call('ram', action, query);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({ Code, Message, HostId: 'ram.aliyuncs.com' });
    expect(answer.body.RequestId).toMatch(/^[0-9A-F-]{36}$/);
  });
});

describe('AccessKeys', () => {
  test('their life, through the SDK', async () => {
    it.cloud.switches.lastUsedLagMs = 0;
    it.account.createUser('alice');
    it.turn(Date.now() - it.cloud.clock.now());
    const client = clients(it.cloud, it.root).ram;
    const userName = 'alice';
    const key = (await client.createAccessKey(new ram.CreateAccessKeyRequest({ userName }))).body?.accessKey;
    const userAccessKeyId = key?.accessKeyId ?? '';
    expect(key).toMatchObject({
      accessKeyId: expect.stringMatching(/^LTAI5t[0-9A-Za-z]{18}$/),
      accessKeySecret: expect.stringMatching(/^[0-9A-Za-z]{30}$/),
      status: 'Active',
    });
    await client.updateAccessKey(
      new ram.UpdateAccessKeyRequest({ userName, userAccessKeyId, status: 'Inactive' }),
    );
    const listed = await client.listAccessKeys(new ram.ListAccessKeysRequest({ userName }));
    expect(listed.body?.accessKeys?.accessKey).toMatchObject([
      { accessKeyId: userAccessKeyId, status: 'Inactive' },
    ]);
    await client.deleteAccessKey(new ram.DeleteAccessKeyRequest({ userName, userAccessKeyId }));
    expect(it.account.user('alice').keys.size).toBe(0);
    expect(it.account.recycledKeys(it.account.user('alice'))).toHaveLength(1);
  });

  test.each([
    [true, 'LimitExceeded.User.AccessKey'],
    [false, undefined],
  ])('two per user; Inactive ones count: %s', async (inactiveCountsToLimit, Code) => {
    it.cloud.switches.inactiveCountsToLimit = inactiveCountsToLimit;
    it.account.createUser('alice');
    it.account.createKey('alice');
    it.account.createKey('alice', { status: 'Inactive' });
    const third = await it.call('ram', 'CreateAccessKey', { UserName: 'alice' });
    expect(third.body.Code).toBe(Code);
    expect(third.status).toBe(Code ? 409 : 200);
  });

  test('a user looks after his own without naming himself', async () => {
    it.account.createUser('alice');
    it.account.attachUserPolicy('alice', {
      Version: '1',
      Statement: [
        { Effect: 'Allow', Action: 'ram:*AccessKey*', Resource: 'acs:ram:*:1234567890123456:user/alice' },
      ],
    });
    const pair = it.account.createKey('alice');
    const { body } = await it.call('ram', 'ListAccessKeys', {}, pair);
    expect(body.AccessKeys).toMatchObject({ AccessKey: [{ AccessKeyId: pair.accessKeyId }] });
  });

  test('an Active key may be deleted or not', async () => {
    it.account.createUser('alice');
    const { accessKeyId: UserAccessKeyId } = it.account.createKey('alice');
    it.cloud.switches.deleteActiveAllowed = false;
    const query = { UserName: 'alice', UserAccessKeyId };
    expect((await it.call('ram', 'DeleteAccessKey', query)).status).toBe(409);
    it.cloud.switches.deleteActiveAllowed = true;
    expect((await it.call('ram', 'DeleteAccessKey', query)).status).toBe(200);
  });
});

test('a user goes only when nothing hangs on him, in the order that RAM tells', async () => {
  const account = it.account;
  account.createUser('alice', { consoleLogin: true, mfa: true, groups: ['staff'] });
  const { accessKeyId: UserAccessKeyId } = account.createKey('alice');
  account.attachUserPolicy('alice', {
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  const alice = { UserName: 'alice' };
  const steps: [string, string, Record<string, string>][] = [
    ['DeleteConflict.User.Group', 'RemoveUserFromGroup', { GroupName: 'staff' }],
    ['DeleteConflict.User.AccessKey', 'DeleteAccessKey', { UserAccessKeyId }],
    ['DeleteConflict.User.LoginProfile', 'DeleteLoginProfile', {}],
    ['DeleteConflict.User.MFADevice', 'UnbindMFADevice', {}],
    [
      'DeleteConflict.User.Policy',
      'DetachPolicyFromUser',
      { PolicyName: 'user-alice-1', PolicyType: 'Custom' },
    ],
  ];
  for (const [Code, remedy, query] of steps) {
    expect(await it.call('ram', 'DeleteUser', alice)).toMatchObject({ status: 409, body: { Code } });
    expect((await it.call('ram', remedy, { ...alice, ...query })).status).toBe(200);
  }
  expect((await it.call('ram', 'DeleteUser', alice)).status).toBe(200);
  expect(await it.call('ram', 'DeleteUser', alice)).toMatchObject({ body: { Code: 'EntityNotExist.User' } });
});

test('lists come in pages that lose nobody and repeat nobody, though users go meanwhile', async () => {
  for (let index = 0; index < 25; index += 1) it.account.createUser(`user-${String(index).padStart(2, '0')}`);
  const names: string[] = [];
  let Marker: string | undefined;
  do {
    const { body } = await it.call('ram', 'ListUsers', { MaxItems: '10', ...(Marker ? { Marker } : {}) });
    const { User } = body.Users as { User: { UserName: string }[] };
    names.push(...User.map((user) => user.UserName));
    Marker = body.Marker as string | undefined;
    expect(body.IsTruncated).toBe(Marker !== undefined);
    const last = it.account.users.get(names.at(-1) ?? '');
    if (last) it.account.deleteUser(last);
  } while (Marker);
  expect(names).toEqual([...new Set(names)]);
  expect(names).toHaveLength(25);
});

describe('what setting up roles and policies needs', () => {
  const document = JSON.stringify({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: 'ram:GetUser', Resource: '*' }],
  });
  const trust = JSON.stringify({
    Version: '1',
    Statement: [{ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: { Service: ['fc.aliyuncs.com'] } }],
  });

  test('create, attach, read back, replace, remove', async () => {
    const created = await it.call('ram', 'CreateRole', {
      RoleName: 'keyturn-rotate',
      AssumeRolePolicyDocument: trust,
      Description: 'd',
    });
    expect(created.body.Role).toMatchObject({
      Arn: 'acs:ram::1234567890123456:role/keyturn-rotate',
      AssumeRolePolicyDocument: trust,
    });
    await it.call('ram', 'CreatePolicy', { PolicyName: 'keyturn-rotate', PolicyDocument: document });
    const attach = { RoleName: 'keyturn-rotate', PolicyName: 'keyturn-rotate', PolicyType: 'Custom' };
    expect((await it.call('ram', 'AttachPolicyToRole', attach)).status).toBe(200);
    expect(await it.call('ram', 'AttachPolicyToRole', attach)).toMatchObject({
      status: 409,
      body: { Code: 'EntityAlreadyExists.Role.Policy' },
    });
    const role = it.account.assume('keyturn-rotate');
    it.account.createUser('alice');
    expect((await it.call('ram', 'GetUser', { UserName: 'alice' }, role)).status).toBe(200);

    const narrower = document.replace('ram:GetUser', 'ram:ListUsers');
    await it.call('ram', 'CreatePolicyVersion', {
      PolicyName: 'keyturn-rotate',
      PolicyDocument: narrower,
      SetAsDefault: 'true',
    });
    expect((await it.call('ram', 'GetUser', { UserName: 'alice' }, role)).status).toBe(403);
    const { body } = await it.call('ram', 'GetPolicy', {
      PolicyName: 'keyturn-rotate',
      PolicyType: 'Custom',
    });
    expect(body).toMatchObject({
      Policy: { DefaultVersion: 'v2', AttachmentCount: 1 },
      DefaultPolicyVersion: { VersionId: 'v2', PolicyDocument: narrower },
    });

    expect(await it.call('ram', 'DeletePolicy', { PolicyName: 'keyturn-rotate' })).toMatchObject({
      body: { Code: 'DeleteConflict.Policy.Attached' },
    });
    expect(await it.call('ram', 'DeleteRole', { RoleName: 'keyturn-rotate' })).toMatchObject({
      body: { Code: 'DeleteConflict.Role.Policy' },
    });
    await it.call('ram', 'DetachPolicyFromRole', attach);
    expect(await it.call('ram', 'DeletePolicy', { PolicyName: 'keyturn-rotate' })).toMatchObject({
      body: { Code: 'DeleteConflict.Policy.Version' },
    });
    await it.call('ram', 'DeletePolicyVersion', { PolicyName: 'keyturn-rotate', VersionId: 'v1' });
    expect((await it.call('ram', 'DeletePolicy', { PolicyName: 'keyturn-rotate' })).status).toBe(200);
    expect((await it.call('ram', 'DeleteRole', { RoleName: 'keyturn-rotate' })).status).toBe(200);
  });

  test('five versions of a policy, unless the oldest may go', async () => {
    const query = { PolicyName: 'p', PolicyDocument: document };
    await it.call('ram', 'CreatePolicy', query);
    for (let version = 2; version <= 5; version += 1) await it.call('ram', 'CreatePolicyVersion', query);
    expect(await it.call('ram', 'CreatePolicyVersion', query)).toMatchObject({
      body: { Code: 'LimitExceeded.Policy.Version' },
    });
    const RotateStrategy = 'DeleteOldestNonDefaultVersionWhenLimitExceeded';
    expect((await it.call('ram', 'CreatePolicyVersion', { ...query, RotateStrategy })).status).toBe(200);
    const { body } = await it.call('ram', 'ListPolicyVersions', { PolicyName: 'p', PolicyType: 'Custom' });
    expect(body.PolicyVersions).toMatchObject({
      PolicyVersion: [
        { VersionId: 'v1' },
        { VersionId: 'v3' },
        { VersionId: 'v4' },
        { VersionId: 'v5' },
        { VersionId: 'v6' },
      ],
    });
  });

  test.each([
    '{',
    '{"Version":"1"}',
    '{"Version":"1","Statement":[{"Effect":"Allow","Action":"x","Resource":"*"}]}',
  ])('a malformed document is refused: %s', async (PolicyDocument) => {
    expect(await it.call('ram', 'CreatePolicy', { PolicyName: 'p', PolicyDocument })).toMatchObject({
      status: 400,
      body: { Code: 'InvalidParameter.PolicyDocument' },
    });
  });
});

test('RAM itself disables what has been idle for longer than the account allows', () => {
  it.account.createUser('idle', { consoleLogin: true });
  it.account.createUser('busy', { lastLogin: it.cloud.clock.now() + 700 * DAY });
  const idle = it.account.createKey('idle').accessKeyId;
  const busy = it.account.createKey('busy', { lastUsed: it.cloud.clock.now() + 700 * DAY }).accessKeyId;
  it.turn(731 * DAY);
  it.account.enforceIdleRule();
  expect(it.account.user('idle').keys.get(idle)?.status).toBe('Inactive');
  expect(it.account.user('idle').login).toMatchObject({ status: 'Inactive' });
  expect(it.account.user('busy').keys.get(busy)?.status).toBe('Active');
  expect(it.account.user('busy').login).toMatchObject({ status: 'Active' });
});
