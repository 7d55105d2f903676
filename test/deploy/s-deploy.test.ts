import { afterAll, beforeAll, expect, test } from 'vitest';
import { jobs, nameOfJob } from '../../src/cli/deployed/names';
import { ServerlessDevs } from './serverless-devs';

const env = { ALIYUN_ACCOUNT_ID: '1234567890123456', SLS_PROJECT: 'operations' };
let s: ServerlessDevs;

beforeAll(() => {
  s = new ServerlessDevs();
  s.stubAll();
});
afterAll(() => s.close());

test('s verify passes', async () => {
  const { code, output } = await s.run(['verify'], env);
  expect(output).toContain('passed');
  expect(code).toBe(0);
});

test('s deploy builds and checks first, then deploys every function', async () => {
  const { code, output } = await s.run(['deploy', '-y'], env);
  expect(code, output).toBe(0);
  const [built, checked, ...deployed] = s.recorded();
  expect([built, checked]).toEqual(['build', 'check']);
  expect(deployed).toHaveLength(jobs.length);
  expect(deployed).toMatchObject(
    jobs.map((job) => ({
      command: 'deploy',
      props: {
        functionName: nameOfJob('keyturn', job),
        role: `acs:ram::${env.ALIYUN_ACCOUNT_ID}:role/${nameOfJob('keyturn', job)}`,
      },
    })),
  );
});

test('a configuration that is not sound stops s deploy before anything is deployed', async () => {
  const { code } = await s.run(['deploy', '-y'], { ...env, CHECK: '2' });
  expect(code).not.toBe(0);
  expect(s.recorded()).toEqual(['build', 'check']);
});

test('s rotate invoke hands the event to rotate-keys alone', async () => {
  const event = '{"users":["svc-orders"],"emergency":true,"reason":"leaked"}';
  const { code } = await s.run(['rotate', 'invoke', '-e', event], env);
  expect(code).toBe(0);
  expect(s.recorded()).toEqual([
    { command: 'invoke', resource: 'rotate', props: expect.anything(), args: ['-e', event] },
  ]);
});
