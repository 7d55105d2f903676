import { describe, expect, test } from 'vitest';
import { respondToLeaksFunction } from '../../src/leaks/respond-to-leaks';
import { policyFor } from '../support/rotation-fixture';
import { CrashFixture, type Plan, user } from './crash-fixture';
import { errors, killedAfter, killedBefore } from './faults';
import { strikeEach } from './strike-each';

interface Scenario {
  readonly name: string;
  readonly action: 'replace' | 'contain';
  /** Between the runs of rotate-keys that come before. */
  readonly waits: readonly string[];
}

const scenarios: readonly Scenario[] = [
  { name: 'the current key is replaced', action: 'replace', waits: ['P10D'] },
  { name: 'it is replaced while an old key is in its grace', action: 'replace', waits: ['P90D', 'P1D'] },
  { name: 'it is only disabled', action: 'contain', waits: ['P10D'] },
];

/** Runs of respond-to-leaks, five minutes apart, by which all must be done. */
const runsToConverge = 2;

interface History {
  readonly standing: string;
  readonly complaints: string[];
  readonly hit: boolean;
  readonly calls: readonly string[];
}

async function live({ action, waits }: Scenario, plan?: Plan): Promise<History> {
  const fixture = await CrashFixture.open({ leaks: { action } });
  const { rotation, rules, application } = fixture;
  const { account } = rotation;
  try {
    const policy = account.createPolicy('leaks', policyFor(account.id, 'respond-to-leaks'));
    await fixture.run();
    for (const [index, wait] of waits.entries()) {
      await fixture.skip(wait);
      if (index < waits.length - 1) await fixture.run();
    }
    const leaked = rotation.stages(user).ACSCurrent ?? '';
    account.leak(leaked);
    account.leak(leaked, { repository: 'a/fork' });
    rules.emergency(user);
    application.readsOnRefusal = true;
    if (action === 'contain') {
      rules.allowGap(user);
      application.retire();
    }
    const { policies } = account.role('keyturn-rotate-keys');
    const shipped = [...policies.keys()];
    policies.clear();
    policies.set(policy, 0);
    const definition = respondToLeaksFunction('/nowhere');
    const struck = await fixture.runOf(definition, {}, plan);
    for (let run = 0; run < runsToConverge; run++) {
      await fixture.pass('PT5M');
      await fixture.runOf(respondToLeaksFunction('/nowhere'));
    }
    const complaints = [
      ...(account.user(user).keys.get(leaked)?.status === 'Active' ? ['the leaked key is alive'] : []),
      ...(account.leaks.every(({ status }) => status === 'dealed') ? [] : ['a finding is not marked']),
      ...(told(rotation.lines) ? [] : ['nobody was told']),
    ];
    policies.clear();
    for (const each of shipped) policies.set(each, 0);
    for (let day = 0; day < 2; day++) {
      await fixture.skip('P1D');
      await fixture.run();
    }
    const standing = fixture.standing().join(' | ');
    return {
      standing,
      complaints: [...complaints, ...fixture.complaints()],
      hit: struck.hit,
      calls: struck.calls,
    };
  } finally {
    await fixture.close();
  }
}

/** Where no channel is due, the line in the log is the notice. */
const told = (lines: readonly string[]): boolean =>
  lines.some((line) => /"notice":"keyturn\.leak\.(replaced|contained)"/.test(line));

async function strikeCalls(scenario: Scenario, blow: Plan['blow']): Promise<string[]> {
  const undisturbed = await live(scenario);
  return strikeEach(undisturbed, `${scenario.name} ${blow.name}`, async (at) => {
    const history = await live(scenario, { blow, at, times: 1 });
    const difference =
      history.standing === undisturbed.standing
        ? []
        : [`${history.standing} instead of ${undisturbed.standing}`];
    return { ...history, complaints: [...history.complaints, ...difference] };
  });
}

describe.each(scenarios)('a leak: $name', (scenario) => {
  test.each([killedBefore, killedAfter])('any call is $name', async (blow) => {
    expect(await strikeCalls(scenario, blow)).toEqual([]);
  });
});

describe.each(scenarios.slice(0, 1))('a leak: $name', (scenario) => {
  test.each(errors)('any call is $name', async (blow) => {
    expect(await strikeCalls(scenario, blow)).toEqual([]);
  });
});
