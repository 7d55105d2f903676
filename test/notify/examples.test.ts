import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { LocalCloud } from '../../packages/local-alibaba-cloud/index';
import { ACCOUNT, CHANNEL_SECRET, every, NOW, notifier, rotated, secret } from './fixtures';

const example = (name: string) => new URL(`../../examples/${name}`, import.meta.url);

interface Pair {
  AccessKeyId: string;
  AccessKeySecret: string;
}

describe('the consumer', () => {
  let cloud: LocalCloud;
  let first: string;

  beforeEach(async () => {
    cloud = await LocalCloud.start();
    cloud.account().createUser('svc-orders');
    first = issue();
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await cloud.stop();
  });

  /** A new key, made current as keyturn does it. */
  function issue(): string {
    const account = cloud.account();
    const { accessKeyId, accessKeySecret } = account.createKey('svc-orders');
    const pair = { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret };
    const data = JSON.stringify({ ...pair, GenerateTimestamp: '2026-11-23T03:00:00Z' });
    account.secrets.delete('keyturn/svc-orders');
    account.createSecret('keyturn/svc-orders', accessKeyId, data);
    return accessKeyId;
  }

  const disable = (keyId: string) => {
    const user = cloud.account().user('svc-orders');
    cloud.account().setKeyStatus(cloud.account().key(user, keyId), 'Inactive');
  };

  const reads = () => cloud.calls.filter(({ action }) => action === 'GetSecretValue').length;

  async function consumer(maxAge?: number) {
    const { accessKeyId, accessKeySecret } = cloud.account().rootKey;
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_ID', accessKeyId);
    vi.stubEnv('ALIBABA_CLOUD_ACCESS_KEY_SECRET', accessKeySecret);
    const { RotatedKey, secretReader, whoAmI } = await import(example('consumer.mjs').href);
    const place = { region: 'cn-hangzhou', endpoint: cloud.url };
    const key = new RotatedKey(secretReader({ ...place, secretName: 'keyturn/svc-orders' }), maxAge);
    const used: string[] = [];
    return {
      used,
      refresh: () => key.refresh(),
      work: (): Promise<string> =>
        key.use((pair: Pair) => {
          used.push(pair.AccessKeyId);
          return whoAmI(pair, place);
        }),
    };
  }

  const ARN = `acs:ram::${ACCOUNT}:user/svc-orders`;

  test('runs as a program', async () => {
    const { accessKeyId, accessKeySecret } = cloud.account().rootKey;
    const env = {
      PATH: process.env.PATH,
      REGION: 'cn-hangzhou',
      SECRET_NAME: 'keyturn/svc-orders',
      KMS_ENDPOINT: cloud.url,
      STS_ENDPOINT: cloud.url,
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
    };
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      [example('consumer.mjs').pathname],
      { env },
    );
    expect(stdout).toBe(`${ARN}\n`);
    expect(stderr).toBe('');
  });

  test('reads the secret once for many uses', async () => {
    const { work } = await consumer();
    expect(await Promise.all([work(), work(), work()])).toEqual([ARN, ARN, ARN]);
    await work();
    expect(reads()).toBe(1);
  });

  test('goes on with the successor when its key is disabled', async () => {
    const { work, used } = await consumer();
    await work();
    const second = issue();
    disable(first);
    expect(await work()).toBe(ARN);
    expect(await work()).toBe(ARN);
    expect(used).toEqual([first, first, second, second]);
    expect(reads()).toBe(2);
  });

  test('fails as it did before where there is no successor', async () => {
    const { work } = await consumer();
    await work();
    disable(first);
    await expect(work()).rejects.toMatchObject({ code: 'InvalidAccessKeyId.Inactive' });
  });

  test('reads again when told', async () => {
    const { work, used, refresh } = await consumer();
    await work();
    const second = issue();
    refresh();
    await work();
    expect(used).toEqual([first, second]);
  });

  test('reads again when what it has is old', async () => {
    const { work, used } = await consumer(0);
    await work();
    const second = issue();
    await work();
    expect(used).toEqual([first, second]);
  });

  test('a failed read is not kept', async () => {
    const { work } = await consumer();
    cloud.faults.add({ kind: 'error', status: 503, match: ({ action }) => action === 'GetSecretValue' });
    await expect(work()).rejects.toThrow();
    expect(await work()).toBe(ARN);
  });
});

