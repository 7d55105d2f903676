import { DateTime } from 'luxon';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { revealSecret, Secret } from '../../src/cloud/secret';
import { ApiServer, type Behaviour, type Received } from './api-server';
import { cloudAt, TOKEN } from './open';

let server: ApiServer;
beforeAll(async () => {
  server = await ApiServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
});

const kms = () => cloudAt(server.host).kms;
const done = { body: { RequestId: 'r-1' } };
const refusal = (status: number, Code: string) => ({
  status,
  body: { HttpStatus: status, Code, Message: 'No.', RequestId: 'r-1' },
});
const exists = refusal(409, 'Rejected.ResourceExist');
const notFound = refusal(404, 'Forbidden.ResourceNotFound');
const version = (VersionId: string, ...VersionStage: string[]) => ({
  VersionId,
  CreateTime: '2026-11-23T03:00:00Z',
  VersionStages: { VersionStage },
});
const versions = (...VersionId: object[]) => ({
  body: { RequestId: 'r-1', SecretName: 'k', TotalCount: VersionId.length, VersionIds: { VersionId } },
});
const on =
  (answers: Record<string, ReturnType<Behaviour>>): Behaviour =>
  (call) =>
    answers[call.action] ?? refusal(404, 'InvalidAction.NotFound');

const pair = {
  keyId: 'LTAInew',
  secret: new Secret('TopSecret'),
  generatedAt: DateTime.fromISO('2026-11-23T03:00:00.987Z', { zone: 'utc' }),
};
const SECRET_DATA =
  '{"AccessKeyId":"LTAInew","AccessKeySecret":"TopSecret","GenerateTimestamp":"2026-11-23T03:00:00Z"}';

const fieldsOf = ({ form }: Received) => {
  const { SecurityToken, ...fields } = Object.fromEntries(form);
  return fields;
};

describe('the wire', () => {
  it('has every parameter and the session token in the body, and none but the signature in the URL', async () => {
    server.behave = () => done;
    await kms().createSecret({
      name: 'keyturn/alice',
      versionId: 'LTAInew',
      pair,
      kmsInstanceId: 'kst-1',
      encryptionKeyId: 'key-1',
      description: 'by keyturn',
      tags: { owner: 'ops' },
    });
    const [call] = server.received as [Received];
    expect([...call.query.keys()].sort()).toEqual([
      'AccessKeyId',
      'Action',
      'Format',
      'Signature',
      'SignatureMethod',
      'SignatureNonce',
      'SignatureVersion',
      'Timestamp',
      'Version',
    ]);
    expect(Object.fromEntries(call.form)).toEqual({
      SecurityToken: TOKEN,
      SecretName: 'keyturn/alice',
      VersionId: 'LTAInew',
      SecretData: SECRET_DATA,
      SecretDataType: 'text',
      SecretType: 'Generic',
      EncryptionKeyId: 'key-1',
      DKMSInstanceId: 'kst-1',
      Description: 'by keyturn',
      Tags: '[{"TagKey":"owner","TagValue":"ops"}]',
    });
  });

  it('leaves out what is not asked for', async () => {
    server.behave = () => done;
    await kms().createSecret({ name: 'k', versionId: 'LTAInew', pair });
    await kms().putSecretValue({ name: 'k', versionId: 'LTAInew', pair, stages: ['KeyturnStandby'] });
    await kms().moveStage({ name: 'k', stage: 'ACSCurrent', to: 'LTAInew', from: 'LTAIold' });
    await kms().removeStage({ name: 'k', stage: 'KeyturnStandby', from: 'LTAInew' });
    await kms().tagSecret('k', { a: '1' });
    await kms().untagSecret('k', ['a']);
    const stored = { SecretName: 'k', VersionId: 'LTAInew', SecretData: SECRET_DATA, SecretDataType: 'text' };
    expect(server.received.map((call) => [call.action, fieldsOf(call)])).toEqual([
      ['CreateSecret', { ...stored, SecretType: 'Generic' }],
      ['PutSecretValue', { ...stored, VersionStages: '["KeyturnStandby"]' }],
      [
        'UpdateSecretVersionStage',
        {
          SecretName: 'k',
          VersionStage: 'ACSCurrent',
          MoveToVersion: 'LTAInew',
          RemoveFromVersion: 'LTAIold',
        },
      ],
      [
        'UpdateSecretVersionStage',
        { SecretName: 'k', VersionStage: 'KeyturnStandby', RemoveFromVersion: 'LTAInew' },
      ],
      ['TagResource', { SecretName: 'k', Tags: '[{"TagKey":"a","TagValue":"1"}]' }],
      ['UntagResource', { SecretName: 'k', TagKeys: '["a"]' }],
    ]);
  });

  it('does not take a 200 without a request id for done', async () => {
    server.behave = () => ({ body: {} });
    await expect(kms().putSecretValue({ name: 'k', versionId: 'v', pair })).rejects.toMatchObject({
      code: 'UnreadableAnswer',
      outcome: 'unknown',
    });
  });
});

