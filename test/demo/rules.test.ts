import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RuleWatch } from '../../demo/rules';
import { FUNCTION_ROLE, INACTIVITY_ROLE, pairText, secretOf, World } from '../../demo/world';
import { DAY, HOUR, type Pair, signedCall } from '../../packages/local-alibaba-cloud/index';

const user = 'svc-orders';

let world: World;
let watch: RuleWatch;
let first: Pair;

beforeEach(async () => {
  world = await World.begin(1);
  world.account.createUser(user);
  first = world.account.createKey(user);
  world.account.createUser('svc-exempt');
  watch = new RuleWatch(world, [user, 'svc-exempt'], new Map([['svc-exempt', world.timeOf(10)]]));
  watch.runBegins();
});
afterEach(() => world.end());

async function call(version: string, action: string, query: Record<string, string>, as: Pair) {
  const { status, body } = await signedCall(world.cloud.endpoint, as, {
    version,
    action,
    query,
    now: world.now,
  });
  if (status !== 200) throw new Error(`${action}: ${body.Code}`);
  return body;
}

const asFunction = (version: string, action: string, query: Record<string, string>) =>
  call(version, action, query, world.account.assume(FUNCTION_ROLE));
const ram = (action: string, query: Record<string, string>) =>
  asFunction('2015-05-01', action, { UserName: user, ...query });
const kms = (action: string, query: Record<string, string>) =>
  asFunction('2016-01-20', action, { SecretName: secretOf(user), ...query });
const asInactivity = (version: string, action: string, query: Record<string, string>) =>
  call(version, action, query, world.account.assume(INACTIVITY_ROLE));
const prove = (pair: Pair) => call('2015-04-01', 'GetCallerIdentity', {}, pair);
const setStatus = (pair: Pair, Status: string) =>
  ram('UpdateAccessKey', { UserAccessKeyId: pair.accessKeyId, Status });
const remove = (pair: Pair) => ram('DeleteAccessKey', { UserAccessKeyId: pair.accessKeyId });

async function issue(): Promise<Pair> {
  await ram('CreateAccessKey', {});
  const key = [...world.account.user(user).keys.values()].at(-1);
  return { accessKeyId: key?.id ?? '', accessKeySecret: key?.secret ?? '' };
}

/** Seeded, so that no URL of the function carries it. */
function store(pair: Pair): void {
  world.account.createSecret(secretOf(user), pair.accessKeyId, pairText(pair));
}

/** A takeover up to here: the new pair is current and proven, the first is the old one. */
async function rotated(): Promise<Pair> {
  const next = await issue();
  store(next);
  await prove(next);
  watch.runEnds([]);
  return next;
}

const later = (ms: number) => {
  world.turnTo(world.now + ms);
  watch.runBegins();
};

describe('a rotation by the rules', () => {
  test('breaks none', async () => {
    await rotated();
    later(2 * DAY);
    await setStatus(first, 'Inactive');
    later(7 * DAY);
    await remove(first);
    watch.runEnds(['nothing to hide']);
    expect(watch.violations).toEqual([]);
    expect(watch.orphans()).toEqual([]);
    expect(watch).toMatchObject({ rotations: 1, deletions: 1, longestAge: 9 * DAY });
  });

  test('may withdraw an orphan at once', async () => {
    const orphan = await issue();
    expect(watch.orphans()).toMatchObject([{ id: orphan.accessKeyId }]);
    await setStatus(orphan, 'Inactive');
    await remove(orphan);
    expect(watch.violations).toEqual([]);
    expect(watch.orphans()).toEqual([]);
  });

  test('may disable a key that nobody has used for 90 days, by disable-inactive', async () => {
    world.account.createUser('dev-ann');
    const idle = world.account.createKey('dev-ann', { lastUsed: world.now - 90 * DAY });
    await asInactivity('2015-05-01', 'UpdateAccessKey', {
      UserName: 'dev-ann',
      UserAccessKeyId: idle.accessKeyId,
      Status: 'Inactive',
    });
    expect(watch.violations).toEqual([]);
  });

  test('may end the current key at once in an emergency, and must have a successor when it is over', async () => {
    const next = await rotated();
    watch.runBegins(user);
    await setStatus(next, 'Inactive');
    expect(watch.violations).toEqual([]);
    watch.runEnds([]);
    expect(watch.violations).toHaveLength(1);
  });
});

