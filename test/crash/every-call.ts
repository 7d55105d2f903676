import { describe, expect, test } from 'vitest';
import { badGateway, blows, killedAfter, outage } from './faults';
import type { Scenario } from './scenarios';
import { strikeCalls } from './strike-calls';

/** Tests that strike every call of each scenario's run in every way. */
export function strikeEveryCall(scenarios: readonly Scenario[]): void {
  describe.each(scenarios)('$name', (scenario) => {
    test.each(blows)('any call is $name', async (blow) => {
      expect(await strikeCalls(scenario, { blow })).toEqual([]);
    });
    test.each(blows)('any call is $name three times', async (blow) => {
      expect(await strikeCalls(scenario, { blow, times: 3 })).toEqual([]);
    });
    test.each([outage, badGateway])('any call is $name more often than it is repeated', async (blow) => {
      expect(await strikeCalls(scenario, { blow, times: 5 })).toEqual([]);
    });
    test('any call is killed after it was executed, and runs come every hour', async () => {
      expect(await strikeCalls(scenario, { blow: killedAfter, every: 'PT1H' })).toEqual([]);
    });
  });
}
