import { describe, expect, test } from 'vitest';
import { DAY } from '../src/time';
import { harness } from './harness';

const it = harness();

const NAME = 'keyturn/alice';
const secretName = { SecretName: NAME };

function kms(action: string, query: Record<string, string> = {}) {
  return it.call('kms', action, { ...secretName, ...query });
}
const put = (VersionId: string, more: Record<string, string> = {}) =>
  kms('PutSecretValue', { VersionId, SecretData: `data of ${VersionId}`, ...more });

/** `v1: ACSPrevious` by version. */
function stages(): Record<string, string[]> {
  const versions = it.account.secret(NAME)?.versions.values() ?? [];
  return Object.fromEntries([...versions].map((version) => [version.id, [...version.stages].sort()]));
}

async function create(more: Record<string, string> = {}) {
  return kms('CreateSecret', { VersionId: 'v1', SecretData: 'data of v1', ...more });
}

describe('errors, in KMS’s own form', () => {
  const rows: [string, Record<string, string>, number, string, string?][] = [
    [
      'CreateSecret',
      { VersionId: 'v1', SecretData: 'x' },
      409,
      'Rejected.ResourceExist',
      'The resource already exists.',
    ],
    [
      'CreateSecret',
      { SecretName: 'other', VersionId: 'v1' },
      400,
      'MissingParameter',
      'The parameter "SecretData" is needed but not provided.',
    ],
    [
      'CreateSecret',
      { SecretName: 'a b', VersionId: 'v1', SecretData: 'x' },
      400,
      'InvalidParameter',
      'The specified parameter "SecretName" is not valid.',
    ],
    [
      'CreateSecret',
      { SecretName: 'x'.repeat(193), VersionId: 'v1', SecretData: 'x' },
      400,
      'InvalidParameter',
    ],
    ['CreateSecret', { SecretName: 'acs/x', VersionId: 'v1', SecretData: 'x' }, 400, 'InvalidParameter'],
    [
      'CreateSecret',
      { SecretName: 'other', VersionId: 'v'.repeat(65), SecretData: 'x' },
      400,
      'InvalidParameter',
    ],
    [
      'CreateSecret',
      { SecretName: 'other', VersionId: 'v1', SecretData: 'é'.repeat(15_361) },
      400,
      'InvalidParameter',
    ],
    [
      'CreateSecret',
      { SecretName: 'other', VersionId: 'v1', SecretData: 'x', Tags: '{' },
      400,
      'InvalidParameter',
      'The specified parameter "Tags" is not valid.',
    ],
    [
      'DescribeSecret',
      { SecretName: 'none' },
      404,
      'Forbidden.ResourceNotFound',
      'The resource is not found.',
    ],
    ['GetSecretValue', { SecretName: 'none' }, 404, 'Forbidden.ResourceNotFound'],
    ['GetSecretValue', { VersionId: 'none' }, 404, 'Forbidden.ResourceNotFound'],
    ['GetSecretValue', { VersionStage: 'none' }, 404, 'Forbidden.ResourceNotFound'],
    [
      'PutSecretValue',
      { SecretName: 'none', VersionId: 'v', SecretData: 'x' },
      404,
      'Forbidden.ResourceNotFound',
    ],
    ['UpdateSecretVersionStage', { VersionStage: 'ACSCurrent' }, 400, 'MissingParameter'],
    [
      'UpdateSecretVersionStage',
      { VersionStage: 'ACSCurrent', RemoveFromVersion: 'v1' },
      400,
      'MissingParameter',
    ],
    [
      'UpdateSecretVersionStage',
      { VersionStage: 'x', MoveToVersion: 'none' },
      404,
      'Forbidden.ResourceNotFound',
    ],
    ['UpdateSecretVersionStage', { VersionStage: 'x', RemoveFromVersion: 'v1' }, 400, 'InvalidParameter'],
    ['ListSecrets', { PageSize: '101' }, 400, 'InvalidParameter'],
    ['ListSecrets', { Filters: '[{"Key":"Colour","Values":["x"]}]' }, 400, 'InvalidParameter'],
    ['DeleteSecret', { RecoveryWindowInDays: '6' }, 400, 'InvalidParameter'],
    [
      'DeleteSecret',
      { RecoveryWindowInDays: '7', ForceDeleteWithoutRecovery: 'true' },
      400,
      'InvalidParameter',
    ],
  ];
  test.each(rows)('%s, row %#', async (action, query, status, Code, Message) => {
    await create();
    const answer = await kms(action, query);
    expect(answer.body).toMatchObject({ HttpStatus: status, Code, ...(Message ? { Message } : {}) });
    expect(answer.status).toBe(status);
    expect(answer.body.RequestId).toMatch(/^[0-9a-f-]{36}$/);
  });
});

