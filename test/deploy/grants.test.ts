import { expect, test } from 'vitest';
import { sample } from '../support/effort';
import {
  type Life,
  narrowed,
  readings,
  refusedCalls,
  unusedActions,
  unusedResources,
} from '../support/grants';
import { receiver } from '../support/receiver';
import { policyFor, type Ran, RotationFixture } from '../support/rotation-fixture';

const user = 'svc-orders';
const config = {
  rotation: {
    users: { names: [user], group: 'rotated' },
    secret: { encryptionKeyId: 'key-hzz1' },
  },
  exempt: [{ group: 'auditors', reason: 'audit' }],
};

const networkPolicy = JSON.stringify({
  Version: 1,
  Status: 'Active',
  Statements: [{ Type: 'ClassicWhiteList', IPList: ['203.0.113.0/24'] }],
});

/** A life in which everything that rotate-keys can do is done once: 15 weeks of rotation, and an emergency. */
async function live({ policy, authorises = 'documented' }: Life = {}): Promise<{
  fixture: RotationFixture;
  runs: Ran[];
}> {
  const told = await receiver({ status: 200 });
  const notify = [
    { type: 'webhook', url: `${told.origin}/hook`, secret: 'signs-what-is-sent', events: ['*.stillused'] },
  ];
  const fixture = await RotationFixture.open({ ...config, notify }, { seed: 1, switches: { authorises } });
  const { account } = fixture;
  if (policy) account.addPolicyVersion(policyOf(fixture), policy, true);
  account.createUser(user, { groups: ['rotated'] });
  account.createGroup('auditors');
  const { accessKeyId } = account.createKey(user, { networkPolicy });
  // The first proof takes until the second run, so that the pair has to be read from KMS again.
  const unproven = fixture.cloud.faults.add({
    match: ({ action }) => action === 'GetCallerIdentity',
    kind: 'error',
    status: 503,
    times: 1000,
  });
  const runs: Ran[] = [await fixture.run()];
  unproven.remove();
  for (let week = 0; week < 15; week++) {
    // Somebody has not switched yet, so that it is looked up where the key is used.
    if (week === 1) account.markUsed(accessKeyId, { at: Date.now() - 4 * 3_600_000 });
    runs.push(await fixture.run());
    fixture.advance('P7D');
  }
  runs.push(await fixture.run({ users: [user], emergency: true }));
  await told.close();
  return { fixture, runs };
}

const policyOf = (fixture: RotationFixture) => fixture.account.policy('role-keyturn-rotate-keys-1', 'Custom');

const story = ({ fixture, runs }: { fixture: RotationFixture; runs: Ran[] }) =>
  JSON.stringify([
    runs.map(({ error, report }) => [
      error !== undefined,
      report.users.map(({ reason, actions }) => [reason, actions.length]),
      report.notes?.some((note) => note.includes('ActionTrail is not read')),
    ]),
    fixture.keys(user),
    fixture.stages(user),
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
  const all = narrowed(policyFor('1234567890123456'), 'Action');
  for (const { lacks, policy } of sample(all, 4, 'rotate-keys')) {
    const life = await live({ policy });
    if (story(life) === expected) idle.push(lacks);
    await life.fixture.close();
  }
  expect(idle).toEqual([]);
});
