import type * as z from 'zod';
import type { Problem } from './error';

const nouns: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  object: 'a mapping',
  string: 'text',
};

/** What is wrong, in words, where the definition itself does not say it. */
export const inWords: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.join(', ')}`;
  if (issue.code !== 'invalid_type') return undefined;
  if (issue.input === undefined) return 'is required';
  const noun = nouns[issue.expected] ?? issue.expected;
  if (issue.input === null) return `is empty, but must be ${noun}`;
  const scalar = typeof issue.input === 'number' || typeof issue.input === 'boolean';
  return issue.expected === 'string' && scalar ? 'must be text: put it in quotes' : `must be ${noun}`;
};

export type Path = readonly PropertyKey[];

export function writtenPath(path: Path): string {
  return path.reduce<string>(
    (written, key) =>
      typeof key === 'number' ? `${written}[${key}]` : written ? `${written}.${String(key)}` : String(key),
    '',
  );
}

/**
 * The problems that zod found. `written` is the document as the person wrote it, before variables were put
 * in, so that no message can hold what came from the environment.
 */
export function problemsOf(error: z.ZodError, written: unknown): [Problem, ...Problem[]] {
  const [first, ...others] = error.issues.map((issue): Problem => {
    if (issue.code === 'unrecognized_keys')
      return { path: writtenPath([...issue.path, issue.keys[0] ?? '']), message: issue.message };
    return {
      path: writtenPath(issue.path),
      message: issue.message + echo(issue.path, at(written, issue.path)),
    };
  });
  if (!first) throw new TypeError('zod refused a value and named no issue');
  return [first, ...others];
}

function at(value: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}

/** A channel's URL may hold a token, and so may anything that a person put in the wrong place beside it. */
function mayHoldSecret([section, ...rest]: Path): boolean {
  if (section === 'notify')
    return !['type', 'target', 'users', 'events', 'allowPrivate'].includes(String(rest[1]));
  return rest.includes('externalId');
}

const longestEcho = 64;

function echo(path: Path, value: unknown): string {
  if (mayHoldSecret(path) || !['string', 'number', 'boolean'].includes(typeof value)) return '';
  const written = JSON.stringify(String(value)).slice(1, -1);
  const innocent = written.length <= longestEcho && !/[@?]/.test(written);
  return innocent && written ? ` (got ${written})` : '';
}
