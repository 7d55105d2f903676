import { ConfigurationError, type Problem } from './error';
import { type Path, writtenPath } from './problems';

const reference = /\$\{env:([^}]*)\}?/g;
/** An alias of YAML may stand for what holds it. */
const deepest = 20;
const wellFormed = /^\$\{env:[A-Za-z_]\w*\}$/;

/** The document with every `${env:NAME}` inside its strings replaced by that environment variable. */
export function withVariables(document: unknown, env: Readonly<Record<string, string | undefined>>): unknown {
  const problems: Problem[] = [];

  const replaceIn = (value: unknown, path: Path): unknown => {
    if (path.length > deepest) throw new ConfigurationError([{ path: '', message: 'is nested too deeply' }]);
    if (Array.isArray(value)) return value.map((item, index) => replaceIn(item, [...path, index]));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([key, inner]) => [key, replaceIn(inner, [...path, key])]),
      );
    if (typeof value !== 'string') return value;
    const refuse = (message: string) => problems.push({ path: writtenPath(path), message });
    return value.replace(reference, (whole, name: string) => {
      const found = Object.hasOwn(env, name) ? env[name] : undefined;
      if (!wellFormed.test(whole)) refuse('a variable is written ${env:NAME}');
      else if (!found)
        refuse(`the environment variable ${name} is ${found === undefined ? 'not set' : 'empty'}`);
      return found ?? '';
    });
  };

  const replaced = replaceIn(document, []);
  const [first, ...others] = problems;
  if (first) throw new ConfigurationError([first, ...others]);
  return replaced;
}
