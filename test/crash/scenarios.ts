import type { Stage } from '../e2e/stage';
import { killedAfter } from './faults';
import { user, type World } from './world';

/** A user's way up to the run that is struck. */
export interface Scenario {
  readonly name: string;
  readonly config?: Record<string, unknown>;
  readonly seed?: (stage: Stage) => void;
  readonly before?: (world: World) => Promise<void>;
  readonly event?: Record<string, unknown>;
}

const oldKey = { createdAt: new Date('2025-11-23T03:00:00Z'), lastUsed: new Date('2026-11-23T02:00:00Z') };

const withOldKey = (stage: Stage): void => {
  stage.account.createUser(user);
  stage.account.createKey(user, oldKey);
};

/** A secret that a person made, with a key of the user's. */
const withPersonsSecret = (createdAt: string) => (stage: Stage) => {
  stage.account.createUser(user);
  const pair = stage.account.createKey(user, { createdAt: new Date(createdAt) });
  const data = JSON.stringify({ AccessKeyId: pair.accessKeyId, AccessKeySecret: pair.accessKeySecret });
  stage.account.createSecret(`keyturn/${user}`, 'made-by-hand', data);
};

async function rotatedTo(world: World, ...waits: string[]): Promise<void> {
  await world.run();
  for (const [index, wait] of waits.entries()) {
    await world.skip(wait);
    if (index < waits.length - 1) await world.run();
  }
}

const emergency = { users: [user], emergency: true, reason: 'leaked in a repository' };

export const firstKey: Scenario = { name: 'first key' };
export const takeOver: Scenario = {
  name: 'takeover of an existing key',
  seed: withOldKey,
  before: async (world) => {
    const [key] = world.stage.account.user(user).keys.values();
    if (key) world.application.begin({ accessKeyId: key.id, accessKeySecret: key.secret });
  },
};
export const rotation: Scenario = {
  name: 'rotation: a successor is issued',
  before: (world) => rotatedTo(world, 'P90D'),
};
export const disabling: Scenario = {
  name: 'rotation: the old key is disabled',
  before: (world) => rotatedTo(world, 'P90D', 'P2D'),
};
export const deletion: Scenario = {
  name: 'rotation: the old key is deleted',
  before: (world) => rotatedTo(world, 'P90D', 'P2D', 'P7D'),
};
export const replacing: Scenario = {
  name: 'emergency',
  before: (world) => rotatedTo(world, 'P10D'),
  event: emergency,
};
export const replacingWithSpare: Scenario = {
  name: 'emergency while an old key is in its grace',
  before: (world) => rotatedTo(world, 'P90D', 'P1D'),
  event: emergency,
};
export const containment: Scenario = {
  name: 'emergency that only contains',
  before: (world) => rotatedTo(world, 'P10D'),
  event: { ...emergency, containOnly: true },
};
const rollback = { users: [user], rollback: true, reason: 'cannot sign' };

export const rollingBack: Scenario = {
  name: 'rollback to an old key that is disabled',
  before: (world) => rotatedTo(world, 'P90D', 'P2D', 'P1D'),
  event: rollback,
};
export const rollingBackInGrace: Scenario = {
  name: 'rollback to an old key in its grace',
  before: (world) => rotatedTo(world, 'P90D', 'P1D'),
  event: rollback,
};
export const handingBack: Scenario = {
  name: 'rollback to a key that was taken over',
  seed: withOldKey,
  before: (world) => rotatedTo(world, 'P2D', 'P1D'),
  event: rollback,
};
export const orphan: Scenario = {
  name: 'orphan',
  before: async (world) => {
    await rotatedTo(world, 'P90D');
    await world.run({}, { blow: killedAfter, at: 'CreateAccessKey', times: 1 });
    await world.pass('P1D');
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
