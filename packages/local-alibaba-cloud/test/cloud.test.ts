import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../src/calls';
import { LocalCloud } from '../src/cloud';
import type { Fault } from '../src/faults';
import { signedCall } from '../src/sign';
import { clients, harness } from './harness';

/** A fault without its aim. */
type Effect = Fault extends infer Kind ? (Kind extends Fault ? Omit<Kind, 'match'> : never) : never;

describe('faults', () => {
  const it = harness();
  const create = { UserName: 'alice' };
  const keys = () => it.account.user('alice').keys.size;
  const arm = (fault: Effect) =>
    it.cloud.faults.add({ match: (call) => call.action === 'CreateAccessKey', ...fault });

  test.each([
    ['drop-before', 0],
    ['drop-after', 1],
  ] as const)('%s', async (kind, executed) => {
    it.account.createUser('alice');
    arm({ kind });
    await expect(it.call('ram', 'CreateAccessKey', create)).rejects.toMatchObject({ code: 'ECONNRESET' });
    expect(keys()).toBe(executed);
    expect(it.cloud.calls[0]).toMatchObject({ status: 0, executed: executed === 1 });
    expect((await it.call('ram', 'CreateAccessKey', create)).status).toBe(200);
  });

  test.each([false, true])('an error in place of the answer, executed: %s', async (execute) => {
    it.account.createUser('alice');
    arm({ kind: 'error', status: 500, code: 'InternalError', message: 'm', execute });
    expect(await it.call('ram', 'CreateAccessKey', create)).toMatchObject({
      status: 500,
      body: { Code: 'InternalError', Message: 'm' },
    });
    expect(keys()).toBe(execute ? 1 : 0);
  });

  test('throttling, as the SDKs understand it', async () => {
    it.cloud.faults.add({ match: () => true, kind: 'error', status: 429, code: 'Throttling.User' });
    await expect(clients(it.cloud, it.root).sts.getCallerIdentity()).rejects.toMatchObject({
      name: 'ThrottlingError',
      code: 'Throttling.User',
    });
    it.cloud.faults.add({ match: () => true, kind: 'error', status: 429, code: 'Throttling.User' });
    await expect(clients(it.cloud, it.root).kms.post('ListSecrets', {})).rejects.toMatchObject({
      code: 'Rejected.ThrottlingError',
    });
  });

  test('HTML, and an answer of one’s own', async () => {
    arm({ kind: 'html' });
    await expect(it.call('ram', 'CreateAccessKey', create)).rejects.toThrow(SyntaxError);
    arm({ kind: 'answer', body: '{"AccessKey":7}' });
    expect((await it.call('ram', 'CreateAccessKey', create)).body).toEqual({ AccessKey: 7 });
  });

  test('a call that hangs is executed only if asked', async () => {
    it.account.createUser('alice');
    arm({ kind: 'hang', execute: true });
    const pending = it.call('ram', 'CreateAccessKey', create);
    await expect.poll(keys).toBe(1);
    const outcome = expect(pending).rejects.toThrow();
    await it.cloud.stop();
    await outcome;
  });

  test('a delay is real time', async () => {
    arm({ kind: 'delay', delayMs: 30 });
    const before = performance.now();
    it.account.createUser('alice');
    expect((await it.call('ram', 'CreateAccessKey', create)).status).toBe(200);
    expect(performance.now() - before).toBeGreaterThan(28);
  });

  test('hit as often as told, the calls that match, until removed', async () => {
    const seen: unknown[] = [];
    const handle = it.cloud.faults.add({
      match: (call) => {
        seen.push([call.seq, call.product, call.action, call.params.MaxItems, call.account]);
        return call.product === 'ram';
      },
      times: 2,
      kind: 'error',
    });
    const statuses: number[] = [];
    for (const product of ['ram', 'ims', 'ram', 'ram'] as const) {
      statuses.push((await it.call(product, 'ListUsers', { MaxItems: '5' })).status);
    }
    expect(statuses).toEqual([503, 200, 503, 200]);
    expect(handle.hits).toBe(2);
    expect(seen[0]).toEqual([0, 'ram', 'ListUsers', '5', '1234567890123456']);
    it.cloud.faults.add({ match: () => true, times: 9, kind: 'error' }).remove();
    expect((await it.call('ram', 'ListUsers')).status).toBe(200);
    it.cloud.faults.add({ match: () => true, times: 9, kind: 'error' });
    it.cloud.faults.clear();
    expect((await it.call('ram', 'ListUsers')).status).toBe(200);
  });
});

