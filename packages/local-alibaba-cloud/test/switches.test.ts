import { describe, expect, test } from 'vitest';
import type { Never } from '../src/switches';
import { DAY, HOUR, MINUTE } from '../src/time';
import { harness } from './harness';

const it = harness();

const upn = 'alice@1234567890123456.onaliyun.com';
const identity = (pair: { accessKeyId: string; accessKeySecret: string }) =>
  it.call('sts', 'GetCallerIdentity', {}, pair);

async function lastUsed(UserAccessKeyId: string, product: 'ram' | 'ims' = 'ram') {
  const who: Record<string, string> = product === 'ram' ? { UserName: 'alice' } : { UserPrincipalName: upn };
  return (await it.call(product, 'GetAccessKeyLastUsed', { ...who, UserAccessKeyId })).body.AccessKeyLastUsed;
}

describe('the last use of a key', () => {
  test('is told late, and by what service', async () => {
    it.account.createUser('alice');
    const pair = it.account.createKey('alice');
    await identity(pair);
    it.turn(HOUR);
    await it.call('kms', 'ListSecrets', {}, pair);
    it.turn(HOUR - 1);
    expect(await lastUsed(pair.accessKeyId)).toEqual({ LastUsedDate: '' });
    it.turn(1);
    expect(await lastUsed(pair.accessKeyId)).toEqual({ LastUsedDate: '2026-01-01T00:00:00Z' });
    expect(await lastUsed(pair.accessKeyId, 'ims')).toEqual({
      LastUsedDate: '2026-01-01T00:00:00Z',
      ServiceName: 'Sts',
    });
    it.turn(HOUR);
    expect(await lastUsed(pair.accessKeyId, 'ims')).toEqual({
      LastUsedDate: '2026-01-01T01:00:00Z',
      ServiceName: 'Kms',
    });
  });

  test('is told though the key is in use all the time', async () => {
    it.account.createUser('alice');
    const { accessKeyId } = it.account.createKey('alice');
    for (let second = 0; second < 4 * 3600; second += 10) {
      it.account.markUsed(accessKeyId, { service: 'Oss' });
      it.turn(10_000);
    }
    expect(await lastUsed(accessKeyId, 'ims')).toEqual({
      LastUsedDate: '2026-01-01T01:59:50Z',
      ServiceName: 'Oss',
    });
  });

  test('a use in the past can be seeded after the fact', async () => {
    it.account.createUser('alice');
    const { accessKeyId } = it.account.createKey('alice', { lastUsed: it.cloud.clock.now() - DAY });
    it.account.markUsed(accessKeyId, { at: it.cloud.clock.now() - 2 * DAY });
    expect(await lastUsed(accessKeyId)).toEqual({ LastUsedDate: '2025-12-31T00:00:00Z' });
  });

  test.each([
    ['', { LastUsedDate: '' }],
    ['-', { LastUsedDate: '-' }],
    ['N/A', { LastUsedDate: 'N/A' }],
    ['absent', {}],
  ] as [Never, { LastUsedDate?: string }][])('never looks like %j', async (neverUsed, expected) => {
    it.cloud.switches.neverUsed = neverUsed;
    it.account.createUser('alice', { consoleLogin: true });
    const { accessKeyId } = it.account.createKey('alice');
    expect(await lastUsed(accessKeyId)).toEqual(expected);
    expect(await lastUsed(accessKeyId, 'ims')).toEqual(expected);
    const login = (await it.call('ims', 'GetUser', { UserPrincipalName: upn })).body.User as {
      LastLoginDate?: string;
    };
    expect(login.LastLoginDate).toBe(expected.LastUsedDate);
  });

  test.each([
    ['text', { LastUsedDate: 'unavailable' }],
    ['future', { LastUsedDate: '2026-01-31T00:00:00Z' }],
    ['no-object', undefined],
  ] as const)('can be spoilt: %s', async (lastUsedAnswer, expected) => {
    it.cloud.switches.lastUsedAnswer = lastUsedAnswer;
    it.account.createUser('alice');
    expect(await lastUsed(it.account.createKey('alice').accessKeyId)).toEqual(expected);
  });

  test.each([
    ['text', 'unavailable'],
    ['future', '2026-01-31T00:00:00Z'],
  ] as const)('so can the last logon: %s', async (lastLoginAnswer, expected) => {
    it.cloud.switches.lastLoginAnswer = lastLoginAnswer;
    it.account.createUser('alice', { consoleLogin: true });
    expect((await it.call('ram', 'GetUser', { UserName: 'alice' })).body.User).toMatchObject({
      LastLoginDate: expected,
    });
  });
});

describe('propagation', () => {
  test('a new key works after a while', async () => {
    it.cloud.switches.propagationMs = 30_000;
    it.account.createUser('alice');
    const pair = it.account.createKey('alice');
    expect(await identity(pair)).toMatchObject({
      status: 404,
      body: { Code: 'InvalidAccessKeyId.NotFound' },
    });
    it.turn(30_000);
    expect((await identity(pair)).status).toBe(200);
  });

  test('a disabled or deleted one works for a while', async () => {
    it.cloud.switches.disablePropagationMs = 30_000;
    it.account.createUser('alice');
    const disabled = it.account.createKey('alice');
    const deleted = it.account.createKey('alice');
    const query = (pair: { accessKeyId: string }) => ({
      UserName: 'alice',
      UserAccessKeyId: pair.accessKeyId,
    });
    it.turn(DAY);
    await it.call('ram', 'UpdateAccessKey', { ...query(disabled), Status: 'Inactive' });
    await it.call('ram', 'DeleteAccessKey', query(deleted));
    it.turn(29_999);
    expect((await identity(disabled)).status).toBe(200);
    expect((await identity(deleted)).status).toBe(200);
    it.turn(1);
    expect(await identity(disabled)).toMatchObject({
      status: 400,
      body: { Code: 'InvalidAccessKeyId.Inactive' },
    });
    expect(await identity(deleted)).toMatchObject({
      status: 404,
      body: { Code: 'InvalidAccessKeyId.NotFound' },
    });
  });
});

test('UpdateDate tells the last change of status, or is not told', async () => {
  it.account.createUser('alice');
  const { accessKeyId: UserAccessKeyId } = it.account.createKey('alice');
  const query = { UserName: 'alice', UserAccessKeyId };
  it.turn(MINUTE);
  await it.call('ram', 'UpdateAccessKey', { ...query, Status: 'Inactive' });
  it.turn(MINUTE);
  await it.call('ram', 'UpdateAccessKey', { ...query, Status: 'Inactive' });
  const list = async () =>
    (await it.call('ims', 'ListAccessKeys', { UserPrincipalName: upn })).body.AccessKeys;
  expect(await list()).toMatchObject({
    AccessKey: [{ Status: 'Inactive', UpdateDate: '2026-01-01T00:01:00Z' }],
  });
  it.cloud.switches.updateDate = false;
  expect(await list()).not.toMatchObject({ AccessKey: [{ UpdateDate: expect.anything() }] });
});

test('GetCallerIdentity may ask for a permission', async () => {
  it.cloud.switches.callerIdentityNeedsPermission = true;
  it.account.createUser('alice');
  expect((await identity(it.account.createKey('alice'))).status).toBe(403);
});
