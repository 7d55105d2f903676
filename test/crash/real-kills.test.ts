import { afterAll, describe, expect, test } from 'vitest';
import { killedAfter, killedBefore } from './faults';
import { FunctionProcess } from './process';
import { deletion, disabling, replacing, rotation } from './scenarios';
import { strikeCalls } from './strike-calls';

afterAll(() => FunctionProcess.endAll());

describe.each([rotation, disabling, deletion, replacing])('$name', (scenario) => {
  test.each([killedBefore, killedAfter])('process $name any call', async (blow) => {
    expect(await strikeCalls(scenario, { blow, inProcess: true })).toEqual([]);
  });
});
