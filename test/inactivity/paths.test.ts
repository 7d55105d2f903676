import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import { runs } from '../support/effort';
import type { Ran } from '../support/rotation-fixture';
import { ago, InactivityFixture, reasonOf } from './inactivity-fixture';
import { settle, userLife } from './lives';

let fixture: InactivityFixture;
afterEach(() => fixture.close());

const refuse = () =>
  fixture.cloud.faults.add({
    match: ({ action }) => action === 'GenerateCredentialReport',
    kind: 'error',
    status: 403,
    code: 'NoPermission',
    times: Number.POSITIVE_INFINITY,
  });

const looked = (from: number, action: string): number =>
  fixture.cloud.calls.filter((call) => call.seq >= from && call.action === action).length;

test('with a credential report only candidates are looked at', async () => {
  fixture = await InactivityFixture.open();
  for (let n = 0; n < 30; n++) fixture.user(`busy-${n}`, {}, { lastUsed: ago(3) });
  for (let n = 0; n < 30; n++) fixture.user(`off-${n}`, {}, { status: 'Inactive', updatedAt: ago(300) });
  for (let n = 0; n < 5; n++) fixture.user(`idle-${n}`, {}, { lastUsed: ago(200) });
  const from = fixture.cloud.calls.length;
  const ran = await fixture.run();
  expect(ran.report.users).toHaveLength(5);
  expect(ran.report.notes?.join()).toContain('60 users of account 1234567890123456 are in use');
  expect(looked(from, 'ListAccessKeys')).toBe(5);
  expect(looked(from, 'GetAccessKeyLastUsed')).toBe(5);
  expect(looked(from, 'GetLoginProfile')).toBe(0);
});

describe('without one every user is looked at', () => {
  test('where it is refused', async () => {
    fixture = await InactivityFixture.open();
    refuse();
    for (let n = 0; n < 10; n++) fixture.user(`young-${n}`, {}, { createdAt: ago(5) });
    fixture.user('idle', {}, {});
    const from = fixture.cloud.calls.length;
    expect(reasonOf(await fixture.run(), 'idle')).toBe('Inactive');
    expect(looked(from, 'ListAccessKeys')).toBe(11);
    expect(looked(from, 'GetAccessKeyLastUsed')).toBe(1);
  });

  test('where it is longer in the making than a run should wait', async () => {
    fixture = await InactivityFixture.open({}, { switches: { reportGenerationMs: 600_000 } });
    fixture.user('idle', {}, {});
    expect(reasonOf(await fixture.run(), 'idle')).toBe('Inactive');
    expect(looked(0, 'GetCredentialReport')).toBe(0);
  });

  test('where its text is not what it should be', async () => {
    fixture = await InactivityFixture.open();
    fixture.user('idle', {}, {});
    fixture.cloud.faults.add({
      match: ({ action }) => action === 'GetCredentialReport',
      kind: 'answer',
      body: JSON.stringify({
        RequestId: 'x',
        GeneratedTime: new Date().toISOString(),
        IsTruncated: 'false',
        Content: Buffer.from('something,else\n1,2').toString('base64'),
      }),
    });
    expect(reasonOf(await fixture.run(), 'idle')).toBe('Inactive');
  });

  test('where the one that there is in mode plan is too old', async () => {
    fixture = await InactivityFixture.open();
    fixture.user('busy', {}, { lastUsed: ago(1) });
    await fixture.run();
    fixture.rotation.advance('P85D');
    fixture.user('idle', { createdAt: ago(84) }, { createdAt: ago(84) });
    expect(reasonOf(await fixture.run({ dryRun: true }), 'idle')).toBe('Inactive');
  });
});

const told = ({ report }: Ran) =>
  report.users.map(({ reason, user, actions }) => ({ reason, user, actions }));

test('both ways come to the same decisions', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(userLife, { minLength: 1, maxLength: 8 }), async (lives) => {
      fixture = await InactivityFixture.open({ limits: { disablesPerRun: 100 } });
      try {
        settle(fixture, lives);
        // Mode plan makes no report, so the first run looks at everybody; the second takes the one that is there.
        const without = await fixture.run({ dryRun: true });
        await fixture.makeCredentialReport();
        const from = fixture.cloud.calls.length;
        const withReport = await fixture.run({ dryRun: true });
        expect(looked(from, 'GetCredentialReport')).toBe(1);
        expect(told(withReport)).toEqual(told(without));
      } finally {
        await fixture.close();
      }
    }),
    runs(60),
  );
}, 60_000);