describe('the record of calls', () => {
  const it = harness();

  test('has everything, and listeners hear of what was executed', async () => {
    it.account.createUser('alice');
    const heard: CallRecord[] = [];
    const unsubscribe = it.cloud.onCall((call) => heard.push(call));
    await it.call('ram', 'GetUser', { UserName: 'alice' });
    await it.call('ram', 'GetUser', { UserName: 'nobody' });
    unsubscribe();
    await it.call('ram', 'CreateAccessKey', { UserName: 'alice' });
    expect(heard.map((call) => call.seq)).toEqual([0]);
    expect(it.cloud.calls).toMatchObject([
      {
        seq: 0,
        product: 'ram',
        action: 'GetUser',
        write: false,
        params: { UserName: 'alice' },
        url: '/?UserName=alice',
        accessKeyId: it.account.rootKey.accessKeyId,
        principalArn: 'acs:ram::1234567890123456:root',
        account: '1234567890123456',
        checked: ['ram:GetUser acs:ram:*:1234567890123456:user/alice'],
        allowed: true,
        executed: true,
        status: 200,
      },
      { seq: 1, executed: false, status: 404, code: 'EntityNotExist.User' },
      { seq: 2, action: 'CreateAccessKey', write: true, executed: true },
    ]);
    const [call] = it.cloud.calls;
    expect(call && call.finishedAt >= call.startedAt).toBe(true);
  });

  test('every secret ever issued or seen is known', async () => {
    it.account.createUser('alice');
    it.account.createRole('r', { policies: [] });
    const { body } = await it.call('ram', 'CreateAccessKey', { UserName: 'alice' });
    const session = it.account.assume('r');
    const secrets = it.cloud.issuedSecrets();
    const { AccessKeySecret } = body.AccessKey as { AccessKeySecret: string };
    const signature = it.cloud.calls[0]?.headers.authorization?.split('Signature=')[1];
    for (const secret of [
      AccessKeySecret,
      session.accessKeySecret,
      session.securityToken,
      signature,
      it.root.accessKeySecret,
    ]) {
      expect(secrets).toContain(secret);
    }
  });
});

test('the record can be bounded, or left out', async () => {
  for (const [recordCalls, kept] of [
    [2, [3, 4, 5]],
    [false, []],
  ] as const) {
    const cloud = await LocalCloud.start({ recordCalls });
    for (let index = 0; index < 6; index += 1) {
      await signedCall(cloud.endpoint, cloud.account().rootKey, {
        version: '2015-04-01',
        action: 'GetCallerIdentity',
      });
    }
    expect(cloud.calls.map((call) => call.seq)).toEqual(kept);
    await cloud.stop();
  }
});

describe('quotas', () => {
  const it = harness({ quotas: true });
  // Buckets of ten are empty long before forty calls are through, on the slowest machine too.
  const flood = async (product: 'ram' | 'kms', action: string) => {
    const answers = await Promise.all(Array.from({ length: 40 }, () => it.call(product, action)));
    return answers.find((answer) => JSON.stringify(answer.body).includes('Throttling'));
  };

  test('are answered with the status of choice', async () => {
    expect(await flood('ram', 'AttachPolicyToUser')).toMatchObject({
      status: 400,
      body: { Code: 'Throttling.User', Message: 'Request was denied due to user flow control.' },
    });
    it.cloud.switches.throttlingStatus = 503;
    expect((await flood('ram', 'DetachPolicyFromUser'))?.status).toBe(503);
  });

  test('of KMS are answered in its own way', async () => {
    expect(await flood('kms', 'CreateSecret')).toMatchObject({
      status: 429,
      body: { HttpStatus: 429, Code: 'Rejected.Throttling', Message: 'QPS Limit Exceeded' },
    });
  });
});

describe('a seed', () => {
  const story = async (seed: number | undefined, names: string[]) => {
    const cloud = await LocalCloud.start({ seed });
    const account = cloud.account();
    const pairs: Record<string, string> = {};
    for (const name of names) {
      account.createUser(name);
      pairs[name] = JSON.stringify([account.createKey(name), account.createKey(name)]);
    }
    await cloud.stop();
    return pairs;
  };

  test('gives everybody the same keys, whatever the order', async () => {
    expect(await story(7, ['a', 'b'])).toEqual(await story(7, ['b', 'a']));
    expect(await story(7, ['a'])).not.toEqual(await story(8, ['a']));
    expect(await story(undefined, ['a'])).not.toEqual(await story(undefined, ['a']));
  });
});

test('accounts know nothing of each other', async () => {
  const cloud = await LocalCloud.start();
  const other = cloud.account('2222222222222222');
  other.createUser('bob');
  const query = { version: '2015-05-01', action: 'GetUser', query: { UserName: 'bob' } };
  expect((await signedCall(cloud.endpoint, other.rootKey, query)).status).toBe(200);
  expect((await signedCall(cloud.endpoint, cloud.account().rootKey, query)).status).toBe(404);
  await cloud.stop();
});
