import { request } from 'node:http';
import * as ims from '@alicloud/ims20190815';
import * as ram from '@alicloud/ram20150501';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LocalCloud } from '../src/cloud';
import { signV1 } from '../src/signature-v1';
import { percentEncode, sha256, signV3 } from '../src/signature-v3';
import { MINUTE, wireTime } from '../src/time';
import { clients } from './harness';

let cloud: LocalCloud;
beforeEach(async () => {
  cloud = await LocalCloud.start();
});
afterEach(() => cloud.stop());

const ODD = "al ice*'(!)~+%&=中é/?";

describe('the real SDK clients', () => {
  test.each([undefined, 'v2'] as const)('RAM, IMS and STS, signatureAlgorithm %s', async (algorithm) => {
    cloud.account().createUser('alice');
    const { ram: ramClient, ims: imsClient, sts } = clients(cloud, cloud.account().rootKey, algorithm);
    await ramClient.updateUser(new ram.UpdateUserRequest({ userName: 'alice', newDisplayName: ODD }));
    await imsClient.tagResources(
      new ims.TagResourcesRequest({
        resourceType: 'user',
        resourcePrincipalName: ['alice@1234567890123456.onaliyun.com'],
        tag: [{ key: 'keyturn', value: ODD }],
      }),
    );
    const listed = await imsClient.listUsers(new ims.ListUsersRequest({}));
    expect(listed.body?.users?.user?.[0]).toMatchObject({
      displayName: ODD,
      tags: { tag: [{ tagKey: 'keyturn', tagValue: ODD }] },
    });
    expect((await sts.getCallerIdentity()).body).toMatchObject({ identityType: 'Account' });
    expect(cloud.calls.map((call) => call.status)).toEqual([200, 200, 200, 200]);
  });

  test('KMS with the parameters in a form body, with a key and with a session', async () => {
    const account = cloud.account();
    account.createRole('r', {
      policies: [{ Version: '1', Statement: [{ Effect: 'Allow', Action: 'kms:*', Resource: '*' }] }],
    });
    await clients(cloud, account.rootKey).kms.post('CreateSecret', {
      SecretName: 'keyturn/alice',
      VersionId: 'v1',
      SecretData: ODD,
    });
    const session = clients(cloud, account.assume('r')).kms;
    expect(await session.post('GetSecretValue', { SecretName: 'keyturn/alice' })).toMatchObject({
      SecretData: ODD,
    });
    expect(cloud.calls[0]?.url).not.toContain('keyturn');
  });
});

// The page prints two signatures; the one in its signed URL is that of the rules, the other was made with the
// separators of the parameters left unescaped.
test('the worked example of the KMS documentation ("Signature")', () => {
  const params = {
    Action: 'CreateKey',
    SignatureVersion: '1.0',
    Format: 'json',
    Version: '2016-01-20',
    AccessKeyId: 'testid',
    SignatureMethod: 'HMAC-SHA1',
    Timestamp: '2016-03-28T03:13:08Z',
    Signature: 'not part of what is signed',
  };
  expect(signV1('GET', params, 'testsecret')).toBe('41wk2SSX1GJh7fwnc5eqOfiJPFg=');
});

interface Raw {
  status: number;
  body: { Code?: string; HttpStatus?: number };
}

