import { describe, expect, test } from 'vitest';
import { strikeEveryCall } from './every-call';
import { killedAfter, killedBefore } from './faults';
import { handingBack, rollingBack, rollingBackInGrace } from './scenarios';
import { strikeCalls } from './strike-calls';

strikeEveryCall([rollingBack]);

describe.each([rollingBackInGrace, handingBack])('$name', (scenario) => {
  test.each([killedBefore, killedAfter])('any call is $name', async (blow) => {
    expect(await strikeCalls(scenario, { blow })).toEqual([]);
  });
});
