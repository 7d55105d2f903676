import { describe, expect, test } from 'vitest';
import { REPORT_HEADER } from '../src/products/credential-report';
import { DAY, HOUR } from '../src/time';
import { harness } from './harness';

const it = harness();

const upn = (name: string) => `${name}@1234567890123456.onaliyun.com`;
const ims = (action: string, query: Record<string, string> = {}) => it.call('ims', action, query);

interface ImsUser {
  UserPrincipalName: string;
  LastLoginDate?: string;
  Tags: { Tag: { TagKey: string; TagValue: string }[] };
}
const usersOf = (body: Record<string, unknown>) => (body.Users as { User: ImsUser[] }).User;

describe('ListUsers', () => {
  test('leaves frozen users out unless asked for, or asked by tag', async () => {
    it.account.createUser('alive', { tags: { team: 'a' } });
    it.account.createUser('frozen', { status: 'freeze', tags: { team: 'b' } });
    const names = async (query: Record<string, string>) =>
      usersOf((await ims('ListUsers', query)).body).map((user) => user.UserPrincipalName);
    expect(await names({})).toEqual([upn('alive')]);
    expect(await names({ Status: 'active,freeze' })).toEqual([upn('alive'), upn('frozen')]);
    expect(await names({ Status: 'freeze' })).toEqual([upn('frozen')]);
    expect(await names({ 'Tag.1.Key': 'team' })).toEqual([upn('alive'), upn('frozen')]);
    expect(await names({ 'Tag.1.Key': 'team', 'Tag.1.Value': 'a' })).toEqual([upn('alive')]);
    expect(await names({ 'Tag.1.Key': 'none' })).toEqual([]);
  });

  test('gives a thousand in a page, to the end', async () => {
    for (let index = 0; index < 1001; index += 1) it.account.createUser(`u${index}`);
    const first = (await ims('ListUsers')).body;
    expect(usersOf(first)).toHaveLength(1000);
    expect(first.IsTruncated).toBe(true);
    const second = (await ims('ListUsers', { Marker: String(first.Marker) })).body;
    expect(usersOf(second)).toHaveLength(1);
    expect(second).not.toHaveProperty('Marker');
  });
});

test('GetUser by name, id or AccessKey', async () => {
  const { id } = it.account.createUser('alice', { lastLogin: it.cloud.clock.now() });
  const { accessKeyId } = it.account.createKey('alice');
  const queries: Record<string, string>[] = [
    { UserPrincipalName: upn('alice') },
    { UserId: id },
    { UserAccessKeyId: accessKeyId },
  ];
  for (const query of queries) {
    expect((await ims('GetUser', query)).body.User).toMatchObject({
      UserId: id,
      UserName: 'alice',
      LastLoginDate: '2026-01-01T00:00:00Z',
    });
  }
  expect((await ims('GetUser', { UserPrincipalName: 'alice@elsewhere.onaliyun.com' })).body.Code).toBe(
    'EntityNotExist.User',
  );
  expect((await ims('GetUser', { UserAccessKeyId: it.account.rootKey.accessKeyId })).body.Code).toBe(
    'EntityNotExist.User.AccessKey',
  );
});