describe('a write whose first answer was lost', () => {
  const create = () => kms().createSecret({ name: 'k', versionId: 'LTAInew', pair });
  const put = () => kms().putSecretValue({ name: 'k', versionId: 'LTAInew', pair, stages: ['S'] });
  const move = () => kms().moveStage({ name: 'k', stage: 'S', to: 'LTAInew', from: 'LTAIold' });
  const remove = () => kms().removeStage({ name: 'k', stage: 'S', from: 'LTAInew' });
  const invalid = refusal(400, 'InvalidParameter');

  it.each([
    ['CreateSecret', create, exists, versions(version('LTAInew', 'ACSCurrent')), true],
    ['CreateSecret', create, exists, versions(version('v1', 'ACSCurrent')), false],
    ['CreateSecret', create, exists, notFound, false],
    ['PutSecretValue', put, exists, versions(version('v1'), version('LTAInew')), true],
    ['PutSecretValue', put, exists, versions(version('v1')), false],
    ['PutSecretValue', put, refusal(403, 'Forbidden.NoPermission'), versions(version('LTAInew')), false],
    ['PutSecretValue', put, refusal(500, 'InternalFailure'), versions(version('LTAInew')), false],
    ['UpdateSecretVersionStage', move, invalid, versions(version('LTAInew', 'S')), true],
    ['UpdateSecretVersionStage', move, invalid, versions(version('LTAInew'), version('LTAIold', 'S')), false],
    ['UpdateSecretVersionStage', remove, invalid, versions(version('LTAInew', 'ACSCurrent')), true],
    ['UpdateSecretVersionStage', remove, invalid, versions(version('LTAInew', 'S')), false],
  ] as const)('%s #%#', async (action, write, answer, list, counts) => {
    server.behave = on({ [action]: answer, ListSecretVersionIds: list });
    if (counts) await expect(write()).resolves.toBeUndefined();
    else await expect(write()).rejects.toMatchObject({ action });
  });

  it('is not looked for after throttling, which did nothing', async () => {
    server.behave = on({ PutSecretValue: refusal(429, 'Rejected.Throttling') });
    await expect(put()).rejects.toMatchObject({ code: 'Rejected.Throttling' });
    expect(new Set(server.actions)).toEqual(new Set(['PutSecretValue']));
  });

  it('is sent again after a reset', async () => {
    let first = true;
    server.behave = () => {
      if (!first) return done;
      first = false;
      return 'reset';
    };
    await put();
    expect(server.actions).toEqual(['PutSecretValue', 'PutSecretValue']);
    expect(server.received[0]?.body).toBe(server.received[1]?.body);
  });
});

describe('listVersions', () => {
  it('walks all pages, deprecated versions included', async () => {
    const all = Array.from({ length: 120 }, (_, i) => version(`v${i}`, ...(i === 0 ? ['ACSCurrent'] : [])));
    server.behave = ({ form }) => {
      const size = Number(form.get('PageSize'));
      const begin = (Number(form.get('PageNumber')) - 1) * size;
      return {
        body: { RequestId: 'r', TotalCount: 120, VersionIds: { VersionId: all.slice(begin, begin + size) } },
      };
    };
    const found = await kms().listVersions('k');
    expect(found).toHaveLength(120);
    expect(found?.[0]).toEqual({
      id: 'v0',
      stages: ['ACSCurrent'],
      createdAt: DateTime.fromISO('2026-11-23T03:00:00Z', { zone: 'utc' }),
    });
    expect(server.received.every((call) => call.form.get('IncludeDeprecated') === 'true')).toBe(true);
  });

  it('tells a secret that is not there from one that may not be read', async () => {
    server.behave = () => notFound;
    await expect(kms().listVersions('k')).resolves.toBeUndefined();
    server.behave = () => refusal(403, 'Forbidden.NoPermission');
    await expect(kms().listVersions('k')).rejects.toMatchObject({ code: 'Forbidden.NoPermission' });
  });

  it('does not read an answer without a list as an empty list', async () => {
    server.behave = () => done;
    await expect(kms().listVersions('k')).rejects.toMatchObject({ code: 'UnreadableAnswer' });
  });
});