describe('versions and stages', () => {
  test('a new value is current, the one before previous', async () => {
    await create();
    await put('v2');
    expect(stages()).toEqual({ v1: ['ACSPrevious'], v2: ['ACSCurrent'] });
    await put('v3');
    expect(stages()).toEqual({ v1: [], v2: ['ACSPrevious'], v3: ['ACSCurrent'] });
    expect((await kms('GetSecretValue')).body).toMatchObject({ VersionId: 'v3', SecretData: 'data of v3' });
    expect((await kms('GetSecretValue', { VersionStage: 'ACSPrevious' })).body).toMatchObject({
      VersionId: 'v2',
    });
    expect((await kms('GetSecretValue', { VersionId: 'v1' })).body).toMatchObject({
      SecretData: 'data of v1',
    });
  });

  test('a stage of one’s own leaves the built-in ones where they are', async () => {
    await create();
    const { body } = await put('v2', { VersionStages: '["standby"]' });
    expect(body.VersionStages).toEqual({ VersionStage: ['standby'] });
    expect(stages()).toEqual({ v1: ['ACSCurrent'], v2: ['standby'] });
    await put('v3', { VersionStages: '["standby"]' });
    expect(stages()).toEqual({ v1: ['ACSCurrent'], v2: [], v3: ['standby'] });
  });

  test('the same version again: same data is nothing, other data is refused', async () => {
    await create();
    await put('v2', { VersionStages: '["standby"]' });
    expect((await put('v2')).status).toBe(200);
    expect(stages()).toEqual({ v1: ['ACSCurrent'], v2: ['standby'] });
    expect(await put('v2', { SecretData: 'other' })).toMatchObject({
      status: 409,
      body: { Code: 'Rejected.ResourceExist' },
    });
    it.cloud.switches.putConflictCode = 'InvalidParameter';
    expect(await put('v2', { SecretData: 'other' })).toMatchObject({
      status: 400,
      body: { Code: 'InvalidParameter' },
    });
  });

  test.each([
    ['aws', { v1: ['ACSPrevious'], v2: ['ACSCurrent', 'standby'] }],
    ['plain', { v1: [], v2: ['ACSCurrent', 'standby'] }],
  ] as const)('promotion, stageMove %s', async (stageMove, expected) => {
    it.cloud.switches.stageMove = stageMove;
    await create();
    await put('v2', { VersionStages: '["standby"]' });
    const promote = { VersionStage: 'ACSCurrent', MoveToVersion: 'v2', RemoveFromVersion: 'v1' };
    expect((await kms('UpdateSecretVersionStage', promote)).status).toBe(200);
    expect(stages()).toEqual(expected);
    expect(await kms('UpdateSecretVersionStage', promote)).toMatchObject({
      status: 400,
      body: { Code: 'InvalidParameter' },
    });
    const again = { VersionStage: 'ACSCurrent', MoveToVersion: 'v2' };
    expect((await kms('UpdateSecretVersionStage', again)).status).toBe(200);
    expect(stages()).toEqual(expected);
  });

  test('a stage of one’s own can be taken off', async () => {
    await create();
    await put('v2', { VersionStages: '["standby"]' });
    await kms('UpdateSecretVersionStage', { VersionStage: 'standby', RemoveFromVersion: 'v2' });
    expect(stages()).toEqual({ v1: ['ACSCurrent'], v2: [] });
  });

  test.each([
    ['earliest', 'v2'],
    ['earliest-unmarked', 'kept'],
  ] as const)('ten versions are kept: %s goes', async (versionThatGoes, first) => {
    it.cloud.switches.versionThatGoes = versionThatGoes;
    await create();
    await put('kept', { VersionStages: '["standby"]' });
    for (let index = 2; index <= 11; index += 1) await put(`v${index}`);
    expect(Object.keys(stages())).toEqual([first, 'v3', 'v4', 'v5', 'v6', 'v7', 'v8', 'v9', 'v10', 'v11']);
  });

  test('the earliest goes even if it is current', async () => {
    await create();
    for (let index = 2; index <= 11; index += 1) await put(`v${index}`, { VersionStages: '["standby"]' });
    expect(await kms('GetSecretValue')).toMatchObject({ body: { Code: 'Forbidden.ResourceNotFound' } });
  });

  test('eight stages at most', async () => {
    await create();
    await put('v2', { VersionStages: JSON.stringify(['a', 'b', 'c', 'd', 'e', 'f', 'g']) });
    expect(await put('v3', { VersionStages: '["h"]' })).toMatchObject({
      body: { Code: 'Rejected.LimitExceeded' },
    });
    expect((await put('v3', { VersionStages: '["g"]' })).status).toBe(200);
  });

  test('versions without a stage are listed on demand', async () => {
    await create();
    await put('v2');
    await put('v3');
    const ids = async (query: Record<string, string>) => {
      const { body } = await kms('ListSecretVersionIds', query);
      return (body.VersionIds as { VersionId: { VersionId: string }[] }).VersionId.map(
        (one) => one.VersionId,
      );
    };
    expect(await ids({})).toEqual(['v2', 'v3']);
    expect((await kms('ListSecretVersionIds')).body.PageSize).toBe(20);
    expect(await ids({ IncludeDeprecated: 'true' })).toEqual(['v1', 'v2', 'v3']);
    expect(await ids({ IncludeDeprecated: 'true', PageSize: '2', PageNumber: '2' })).toEqual(['v3']);
  });
});

