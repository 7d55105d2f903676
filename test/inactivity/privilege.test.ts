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
import { ago, InactivityFixture } from './inactivity-fixture';

const config = {
  rotation: { users: { names: ['svc'] } },
  inactivity: { keys: { deleteAfter: 'P30D' }, users: { deleteAfter: 'P30D' } },
  exempt: [{ group: 'auditors', reason: 'audit' }],
};

/** A life in which everything that disable-inactive can do is done once. */
async function live({ policy, authorises = 'documented' }: Life = {}): Promise<{
  fixture: InactivityFixture;
  runs: Ran[];
}> {
  const fixture = await InactivityFixture.open(config, {
    switches: { authorises },
    ...(policy && { policy }),
  });
  fixture.account.createGroup('auditors');
  fixture.user('idle', { consoleLogin: true, groups: ['g'], mfa: true }, {}, {});
  const anything = { Version: '1', Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] };
  fixture.account.attachUserPolicy('idle', anything);
  const system = fixture.account.policy('AdministratorAccess', 'System');
  fixture.account.user('idle').policies.set(system, 0);
  fixture.user('busy', { consoleLogin: true }, {}, { createdAt: ago(1) });
  const [key] = fixture.user('svc', {}, {});
  fixture.account.createSecret('keyturn/svc', key ?? '', '{}');
  fixture.account.tagUser(fixture.account.user('svc'), [
    ['keyturn:current', `${key}/issued/20260101T000000Z`],
  ]);
  const runs: Ran[] = [];
  for (const week of [0, 1, 2, 3, 4, 5, 6]) {
    fixture.account.markLogin('busy');
    const svc = fixture.account.users.get('svc')?.keys.get(key ?? '');
    if (week === 2 && svc) fixture.account.setKeyStatus(svc, 'Active');
    runs.push(await fixture.run());
    fixture.rotation.advance('P7D');
  }
  return { fixture, runs };
}

const outcome = ({ fixture, runs }: { fixture: InactivityFixture; runs: Ran[] }) =>
  JSON.stringify([
    runs.map((ran) => ran.report.status),
    runs.map((ran) => ran.report.notes?.filter((note) => /not be read|is not read/.test(note)).length),
    ['idle', 'busy', 'svc'].map((name) => fixture.standing(name)),
    fixture.cloud.calls.some(({ action, code }) => action === 'GetCredentialReport' && code === undefined),
  ]);

test('the shipped policy suffices in every reading, and every grant of it is used', async () => {
  const uses = [];
  for (const authorises of readings) {
    const { fixture, runs } = await live({ authorises });
    expect(runs.map((ran) => [ran.report.status, ran.error])).toEqual(runs.map(() => ['ok', undefined]));
    expect(refusedCalls(fixture.cloud)).toEqual([]);
    uses.push(fixture.cloud.grantsUsed(fixture.account.role('keyturn-rotate-keys').arn));
    expect(uses.map(unusedActions)).toEqual(uses.map(() => []));
    await fixture.close();
  }
  expect(unusedResources(uses)).toEqual([]);
});

test('no grant of it can be left out', async () => {
  const whole = await live();
  const expected = outcome(whole);
  await whole.fixture.close();
  const needless: string[] = [];
  const shipped = policyFor('1234567890123456', 'disable-inactive');
  const all = [...narrowed(shipped, 'Action'), ...narrowed(shipped, 'Resource')];
  for (const { lacks, policy } of sample(all, 4, 'disable-inactive')) {
    const life = await live({ policy });
    if (outcome(life) === expected) needless.push(lacks);
    await life.fixture.close();
  }
  expect(needless).toEqual([]);
});
