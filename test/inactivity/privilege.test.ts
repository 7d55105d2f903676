import { expect, test } from 'vitest';
import type { PolicyDocument } from '../../packages/local-alibaba-cloud/src/policy';
import { narrowed, refusedCalls, unusedGrants } from '../e2e/grants';
import { policyFor, type Ran } from '../e2e/stage';
import { ago, House } from './house';

const config = {
  rotation: { users: { names: ['svc'] } },
  inactivity: { keys: { deleteAfter: 'P30D' }, users: { deleteAfter: 'P30D' } },
  exempt: [{ group: 'auditors', reason: 'audit' }],
};

/** A life in which everything that disable-inactive can do is done once. */
async function live(policy?: PolicyDocument): Promise<{ house: House; runs: Ran[] }> {
  const house = await House.open(config, policy ? { policy } : {});
  house.account.createGroup('auditors');
  house.user('idle', { consoleLogin: true, groups: ['g'], mfa: true }, {}, {});
  const anything = { Version: '1', Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }] };
  house.account.attachUserPolicy('idle', anything);
  const system = house.account.policy('AdministratorAccess', 'System');
  house.account.user('idle').policies.set(system, 0);
  house.user('busy', { consoleLogin: true }, {}, { createdAt: ago(1) });
  const [key] = house.user('svc', {}, {});
  house.account.createSecret('keyturn/svc', key ?? '', '{}');
  house.account.tagUser(house.account.user('svc'), [['keyturn:current', `${key}/issued/20260101T000000Z`]]);
  const runs: Ran[] = [];
  for (const week of [0, 1, 2, 3, 4, 5, 6]) {
    house.account.markLogin('busy');
    const svc = house.account.users.get('svc')?.keys.get(key ?? '');
    if (week === 2 && svc) house.account.setKeyStatus(svc, 'Active');
    runs.push(await house.run());
    house.stage.advance('P7D');
  }
  return { house, runs };
}

const outcome = ({ house, runs }: { house: House; runs: Ran[] }) =>
  JSON.stringify([
    runs.map((ran) => ran.report.status),
    runs.map((ran) => ran.report.notes?.filter((note) => /not be read|is not read/.test(note)).length),
    ['idle', 'busy', 'svc'].map((name) => house.standing(name)),
    house.cloud.calls.some(({ action, code }) => action === 'GetCredentialReport' && code === undefined),
  ]);

test('the shipped policy suffices, and every grant of it is used', async () => {
  const life = await live();
  try {
    expect(life.runs.map((ran) => [ran.report.status, ran.error])).toEqual(
      life.runs.map(() => ['ok', undefined]),
    );
    const { account, cloud } = life.house;
    expect(refusedCalls(cloud)).toEqual([]);
    const { arn } = account.role('keyturn-rotate-keys');
    expect(unusedGrants(cloud.grantsUsed(arn))).toEqual([]);
  } finally {
    await life.house.close();
  }
});

test('no grant of it can be left out', async () => {
  const whole = await live();
  const expected = outcome(whole);
  await whole.house.close();
  const needless: string[] = [];
  const shipped = policyFor('1234567890123456', 'disable-inactive');
  for (const { lacks, policy } of [...narrowed(shipped, 'Action'), ...narrowed(shipped, 'Resource')]) {
    const life = await live(policy);
    if (outcome(life) === expected) needless.push(lacks);
    await life.house.close();
  }
  expect(needless).toEqual([]);
}, 60_000);