describe('describeSecret', () => {
  it('reads all of it', async () => {
    server.behave = () => ({
      body: {
        RequestId: 'r',
        SecretName: 'k',
        SecretType: 'Generic',
        PlannedDeleteTime: '2026-12-21T23:36:07.713703651+08:00',
        EncryptionKeyId: 'key-1',
        DKMSInstanceId: 'kst-1',
        Tags: { Tag: [{ TagKey: 'a', TagValue: '1' }] },
      },
    });
    await expect(kms().describeSecret('k')).resolves.toEqual({
      name: 'k',
      type: 'Generic',
      plannedDeleteAt: DateTime.fromISO('2026-12-21T15:36:07.713Z', { zone: 'utc' }),
      encryptionKeyId: 'key-1',
      kmsInstanceId: 'kst-1',
      tags: new Map([['a', '1']]),
    });
  });

  it('does not overlook a planned deletion that it cannot read', async () => {
    server.behave = () => ({ body: { SecretName: 'k', PlannedDeleteTime: 'soon' } });
    await expect(kms().describeSecret('k')).rejects.toMatchObject({ code: 'UnreadableAnswer' });
  });
});

describe('readPair', () => {
  const holding = (SecretData: string) => {
    server.behave = () => ({ body: { RequestId: 'r', SecretData } });
  };

  it('reads its own', async () => {
    holding(SECRET_DATA);
    const read = await kms().readPair('k', { stage: 'ACSCurrent' });
    expect(read.keyId).toBe('LTAInew');
    expect(revealSecret(read.secret)).toBe('TopSecret');
    expect(read.generatedAt?.toISO()).toBe('2026-11-23T03:00:00.000Z');
    await kms().readPair('k', { versionId: 'LTAInew' });
    expect(server.received.map(fieldsOf)).toEqual([
      { SecretName: 'k', VersionStage: 'ACSCurrent' },
      { SecretName: 'k', VersionId: 'LTAInew' },
    ]);
  });

  it('reads a person’s own, with other fields and no time', async () => {
    holding('{"AccessKeyId":"LTAI1","AccessKeySecret":"x","team":"ops","GenerateTimestamp":"yesterday"}');
    await expect(kms().readPair('k', { stage: 'ACSCurrent' })).resolves.toMatchObject({
      keyId: 'LTAI1',
      generatedAt: undefined,
    });
  });

  it.each([
    'TopSecretPlain',
    '"TopSecretPlain"',
    'null',
    '[]',
    '{}',
    '{"AccessKeyId":"LTAI1"}',
    '{"AccessKeyId":"LTAI1","AccessKeySecret":""}',
    '{"AccessKeyId":1,"AccessKeySecret":"TopSecretPlain"}',
    '{"AccessKeys":[{"AccessKeyId":"LTAI1","AccessKeySecret":"TopSecretPlain"}]}',
    '{"AccessKeyId":"LTAI1","AccessKeySecret":"TopSecretPlain"',
  ])('refuses %s without quoting it', async (text) => {
    holding(text);
    const reading = kms().readPair('keyturn/alice', { stage: 'ACSCurrent' });
    await expect(reading).rejects.toMatchObject({
      code: 'NotAKeyPair',
      message:
        'The KMS secret keyturn/alice, version marked ACSCurrent, is not flat JSON with AccessKeyId and AccessKeySecret.',
    });
  });
});

describe('users whose keys KMS rotates', () => {
  const secrets = (...Secret: object[]) => ({
    body: { RequestId: 'r', TotalCount: Secret.length, SecretList: { Secret } },
  });

  it('are listed by type, and looked at again by name', async () => {
    server.behave = () =>
      secrets(
        { SecretName: 'acs/ram/user/alice', SecretType: 'RAMCredentials' },
        { SecretName: 'acs/ram/user/bob' },
        { SecretName: 'acs/ram/user/eve', SecretType: 'Generic' },
        { SecretName: 'keyturn/carol', SecretType: 'RAMCredentials' },
      );
    await expect(kms().listRamCredentialSecrets()).resolves.toEqual(new Set(['alice', 'bob']));
    expect(server.received[0]?.form.get('Filters')).toBe(
      '[{"Key":"SecretType","Values":["RAMCredentials"]}]',
    );
    expect(server.received[0]?.form.get('PageSize')).toBe('100');
  });

  it('are found one by one by their exact name', async () => {
    server.behave = () => secrets({ SecretName: 'acs/ram/user/alice', SecretType: 'RAMCredentials' });
    await expect(kms().isKmsManaged('alice')).resolves.toBe(true);
    await expect(kms().isKmsManaged('ali')).resolves.toBe(false);
    expect(server.received[0]?.form.get('Filters')).toBe(
      '[{"Key":"SecretName","Values":["acs/ram/user/alice"]}]',
    );
  });
});
