import { afterEach, expect, test } from 'vitest';
import { type Running, run } from '../src/command';
import { signedCall } from '../src/sign';

let running: Running | undefined;
afterEach(() => running?.stop());

async function start(...argv: string[]): Promise<string> {
  const lines: string[] = [];
  running = await run(argv, (text) => lines.push(text));
  return lines.join('\n');
}

test('it prints where the cloud is and a pair that signs, the same for the same seed', async () => {
  const text = await start('--seed', '5', '--switch', 'neverUsed=N/A');
  const [, accessKeyId = ''] = /ACCESS_KEY_ID=(\S+)/.exec(text) ?? [];
  const [, accessKeySecret = ''] = /ACCESS_KEY_SECRET=(\S+)/.exec(text) ?? [];
  const url = new URL(running?.url ?? '');
  expect(text).toContain(url.origin);
  const answer = await signedCall(
    url.host,
    { accessKeyId, accessKeySecret },
    { version: '2015-04-01', action: 'GetCallerIdentity' },
  );
  expect(answer).toMatchObject({ status: 200, body: { IdentityType: 'Account' } });
  await running?.stop();
  expect(await start('--seed', '5')).toContain(accessKeyId);
});

test('help tells every switch, and starts nothing', async () => {
  const text = await start('--help');
  expect(running).toBeUndefined();
  expect(text).toContain('--functions <s.yaml>');
  expect(text).toContain('secretNameLength');
});

test.each([
  [['--port', 'many'], '--port must be a whole number, not "many"'],
  [['--switch', 'neverUsed=never'], 'neverUsed cannot be "never"'],
  [['--unknown'], "Unknown option '--unknown'"],
  [['serve'], "Unexpected argument 'serve'"],
])('%j is refused', async (argv, message) => {
  await expect(start(...argv)).rejects.toThrow(message);
});

test('where the functions cannot be read, the cloud is stopped again', async () => {
  await expect(start('--functions', 'nowhere/s.yaml')).rejects.toThrow('ENOENT');
});
