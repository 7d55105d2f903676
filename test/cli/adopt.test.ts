import { beforeEach, describe, expect, test } from 'vitest';
import type { Pair } from '../../packages/local-alibaba-cloud/index';
import { type Ended, operatorEnv } from '../support/cli-fixture';
import { statusFixture } from '../support/status-fixture';

const fixture = statusFixture();
const { writes } = fixture;
const user = 'svc-orders';
const secretName = `keyturn/${user}`;

beforeEach(() => {
  fixture.account.createUser(user);
  configure();
});

const configure = (more: object = {}) =>
  fixture.fixture.configure({ ...fixture.config, rotation: { users: { names: [user] } }, ...more });
const textOf = ({ accessKeyId, accessKeySecret }: Pair) =>
  JSON.stringify({ AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret });

/** Nothing that comes out holds what went in. */
async function adopt(pair: Pair, input = textOf(pair), ...options: string[]): Promise<Ended> {
  const env = operatorEnv(fixture.operator);
  const ended = await fixture.fixture.keyturn(['adopt', user, ...options], { env, input });
  expect(ended.stdout + ended.stderr).not.toContain(pair.accessKeySecret);
  for (const { params } of fixture.cloud.calls.filter(({ product }) => product !== 'kms')) {
    expect(Object.values(params)).not.toContain(pair.accessKeySecret);
  }
  return ended;
}

test.each([
  ['JSON', textOf],
  [
    'JSON over several lines, with more in it',
    (pair: Pair) => JSON.stringify({ ...JSON.parse(textOf(pair)), GenerateTimestamp: 'x' }, null, 2),
  ],
  ['two lines', ({ accessKeyId, accessKeySecret }: Pair) => `${accessKeyId}\n${accessKeySecret}\n`],
  [
    'two lines of Windows',
    ({ accessKeyId, accessKeySecret }: Pair) => `${accessKeyId}\r\n${accessKeySecret}\r\n`,
  ],
])('%s: the pair is proven and stored', async (_, written) => {
  const pair = fixture.account.createKey(user);
  const ended = await adopt(pair, written(pair));
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  expect(ended.stdout).toContain(`Key ${pair.accessKeyId} of user svc-orders is proven and in the secret`);
  const stored = fixture.account.secret(secretName)?.versions.get(pair.accessKeyId)?.data ?? '';
  expect(JSON.parse(stored)).toMatchObject(JSON.parse(textOf(pair)));
});

test('once more, as JSON: it is there already', async () => {
  const pair = fixture.account.createKey(user);
  await adopt(pair);
  const before = writes().length;
  const { code, stdout } = await adopt(pair, textOf(pair), '--json', '--reason', 'taking over');
  expect(JSON.parse(stdout)).toMatchObject({
    mode: 'enforce',
    operatorReason: 'taking over',
    account: fixture.account.id,
    user,
    reason: 'AlreadyAdopted',
    actions: [],
  });
  expect(code).toBe(0);
  expect(writes()).toHaveLength(before);
});

test('a dry run says what would be done, and writes nothing', async () => {
  configure({ mode: 'plan' });
  const pair = fixture.account.createKey(user);
  const { code, stdout } = await adopt(pair, textOf(pair), '--dry-run', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    mode: 'plan',
    reason: 'Adopted',
    actions: [
      { action: 'ProveKey', keyId: pair.accessKeyId, outcome: 'planned' },
      { action: 'StoreSecret', keyId: pair.accessKeyId, outcome: 'planned' },
    ],
  });
  expect(code).toBe(0);
  expect(writes()).toEqual([]);
});

describe('standard input that holds no pair is refused before any call, and not repeated', () => {
  test.each([
    ['nothing', () => ''],
    ['the secret alone', ({ accessKeySecret }: Pair) => accessKeySecret],
    ['three lines', (pair: Pair) => `${pair.accessKeyId}\n${pair.accessKeySecret}\nmore`],
    ['broken JSON', (pair: Pair) => textOf(pair).slice(0, -1)],
    ['JSON of something else', ({ accessKeySecret }: Pair) => JSON.stringify({ key: accessKeySecret })],
    ['a list', (pair: Pair) => `[${textOf(pair)}]`],
    ['an id with a space', (pair: Pair) => `LTAI 5tAbCdEfGhIjKlMn\n${pair.accessKeySecret}`],
    ['far too much', (pair: Pair) => textOf(pair).padEnd(2_000_000)],
  ])('%s', async (_, input) => {
    const pair = fixture.account.createKey(user);
    const { code, stdout, stderr } = await adopt(pair, input(pair));
    expect(stderr).toContain('Standard input holds no AccessKey pair');
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(fixture.cloud.calls).toEqual([]);
  });
});

describe('refused, and nothing is written', () => {
  const refused = async (pair: Pair, message: string) => {
    const { code, stdout } = await adopt(pair);
    expect(stdout).toContain(message);
    expect(stdout).toContain('Nothing was changed.');
    expect(code).toBe(1);
    expect(writes()).toEqual([]);
  };

  test('a key of another user', async () => {
    fixture.account.createUser('other');
    await refused(fixture.account.createKey('other'), 'is not a key of user svc-orders');
  });

  test('a disabled key', async () => {
    await refused(fixture.account.createKey(user, { status: 'Inactive' }), 'is disabled');
  });

  test('a secret of another key in KMS', async () => {
    const other = fixture.account.createKey(user);
    fixture.account.createSecret(secretName, other.accessKeyId, textOf(other));
    await refused(fixture.account.createKey(user), `names key ${other.accessKeyId} as the current one`);
  });

  test('another secret of the same key in KMS', async () => {
    const pair = fixture.account.createKey(user);
    const other = { ...pair, accessKeySecret: 'AnotherSecretAnotherSecret1234' };
    fixture.account.createSecret(secretName, pair.accessKeyId, textOf(other));
    await refused(pair, 'with another AccessKeySecret');
  });

  test('an unknown user', async () => {
    const pair = fixture.account.createKey(user);
    const env = operatorEnv(fixture.operator);
    const ended = await fixture.fixture.keyturn(['adopt', 'nobody'], { env, input: textOf(pair) });
    expect(ended).toMatchObject({ code: 1, stdout: expect.stringContaining('There is no RAM user nobody') });
    expect(writes()).toEqual([]);
  });

  test('mode plan, before any call', async () => {
    configure({ mode: 'plan' });
    const { code, stderr } = await adopt(fixture.account.createKey(user));
    expect(stderr).toContain('mode: plan');
    expect(code).toBe(2);
    expect(fixture.cloud.calls).toEqual([]);
  });

  test.each([
    ['a secret as an argument', ['LTAI5tAbCdEfGhIjKlMn', 'hunter2hunter2hunter2'], 'too many arguments'],
    ['an option for it', ['--secret', 'hunter2hunter2hunter2'], "unknown option '--secret'"],
  ])('%s', async (_, options, message) => {
    const { code, stderr } = await adopt(fixture.account.createKey(user), '', ...options);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('hunter2');
    expect(code).toBe(2);
  });
});

test('a secret that does not sign is not stored', async () => {
  const { accessKeyId } = fixture.account.createKey(user);
  const wrong = { accessKeyId, accessKeySecret: 'WrongSecretWrongSecretWrong123' };
  const { code, stdout } = await adopt(wrong, textOf(wrong), '--json');
  expect(JSON.parse(stdout)).toMatchObject({ reason: 'Refused', error: { code: 'KeyNotProven' } });
  expect(code).toBe(1);
  expect(writes()).toEqual([]);
});
