import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Ran } from '../e2e/stage';
import { ago, House, reasonOf } from './house';
import { settle, userLife } from './lives';

let house: House;
afterEach(() => house.close());

const refuse = () =>
  house.cloud.faults.add({
    match: ({ action }) => action === 'GenerateCredentialReport',
    kind: 'error',
    status: 403,
    code: 'NoPermission',
    times: Number.POSITIVE_INFINITY,
  });

const looked = (from: number, action: string): number =>
  house.cloud.calls.filter((call) => call.seq >= from && call.action === action).length;

test('with a credential report only candidates are looked at', async () => {
  house = await House.open();
  for (let n = 0; n < 30; n++) house.user(`busy-${n}`, {}, { lastUsed: ago(3) });
  for (let n = 0; n < 30; n++) house.user(`off-${n}`, {}, { status: 'Inactive', updatedAt: ago(300) });
  for (let n = 0; n < 5; n++) house.user(`idle-${n}`, {}, { lastUsed: ago(200) });
  const from = house.cloud.calls.length;
  const ran = await house.run();
  expect(ran.report.users).toHaveLength(5);
  expect(ran.report.notes?.join()).toContain('60 users of account 1234567890123456 are in use');
  expect(looked(from, 'ListAccessKeys')).toBe(5);
  expect(looked(from, 'GetAccessKeyLastUsed')).toBe(5);
  expect(looked(from, 'GetLoginProfile')).toBe(0);
});

describe('without one every user is looked at', () => {
  test('where it is refused', async () => {
    house = await House.open();
    refuse();
    for (let n = 0; n < 10; n++) house.user(`young-${n}`, {}, { createdAt: ago(5) });
    house.user('idle', {}, {});
    const from = house.cloud.calls.length;
    expect(reasonOf(await house.run(), 'idle')).toBe('Inactive');
    expect(looked(from, 'ListAccessKeys')).toBe(11);
    expect(looked(from, 'GetAccessKeyLastUsed')).toBe(1);
  });

  test('where it is longer in the making than a run should wait', async () => {
    house = await House.open({}, { switches: { reportGenerationMs: 600_000 } });
    house.user('idle', {}, {});
    expect(reasonOf(await house.run(), 'idle')).toBe('Inactive');
    expect(looked(0, 'GetCredentialReport')).toBe(0);
  });

  test('where its text is not what it should be', async () => {
    house = await House.open();
    house.user('idle', {}, {});
    house.cloud.faults.add({
      match: ({ action }) => action === 'GetCredentialReport',
      kind: 'answer',
      body: JSON.stringify({
        RequestId: 'x',
        GeneratedTime: new Date().toISOString(),
        IsTruncated: 'false',
        Content: Buffer.from('something,else\n1,2').toString('base64'),
      }),
    });
    expect(reasonOf(await house.run(), 'idle')).toBe('Inactive');
  });

  test('where the one that there is in mode plan is too old', async () => {
    house = await House.open();
    house.user('busy', {}, { lastUsed: ago(1) });
    await house.run();
    house.stage.advance('P85D');
    house.user('idle', { createdAt: ago(84) }, { createdAt: ago(84) });
    expect(reasonOf(await house.run({ dryRun: true }), 'idle')).toBe('Inactive');
  });
});

const told = ({ report }: Ran) =>
  report.users.map(({ reason, user, actions }) => ({ reason, user, actions }));

test('both ways come to the same decisions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(userLife, { minLength: 1, maxLength: 8 }), async (lives) => {
      house = await House.open({ limits: { disablesPerRun: 100 } });
      try {
        settle(house, lives);
        // Mode plan makes no report, so the first run looks at everybody; the second takes the one that is there.
        const without = await house.run({ dryRun: true });
        await house.makeCredentialReport();
        const from = house.cloud.calls.length;
        const withReport = await house.run({ dryRun: true });
        expect(looked(from, 'GetCredentialReport')).toBe(1);
        expect(told(withReport)).toEqual(told(without));
      } finally {
        await house.close();
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);
