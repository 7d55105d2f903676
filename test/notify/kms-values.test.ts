import { afterEach, expect, test } from 'vitest';
import { CloudError } from '../../src/cloud/error';
import { Secret } from '../../src/cloud/secret';
import { KmsReference } from '../../src/config/values';
import { type Receiver, receiver } from '../support/receiver';
import { CHANNEL_SECRET, notifier, rotated, tell } from './fixtures';
import { type Vendor, vendors } from './vendors';

let other: Receiver | Vendor | undefined;
afterEach(() => other?.close());

const inKms = { url: new KmsReference('hooks/url'), secret: new KmsReference('hooks/secret') };
const hook = { type: 'webhook' as const, allowPrivate: false, ...inKms };

/** KMS with these secrets; what was asked for, in order. */
function kms(secrets: Record<string, string | Error>) {
  const asked: string[] = [];
  const readSecret = async (name: string) => {
    asked.push(name);
    const value = secrets[name] ?? '';
    if (value instanceof Error) throw value;
    return new Secret(value);
  };
  return { asked, readSecret };
}

const failed = async (secrets: Record<string, string | Error>) => {
  const { readSecret, asked } = kms(secrets);
  const { failed } = await notifier([hook], { readSecret }).deliver(rotated);
  return { error: failed[0]?.error, attempts: asked.filter((name) => name === 'hooks/url').length };
};

test('URL and secret are read when there is something to tell, once for a run', async () => {
  const vendor = await vendors.webhook();
  other = vendor;
  const { readSecret, asked } = kms({
    'hooks/url': `${vendor.origin}/hook\n`,
    'hooks/secret': `${CHANNEL_SECRET}\n`,
  });
  const { deliver, due } = notifier([hook], { readSecret });
  expect(due(rotated)).toHaveLength(1);
  expect(asked).toEqual([]);
  await deliver(rotated);
  await deliver(rotated);
  expect(asked.toSorted()).toEqual(['hooks/secret', 'hooks/url']);
  expect(vendor.taken).toHaveLength(2);
});

test('the id goes with the name of the secret, since the URL is not known', () => {
  const [one, two] = ['a', 'b'].map((name) => ({ ...hook, url: new KmsReference(name) }));
  if (!one || !two) throw new Error('two were made');
  const ids = [notifier([one]), notifier([one, two])].map(({ channels }) => channels.map(({ id }) => id));
  expect(ids[1]?.[0]).toBe(ids[0]?.[0]);
  expect(new Set(ids[1])).toHaveLength(2);
});

test('KMS that fails for a while is asked again', async () => {
  other = await receiver({ status: 204 });
  const { origin } = other;
  let times = 0;
  const readSecret = async (name: string) => {
    times += 1;
    if (times <= 2) throw refusal('ServiceUnavailable', { retryable: true, status: 503 });
    return new Secret(name === 'hooks/url' ? origin : CHANNEL_SECRET);
  };
  expect((await notifier([hook], { readSecret }).deliver(rotated)).failed).toEqual([]);
});

const refusal = (code: string, more: { retryable: boolean; status: number }) =>
  new CloudError({
    product: 'KMS',
    action: 'GetSecretValue',
    code,
    outcome: 'refused',
    message: `${code} for TOKEN`,
    ...more,
  });

const secrets = { 'hooks/url': 'https://127.0.0.1:1/TOKEN', 'hooks/secret': CHANNEL_SECRET };

test.each<[string, Record<string, string | Error>, string, number]>([
  [
    'refused by KMS',
    { ...secrets, 'hooks/url': refusal('Forbidden.NoPermission', { retryable: false, status: 403 }) },
    'the KMS secret hooks/url cannot be read (Forbidden.NoPermission)',
    1,
  ],
  [
    'throttled to the end',
    { ...secrets, 'hooks/url': refusal('Rejected.Throttling', { retryable: true, status: 429 }) },
    'the KMS secret hooks/url cannot be read (Rejected.Throttling)',
    3,
  ],
  ['no URL', { ...secrets, 'hooks/url': 'TOKEN' }, 'not sent: the KMS secret hooks/url is no URL', 1],
  [
    'plain http',
    { ...secrets, 'hooks/url': 'http://hooks.example.com/TOKEN' },
    'not sent: its URL is not https',
    1,
  ],
  [
    'a secret that can be guessed',
    { ...secrets, 'hooks/secret': 'fifteen-letters' },
    'not sent: the KMS secret hooks/secret has fewer than 16 characters',
    1,
  ],
])('%s: told without what is in it', async (_, values, error, attempts) => {
  expect(await failed(values)).toEqual({ error, attempts });
});

test('without credentials for KMS nothing is sent', async () => {
  const { failed } = await notifier([hook]).deliver(rotated);
  expect(failed[0]?.error).toBe('not sent: no credentials to read KMS');
});

test('a chat whose URL is its secret', async () => {
  const vendor = await vendors.wecom();
  other = vendor;
  const url = `${vendor.origin}/cgi-bin/webhook/send?key=TOKEN`;
  const { readSecret } = kms({ 'hooks/wecom': url });
  const config = { type: 'wecom' as const, url: new KmsReference('hooks/wecom'), allowPrivate: false };
  expect((await notifier([config], { readSecret }).deliver(rotated)).failed).toEqual([]);
  expect((await tell('wecom', vendor.origin).deliver(rotated)).failed).toEqual([]);
  expect(vendor.taken).toHaveLength(2);
});
