/** What the operator's command line ends with, so that scripts can rely on it. */
export const exitCode = {
  /** Everything that was due was done; in an emergency: the old key is dead. */
  done: 0,
  /** Something was not done, or nobody can say for certain that it was. */
  failed: 1,
  /** What was asked for, or the configuration, cannot be used. Nothing was done. */
  refused: 2,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** Ends a command with a sentence for the operator instead of a stack. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly exitCode: ExitCode;

  constructor(message: string, code: ExitCode = exitCode.failed) {
    super(message);
    this.exitCode = code;
  }
}