describe('secrets', () => {
  test('are described with tags, by name or ARN', async () => {
    await create({ Tags: '[{"TagKey":"a","TagValue":"b"}]', Description: 'd', DKMSInstanceId: 'kst-1' });
    const SecretName = `acs:kms:cn-hangzhou:1234567890123456:secret/${NAME}`;
    expect((await kms('DescribeSecret', { SecretName, FetchTags: 'true' })).body).toMatchObject({
      SecretName: NAME,
      Arn: SecretName,
      Description: 'd',
      DKMSInstanceId: 'kst-1',
      SecretType: 'Generic',
      Tags: { Tag: [{ TagKey: 'a', TagValue: 'b' }] },
    });
    expect((await kms('DescribeSecret')).body.Tags).toBeUndefined();
  });

  test.each([10, 20] as const)('%i tags each', async (most) => {
    it.cloud.switches.tagsPerSecret = most;
    await create();
    const tags = (from: number, to: number) =>
      JSON.stringify(
        Array.from({ length: to - from }, (_, index) => ({ TagKey: `k${from + index}`, TagValue: 'v' })),
      );
    expect((await kms('TagResource', { Tags: tags(0, most) })).status).toBe(200);
    expect(await kms('TagResource', { Tags: tags(most, most + 1) })).toMatchObject({
      body: { Code: 'Rejected.LimitExceeded' },
    });
    await kms('UntagResource', { TagKeys: '["k0"]' });
    expect((await kms('TagResource', { Tags: tags(most, most + 1) })).status).toBe(200);
    expect(await kms('TagResource', { Tags: `[{"TagKey":"${'k'.repeat(129)}"}]` })).toMatchObject({
      status: 400,
    });
  });

  test('are listed in pages, by filters', async () => {
    for (let index = 0; index < 12; index += 1) {
      it.account.createSecret(`acs/ram/user/u${index}`, 'v', '{}', { type: 'RAMCredentials' });
      it.account.createSecret(`keyturn/u${index}`, 'v', '{}', { tags: { n: `${index}` } });
    }
    const list = async (query: Record<string, string>) => {
      const { body } = await it.call('kms', 'ListSecrets', query);
      const { Secret } = body.SecretList as { Secret: { SecretName: string }[] };
      return { names: Secret.map((one) => one.SecretName), total: body.TotalCount };
    };
    expect(await list({})).toMatchObject({ names: { length: 10 }, total: 24 });
    const Filters = '[{"Key":"SecretType","Values":["RAMCredentials"]}]';
    expect(await list({ Filters, PageNumber: '2' })).toEqual({
      names: ['acs/ram/user/u10', 'acs/ram/user/u11'],
      total: 12,
    });
    const both = '[{"Key":"TagKey","Values":["n"]},{"Key":"TagValue","Values":["3","4"]}]';
    expect(await list({ Filters: both })).toEqual({ names: ['keyturn/u3', 'keyturn/u4'], total: 2 });
  });

  test('wait for their deletion, and are then gone', async () => {
    await create();
    expect((await kms('DeleteSecret', { RecoveryWindowInDays: '7' })).body.PlannedDeleteTime).toMatch(
      /\+08:00$/,
    );
    expect((await kms('DescribeSecret')).body.PlannedDeleteTime).toBe('2026-01-08T00:00:00Z');
    for (const refused of [kms('GetSecretValue'), put('v2'), create()]) {
      expect(await refused).toMatchObject({ status: 409, body: { Code: 'Rejected.ResourceInDeleteWindow' } });
    }
    await kms('RestoreSecret');
    expect((await put('v2')).status).toBe(200);
    await kms('DeleteSecret', { RecoveryWindowInDays: '7' });
    it.turn(7 * DAY);
    expect((await kms('DescribeSecret')).status).toBe(404);
    expect((await create()).status).toBe(200);
    await kms('DeleteSecret', { ForceDeleteWithoutRecovery: 'true' });
    expect((await kms('DescribeSecret')).status).toBe(404);
  });

  test.each([64, 192])('have names of %i characters at most', async (secretNameLength) => {
    it.cloud.switches.secretNameLength = secretNameLength;
    const named = (length: number) => create({ SecretName: `keyturn/${'u'.repeat(length - 8)}` });
    expect((await named(secretNameLength)).status).toBe(200);
    expect(await named(secretNameLength + 1)).toMatchObject({
      status: 400,
      body: { Code: 'InvalidParameter', Message: 'The specified parameter "SecretName" is not valid.' },
    });
  });

  test.each([
    ['display-name', true, 'acs/ram/user/Alice A.'],
    ['user-name', true, 'acs/ram/user/alice'],
    ['user-name', false, 'acs/ram/user/alice'],
  ] as const)('by which KMS rotates keys: named by %s, told %s', async (by, isTold, SecretName) => {
    it.cloud.switches.ramSecretNamedBy = by;
    it.cloud.switches.extendedConfigTold = isTold;
    it.account.createUser('alice', { displayName: 'Alice A.' });
    it.account.createRamSecret('alice');
    const Filters = '[{"Key":"SecretType","Values":["RAMCredentials"]}]';
    expect((await it.call('kms', 'ListSecrets', { Filters })).body.SecretList).toMatchObject({
      Secret: [{ SecretName, SecretType: 'RAMCredentials' }],
    });
    const { body } = await it.call('kms', 'DescribeSecret', { SecretName });
    if (!isTold) return expect(body).not.toHaveProperty('ExtendedConfig');
    expect(JSON.parse(String(body.ExtendedConfig))).toMatchObject({
      SecretSubType: 'RamUserAccessKey',
      UserName: 'alice',
    });
  });

  test.each([
    ['of a user by display name', 'Alice A.', 'alice'],
    ['of a user by name', 'bob', 'bob'],
    ['of nobody', 'eve', undefined],
  ])('a RAM secret that was seeded by hand, %s', async (_, suffix, user) => {
    it.account.createUser('alice', { displayName: 'Alice A.' });
    it.account.createUser('bob', { displayName: 'Bob B.' });
    const SecretName = `acs/ram/user/${suffix}`;
    it.account.createSecret(SecretName, 'v1', '{}', { type: 'RAMCredentials' });
    const { body } = await it.call('kms', 'DescribeSecret', { SecretName });
    expect(body.ExtendedConfig && JSON.parse(String(body.ExtendedConfig)).UserName).toBe(user);
  });

  test('managed ones take no values', async () => {
    it.account.createSecret('acs/ram/user/alice', 'v1', '{}', { type: 'RAMCredentials' });
    const query = { SecretName: 'acs/ram/user/alice', VersionId: 'v2', SecretData: 'x' };
    expect(await it.call('kms', 'PutSecretValue', query)).toMatchObject({
      body: { Code: 'UnsupportedOperation' },
    });
  });

  test('an account that needs a KMS instance', async () => {
    it.cloud.switches.kmsInstanceRequired = true;
    expect(await create()).toMatchObject({ status: 400, body: { Code: 'UnsupportedOperation' } });
    expect((await create({ DKMSInstanceId: 'kst-1' })).status).toBe(200);
  });
});
