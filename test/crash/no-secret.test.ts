import { describe, expect, test } from 'vitest';
import { receiver } from '../support/receiver';
import { CrashFixture } from './crash-fixture';
import { errors } from './faults';
import { leaksIn, revealed } from './leaks';
import { firstKey, replacing, rotation } from './scenarios';
import { strikeEach } from './strike-each';

/** What is done once to each call of a run, more often than the call is repeated. */
const often = 5;

describe.each([firstKey, rotation, replacing])('$name', (scenario) => {
  test.each(errors)(
    'nothing that leaves the process holds a secret where any call is $name',
    async (blow) => {
      let told = 0;
      const hook = await receiver({ status: 200 });
      const channel = { type: 'webhook', url: `${hook.origin}/hook`, secret: 'secret-of-the-channel' };
      const strike = async (at: number | undefined) => {
        const fixture = await CrashFixture.open({ ...scenario.config, notify: [channel] }, scenario.seed);
        await scenario.before?.(fixture);
        const plan = at === undefined ? undefined : { blow, at, times: often };
        const { hit, calls } = await fixture.run(scenario.event, plan);
        const notices = hook.received.splice(0).map((notice) => revealed(notice));
        told += notices.length;
        const complaints = [
          ...fixture.leaks(true),
          ...leaksIn(fixture.rotation.cloud, notices, true).map((leak) => `notice: ${leak}`),
        ];
        await fixture.close();
        return { hit, calls, complaints };
      };
      const label = `${scenario.name} ${blow.name} leaks`;
      const leaks = await strikeEach(await strike(undefined), label, strike);
      await hook.close();
      expect(told).toBeGreaterThan(0);
      expect(leaks).toEqual([]);
    },
  );
});

test.each([
  ['plain', (secret: string) => secret],
  ['in a URL', encodeURIComponent],
  ['in base64', (secret: string) => Buffer.from(secret).toString('base64')],
])('a secret that left %s is seen', async (_, write) => {
  const fixture = await CrashFixture.open();
  await fixture.run();
  const { cloud } = fixture.rotation;
  for (const secret of cloud.issuedSecrets()) {
    expect(leaksIn(cloud, [`something ${write(secret)} else`], true)).not.toEqual([]);
  }
  await fixture.close();
});