function send(method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Raw> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port: cloud.port, method, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

interface V3Options {
  key?: { accessKeyId: string; accessKeySecret: string };
  action?: string;
  version?: string;
  headers?: Record<string, string>;
  drop?: string[];
  unsigned?: string[];
  query?: Record<string, string>;
  form?: Record<string, string>;
  spoil?: (signature: string) => string;
  sentPath?: string;
}

function sendV3(options: V3Options): Promise<Raw> {
  const { accessKeyId, accessKeySecret } = options.key ?? cloud.account().rootKey;
  const body = options.form ? new URLSearchParams(options.form).toString() : '';
  const headers: Record<string, string> = {
    host: cloud.endpoint,
    'x-acs-action': options.action ?? 'GetCallerIdentity',
    'x-acs-version': options.version ?? '2015-04-01',
    'x-acs-date': wireTime(Date.now()),
    'x-acs-signature-nonce': `${Math.random()}`,
    'x-acs-content-sha256': sha256(body),
    ...(options.form ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    ...options.headers,
  };
  for (const name of options.drop ?? []) delete headers[name];
  const signedHeaders = Object.keys(headers)
    .filter((name) => !options.unsigned?.includes(name))
    .sort();
  const query = options.query ?? {};
  const signature = signV3(
    { method: 'POST', path: '/', query, headers, signedHeaders, bodyHash: sha256(body) },
    accessKeySecret,
  );
  const spoilt = options.spoil?.(signature) ?? signature;
  headers.authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${signedHeaders.join(';')},Signature=${spoilt}`;
  const search = Object.entries(query)
    .map(([name, value]) => `${name}=${percentEncode(value)}`)
    .join('&');
  return send('POST', options.sentPath ?? `/?${search}`, headers, body);
}

function sendV1(
  options: { key?: V3Options['key']; params?: Record<string, string>; drop?: string[]; method?: string } = {},
): Promise<Raw> {
  const { accessKeyId, accessKeySecret } = options.key ?? cloud.account().rootKey;
  const method = options.method ?? 'GET';
  const params: Record<string, string> = {
    Action: 'GetCallerIdentity',
    Version: '2015-04-01',
    Format: 'JSON',
    Timestamp: wireTime(Date.now()),
    SignatureNonce: `${Math.random()}`,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    AccessKeyId: accessKeyId,
    ...options.params,
  };
  for (const name of options.drop ?? []) delete params[name];
  const all = new URLSearchParams({
    ...params,
    Signature: signV1(method, params, accessKeySecret),
  }).toString();
  if (method === 'GET') return send('GET', `/?${all}`);
  return send(
    'POST',
    '/',
    { 'content-type': 'application/x-www-form-urlencoded', 'transfer-encoding': 'chunked' },
    all,
  );
}

describe('V3 by hand', () => {
  test('is taken when right, with parameters in query or form', async () => {
    expect(await sendV3({})).toMatchObject({ status: 200 });
    cloud.account().createUser('alice');
    const action = { version: '2015-05-01', action: 'GetUser' };
    expect(await sendV3({ ...action, query: { UserName: 'alice' } })).toMatchObject({ status: 200 });
    expect(await sendV3({ ...action, form: { UserName: 'alice' } })).toMatchObject({ status: 200 });
  });

  const wrong: [string, number, string, V3Options][] = [
    ['another secret', 400, 'SignatureDoesNotMatch', { spoil: () => '0'.repeat(64) }],
    [
      'a parameter changed on the way',
      400,
      'SignatureDoesNotMatch',
      { query: { A: '1' }, sentPath: '/?A=2' },
    ],
    ['another path', 400, 'SignatureDoesNotMatch', { sentPath: '/x' }],
    ['the date is not signed', 400, 'IncompleteSignature', { unsigned: ['x-acs-date'] }],
    ['no nonce', 400, 'IncompleteSignature', { drop: ['x-acs-signature-nonce'] }],
    ['the signature is no hex', 400, 'IncompleteSignature', { spoil: () => 'zz' }],
    [
      '16 minutes ago',
      400,
      'InvalidTimeStamp.Expired',
      { headers: { 'x-acs-date': wireTime(Date.now() - 16 * MINUTE) } },
    ],
    [
      '16 minutes ahead',
      400,
      'InvalidTimeStamp.Expired',
      { headers: { 'x-acs-date': wireTime(Date.now() + 16 * MINUTE) } },
    ],
    ['no date', 400, 'InvalidTimeStamp.Format', { headers: { 'x-acs-date': 'yesterday' } }],
    [
      'unknown key',
      404,
      'InvalidAccessKeyId.NotFound',
      { key: { accessKeyId: 'LTAI5tNobody', accessKeySecret: 's' } },
    ],
    [
      'unknown session',
      404,
      'InvalidAccessKeyId.NotFound',
      { key: { accessKeyId: 'STS.Nobody', accessKeySecret: 's' } },
    ],
    [
      'a token with a plain key',
      400,
      'InvalidSecurityToken.MismatchWithAccessKey',
      { headers: { 'x-acs-security-token': 't' } },
    ],
    ['unknown action', 404, 'InvalidAction.NotFound', { action: 'Nothing' }],
    ['an action named like a property', 404, 'InvalidAction.NotFound', { action: 'constructor' }],
    ['no action', 400, 'MissingAction', { drop: ['x-acs-action'] }],
    ['unknown version', 404, 'InvalidVersion', { version: '1999-01-01' }],
  ];
  test.each(wrong)('%s → %d %s', async (_, status, Code, options) => {
    expect(await sendV3(options)).toMatchObject({ status, body: { Code } });
    expect(cloud.calls[0]).toMatchObject({ executed: false, code: Code });
  });

  test.each([['2026-01-01T00:00:00.5Z'], ['2026-01-01T00:00:00.123456789Z']])(
    'a date with a fraction of a second: %s',
    async (date) => {
      cloud.clock.skewMs = Date.parse('2026-01-01T00:00:00Z') - Date.now();
      expect(await sendV3({ headers: { 'x-acs-date': date } })).toMatchObject({ status: 200 });
      expect(await sendV1({ params: { Timestamp: date } })).toMatchObject({ status: 200 });
    },
  );

  test('a nonce is good for one call', async () => {
    const headers = { 'x-acs-signature-nonce': 'once' };
    expect(await sendV3({ headers })).toMatchObject({ status: 200 });
    expect(await sendV3({ headers })).toMatchObject({ status: 400, body: { Code: 'SignatureNonceUsed' } });
  });

  test('the window is that of the cloud’s own clock', async () => {
    cloud.clock.skewMs = 14 * MINUTE;
    expect(await sendV3({})).toMatchObject({ status: 200 });
    cloud.clock.skewMs = 16 * MINUTE;
    expect(await sendV3({})).toMatchObject({ body: { Code: 'InvalidTimeStamp.Expired' } });
  });

  test('KMS may not look into a form that is signed with V3', async () => {
    cloud.account().createSecret('s', 'v1', 'x');
    const call = { version: '2016-01-20', action: 'DescribeSecret', form: { SecretName: 's' } };
    expect(await sendV3(call)).toMatchObject({ status: 200 });
    cloud.switches.kmsV3FormBody = false;
    expect(await sendV3(call)).toMatchObject({ status: 400, body: { Code: 'MissingParameter' } });
  });

  test('an Inactive key', async () => {
    cloud.account().createUser('alice');
    const key = cloud.account().createKey('alice', { status: 'Inactive' });
    expect(await sendV3({ key })).toMatchObject({
      status: 400,
      body: { Code: 'InvalidAccessKeyId.Inactive' },
    });
    expect(await sendV3({ key, version: '2016-01-20', action: 'ListSecrets' })).toMatchObject({
      status: 403,
      body: { HttpStatus: 403, Code: 'Forbidden.AccessKey' },
    });
  });
});

describe('V1 by hand', () => {
  test('is taken when right, by GET and in a chunked form', async () => {
    expect(await sendV1()).toMatchObject({ status: 200 });
    expect(await sendV1({ method: 'POST' })).toMatchObject({ status: 200 });
  });

  test('KMS does not insist on a nonce, RAM does', async () => {
    const drop = ['SignatureNonce'];
    const kms = { Action: 'ListSecrets', Version: '2016-01-20' };
    expect(await sendV1({ drop, params: kms })).toMatchObject({ status: 200 });
    expect(await sendV1({ drop })).toMatchObject({ status: 400, body: { Code: 'IncompleteSignature' } });
  });

  const unknown = { accessKeyId: 'LTAI5tNobody', accessKeySecret: 's' };
  const wrong: [string, number, string, Parameters<typeof sendV1>[0]][] = [
    ['another method of signing', 400, 'IncompleteSignature', { params: { SignatureMethod: 'HMAC-MD5' } }],
    ['no version of the signature', 400, 'IncompleteSignature', { drop: ['SignatureVersion'] }],
    [
      '16 minutes ago',
      400,
      'InvalidTimeStamp.Expired',
      { params: { Timestamp: wireTime(Date.now() - 16 * MINUTE) } },
    ],
    ['unknown key', 404, 'InvalidAccessKeyId.NotFound', { key: unknown }],
  ];
  test.each(wrong)('%s → %d %s', async (_, status, Code, options) => {
    expect(await sendV1(options)).toMatchObject({ status, body: { Code } });
  });

  test('another secret', async () => {
    const key = { ...cloud.account().rootKey, accessKeySecret: 'wrong' };
    expect(await sendV1({ key })).toMatchObject({ status: 400, body: { Code: 'SignatureDoesNotMatch' } });
  });
});
