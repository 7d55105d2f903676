import { beforeEach, expect, test } from 'vitest';
import { DAY } from '../../packages/local-alibaba-cloud/index';
import { statusFixture } from '../support/status-fixture';

const fixture = statusFixture();
const { keyturn, writes } = fixture;

beforeEach(() => configure());

const configure = (more: object = {}) =>
  fixture.fixture.configure({
    ...fixture.config,
    // Shorter than the making of the credential report, for which the first run waits.
    inactivity: { warn: 'PT1S' },
    ...more,
  });
const standing = (name: string) => {
  const { keys, login } = fixture.account.user(name);
  return {
    ...Object.fromEntries([...keys.values()].map(({ id, status }) => [id, status])),
    logon: login?.status,
  };
};

/** A user whom disable-inactive has disabled: its logon and one key; another key a person had disabled before. */
async function disabledUser(name: string): Promise<{ ours: string; others: string }> {
  const { account } = fixture;
  const createdAt = Date.now() - 400 * DAY;
  account.createUser(name, { createdAt, consoleLogin: true });
  const ours = account.createKey(name, { createdAt }).accessKeyId;
  const others = account.createKey(name, { createdAt, status: 'Inactive', updatedAt: createdAt }).accessKeyId;
  for (const _ of ['warned', 'disabled'])
    expect(await keyturn('disable-inactive')).toMatchObject({ code: 0 });
  expect(standing(name)).toEqual({ [ours]: 'Inactive', [others]: 'Inactive', logon: 'Inactive' });
  return { ours, others };
}

test('brings back keys and logon that keyturn disabled, and nothing else', async () => {
  const { ours, others } = await disabledUser('ben');
  const before = writes().length;

  const plan = await keyturn('restore', 'ben', '--dry-run');
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(plan.stdout).toContain('nothing was done');
  expect(plan.stdout).toMatch(new RegExp(`EnableAccessKey +${ours} +planned`));
  expect(writes()).toHaveLength(before);

  const done = await keyturn('restore', 'ben', '--reason', 'back from leave');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toMatch(/^restore \(mode enforce, account \d+, reason: back from leave\)/);
  expect(done.stdout).toMatch(new RegExp(`EnableAccessKey +${ours} +done`));
  expect(done.stdout).toMatch(/EnableLogin +done/);
  expect(standing('ben')).toEqual({ [ours]: 'Active', [others]: 'Inactive', logon: 'Active' });

  const again = await keyturn('restore', 'ben', '--json');
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout)).toMatchObject({
    mode: 'enforce',
    user: 'ben',
    reason: 'NothingToRestore',
  });
});

test('says what is left for a person, and ends with 1', async () => {
  const { ours } = await disabledUser('ben');
  const { account } = fixture;
  const user = account.user('ben');
  account.deleteKey(account.key(user, ours));
  account.purgeKey(user, ours);
  const { code, stdout } = await keyturn('restore', 'ben', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    reason: 'Restored',
    left: [`Key ${ours} was deleted and is no longer in RAM's recycle bin.`],
  });
  expect(standing('ben')).toMatchObject({ logon: 'Active' });
  expect(code).toBe(1);
});

test('a call that fails ends with 1 and the error; the same again finishes it', async () => {
  const { ours } = await disabledUser('ben');
  fixture.cloud.faults.add({
    match: ({ action }) => action === 'UpdateAccessKey',
    kind: 'error',
    code: 'NoPermission',
    status: 403,
  });
  const failed = await keyturn('restore', 'ben');
  expect(failed.stdout).toMatch(new RegExp(`Failed \\(failed\\) +EnableAccessKey +${ours} +failed`));
  expect(failed.stdout).toContain('Run this again.');
  expect(failed.code).toBe(1);
  expect((await keyturn('restore', 'ben')).code).toBe(0);
  expect(standing('ben')).toMatchObject({ [ours]: 'Active', logon: 'Active' });
});

test.each([
  ['a user who was never disabled', ['active'], 0, 'keyturn has disabled nothing of user active'],
  ['an unknown user', ['nobody'], 1, 'RAM does not know a user nobody'],
  ['an account that is not keyturn’s', ['active', '--account', '999'], 2, 'none of the accounts'],
  ['no user', [], 2, "missing required argument 'user'"],
])('%s: nothing is written', async (_, args, expected, message) => {
  fixture.account.createUser('active');
  const { code, stdout, stderr } = await keyturn('restore', ...args);
  expect(stdout + stderr).toContain(message);
  expect(code).toBe(expected);
  expect(writes()).toEqual([]);
});

test('in mode plan it is refused before any call, unless it is a dry run', async () => {
  configure({ mode: 'plan' });
  fixture.account.createUser('active');
  const refused = await keyturn('restore', 'active');
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining('mode: plan') });
  expect(fixture.cloud.calls).toEqual([]);
  expect(await keyturn('restore', 'active', '--dry-run')).toMatchObject({ code: 0 });
});

test('where keyturn works on several accounts, it must be told which', async () => {
  configure({ accounts: [{ id: fixture.account.id }, { id: '9999999999999999' }] });
  const { code, stderr } = await keyturn('restore', 'active');
  expect(stderr).toContain('--account');
  expect(code).toBe(2);
  expect(fixture.cloud.calls).toEqual([]);
});
