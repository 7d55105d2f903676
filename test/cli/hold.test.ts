import { beforeEach, describe, expect, test } from 'vitest';
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
const hold = () => fixture.account.user(user).tags.get('keyturn:hold');

test('keeps rotation away from a user until it is released', async () => {
  const held = await keyturn('hold', user, '--reason', 'release freeze');
  expect(held).toMatchObject({ code: 0, stderr: '' });
  expect(held.stdout).toContain('User svc-orders is on hold until it is released');
  expect((await keyturn('rotate', '--json')).stdout).toContain('"reason": "OnHold"');
  expect(fixture.account.user(user).keys.size).toBe(0);

  const released = await keyturn('release', user, '--reason', 'freeze is over', '--json');
  expect(released.code).toBe(0);
  expect(JSON.parse(released.stdout)).toEqual({
    mode: 'enforce',
    operatorReason: 'freeze is over',
    account: fixture.account.id,
    user,
    reason: 'Released',
    message: 'User svc-orders is released: the next run goes on with it.',
  });
  expect(hold()).toBeUndefined();
  expect(await keyturn('release', user)).toMatchObject({
    code: 0,
    stdout: 'User svc-orders is not on hold.\n',
  });
});

test.each([
  ['2099-06-30', '20990701T000000Z'],
  ['2099-06-30T12:00:00Z', '20990630T120000Z'],
  ['2099-06-30T12:00:00.900+08:00', '20990630T040000Z'],
])('--until %s', async (until, written) => {
  expect(await keyturn('hold', user, '--until', until)).toMatchObject({ code: 0 });
  expect(hold()).toBe(written);
});

describe('nothing is written', () => {
  test.each([
    ['hold', [user, '--until', '2020-01-01'], 'It lies in the past.'],
    ['hold', [user, '--until', '2020-01-01T00:00:00Z'], 'It lies in the past.'],
    ['hold', [user, '--until', '2099-02-30'], 'It must be a day'],
    ['hold', [user, '--until', '2099-06-30T12:00:00'], 'It must be a day'],
    ['hold', [user, '--until', 'tomorrow'], 'It must be a day'],
    ['hold', [user, '--until', ''], 'It must be a day'],
    ['hold', [], "missing required argument 'user'"],
    ['release', [], "missing required argument 'user'"],
    ['release', [user, '--until', '2099-01-01'], "unknown option '--until'"],
  ])('by %s %s: it cannot be used', async (command, args, message) => {
    const { code, stderr } = await keyturn(command, ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
    expect(fixture.cloud.calls).toEqual([]);
  });

  test.each(['hold', 'release'])('by %s of an unknown user', async (command) => {
    const { code, stdout } = await keyturn(command, 'nobody', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ reason: 'UserNotFound', error: { code: 'UserNotFound' } });
    expect(code).toBe(1);
    expect(writes()).toEqual([]);
  });

  test('by a hold without room for its tag', async () => {
    const many = Array.from({ length: 20 }, (_, n): [string, string] => [`tag${n}`, 'x']);
    fixture.account.tagUser(fixture.account.user(user), many);
    const { code, stdout } = await keyturn('hold', user);
    expect(stdout).toContain('carries 20 tags already');
    expect(code).toBe(1);
    expect(writes()).toEqual([]);
  });

  test('by a dry run', async () => {
    configure({ mode: 'plan' });
    const held = await keyturn('hold', user, '--dry-run');
    expect(held).toMatchObject({ code: 0, stderr: '' });
    expect(held.stdout).toContain('nothing was done');
    fixture.account.tagUser(fixture.account.user(user), [['keyturn:hold', 'open']]);
    expect(await keyturn('release', user, '--dry-run')).toMatchObject({ code: 0 });
    expect(writes()).toEqual([]);
  });

  test.each(['hold', 'release'])('by %s in mode plan, before any call', async (command) => {
    configure({ mode: 'plan' });
    expect(await keyturn(command, user)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('mode: plan'),
    });
    expect(fixture.cloud.calls).toEqual([]);
  });

  test.each(['hold', 'release'])('by %s where it is not clear in which account', async (command) => {
    configure({ accounts: [{ id: fixture.account.id }, { id: '9999999999999999' }] });
    const { code, stderr } = await keyturn(command, user);
    expect(stderr).toContain('--account');
    expect(code).toBe(2);
    expect(fixture.cloud.calls).toEqual([]);
  });
});

test('a call that is refused ends with 1 and says so', async () => {
  fixture.cloud.faults.add({
    match: ({ action }) => action === 'TagResources',
    kind: 'error',
    code: 'NoPermission',
    status: 403,
  });
  const { code, stderr } = await keyturn('hold', user);
  expect(stderr).toContain('NoPermission');
  expect(code).toBe(1);
});