describe('tags', () => {
  test('are set, listed and taken off, by id and by name', async () => {
    const { id } = it.account.createUser('alice');
    it.account.createUser('bob');
    const both = { ResourceType: 'user', 'ResourceId.1': id, 'ResourcePrincipalName.1': upn('bob') };
    expect(
      (await ims('TagResources', { ...both, 'Tag.1.Key': 'a', 'Tag.1.Value': '1', 'Tag.2.Key': 'b' })).status,
    ).toBe(200);
    expect(it.account.user('bob').tags).toEqual(
      new Map([
        ['a', '1'],
        ['b', ''],
      ]),
    );
    const page = await ims('ListTagResources', { ...both, PageSize: '3' });
    expect(page.body).toMatchObject({ IsTruncated: true, TagResources: { TagResource: { length: 3 } } });
    const rest = await ims('ListTagResources', {
      ...both,
      PageSize: '3',
      NextToken: String(page.body.NextToken),
    });
    expect(rest.body).toMatchObject({ IsTruncated: false, TagResources: { TagResource: { length: 1 } } });
    await ims('UntagResources', { ...both, 'TagKey.1': 'a' });
    expect(it.account.user('alice').tags).toEqual(new Map([['b', '']]));
  });

  test.each([
    ['21 at once', { n: 21 }, 'LimitExceeded.Tag'],
    ['a reserved key', { key: 'acs:x' }, 'InvalidParameter.TagKey'],
    ['a key too long', { key: 'k'.repeat(129) }, 'InvalidParameter.TagKey'],
    ['a value too long', { key: 'k', value: 'v'.repeat(129) }, 'InvalidParameter.TagValue'],
  ])(
    'a tag is refused: %s',
    async (_, { n = 1, key = 'k', value = 'v' }: { n?: number; key?: string; value?: string }, Code) => {
      it.account.createUser('alice');
      const query: Record<string, string> = { ResourceType: 'user', 'ResourcePrincipalName.1': upn('alice') };
      for (let index = 1; index <= n; index += 1) {
        query[`Tag.${index}.Key`] = n > 1 ? `${key}${index}` : key;
        query[`Tag.${index}.Value`] = value;
      }
      expect(await ims('TagResources', query)).toMatchObject({ body: { Code } });
      expect(it.account.user('alice').tags.size).toBe(0);
    },
  );

  test('twenty per user', async () => {
    const tags = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`k${index}`, 'v']));
    it.account.createUser('alice', { tags });
    const alice = { ResourceType: 'user', 'ResourcePrincipalName.1': upn('alice'), 'Tag.1.Value': 'w' };
    expect((await ims('TagResources', { ...alice, 'Tag.1.Key': 'k20' })).body.Code).toBe('LimitExceeded.Tag');
    expect((await ims('TagResources', { ...alice, 'Tag.1.Key': 'k0' })).status).toBe(200);
  });

  test('come by the hundred', async () => {
    for (let index = 0; index < 6; index++) {
      const tags = Object.fromEntries(Array.from({ length: 20 }, (_, tag) => [`k${tag}`, 'v']));
      it.account.createUser(`u${index}`, { tags });
    }
    const list = async (query: Record<string, string>) => {
      const { body } = await ims('ListTagResources', { ResourceType: 'user', ...query });
      return { count: (body.TagResources as { TagResource: unknown[] }).TagResource.length, body };
    };
    const first = await list({});
    expect(first.count).toBe(100);
    expect((await list({ NextToken: String(first.body.NextToken) })).count).toBe(20);
  });

  test('may be read late', async () => {
    it.cloud.switches.tagReadLagMs = 5000;
    it.account.createUser('alice', { tags: { a: 'old' } });
    it.turn(60_000);
    const tag = { ResourceType: 'user', 'ResourcePrincipalName.1': upn('alice'), 'Tag.1.Key': 'a' };
    await ims('TagResources', { ...tag, 'Tag.1.Value': 'new' });
    const seen = async () => usersOf((await ims('ListUsers')).body)[0]?.Tags.Tag[0]?.TagValue;
    expect(await seen()).toBe('old');
    it.turn(4999);
    expect(await seen()).toBe('old');
    it.turn(1);
    expect(await seen()).toBe('new');
  });
});

describe('logon profiles', () => {
  test('can be switched off and on', async () => {
    it.account.createUser('alice', { consoleLogin: true });
    const alice = { UserPrincipalName: upn('alice') };
    it.turn(DAY);
    const { body } = await ims('UpdateLoginProfile', { ...alice, Status: 'Inactive' });
    expect(body.LoginProfile).toMatchObject({ Status: 'Inactive', UpdateDate: '2026-01-02T00:00:00Z' });
    expect((await ims('GetLoginProfile', alice)).body.LoginProfile).toMatchObject({
      Status: 'Inactive',
      LastLoginTime: '',
    });
    expect(await ims('UpdateLoginProfile', { ...alice, Status: 'off' })).toMatchObject({
      body: { Code: 'InvalidParameter.Status' },
    });
  });

  test('always tell that the idle rule is on', async () => {
    it.account.createUser('alice', { consoleLogin: true });
    const alice = { UserPrincipalName: upn('alice') };
    const told = async () =>
      ((await ims('GetLoginProfile', alice)).body.LoginProfile as Record<string, unknown>)
        .AutoDisableLoginStatus;
    expect(await told()).toBe('true');
    it.turn(731 * DAY);
    it.account.enforceIdleRule();
    expect(it.account.user('alice').login?.status).toBe('Inactive');
    expect(await told()).toBe('true');
    await ims('UpdateLoginProfile', { ...alice, Status: 'Active' });
    expect(await told()).toBe('true');
  });

  test('have an initial password once made or enabled again, until somebody logs on or it expires', async () => {
    it.account.createUser('alice', { consoleLogin: true });
    const alice = { UserPrincipalName: upn('alice') };
    const told = async () =>
      ((await ims('GetLoginProfile', alice)).body.LoginProfile as Record<string, unknown>).PasswordStatus;
    expect((await ims('GetPasswordPolicy')).body.PasswordPolicy).toMatchObject({ InitialPasswordAge: 14 });
    expect(await told()).toBe('InitialValid');
    it.account.markLogin('alice');
    expect(await told()).toBe('NotInitial');
    await ims('UpdateLoginProfile', { ...alice, Status: 'Active' });
    expect(await told()).toBe('NotInitial');
    await ims('UpdateLoginProfile', { ...alice, Status: 'Inactive' });
    const { body } = await ims('UpdateLoginProfile', { ...alice, Status: 'Active' });
    expect(body.LoginProfile).toMatchObject({ PasswordStatus: 'InitialValid' });
    it.turn(14 * DAY - 1);
    expect(await told()).toBe('InitialValid');
    it.turn(1);
    expect(await told()).toBe('InitialExpired');
    it.account.security.passwordPolicy.initialPasswordAge = 0;
    expect(await told()).toBe('InitialValid');
  });
});

