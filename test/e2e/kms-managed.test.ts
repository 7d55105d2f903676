import { afterEach, beforeEach, expect, test } from 'vitest';
import { RotationFixture } from '../support/rotation-fixture';

const user = 'svc-orders';
const displayName = 'Orders (production)';
let fixture: RotationFixture;

/** A user whose keys KMS itself rotates, by a secret that is named as KMS names it where it is left to choose. */
beforeEach(async () => {
  fixture = await RotationFixture.open({ rotation: { users: { names: [user] } } });
  fixture.account.createUser(user, { displayName });
  fixture.account.createKey(user);
  fixture.account.createSecret(`acs/ram/user/${displayName}`, 'v1', '{}', { type: 'RAMCredentials' });
});
afterEach(() => fixture.close());

const creations = () => fixture.cloud.calls.filter(({ action }) => action.startsWith('Create'));

test('a user whom KMS rotates under the display name is left alone', async () => {
  const { report } = await fixture.run();
  expect(report.users).toMatchObject([{ user, reason: 'ManagedByKms' }]);
  expect(creations()).toEqual([]);
});

test('an emergency issues no key for it', async () => {
  const { report } = await fixture.run({ users: [user], emergency: true });
  expect(report?.users).toMatchObject([{ user, reason: 'ManagedByKms' }]);
  expect(creations()).toEqual([]);
});
