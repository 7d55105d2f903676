import { beforeEach, describe, expect, test } from 'vitest';
import { DAY } from '../../packages/local-alibaba-cloud/index';
import { statusFixture } from '../support/status-fixture';

const fixture = statusFixture();
const { keyturn, writes } = fixture;
const user = 'svc-orders';

beforeEach(() => {
  fixture.account.createUser(user);
  configure();
});

const configure = (more: object = {}) =>
  fixture.fixture.configure({ ...fixture.config, rotation: { users: { names: [user] } }, ...more });
const keys = () =>
  Object.fromEntries([...fixture.account.user(user).keys.values()].map(({ id, status }) => [id, status]));
const currentVersion = () => {
  const versions = [...(fixture.account.secret(`keyturn/${user}`)?.versions ?? [])];
  return versions.find(([, { stages }]) => stages.has('ACSCurrent'))?.[0] ?? '';
};
const executed = () => writes().filter((call) => call.executed);

/** A key that was adopted and then rotated: both are enabled. */
async function rotated(): Promise<{ old: string; fresh: string; secrets: string[] }> {
  const { accessKeyId: old, accessKeySecret } = fixture.account.createKey(user, {
    createdAt: Date.now() - 100 * DAY,
  });
  const pair = JSON.stringify({ AccessKeyId: old, AccessKeySecret: accessKeySecret });
  fixture.account.createSecret(`keyturn/${user}`, old, pair);
  expect(await keyturn('rotate')).toMatchObject({ code: 0 });
  const fresh = currentVersion();
  expect(keys()).toEqual({ [old]: 'Active', [fresh]: 'Active' });
  const secrets = [...fixture.account.user(user).keys.values()].map(({ secret }) => secret);
  return { old, fresh, secrets };
}

test('goes back to the old key, and a release lets rotation go on', async () => {
  const { old, fresh, secrets } = await rotated();
  const before = executed().length;
  const plan = await keyturn('rollback', user, '--reason', 'cannot sign', '--dry-run');
  expect(plan).toMatchObject({ code: 0, stderr: '' });
  expect(plan.stdout).toMatch(new RegExp(`PromoteSecret +${old} +planned`));
  expect(writes()).toHaveLength(before);

  const done = await keyturn('rollback', user, '--reason', 'cannot sign');
  expect(done).toMatchObject({ code: 0, stderr: '' });
  expect(done.stdout).toMatch(new RegExp(`PromoteSecret +${old} +done`));
  expect(done.stdout).toContain('keyturn release svc-orders');
  expect(currentVersion()).toBe(old);
  expect(keys()).toEqual({ [old]: 'Active', [fresh]: 'Active' });
  for (const secret of secrets) expect(done.stdout).not.toContain(secret);

  const again = await keyturn('rollback', user, '--reason', 'cannot sign', '--json');
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout).users[0]).toMatchObject({ reason: 'RolledBack', actions: [] });
  expect(currentVersion()).toBe(old);

  expect((await keyturn('rotate')).stdout).toContain('OnHold');
  expect(await keyturn('release', user)).toMatchObject({ code: 0 });
  expect((await keyturn('rotate')).stdout).toContain('InGrace');
});

test('a key that keyturn disabled is enabled', async () => {
  const { old, fresh } = await rotated();
  const someone = fixture.account.user(user);
  fixture.account.setKeyStatus(fixture.account.key(someone, old), 'Inactive');
  const at = new Date().toISOString().replace(/[-:]|\.\d+/g, '');
  fixture.account.tagUser(someone, [['keyturn:old', `${old}/disabled/${at}`]]);
  const done = await keyturn('rollback', user, '--reason', 'cannot sign', '--json');
  expect(JSON.parse(done.stdout)).toMatchObject({
    function: 'rotate-keys',
    users: [
      {
        user,
        reason: 'RolledBack',
        actions: [{ action: 'EnableAccessKey', keyId: old, outcome: 'done' }, {}, {}, {}],
      },
    ],
  });
  expect(done.code).toBe(0);
  expect(keys()).toEqual({ [old]: 'Active', [fresh]: 'Active' });
});

describe('refused, and nothing is written', () => {
  test('a key that somebody else disabled', async () => {
    const { old } = await rotated();
    const before = executed().length;
    fixture.account.setKeyStatus(fixture.account.key(fixture.account.user(user), old), 'Inactive');
    const { code, stdout } = await keyturn('rollback', user, '--reason', 'cannot sign');
    expect(stdout).toContain('was disabled by somebody else');
    expect(code).toBe(1);
    expect(writes()).toHaveLength(before);
  });

  test.each([
    ['no user', ['--reason', 'x'], 2, "missing required argument 'user'"],
    ['no reason', [user], 2, "required option '--reason <text>' not specified"],
    ['an empty reason', [user, '--reason', ''], 2, 'reason: must not be empty'],
    ['an unknown user', ['nobody', '--reason', 'x'], 1, 'There is no RAM user nobody'],
    ['a user without a secret', [user, '--reason', 'x'], 1, 'has no usable secret'],
    ['a typo', [user, '--reason', 'x', '--dryrun'], 2, 'Did you mean --dry-run?'],
    ['an account that is not keyturn’s', [user, '--reason', 'x', '--account', '999'], 2, 'account'],
  ])('%s', async (_, args, expected, message) => {
    const { code, stdout, stderr } = await keyturn('rollback', ...args);
    expect(stdout + stderr).toContain(message);
    expect(code).toBe(expected);
    expect(writes()).toEqual([]);
  });

  test('mode plan, before any call', async () => {
    configure({ mode: 'plan' });
    const { code, stderr } = await keyturn('rollback', user, '--reason', 'x');
    expect(stderr).toContain('mode: plan');
    expect(code).toBe(2);
    expect(fixture.cloud.calls).toEqual([]);
  });

  test('several accounts, of which none is named', async () => {
    configure({ accounts: [{ id: fixture.account.id }, { id: '9999999999999999' }] });
    const { code, stderr } = await keyturn('rollback', user, '--reason', 'x');
    expect(stderr).toContain('account: must be named in a rollback');
    expect(code).toBe(2);
    expect(fixture.cloud.calls).toEqual([]);
  });
});
