import { describe, expect, test } from 'vitest';
import { openSession } from '../src/account/roles';
import { HOUR } from '../src/time';
import { allow, type Credentials, harness } from './harness';

const it = harness();

const ROLE = 'acs:ram::1234567890123456:role/worker';
/** As policies name it. */
const PERMITTED = 'acs:ram:*:1234567890123456:role/worker';
const OTHER = '2222222222222222';

function trust(RAM: string, Condition?: Record<string, Record<string, string>>) {
  return {
    Version: '1',
    Statement: [{ Effect: 'Allow' as const, Action: 'sts:AssumeRole', Principal: { RAM: [RAM] }, Condition }],
  };
}

/** A user who may assume roles, by the policies of the account. */
function assumer(resource = '*'): Credentials {
  it.account.createUser('alice');
  it.account.attachUserPolicy('alice', allow('sts:AssumeRole', resource));
  return it.account.createKey('alice');
}

const assume = (as: Credentials, query: Record<string, string> = {}) =>
  it.call('sts', 'AssumeRole', { RoleArn: ROLE, RoleSessionName: 'me', ...query }, as);

function credentialsOf(body: Record<string, unknown>): Credentials {
  const { AccessKeyId, AccessKeySecret, SecurityToken } = body.Credentials as Record<string, string>;
  return {
    accessKeyId: `${AccessKeyId}`,
    accessKeySecret: `${AccessKeySecret}`,
    securityToken: `${SecurityToken}`,
  };
}

describe('AssumeRole', () => {
  test('gives credentials that do what the role may, until they expire', async () => {
    it.account.createRole('worker', {
      policies: [allow('ram:GetUser')],
      trust: trust('acs:ram::1234567890123456:root'),
    });
    const { status, body } = await assume(assumer(), { DurationSeconds: '900' });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      AssumedRoleUser: { Arn: `${ROLE}/me` },
      Credentials: { AccessKeyId: expect.stringMatching(/^STS\./), Expiration: '2026-01-01T00:15:00Z' },
    });
    const session = credentialsOf(body);
    expect((await it.call('sts', 'GetCallerIdentity', {}, session)).body).toMatchObject({
      IdentityType: 'AssumedRoleUser',
      Arn: 'acs:ram::1234567890123456:assumed-role/worker/me',
    });
    expect((await it.call('ram', 'GetUser', { UserName: 'alice' }, session)).status).toBe(200);
    expect((await it.call('ram', 'ListUsers', {}, session)).status).toBe(403);
    it.turn(900_000);
    expect(await it.call('ram', 'GetUser', { UserName: 'alice' }, session)).toMatchObject({
      status: 400,
      body: { Code: 'InvalidSecurityToken.Expired' },
    });
  });

  test('a policy of the session narrows the role, and never widens it', async () => {
    it.account.createRole('worker', {
      policies: [allow('ram:Get*')],
      trust: trust('acs:ram::1234567890123456:root'),
    });
    const { body } = await assume(assumer(), {
      Policy: JSON.stringify(allow(['ram:GetUser', 'ram:ListUsers'])),
    });
    const session = credentialsOf(body);
    expect((await it.call('ram', 'GetUser', { UserName: 'alice' }, session)).status).toBe(200);
    expect((await it.call('ram', 'ListUsers', {}, session)).status).toBe(403);
    expect((await it.call('ram', 'GetLoginProfile', { UserName: 'alice' }, session)).status).toBe(403);
  });

  test.each([
    ['no role ARN', { RoleArn: 'worker' }, 400, 'InvalidParameter.RoleArn'],
    ['session name', { RoleSessionName: 'a b' }, 400, 'InvalidParameter.RoleSessionName'],
    ['too short', { DurationSeconds: '899' }, 400, 'InvalidParameter.DurationSeconds'],
    ['too long', { DurationSeconds: '3601' }, 400, 'InvalidParameter.DurationSeconds'],
    ['no such role', { RoleArn: `${ROLE}2` }, 404, 'EntityNotExist.Role'],
    ['no such account', { RoleArn: 'acs:ram::9:role/worker' }, 404, 'EntityNotExist.Role'],
    ['session policy', { Policy: '{' }, 400, 'InvalidParameter.PolicyGrammar'],
    ['long session policy', { Policy: 'x'.repeat(2049) }, 400, 'InvalidParameter.PolicySize'],
  ])('is refused: %s', async (_, query: Record<string, string>, status, Code) => {
    it.account.createRole('worker', { policies: [], trust: trust('acs:ram::1234567890123456:root') });
    expect(await assume(assumer(), query)).toMatchObject({ status, body: { Code } });
  });

  test.each([
    ['neither', 'acs:ram::9:root', 'acs:ram:*:9:role/x', 403],
    ['trust alone', 'acs:ram::1234567890123456:user/alice', 'acs:ram:*:9:role/x', 403],
    ['permission alone', 'acs:ram::9:root', PERMITTED, 403],
    ['permission without a region', 'acs:ram::1234567890123456:user/alice', ROLE, 403],
    ['both', 'acs:ram::1234567890123456:user/alice', PERMITTED, 200],
  ])('needs trust and permission: %s', async (_, trusted, permitted, status) => {
    it.account.createRole('worker', { policies: [], trust: trust(trusted) });
    const answer = await assume(assumer(permitted));
    expect(answer.status).toBe(status);
    if (status === 403) {
      expect(answer.body).toMatchObject({
        Code: 'NoPermission',
        AccessDeniedDetail: { AuthAction: 'sts:AssumeRole' },
      });
    }
  });

  test('into another account, with its external id', async () => {
    const other = it.cloud.account(OTHER);
    other.createRole('keyturn', {
      policies: [allow('ram:ListUsers')],
      trust: trust('acs:ram::1234567890123456:root', { StringEquals: { 'sts:ExternalId': 'secret' } }),
    });
    other.createUser('bob');
    const query = { RoleArn: `acs:ram::${OTHER}:role/keyturn` };
    const alice = assumer();
    expect((await assume(alice, query)).status).toBe(403);
    expect((await assume(alice, { ...query, ExternalId: 'guess' })).status).toBe(403);
    const { body } = await assume(alice, { ...query, ExternalId: 'secret' });
    const listed = await it.call('ram', 'ListUsers', {}, credentialsOf(body));
    expect(listed.body.Users).toMatchObject({ User: [{ UserName: 'bob' }] });
    expect(it.cloud.calls.at(-1)?.account).toBe(OTHER);
  });

  test('a role may open another one for an hour, root opens none', async () => {
    it.account.createRole('first', { policies: [allow('sts:AssumeRole')], trust: trust('*') });
    it.account.createRole('worker', {
      policies: [],
      trust: trust('acs:ram::1234567890123456:role/first'),
      maxSessionSeconds: 43_200,
    });
    const first = openSession(it.account, it.account.role('first'), { name: 'me', seconds: 900 });
    expect((await assume(first, { DurationSeconds: '3601' })).body.Code).toBe(
      'InvalidParameter.DurationSeconds',
    );
    expect((await assume(first, { DurationSeconds: '3600' })).status).toBe(200);
    expect((await assume(it.root)).body.Code).toBe('NoPermission');
  });
});

