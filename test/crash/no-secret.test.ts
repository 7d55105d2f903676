import { describe, expect, test } from 'vitest';
import { receiver } from '../notify/receiver';
import { CrashFixture } from './crash-fixture';
import { errors } from './faults';
import { leaksIn, revealed } from './leaks';
import { firstKey, replacing, rotation } from './scenarios';

/** What is done once to each call of a run, more often than the call is repeated. */
const often = 5;

describe.each([firstKey, rotation, replacing])('$name', (scenario) => {
  test.each(errors)(
    'nothing that leaves the process holds a secret where any call is $name',
    async (blow) => {
      const leaks: string[] = [];
      let told = 0;
      const hook = await receiver({ status: 200 });
      const channel = { type: 'webhook', url: `${hook.origin}/hook`, secret: 'secret-of-the-channel' };
      for (let at = 0, hit = true; hit; at++) {
        const fixture = await CrashFixture.open({ ...scenario.config, notify: [channel] }, scenario.seed);
        await scenario.before?.(fixture);
        ({ hit } = await fixture.run(scenario.event, { blow, at, times: often }));
        const notices = hook.received.splice(0).map((notice) => revealed(notice));
        told += notices.length;
        leaks.push(...fixture.leaks(true).map((leak) => `call ${at}: ${leak}`));
        leaks.push(...leaksIn(fixture.rotation.cloud, notices, true).map((leak) => `notice ${at}: ${leak}`));
        await fixture.close();
      }
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
