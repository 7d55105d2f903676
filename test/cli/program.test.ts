import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { program } from '../../src/cli/program';

let printed: string;
beforeEach(() => {
  printed = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
  }
});
afterEach(() => vi.restoreAllMocks());

const parse = (...args: string[]) => program().parseAsync(args, { from: 'user' });

test.each([
  [['rotat'], 'Did you mean rotate?'],
  [['rotate', '--emergenci'], 'Did you mean --emergency?'],
  [['rotate', '--user'], 'argument missing'],
  [['rotate', 'svc-orders'], 'too many arguments'],
  [['invoke'], "missing required argument 'job'"],
  [['invoke', 'rotat'], 'Allowed choices are rotate, disable-inactive, respond-to-leaks'],
  [['disable-inactive', '--emergency'], "unknown option '--emergency'"],
  [['setup', '--print', 'cdk'], 'Allowed choices are json, terraform, ros'],
  [['local', '--port', '99999'], 'must be a port'],
  [['local', '--seed', 'x'], 'whole number'],
  [['notify-test', '--channel', '0'], 'number from 1'],
])('%j is refused: %s', async (args, message) => {
  const refused = await parse(...args).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(CommanderError);
  expect(refused).toMatchObject({ exitCode: 1 });
  expect(printed).toContain(message);
  expect(printed).toContain('--help');
});

describe('every command tells how it is used', () => {
  const names = program().commands.map((command) => command.name());
  test.each(names)('%s', async (name) => {
    await expect(parse(name, '--help')).rejects.toMatchObject({ exitCode: 0 });
    expect(printed).toContain(`Usage: keyturn ${name}`);
  });
});