test('a function’s context is good for 36 hours', async () => {
  it.account.createRole('fc', { policies: [allow('ram:ListUsers')] });
  const credentials = it.account.assume('fc');
  expect(credentials.expiration).toBe('2026-01-02T12:00:00Z');
  it.turn(36 * HOUR - 1);
  expect((await it.call('ram', 'ListUsers', {}, credentials)).status).toBe(200);
  it.turn(1);
  expect((await it.call('ram', 'ListUsers', {}, credentials)).body.Code).toBe('InvalidSecurityToken.Expired');
});

test('a function gets no role that does not trust Function Compute', () => {
  it.account.createRole('other', { policies: [], trust: trust('*') });
  expect(() => it.account.assume('other')).toThrow(expect.objectContaining({ code: 'NoPermission' }));
});

test('tokens belong to their keys', async () => {
  it.account.createRole('fc', { policies: [] });
  const one = it.account.assume('fc');
  const two = it.account.assume('fc');
  const mixed = (token: string | undefined) =>
    it.call('sts', 'GetCallerIdentity', {}, { ...one, securityToken: token });
  expect((await mixed(one.securityToken)).status).toBe(200);
  expect((await mixed(two.securityToken)).body.Code).toBe('InvalidSecurityToken.MismatchWithAccessKey');
  expect((await mixed('CAISnonsense')).body.Code).toBe('InvalidSecurityToken.Malformed');
  expect((await mixed(undefined)).body.Code).toBe('InvalidAccessKeyId.NotFound');
});