describe('the receiver', () => {
  async function receive(onEvent: (event: { id: string; type: string }) => void, now = NOW.toMillis()) {
    const { receiver } = await import(example('receiver.mjs').href);
    const server = receiver(CHANNEL_SECRET, onEvent, () => now);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const { port } = server.address() as AddressInfo;
    return { url: `http://127.0.0.1:${port}/`, close: () => server.close() };
  }

  test('takes what keyturn signed, once', async () => {
    const events: string[] = [];
    const { url, close } = await receive(({ id }) => events.push(id));
    const { deliver } = notifier([{ type: 'webhook', url, secret, allowPrivate: false }]);
    const facts = [rotated, rotated, every['keyturn.run.failed']];
    for (const fact of facts) expect((await deliver(fact)).failed).toEqual([]);
    expect(events).toEqual([rotated.id, every['keyturn.run.failed'].id]);
    close();
  });

  const sign = (text: string) => `sha256=${createHmac('sha256', CHANNEL_SECRET).update(text).digest('hex')}`;
  const body = '{"id":"1"}';
  const time = '2026-11-23T03:00:00Z';
  const good = { 'x-keyturn-time': time, 'x-keyturn-time-signature': sign(`${time}.${body}`) };

  test.each<[string, string, Record<string, string>, number]>([
    ['what was sent five minutes ago', '2026-11-23T03:05:00Z', good, 204],
    ['what was sent earlier', '2026-11-23T03:05:01Z', good, 401],
    ['what is to be sent later than in five minutes', '2026-11-23T02:54:59Z', good, 401],
    ['another time than the signed one', time, { ...good, 'x-keyturn-time': '2026-11-23T03:01:00Z' }, 401],
    ['no time', time, { 'x-keyturn-time-signature': sign(`.${body}`) }, 401],
    [
      'a time that is none',
      time,
      { 'x-keyturn-time': 'now', 'x-keyturn-time-signature': sign(`now.${body}`) },
      401,
    ],
    ['no signature', time, { 'x-keyturn-time': time }, 401],
    ['the signature over the body alone', time, { ...good, 'x-keyturn-time-signature': sign(body) }, 401],
    ['a short one', time, { ...good, 'x-keyturn-time-signature': 'sha256=' }, 401],
  ])('%s', async (_, now, headers, status) => {
    const heard: string[] = [];
    const { url, close } = await receive(({ id }) => heard.push(id), Date.parse(now));
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(status);
    expect(heard).toEqual(status === 204 ? ['1'] : []);
    close();
  });

  test('has an event told again that it could not work on', async () => {
    const heard: string[] = [];
    const { url, close } = await receive(({ id }) => {
      heard.push(id);
      if (heard.length === 1) throw new Error('busy');
    });
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { deliver } = notifier([{ type: 'webhook', url, secret, allowPrivate: false }]);
    expect((await deliver(rotated)).failed).toEqual([]);
    expect(heard).toEqual([rotated.id, rotated.id]);
    log.mockRestore();
    close();
  });
});

test('the function reloads what was rotated, and nothing else', async () => {
  const { handler } = await import(example('reload-function.mjs').href);
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  await handler(Buffer.from(JSON.stringify({ type: 'keyturn.accesskey.deleted', subject: 'a', data: {} })));
  expect(log).not.toHaveBeenCalled();
  const { type, subject, data } = rotated;
  await handler(Buffer.from(JSON.stringify({ type, subject, data })));
  expect(log).toHaveBeenCalledWith('svc-orders: keyturn/svc-orders has a new current version');
  log.mockRestore();
});
