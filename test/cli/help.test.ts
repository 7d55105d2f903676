import { CommanderError } from 'commander';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { program } from '../../src/cli/program';
import { CliFixture } from '../support/cli-fixture';

const visible = () => {
  const keyturn = program();
  return keyturn
    .createHelp()
    .visibleCommands(keyturn)
    .filter((command) => command.name() !== 'help');
};

describe('the help of every command', () => {
  let printed: string;
  beforeEach(() => {
    printed = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      printed += text;
      return true;
    });
  });
  afterEach(() => vi.restoreAllMocks());

  const helpOf = async (...args: string[]) => {
    await expect(program().parseAsync([...args, '--help'], { from: 'user' })).rejects.toBeInstanceOf(
      CommanderError,
    );
    return printed;
  };

  test.each(visible().map((command) => [command.name(), command.description()]))(
    '%s says what it does, gives an example, and tells its exit codes',
    async (name, description) => {
      expect(description).toMatch(/^[A-Z].*\.$/s);
      const help = await helpOf(name);
      expect(help).toMatch(new RegExp(`^  \\$ keyturn ${name}\\b`, 'm'));
      for (const code of [0, 1, 2]) expect(help).toMatch(new RegExp(`^  ${code}  \\S`, 'm'));
    },
  );

  test('every example can be typed: its options are known', async () => {
    const known = new Map(visible().map((command) => [command.name(), command]));
    for (const name of known.keys()) {
      printed = '';
      const lines = (await helpOf(name)).match(/(?<=^ {2}\$ keyturn ).*/gm) ?? [];
      for (const line of lines) {
        const [typed = ''] = line.split(' ');
        const options = known.get(typed)?.options.map(({ long }) => long) ?? [];
        for (const option of line.replace(/"[^"]*"/g, '').match(/--[a-z-]+/g) ?? []) {
          expect(options, line).toContain(option);
        }
      }
    }
  });

  test('keyturn itself: commands under what they are for', async () => {
    const help = await helpOf();
    const headings = help.match(/^(Look|Act|Set up|Commands):$/gm);
    expect(headings).toEqual(['Look:', 'Act:', 'Set up:']);
    const [, look = '', act = '', setUp = ''] = help.split(/^(?:Look|Act|Set up):$/m);
    expect(look).toContain('  check ');
    expect(act).toContain('  rotate ');
    expect(setUp).toContain('  setup ');
    expect(help).toContain('Exit codes:');
    expect(help).not.toContain('complete [');
  });
});

describe('what is typed wrong ends with 2, a sentence and a suggestion', () => {
  let fixture: CliFixture;
  beforeAll(async () => {
    fixture = await CliFixture.open('keyturn');
  });
  afterAll(() => fixture.close());

  test.each([
    [['rotat'], 'Did you mean rotate?'],
    [['chek'], 'Did you mean check?'],
    [['rotate', '--emergenci'], 'Did you mean --emergency?'],
    [['check', '--ofline'], 'Did you mean --offline?'],
    [['setup', '--protct', 'x'], 'Did you mean --protect?'],
    [['restore'], "missing required argument 'user'"],
    [['invoke'], "missing required argument 'job'"],
    [['completion'], "missing required argument 'shell'"],
    [['check', '--account'], 'argument missing'],
    [['notify-test', 'extra'], 'too many arguments'],
  ])('%j: %s', async (args, message) => {
    const { code, stdout, stderr } = await fixture.keyturn(args);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });
});
