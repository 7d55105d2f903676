import { describe, expect, test } from 'vitest';
import { DEFAULT_SWITCHES, type Fault, HOUR, type Switches } from '../../packages/local-alibaba-cloud/index';
import { sample } from '../support/effort';
import { CrashFixture, user } from './crash-fixture';

const neverWritten = ['', 'absent', '-', 'N/A'] as const;

async function rotated(
  switches: Partial<Switches>,
  more: Record<string, unknown> = {},
): Promise<CrashFixture> {
  const fixture = await CrashFixture.open({ rotation: { users: { names: [user] }, ...more } }, undefined, {
    switches,
  });
  await fixture.run();
  fixture.rotation.advance('P90D');
  await fixture.run();
  return fixture;
}

const statusOf = (fixture: CrashFixture) => fixture.standing().filter((line) => line.startsWith('key '));
const oldKeyOf = (fixture: CrashFixture) => [...fixture.rotation.account.user(user).keys.values()][0];

/** How an account tells of keys. */
const tellings = [true, false].flatMap((updateDate) =>
  [0, 2 * HOUR, 3 * HOUR].flatMap((lastUsedLagMs) =>
    neverWritten.map((neverUsed) => ({ updateDate, lastUsedLagMs, neverUsed })),
  ),
);

describe.each(sample(tellings, 5, 'unknown use'))(
  'UpdateDate told: $updateDate, last use lags by $lastUsedLagMs ms, "never" told as "$neverUsed"',
  (telling) => {
    test('a key never used is disabled after its grace', async () => {
      const fixture = await rotated(telling);
      const old = oldKeyOf(fixture);
      if (old) old.uses = [];
      for (let day = 0; day < 2; day++) {
        fixture.rotation.advance('P1D');
        await fixture.run();
      }
      expect(statusOf(fixture)).toEqual(['key Active ACSCurrent', 'key Inactive ACSPrevious']);
      fixture.expectSound();
      await fixture.close();
    });

    test('a key in use is not disabled before it is quiet', async () => {
      const fixture = await rotated(telling);
      const old = oldKeyOf(fixture);
      for (let hours = 0; hours < 5 * 24; hours += 6) {
        fixture.rotation.advance('PT6H');
        if (hours < 3 * 24 && old) fixture.rotation.account.markUsed(old.id);
        await fixture.run();
        fixture.expectSound();
      }
      expect(old?.status).toBe('Inactive');
      await fixture.close();
    });
  },
);

const spoilt: readonly [string, Partial<Switches>, Omit<Fault, 'match'>?][] = [
  ['another text', { lastUsedAnswer: 'text' }],
  ['a date in the future', { lastUsedAnswer: 'future' }],
  ['no AccessKeyLastUsed object', { lastUsedAnswer: 'no-object' }],
  ['an error', {}, { kind: 'error', status: 500, times: 1000 } as Omit<Fault, 'match'>],
  [
    'a refusal',
    {},
    { kind: 'error', status: 403, code: 'NoPermission', times: 1000 } as Omit<Fault, 'match'>,
  ],
  ['HTML', {}, { kind: 'html', times: 1000 }],
];

test.each(spoilt)(
  'a last use told as %s counts as in use, for as long as it does',
  async (_, switches, fault) => {
    const fixture = await rotated({});
    const { cloud } = fixture.rotation;
    Object.assign(cloud.switches, switches);
    if (fault)
      cloud.faults.add({ ...fault, match: ({ action }) => action === 'GetAccessKeyLastUsed' } as Fault);
    for (let day = 0; day < 6; day++) {
      fixture.rotation.advance('P1D');
      await fixture.run();
    }
    expect(statusOf(fixture)).toEqual(['key Active ACSCurrent', 'key Active ACSPrevious']);
    cloud.faults.clear();
    Object.assign(cloud.switches, DEFAULT_SWITCHES);
    await fixture.run();
    expect(statusOf(fixture)).toEqual(['key Active ACSCurrent', 'key Inactive ACSPrevious']);
    fixture.expectSound();
    await fixture.close();
  },
);

describe.each([true, false])('recovery, with UpdateDate told: %s', (updateDate) => {
  test('lasts to its end', async () => {
    const fixture = await rotated({ updateDate });
    await days(fixture, 2);
    const old = oldKeyOf(fixture);
    expect(old?.status).toBe('Inactive');
    await days(fixture, 6);
    expect(statusOf(fixture)).toHaveLength(2);
    await days(fixture, 2);
    expect(statusOf(fixture)).toEqual(['key Active ACSCurrent']);
    fixture.expectSound();
    await fixture.close();
  });

  test('begins anew where somebody enabled and disabled the key, seen by a run', async () => {
    const fixture = await rotated({ updateDate });
    await days(fixture, 2);
    const old = oldKeyOf(fixture);
    if (!old) throw new Error('there is no old key');
    fixture.rotation.account.setKeyStatus(old, 'Active');
    await days(fixture, 1);
    fixture.rotation.advance('PT1H');
    fixture.rotation.account.setKeyStatus(old, 'Inactive');
    await days(fixture, 6);
    expect(statusOf(fixture)).toHaveLength(2);
    await days(fixture, 2);
    expect(statusOf(fixture)).toEqual(['key Active ACSCurrent']);
    fixture.expectSound();
    await fixture.close();
  });
});

test('recovery begins anew where the key was enabled and disabled between two runs, as UpdateDate tells', async () => {
  const fixture = await rotated({ updateDate: true });
  await days(fixture, 2);
  const old = oldKeyOf(fixture);
  if (!old) throw new Error('there is no old key');
  await days(fixture, 4);
  fixture.rotation.account.setKeyStatus(old, 'Active');
  fixture.rotation.advance('PT1H');
  fixture.rotation.account.setKeyStatus(old, 'Inactive');
  await days(fixture, 6);
  expect(statusOf(fixture)).toHaveLength(2);
  await days(fixture, 2);
  expect(statusOf(fixture)).toEqual(['key Active ACSCurrent']);
  fixture.expectSound();
  await fixture.close();
});

async function days(fixture: CrashFixture, count: number): Promise<void> {
  for (let day = 0; day < count; day++) {
    fixture.rotation.advance('P1D');
    await fixture.run();
  }
}
