import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Cloud } from '../../src/cloud/cloud';
import { CloudError } from '../../src/cloud/error';
import { Secret } from '../../src/cloud/secret';
import { callerIdentityOf } from '../../src/cloud/sts';
import { ApiServer, type Behaviour, type Received } from './api-server';
import { cloudAt, KEY_SECRET, TOKEN } from './open';

const NEW_SECRET = 'NewPairSecretabcdefghijklm6789';

let server: ApiServer;
beforeAll(async () => {
  server = await ApiServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.received.length = 0;
});

/** Quotes all that was received, as gateways do that cannot make sense of a request. */
const echo = (call: Received) =>
  [call.url, decodeURIComponent(call.url), JSON.stringify(call.headers), call.body, String(call.form)].join(
    ' ',
  );

const signatureTail = (call: Received) =>
  `Specified signature is not matched with our calculation. server string to sign is:POST&%2F&${encodeURIComponent(echo(call))}`;

const failures: Record<string, Behaviour> = {
  'a reset connection': () => 'reset',
  'no answer': () => 'hang',
  'a refusal that quotes the request': (call) => ({
    status: 400,
    body: { Code: 'InvalidParameter', Message: `Bad request: ${echo(call)}`, RequestId: 'R-1' },
  }),
  'a signature error with the string to sign': (call) => ({
    status: 400,
    body: { Code: 'SignatureDoesNotMatch', Message: signatureTail(call), RequestId: 'R-1' },
  }),
  'a refusal with the request in every field': (call) => ({
    status: 400,
    body: { Code: echo(call), Message: echo(call), RequestId: echo(call), HostId: echo(call) },
  }),
  throttling: (call) => ({
    status: 429,
    body: { Code: 'Throttling.User', Message: echo(call), RequestId: 'R-1' },
  }),
  'a server error': (call) => ({
    status: 500,
    body: { Code: 'InternalError', Message: echo(call), RequestId: 'R-1' },
  }),
  'an error page': (call) => ({
    status: 502,
    headers: { 'content-type': 'text/html' },
    body: `<html>502 ${echo(call)}</html>`,
  }),
  'an answer that is not JSON': (call) => ({ body: `OK ${echo(call)}` }),
  'an answer of another shape': (call) => ({
    body: {
      User: echo(call),
      Users: echo(call),
      Credentials: echo(call),
      AccountId: { x: echo(call) },
      SecretData: 1,
    },
  }),
  'no object at all': () => ({ body: 'null' }),
};

const pair = { keyId: 'LTAInew', secret: new Secret(NEW_SECRET) };

const calls: Record<string, (cloud: Cloud) => Promise<unknown>> = {
  'RAM GetUser': (cloud) => cloud.ram.getUser('alice'),
  'RAM CreateAccessKey': (cloud) => cloud.ram.createAccessKey('alice'),
  'IMS ListUsers': (cloud) => cloud.ims.listUsers(),
  'IMS SetAccessKeyPolicy': (cloud) =>
    cloud.ims.setAccessKeyPolicy(
      'alice@x.onaliyun.com',
      'LTAI',
      JSON.stringify({ Status: 'Inactive', Statements: [] }),
    ),
  'KMS CreateSecret': (cloud) =>
    cloud.kms.createSecret({ name: 'keyturn/alice', versionId: 'LTAInew', pair }),
  'KMS PutSecretValue': (cloud) =>
    cloud.kms.putSecretValue({
      name: 'keyturn/alice',
      versionId: 'LTAInew',
      pair,
      stages: ['KeyturnStandby'],
    }),
  'KMS GetSecretValue': (cloud) => cloud.kms.readPair('keyturn/alice', { stage: 'ACSCurrent' }),
  'STS AssumeRole': (cloud) => cloud.sts.assumeRole({ roleArn: 'acs:ram::1:role/r', sessionName: 'keyturn' }),
  'STS GetCallerIdentity, signed with the new pair': (cloud) =>
    callerIdentityOf(pair, cloud.gate, { host: server.host, protocol: 'http' }),
};

function everything(error: unknown): string {
  const own = Object.getOwnPropertyNames(error).map((name) =>
    String((error as Record<string, unknown>)[name]),
  );
  const shown = inspect(error, { showHidden: true, depth: null, maxStringLength: null });
  return [String(error), JSON.stringify(error), shown, ...own].join('\n');
}

function signaturesOf(received: Received[]): string[] {
  return received.flatMap((call) => [
    ...(/Signature=([^,]+)/.exec(call.headers.authorization ?? '')?.slice(1) ?? []),
    ...call.query.getAll('Signature'),
  ]);
}

async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  return undefined;
}

function expectClean(error: unknown): void {
  expect(error).toBeInstanceOf(CloudError);
  const text = everything(error);
  const secrets = [KEY_SECRET, TOKEN, NEW_SECRET, ...signaturesOf(server.received)];
  for (const secret of secrets) {
    for (const form of [secret, encodeURIComponent(secret), encodeURIComponent(encodeURIComponent(secret))]) {
      expect(text).not.toContain(form);
    }
  }
}

describe('no error holds a secret, a token or a signature', () => {
  for (const [name, call] of Object.entries(calls)) {
    for (const [failure, behave] of Object.entries(failures)) {
      it(`${name}: ${failure}`, async () => {
        server.behave = behave;
        const error = await failureOf(
          call(cloudAt(server.host, { timeoutMs: failure === 'no answer' ? 200 : 5_000 })),
        );
        expect(server.received.length).toBeGreaterThan(0);
        expectClean(error);
      });
    }
  }

  it('a refused connection', async () => {
    for (const [name, call] of Object.entries(calls)) {
      if (name.includes('signed with')) continue;
      const error = await failureOf(call(cloudAt('127.0.0.1:1')));
      expectClean(error);
      expect(error).toMatchObject({ code: 'ECONNREFUSED', outcome: 'unknown' });
    }
  });
});
