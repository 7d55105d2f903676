import { expect, test } from 'vitest';
import { emergencyFunction } from '../../src/rotation/emergency/function';
import { sample } from '../support/effort';
import {
  type Life,
  narrowed,
  readings,
  refusedCalls,
  unusedActions,
  unusedResources,
} from '../support/grants';
import { policyFor, type Ran, RotationFixture } from '../support/rotation-fixture';

const user = 'svc-orders';
/** Its secret was made by a person, who names versions as he likes. */
const byHand = 'svc-billing';
const encryptionKeyId = 'key-hzz1';
const config = {
  rotation: { users: { group: 'rotated' }, secret: { encryptionKeyId } },
  exempt: [{ group: 'auditors', reason: 'audit' }],
};
const networkPolicy = JSON.stringify({
  Status: 'Active',
  Statements: [{ Type: 'ClassicWhiteList', IPList: ['203.0.113.0/24'] }],
});

/** A life in which everything that the function can do is done once: a first pair, and successors. */
async function live({ policy, authorises = 'documented' }: Life = {}) {
  const fixture = await RotationFixture.open(config, { seed: 1, switches: { authorises } });
  const { account } = fixture;
  const shipped = account.policy('role-keyturn-rotate-keys-1', 'Custom');
  account.addPolicyVersion(shipped, policy ?? policyFor(account.id, 'emergency'), true);
  for (const name of [user, byHand]) account.createUser(name, { groups: ['rotated'] });
  account.createKey(user, { networkPolicy });
  const { accessKeyId, accessKeySecret } = account.createKey(byHand);
  const pair = { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret };
  account.createSecret(`keyturn/${byHand}`, 'by-hand', JSON.stringify(pair), { encryptionKeyId });
  const runs: Ran[] = [];
  const run = async (name: string) => {
    runs.push(await fixture.runFunction(emergencyFunction('/nowhere'), { users: [name] }));
    fixture.advance('PT5M');
  };
  // The first proof fails, so that the key takes the room of the next.
  const unproven = fixture.cloud.faults.add({
    match: ({ action }) => action === 'GetCallerIdentity',
    kind: 'error',
    status: 503,
    times: 1000,
  });
  await run(user);
  unproven.remove();
  await run(user);
  await run(byHand);
  return { fixture, runs };
}

const story = ({ fixture, runs }: Awaited<ReturnType<typeof live>>) =>
  JSON.stringify([
    runs.map(({ error, report }) => [
      error !== undefined,
      report.users.map(({ reason, actions }) => [reason, actions.length]),
      report.notes,
    ]),
    [user, byHand].map((name) => [fixture.keys(name), fixture.stages(name)]),
    // Whom a tag finds need not be looked up by the id, which takes another call's time.
    fixture.cloud.calls.filter(({ action, params }) => action === 'GetUser' && params.UserId).length,
  ]);

test('the shipped policy suffices in every reading, and every grant of it is used', async () => {
  const uses = [];
  for (const authorises of readings) {
    const { fixture, runs } = await live({ authorises });
    expect(runs.slice(1).map(({ error }) => error)).toEqual(runs.slice(1).map(() => undefined));
    expect(refusedCalls(fixture.cloud)).toEqual([]);
    uses.push(fixture.cloud.grantsUsed(fixture.account.role('keyturn-rotate-keys').arn));
    expect(uses.map(unusedActions)).toEqual(uses.map(() => []));
    await fixture.close();
  }
  expect(unusedResources(uses)).toEqual([]);
});

test('each granted action is needed: without it the story is another', async () => {
  const whole = await live();
  const expected = story(whole);
  await whole.fixture.close();
  const idle: string[] = [];
  const all = narrowed(policyFor('1234567890123456', 'emergency'), 'Action');
  for (const { lacks, policy } of sample(all, 4, 'emergency')) {
    const life = await live({ policy });
    if (story(life) === expected) idle.push(lacks);
    await life.fixture.close();
  }
  expect(idle).toEqual([]);
});
