import { expect, test } from 'vitest';
import { strikeEveryCall } from './every-call';
import { exhaust } from './exhaust';
import { killedAfter, killedBefore } from './faults';
import { rollingBack, rollingBackInGrace } from './scenarios';

strikeEveryCall([rollingBack]);

test.each([killedBefore, killedAfter])('in grace, any call is $name', async (blow) => {
  expect(await exhaust(rollingBackInGrace, { blow })).toEqual([]);
});
