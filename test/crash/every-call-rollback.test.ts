import { describe, expect, test } from 'vitest';
import { strikeEveryCall } from './every-call';
import { exhaust } from './exhaust';
import { killedAfter, killedBefore } from './faults';
import { handingBack, rollingBack, rollingBackInGrace } from './scenarios';

strikeEveryCall([rollingBack]);

describe.each([rollingBackInGrace, handingBack])('$name', (scenario) => {
  test.each([killedBefore, killedAfter])('any call is $name', async (blow) => {
    expect(await exhaust(scenario, { blow })).toEqual([]);
  });
});