describe('the credential report', () => {
  const content = async (query = {}) => {
    const { body } = await ims('GetCredentialReport', query);
    return { ...body, lines: Buffer.from(String(body.Content), 'base64').toString().split('\n') };
  };

  test('has its columns, root first, and lags', async () => {
    const now = it.cloud.clock.now();
    it.account.createUser('alice', {
      consoleLogin: true,
      lastLogin: now - DAY,
      createdAt: now - 10 * DAY,
      mfa: true,
    });
    it.account.createKey('alice', { createdAt: now - 9 * DAY, lastUsed: now - HOUR, status: 'Inactive' });
    it.account.createUser('bob', { createdAt: now - 10 * DAY });
    it.account.createKey('bob', { createdAt: now - 9 * DAY, lastUsed: now - 3 * HOUR });
    expect(await ims('GetCredentialReport')).toMatchObject({ status: 404 });
    expect((await ims('GenerateCredentialReport')).body.State).toBe('STARTED');
    expect((await ims('GenerateCredentialReport')).body.State).toBe('COMPLETED');
    const { lines } = await content();
    expect(lines[0]).toBe(REPORT_HEADER);
    expect(lines[0]?.split(',')).toHaveLength(28);
    expect(lines[1]?.split(',')[0]).toBe('<root>');
    const none = 'FALSE,N/A,N/A,N/A';
    expect(lines[2]).toBe(
      `${upn('alice')},2025-12-22T00:00:00Z,2025-12-31T00:00:00Z,TRUE,TRUE,2025-12-22T00:00:00Z,-,TRUE,TRUE,FALSE,2025-12-23T00:00:00Z,-,${none},${none},${none},${none}`,
    );
    expect(lines[3]).toBe(
      `${upn('bob')},2025-12-22T00:00:00Z,-,FALSE,N/A,N/A,N/A,FALSE,TRUE,TRUE,2025-12-23T00:00:00Z,2025-12-31T21:00:00Z,${none},${none},${none},${none}`,
    );
  });

  test('is made anew every four hours at most, and takes its time', async () => {
    it.cloud.switches.reportGenerationMs = 5000;
    expect((await ims('GenerateCredentialReport')).body.State).toBe('STARTED');
    expect((await ims('GenerateCredentialReport')).body.State).toBe('INPROGRESS');
    it.account.createUser('later');
    it.turn(5000);
    expect((await content()).lines).toHaveLength(2);
    it.turn(4 * HOUR);
    expect((await ims('GenerateCredentialReport')).body.State).toBe('STARTED');
    it.turn(5000);
    expect((await content()).lines).toHaveLength(3);
  });

  test('comes in pages, and not for more than 3,500 users', async () => {
    for (let index = 0; index < 3500; index += 1) it.account.createUser(`u${index}`);
    await ims('GenerateCredentialReport');
    expect(await content()).toMatchObject({ IsTruncated: 'false', lines: { length: 3502 } });
    const page = await content({ MaxItems: '3000' });
    expect(page).toMatchObject({ IsTruncated: 'true', lines: { length: 3001 } });
    expect((await content({ MaxItems: '3000', NextToken: '3000' })).lines).toHaveLength(502);
    it.account.createUser('one-too-many');
    expect((await ims('GenerateCredentialReport')).status).toBe(403);
  });
});

