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
import { policyFor, type Ran } from '../support/rotation-fixture';
import { LeaksFixture, user } from './leaks-fixture';

const config = {
  rotation: { users: { group: 'rotated' }, secret: { encryptionKeyId: 'key-hzz1' } },
  leaks: { action: 'replace', users: 'all' },
};
const networkPolicy = JSON.stringify({
  Version: 1,
  Status: 'Active',
  Statements: [{ Type: 'ClassicWhiteList', IPList: ['203.0.113.0/24'] }],
});

/** A life in which everything that respond-to-leaks can do is done once. */
async function live({ policy, authorises = 'documented' }: Life = {}): Promise<{
  fixture: LeaksFixture;
  runs: Ran[];
}> {
  const fixture = await LeaksFixture.open(config, {
    seed: 1,
    switches: { authorises },
    ...(policy && { policy }),
  });
  const { account } = fixture;
  account.createUser(user, { groups: ['rotated'] });
  const first = account.createKey(user, { networkPolicy }).accessKeyId;
  const stranger = fixture.key('alice');
  const gone = fixture.key('bob');
  account.deleteKey(account.key(account.user('bob'), gone));
  const runs: Ran[] = [];
  const run = async () => {
    runs.push(await fixture.run());
    fixture.rotation.advance('PT5M');
  };
  // A takeover whose proof is interrupted, so that the pair is read from KMS again; then a spare key makes room.
  const unproven = fixture.cloud.faults.add({
    match: ({ action }) => action === 'GetCallerIdentity',
    kind: 'error',
    status: 503,
    times: 1000,
  });
  account.leak(first);
  await run();
  unproven.remove();
  for (const keyId of [stranger, gone]) account.leak(keyId);
  await run();
  await run();
  if (fixture.current) account.leak(fixture.current);
  await run();
  return { fixture, runs };
}

const story = ({ fixture, runs }: { fixture: LeaksFixture; runs: Ran[] }) =>
  JSON.stringify([
    runs.map(({ error, report }) => [
      error !== undefined,
      report.users.map(({ reason, actions, error: failure }) => [reason, actions, failure?.code]),
      report.notes,
    ]),
    fixture.findings,
    fixture.rotation.keys(user),
    fixture.rotation.stages(user),
    fixture.told.map(({ type, data }) => [type, data.places]),
    // Whom a tag finds need not be looked up by the id, which takes another call's time.
    fixture.cloud.calls.filter(({ action, params }) => action === 'GetUser' && params.UserId).length,
  ]);

test('the shipped policy suffices in every reading, and every grant of it is used', async () => {
  const uses = [];
  for (const authorises of readings) {
    const { fixture, runs } = await live({ authorises });
    expect(runs.slice(1).map(({ error }) => error)).toEqual(runs.slice(1).map(() => undefined));
    expect(fixture.findings).toEqual(fixture.findings.map(() => 'manual'));
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
  const all = narrowed(policyFor('1234567890123456', 'respond-to-leaks'), 'Action');
  for (const { lacks, policy } of sample(all, 4, 'respond-to-leaks')) {
    const life = await live({ policy });
    if (story(life) === expected) idle.push(lacks);
    await life.fixture.close();
  }
  expect(idle).toEqual([]);
});
