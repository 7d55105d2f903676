import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { CliFixture } from '../support/cli-fixture';

let fixture: CliFixture;

beforeAll(async () => {
  fixture = await CliFixture.open('keyturn');
  mkdirSync(join(fixture.folder, 'path'));
  chmodSync(fixture.command, 0o755);
  symlinkSync(fixture.command, join(fixture.folder, 'path/keyturn'));
});
afterAll(() => fixture.close());
beforeEach(() =>
  fixture.configure({
    rotation: { users: { names: ['svc-orders', 'svc-billing'] } },
    exempt: [{ user: 'break-glass', reason: 'emergency access' }],
    accounts: [{ id: '1234567890123456' }],
  }),
);

/** What a shell is told where these words are typed, the last one up to the cursor. */
async function suggestions(...words: string[]): Promise<string[]> {
  const { stdout, stderr, code } = await fixture.keyturn(['complete', '--', ...words]);
  expect([code, stderr]).toEqual([0, '']);
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => line.split('\t')[0] ?? '');
}

test.each([
  [['rot'], ['rotate']],
  [['set'], ['setup']],
  [['rotate', '--em'], ['--emergency']],
  [
    ['check', '--'],
    ['--offline', '--account', '--json', '--config', '--help'],
  ],
  [['invoke', 'disable'], ['disable-inactive']],
  [
    ['setup', '--print', ''],
    ['json', 'terraform', 'ros'],
  ],
  [['completion', 'z'], ['zsh']],
  [
    ['rotate', '--user', ''],
    ['svc-orders', 'svc-billing', 'break-glass'],
  ],
  [
    ['restore', 'svc-'],
    ['svc-orders', 'svc-billing'],
  ],
  [['check', '--account', ''], ['1234567890123456']],
  [['nonsense', ''], []],
])('%j: %j', async (words, expected) => {
  expect(await suggestions(...words)).toEqual(expected);
});

test('what is hidden is not suggested', async () => {
  expect(await suggestions('comp')).toEqual(['completion']);
});

test('without a sound configuration there are no names, and no error', async () => {
  fixture.configure('mode: maybe');
  expect(await suggestions('restore', '')).toEqual([]);
  expect(await suggestions('rot')).toEqual(['rotate']);
});

describe('the script for bash', () => {
  const inBash = async (words: readonly string[]): Promise<string> => {
    const script = `
      source <(keyturn completion bash); source <(keyturn completion bash)
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _keyturn; echo "\${COMPREPLY[*]}"; complete -p keyturn`;
    const env = { PATH: `${join(fixture.folder, 'path')}:${process.env.PATH}` };
    const { stdout, stderr } = await promisify(execFile)(
      'bash',
      ['--norc', '--noprofile', '-c', script, 'bash', ...words],
      { env, cwd: fixture.desk },
    );
    expect(stderr).toBe('');
    return stdout;
  };

  test('works without bash-completion, and when it is read twice', async () => {
    const stdout = await inBash(['keyturn', 'rotate', '--user', 'svc-']);
    expect(stdout).toMatch(/^svc-orders svc-billing$/m);
    expect(stdout).toContain('-F _keyturn keyturn');
  });

  test('evaluates nothing of what is typed', async () => {
    expect(await inBash(['keyturn', 'restore', '$(touch evaluated)', ''])).not.toContain('evaluated');
    const { stdout } = await promisify(execFile)('ls', [fixture.desk]);
    expect(stdout).not.toContain('evaluated');
  });
});

test.each(['zsh', 'fish', 'powershell'])('there is a script for %s', async (shell) => {
  const { code, stdout } = await fixture.keyturn(['completion', shell]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/keyturn['"]? complete/);
});

test('another shell is refused', async () => {
  expect(await fixture.keyturn(['completion', 'tcsh'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Allowed choices are'),
  });
});
