import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { CliFixture } from '../support/cli-fixture';

let fixture: CliFixture;
let server: Server;
let received: { path: string; body: string }[];

beforeAll(async () => {
  fixture = await CliFixture.open('keyturn');
});
afterAll(() => fixture.close());
beforeEach(async () => {
  received = [];
  server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    received.push({ path: request.url ?? '', body });
    response.writeHead(request.url === '/gone' ? 410 : 204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const url = (path: string) => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
const hook = (path: string) => ({ type: 'webhook', url: url(path), secret: '${env:HOOK_SECRET}' });
const env = { HOOK_SECRET: 'shared-with-the-receiver' };
const notifyTest = (...args: string[]) => fixture.keyturn(['notify-test', ...args], { env });

test('sends a test event to every channel, and prints what came back', async () => {
  fixture.configure({ notify: [hook('/a'), hook('/gone')] });
  const { code, stdout } = await notifyTest();
  expect(stdout).toMatch(/webhook #1 +delivered +answered 204/);
  expect(stdout).toMatch(/webhook #2 +not delivered +.*410/);
  expect(code).toBe(1);
  expect(received.map(({ path }) => path).sort()).toEqual(['/a', '/gone']);
  expect(JSON.parse(received[0]?.body ?? '')).toMatchObject({ type: 'keyturn.test' });
  expect(stdout).not.toContain(env.HOOK_SECRET);
});

test('--channel sends to that one only, even where it is narrowed', async () => {
  fixture.configure({ notify: [hook('/a'), { ...hook('/b'), users: ['nobody'], events: ['none'] }] });
  const { code, stdout } = await notifyTest('--channel', '2');
  expect(stdout).toContain('webhook #2');
  expect(stdout).not.toContain('webhook #1');
  expect(code).toBe(0);
  expect(received.map(({ path }) => path)).toEqual(['/b']);
});

test.each([
  ['no channels', {}, [], 'names no channel'],
  [
    'no such channel',
    { notify: [{ type: 'slack', url: 'https://hooks.slack.com/x' }] },
    ['--channel', '2'],
    'There is no channel 2',
  ],
])('refuses where there are %s', async (_, config, args, message) => {
  fixture.configure(config);
  const { code, stderr } = await notifyTest(...args);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
