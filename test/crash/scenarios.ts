import type { RotationFixture } from '../support/rotation-fixture';
import { type CrashFixture, user } from './crash-fixture';
import { killedAfter } from './faults';

/** A user's way up to the run that is struck. */
export interface Scenario {
  readonly name: string;
  readonly config?: Record<string, unknown>;
  readonly seed?: (rotation: RotationFixture) => void;
  readonly before?: (fixture: CrashFixture) => Promise<void>;
  readonly event?: Record<string, unknown>;
}

const oldKey = { createdAt: new Date('2025-11-23T03:00:00Z'), lastUsed: new Date('2026-11-23T02:00:00Z') };

const withOldKey = (rotation: RotationFixture): void => {
  rotation.account.createUser(user);
  rotation.account.createKey(user, oldKey);
};

/** A secret that a person made, with a key of the user's. */
const withPersonsSecret = (createdAt: string) => (rotation: RotationFixture) => {
  rotation.account.createUser(user);
  const pair = rotation.account.createKey(user, { createdAt: new Date(createdAt) });
  const data = JSON.stringify({ AccessKeyId: pair.accessKeyId, AccessKeySecret: pair.accessKeySecret });
  rotation.account.createSecret(`keyturn/${user}`, 'made-by-hand', data);
};

async function rotatedTo(fixture: CrashFixture, ...waits: string[]): Promise<void> {
  await fixture.run();
  for (const [index, wait] of waits.entries()) {
    await fixture.skip(wait);
    if (index < waits.length - 1) await fixture.run();
  }
}

const emergency = { users: [user], emergency: true, reason: 'leaked in a repository' };

export const firstKey: Scenario = { name: 'first key' };
export const takeOver: Scenario = {
  name: 'takeover of an existing key',
  seed: withOldKey,
  before: async (fixture) => {
    const [key] = fixture.rotation.account.user(user).keys.values();
    if (key) fixture.application.begin({ accessKeyId: key.id, accessKeySecret: key.secret });
  },
};
export const rotation: Scenario = {
  name: 'rotation: a successor is issued',
  before: (fixture) => rotatedTo(fixture, 'P90D'),
};
export const disabling: Scenario = {
  name: 'rotation: the old key is disabled',
  before: (fixture) => rotatedTo(fixture, 'P90D', 'P2D'),
};
export const deletion: Scenario = {
  name: 'rotation: the old key is deleted',
  before: (fixture) => rotatedTo(fixture, 'P90D', 'P2D', 'P7D'),
};
export const replacing: Scenario = {
  name: 'emergency',
  before: (fixture) => rotatedTo(fixture, 'P10D'),
  event: emergency,
};
export const replacingWithSpare: Scenario = {
  name: 'emergency while an old key is in its grace',
  before: (fixture) => rotatedTo(fixture, 'P90D', 'P1D'),
  event: emergency,
};
export const containment: Scenario = {
  name: 'emergency that only contains',
  before: (fixture) => rotatedTo(fixture, 'P10D'),
  event: { ...emergency, containOnly: true },
};
const rollback = { users: [user], rollback: true, reason: 'cannot sign' };

export const rollingBack: Scenario = {
  name: 'rollback to an old key that is disabled',
  before: (fixture) => rotatedTo(fixture, 'P90D', 'P2D', 'P1D'),
  event: rollback,
};
export const rollingBackInGrace: Scenario = {
  name: 'rollback to an old key in its grace',
  before: (fixture) => rotatedTo(fixture, 'P90D', 'P1D'),
  event: rollback,
};
export const handingBack: Scenario = {
  name: 'rollback to a key that was taken over',
  seed: withOldKey,
  before: (fixture) => rotatedTo(fixture, 'P2D', 'P1D'),
  event: rollback,
};
export const orphan: Scenario = {
  name: 'orphan',
  before: async (fixture) => {
    await rotatedTo(fixture, 'P90D');
    await fixture.run({}, { blow: killedAfter, at: 'CreateAccessKey', times: 1 });
    await fixture.pass('P1D');
  },
};
export const adoption: Scenario = {
  name: "adoption of a person's secret",
  seed: withPersonsSecret('2026-11-01T03:00:00Z'),
};
export const adoptionOfOld: Scenario = {
  name: "adoption of a person's secret whose key is old",
  seed: withPersonsSecret('2025-11-01T03:00:00Z'),
};