describe('recycle bins', () => {
  test('keep three keys of a user for thirty days', async () => {
    const { id: UserId } = it.account.createUser('alice');
    const ids: string[] = [];
    for (let index = 0; index < 4; index += 1) {
      const { accessKeyId } = it.account.createKey('alice', { status: 'Inactive' });
      ids.push(accessKeyId);
      await ims('DeleteAccessKey', { UserPrincipalName: upn('alice'), UserAccessKeyId: accessKeyId });
      it.turn(DAY);
    }
    const binned = async () => {
      const { body } = await ims('ListAccessKeysInRecycleBin', { UserId });
      return (body.AccessKeys as { AccessKey: { AccessKeyId: string }[] }).AccessKey.map(
        (key) => key.AccessKeyId,
      );
    };
    expect(await binned()).toEqual(ids.slice(1));
    const UserAccessKeyId = ids[3] ?? '';
    expect((await ims('GetAccessKeyInfoInRecycleBin', { UserAccessKeyId })).body.AccessKey).toMatchObject({
      UserId,
      UserRecycled: false,
      RecycleDate: '2026-01-04T00:00:00Z',
      DeleteDate: '2026-02-03T00:00:00Z',
    });
    expect((await ims('RestoreAccessKeyFromRecycleBin', { UserId, UserAccessKeyId })).status).toBe(200);
    expect(it.account.user('alice').keys.get(UserAccessKeyId)?.status).toBe('Inactive');
    it.turn(27 * DAY);
    expect(await binned()).toEqual(ids.slice(2, 3));
  });

  test.each([0, 1, 3])('keep %i keys, the youngest', async (kept) => {
    it.cloud.switches.recycledKeysKept = kept;
    const { id: UserId } = it.account.createUser('alice');
    const ids: string[] = [];
    for (let index = 0; index < 5; index += 1) {
      const { accessKeyId } = it.account.createKey('alice');
      ids.push(accessKeyId);
      await ims('DeleteAccessKey', { UserPrincipalName: upn('alice'), UserAccessKeyId: accessKeyId });
    }
    const { body } = await ims('ListAccessKeysInRecycleBin', { UserId });
    const { AccessKey } = body.AccessKeys as { AccessKey: { AccessKeyId: string }[] };
    expect(AccessKey.map((key) => key.AccessKeyId)).toEqual(ids.slice(5 - kept));
    expect(
      await ims('RestoreAccessKeyFromRecycleBin', { UserId, UserAccessKeyId: ids[0] ?? '' }),
    ).toMatchObject({
      body: { Code: 'EntityNotExist.User.AccessKey' },
    });
  });

  test('give back no third key', async () => {
    const { id: UserId } = it.account.createUser('alice');
    const { accessKeyId: UserAccessKeyId } = it.account.createKey('alice');
    await ims('DeleteAccessKey', { UserPrincipalName: upn('alice'), UserAccessKeyId });
    it.account.createKey('alice');
    it.account.createKey('alice');
    expect(await ims('RestoreAccessKeyFromRecycleBin', { UserId, UserAccessKeyId })).toMatchObject({
      body: { Code: 'LimitExceeded.User.AccessKey' },
    });
  });

  test('keys there may count to the two', async () => {
    it.cloud.switches.recycledCountsToLimit = true;
    it.account.createUser('alice');
    it.account.createKey('alice');
    const { accessKeyId: UserAccessKeyId } = it.account.createKey('alice');
    await ims('DeleteAccessKey', { UserPrincipalName: upn('alice'), UserAccessKeyId });
    expect((await ims('CreateAccessKey', { UserPrincipalName: upn('alice') })).body.Code).toBe(
      'LimitExceeded.User.AccessKey',
    );
  });

  test('bring back a user with his keys, where RAM lets users go with them', async () => {
    it.cloud.switches.deleteUserConflicts = false;
    const { id: UserId } = it.account.createUser('alice');
    const pair = it.account.createKey('alice');
    await ims('DeleteUser', { UserPrincipalName: upn('alice') });
    expect((await it.call('sts', 'GetCallerIdentity', {}, pair)).status).toBe(404);
    expect(
      (await ims('ListUsersInRecycleBin', { Filter: `UserPrincipalName eq ${upn('alice')}` })).body.Users,
    ).toMatchObject({ User: [{ UserId }] });
    expect((await ims('RestoreUserFromRecycleBin', { UserId })).status).toBe(200);
    expect((await it.call('sts', 'GetCallerIdentity', {}, pair)).status).toBe(200);
  });
});

