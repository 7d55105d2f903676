import { afterEach, beforeEach, expect, test } from 'vitest';
import { signedCall } from '../../packages/local-alibaba-cloud/index';
import { CrashFixture, user } from './crash-fixture';

let fixture: CrashFixture;
let currentId: string;
let oldId: string;
let as: ReturnType<CrashFixture['rotation']['contextFor']>['credentials'];

beforeEach(async () => {
  fixture = await CrashFixture.open();
  await fixture.run();
  await fixture.skip('P90D');
  await fixture.run();
  [oldId = '', currentId = ''] = fixture.rotation.account.user(user).keys.keys();
  as = fixture.rotation.contextFor('rotate-keys').credentials;
});
afterEach(() => fixture.close());

/** A call that keyturn would make, were it broken. */
const ram = (action: string, query: Record<string, string> = {}) =>
  signedCall(fixture.rotation.cloud.endpoint, as, {
    version: '2015-05-01',
    action,
    query: { UserName: user, ...query },
  });
const kms = (action: string, query: Record<string, string>) =>
  signedCall(fixture.rotation.cloud.endpoint, as, {
    version: '2016-01-20',
    action,
    query: { SecretName: `keyturn/${user}`, ...query },
  });
const disable = (keyId: string) => ram('UpdateAccessKey', { UserAccessKeyId: keyId, Status: 'Inactive' });
const enable = (keyId: string) => ram('UpdateAccessKey', { UserAccessKeyId: keyId, Status: 'Active' });
const remove = (keyId: string) => ram('DeleteAccessKey', { UserAccessKeyId: keyId });
const versionOf = (keyId: string, secret: string) => ({
  VersionId: keyId,
  SecretData: JSON.stringify({ AccessKeyId: keyId, AccessKeySecret: secret }),
});

test('the rules are kept by a rotation', () => {
  expect(fixture.rules.violations).toEqual([]);
});

const broken: readonly [string, RegExp, () => Promise<unknown>][] = [
  ['the current key dies', /rule 1: .*disabled/, () => disable(currentId)],
  [
    'ACSCurrent goes back to a wrong secret',
    /rule 1: .*wrong secret/,
    () => kms('PutSecretValue', { ...versionOf(oldId, 'x'), VersionId: 'another' }),
  ],
  [
    'ACSCurrent goes to a key that never signed',
    /rule 1: .*not proven/,
    async () => {
      fixture.rotation.account.deleteKey(
        fixture.rotation.account.key(fixture.rotation.account.user(user), oldId),
      );
      await ram('CreateAccessKey');
      const key = [...fixture.rotation.account.user(user).keys.values()].at(-1);
      await kms('PutSecretValue', versionOf(key?.id ?? '', key?.secret ?? ''));
    },
  ],
  [
    'a secret is in a URL',
    /rule 2/,
    () =>
      kms(
        'PutSecretValue',
        versionOf('x', fixture.rotation.account.user(user).keys.get(oldId)?.secret ?? ''),
      ),
  ],
  ['the old key dies within its grace', /rule 3: .*grace/, () => disable(oldId)],
  [
    'the old key dies soon after a use',
    /rule 3: .*after a use/,
    async () => {
      await fixture.skip('P3D');
      fixture.rotation.account.markUsed(oldId, { at: fixture.rotation.cloud.clock.now() - 26 * 3_600_000 });
      as = fixture.rotation.contextFor('rotate-keys').credentials;
      await disable(oldId);
    },
  ],
  ['an enabled key is deleted', /rule 4: .*enabled/, () => remove(oldId)],
  [
    'a key is deleted within its recovery',
    /rule 4: .*h after it was disabled/,
    async () => {
      await disable(oldId);
      await remove(oldId);
    },
  ],
  [
    "a person's key is deleted",
    /rule 7: .*neither issued nor replaced/,
    () => remove(fixture.rotation.account.createKey(user, { status: 'Inactive' }).accessKeyId),
  ],
  [
    'a key is enabled',
    /rule 7: .*enabled/,
    async () => {
      await disable(oldId);
      await enable(oldId);
    },
  ],
  [
    'something is written in mode plan',
    /rule 8/,
    async () => {
      fixture.rules.plan(true);
      await disable(oldId);
    },
  ],
  [
    'two successors are issued, blindly',
    /rule 6: two successors[\s\S]*rule 10|rule 10[\s\S]*two successors/,
    async () => {
      const { account } = fixture.rotation;
      for (const id of [oldId, currentId]) account.deleteKey(account.key(account.user(user), id));
      await ram('CreateAccessKey');
      await ram('CreateAccessKey');
    },
  ],
];

test.each(broken)('it is seen that %s', async (_, complaint, act) => {
  await act();
  expect(fixture.rules.violations.join('\n')).toMatch(complaint);
});

test('it is seen that the secret of a key is lost', async () => {
  fixture.rotation.account.deleteKey(
    fixture.rotation.account.key(fixture.rotation.account.user(user), oldId),
  );
  await ram('CreateAccessKey');
  expect(fixture.complaints()).toContainEqual(expect.stringContaining('is lost'));
});

test('it is seen that an application fails', async () => {
  await disable(currentId);
  await fixture.pass('P1D');
  expect(fixture.complaints()).toContainEqual(expect.stringContaining('the application failed'));
});
