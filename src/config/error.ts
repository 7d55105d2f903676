export interface Problem {
  /** The key's path as a person would write it, such as `rotation.grace` or `notify[1].url`; empty for the whole document. */
  readonly path: string;
  readonly message: string;
}

/** The configuration cannot be used. Nothing was called in the cloud. The message is one line and holds no secret. */
export class ConfigurationError extends Error {
  override readonly name = 'ConfigurationError';

  constructor(readonly problems: readonly [Problem, ...Problem[]]) {
    super(`keyturn configuration: ${oneLine(problems)}`);
  }
}

/** An event that asks for something unknown or contradictory. Nothing was done. The message is one line. */
export class EventError extends Error {
  override readonly name = 'EventError';

  constructor(readonly problems: readonly [Problem, ...Problem[]]) {
    super(`keyturn event: ${oneLine(problems)}; nothing was done`);
  }
}

function oneLine([first, ...others]: readonly [Problem, ...Problem[]]): string {
  const told = first.path ? `${first.path}: ${first.message}` : first.message;
  const more = [...new Set(others.map(({ path }) => path))].filter((path) => path && path !== first.path);
  const line = more.length > 0 ? `${told} (also wrong: ${more.join(', ')})` : told;
  return line.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