describe('a key’s own network policy', () => {
  const policy =
    '{"Version":1,"Status":"Active","Statements":[{"Type":"ClassicWhiteList","IPList":["10.0.0.0/8"]}]}';

  test('is set and read', async () => {
    it.account.createUser('alice');
    const { accessKeyId: UserAccessKeyId } = it.account.createKey('alice');
    const key = { UserPrincipalName: upn('alice'), UserAccessKeyId };
    const asSet = { AccessKeyId: UserAccessKeyId, AccessKeyPolicy: policy };
    expect((await ims('SetAccessKeyPolicy', { ...key, AccessKeyPolicy: policy })).body).toMatchObject(asSet);
    expect((await ims('GetAccessKeyPolicy', key)).body).toMatchObject(asSet);
  });

  test.each([
    ['{}', undefined],
    ['', undefined],
    ['{"Version":1,"Statements":[]}', undefined],
    ['{"Version":2,"Status":"Active","Statements":[]}', undefined],
    ['{"Status":"Inactive","Statements":[]}', '{"Version":1,"Status":"Inactive","Statements":[]}'],
  ])('is set to %s', async (AccessKeyPolicy, kept) => {
    it.account.createUser('alice');
    const { accessKeyId: UserAccessKeyId } = it.account.createKey('alice');
    const key = { UserPrincipalName: upn('alice'), UserAccessKeyId };
    const { status, body } = await ims('SetAccessKeyPolicy', { ...key, AccessKeyPolicy });
    expect([status, body.AccessKeyPolicy]).toEqual([kept ? 200 : 400, kept]);
    expect((await ims('GetAccessKeyPolicy', key)).body.AccessKeyPolicy).toBe(kept ?? '{}');
  });

  test.each([
    ['empty-object', { AccessKeyPolicy: '{}' }],
    ['empty', { AccessKeyPolicy: '' }],
    ['inactive', { AccessKeyPolicy: '{"Version":1,"Status":"Inactive","Statements":[]}' }],
    ['absent', { AccessKeyId: expect.any(String) }],
    ['not-found', { Code: 'EntityNotExist.AccessKeyPolicy' }],
  ] as const)('was never set: %s', async (form, expected) => {
    it.cloud.switches.accessKeyPolicyNone = form;
    it.account.createUser('alice');
    const { accessKeyId: UserAccessKeyId } = it.account.createKey('alice');
    const { status, body } = await ims('GetAccessKeyPolicy', {
      UserPrincipalName: upn('alice'),
      UserAccessKeyId,
    });
    expect(body).toMatchObject(expected);
    expect('AccessKeyPolicy' in body).toBe('AccessKeyPolicy' in expected);
    expect(status).toBe(form === 'not-found' ? 404 : 200);
  });

  test('is read late', async () => {
    it.cloud.switches.accessKeyPolicyReadLagMs = 5_000;
    it.account.createUser('alice');
    const { accessKeyId: UserAccessKeyId } = it.account.createKey('alice');
    const key = { UserPrincipalName: upn('alice'), UserAccessKeyId };
    const read = async () => (await ims('GetAccessKeyPolicy', key)).body.AccessKeyPolicy;
    await ims('SetAccessKeyPolicy', { ...key, AccessKeyPolicy: policy });
    it.turn(4_999);
    expect(await read()).toBe('{}');
    it.turn(1);
    expect(await read()).toBe(policy);
  });

  test.each([true, false])('goes over to the next key: %s', async (accessKeyPolicyInherited) => {
    it.cloud.switches.accessKeyPolicyInherited = accessKeyPolicyInherited;
    it.account.createUser('alice');
    it.account.createKey('alice', { networkPolicy: policy });
    const { body } = await ims('CreateAccessKey', { UserPrincipalName: upn('alice') });
    const { AccessKeyId } = body.AccessKey as { AccessKeyId: string };
    expect(it.account.user('alice').keys.get(AccessKeyId)?.networkPolicy).toBe(
      accessKeyPolicyInherited ? policy : undefined,
    );
  });

  test('is unknown to some accounts', async () => {
    it.cloud.switches.accessKeyPolicyKnown = false;
    expect(await ims('GetAccessKeyPolicy')).toMatchObject({
      status: 404,
      body: { Code: 'InvalidAction.NotFound' },
    });
  });
});

test('the security preference', async () => {
  await ims('SetSecurityPreference', { MaxIdleDaysForAccessKeys: '90' });
  expect((await ims('GetSecurityPreference')).body.SecurityPreference).toMatchObject({
    MaxIdleDays: { MaxIdleDaysForAccessKeys: 90, MaxIdleDaysForUsers: 730 },
  });
  expect((await ims('SetSecurityPreference', { MaxIdleDaysForUsers: '100' })).status).toBe(400);
});