describe('a broken rule is seen', () => {
  test.each<[string, string, () => Promise<unknown>]>([
    [
      'a current key disabled',
      'was disabled while it was current',
      async () => setStatus(await rotated(), 'Inactive'),
    ],
    ['a current key gone', 'is current and is gone', async () => remove(await rotated())],
    [
      'a current key that was never proven',
      'is current and was never proven',
      async () => {
        await rotated();
        world.account.deleteKey(world.account.key(world.account.user(user), first.accessKeyId));
        const unproven = await issue();
        await kms('PutSecretValue', { VersionId: 'v2', SecretData: pairText(unproven) });
      },
    ],
    [
      'an old key disabled in its grace',
      'was disabled in its grace',
      async () => {
        await rotated();
        later(2 * DAY - 1);
        await setStatus(first, 'Inactive');
      },
    ],
    [
      'an old key disabled while in use',
      'was disabled while in use',
      async () => {
        await rotated();
        later(DAY);
        await prove(first);
        later(DAY + 2 * HOUR);
        await setStatus(first, 'Inactive');
      },
    ],
    [
      'a key in use disabled for inactivity',
      'had been used in the last 90 days',
      async () => {
        world.account.createUser('dev-ann');
        const busy = world.account.createKey('dev-ann', { lastUsed: world.now - 89 * DAY });
        await asInactivity('2015-05-01', 'UpdateAccessKey', {
          UserName: 'dev-ann',
          UserAccessKeyId: busy.accessKeyId,
          Status: 'Inactive',
        });
      },
    ],
    [
      'a logon in use switched off for inactivity',
      'the logon of dev-ann was disabled',
      async () => {
        world.account.createUser('dev-ann', { consoleLogin: true, lastLogin: world.now - 89 * DAY });
        await asInactivity('2019-08-15', 'UpdateLoginProfile', {
          UserPrincipalName: world.account.user('dev-ann').principalName,
          Status: 'Inactive',
        });
      },
    ],
    [
      'an exempt user disabled for inactivity',
      'who is exempt',
      async () => {
        const { accessKeyId } = world.account.createKey('svc-exempt', { lastUsed: world.now - 200 * DAY });
        await asInactivity('2015-05-01', 'UpdateAccessKey', {
          UserName: 'svc-exempt',
          UserAccessKeyId: accessKeyId,
          Status: 'Inactive',
        });
      },
    ],
    ['a key enabled', 'was enabled', async () => setStatus(await rotated(), 'Active')],
    ['a foreign key disabled', 'neither issued nor replaced', () => setStatus(first, 'Inactive')],
    ['a foreign key deleted', 'neither issued nor replaced', () => remove(first)],
    [
      'an enabled key deleted',
      'was deleted while it was enabled',
      async () => {
        await rotated();
        await remove(first);
      },
    ],
    [
      'a key deleted before its recovery is over',
      'before its recovery was over',
      async () => {
        await rotated();
        later(2 * DAY);
        await setStatus(first, 'Inactive');
        later(7 * DAY - 1);
        await remove(first);
      },
    ],
    ['an exempt user touched', 'who is exempt', () => ram('CreateAccessKey', { UserName: 'svc-exempt' })],
    [
      'a secret in a URL',
      'carries a secret in its URL',
      async () => kms('CreateSecret', { VersionId: 'v1', SecretData: pairText(await issue()) }),
    ],
    [
      'a secret in the output',
      'printed or returned',
      async () => watch.runEnds(['…', first.accessKeySecret]),
    ],
  ])('%s', async (_, complaint, act) => {
    await act();
    expect(watch.violations.join('\n')).toContain(complaint);
  });
});
