import type { Command } from 'commander';
import { type ExitCode, exitCode } from './exit-code';

/** What the help of a command says besides its options. */
export interface Manual {
  /** What to type, and what comes of it. */
  readonly examples: readonly (readonly [line: string, effect: string])[];
  /** What the command ends with, where it says more than every command does. */
  readonly ends?: Partial<Record<ExitCode, string>>;
}

const usualEnds: Record<ExitCode, string> = {
  [exitCode.done]: 'done',
  [exitCode.failed]: 'something failed, or was not done; the output says what',
  [exitCode.refused]: 'what was typed, or the configuration, cannot be used; nothing was done',
};

/** Adds examples and exit codes to the help. */
export function withManual(command: Command, { examples, ends }: Manual): Command {
  const lines = [
    'Examples:',
    ...examples.flatMap(([line, effect]) => [`  $ keyturn ${line}`, `      ${effect}`]),
    '',
    'Exit codes:',
    ...Object.entries({ ...usualEnds, ...ends }).map(([code, meaning]) => `  ${code}  ${meaning}`),
  ];
  return command.addHelpText('after', `\n${lines.join('\n')}`);
}
