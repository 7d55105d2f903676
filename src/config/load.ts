import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMap, parseDocument } from 'yaml';
import { ConfigurationError } from './error';
import { inWords, problemsOf } from './problems';
import { type Config, configSchema } from './schema';
import { withVariables } from './variables';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Source {
  readonly env: Environment;
  /** The folder of the running code, where keyturn.yaml lies unless KEYTURN_CONFIG says otherwise. */
  readonly codeDir: string;
}

const defaultFile = 'keyturn.yaml';

/** Reads and checks the configuration. Throws ConfigurationError, before any call to the cloud. */
export function loadConfig({ env, codeDir }: Source): Config {
  return parseConfig(documentText(env.KEYTURN_CONFIG?.trim() ?? '', codeDir), env);
}

/** Checks a document, YAML or JSON. */
export function parseConfig(text: string, env: Environment): Config {
  const written = parseYaml(text);
  const document = withDefaultsOf(env, withVariables(written, env));
  const parsed = configSchema.safeParse(document, { error: inWords });
  if (!parsed.success) throw new ConfigurationError(problemsOf(parsed.error, written));
  refuseAnotherDeployment(parsed.data, env);
  return parsed.data;
}

/** What the deployment says, where the document does not. */
function withDefaultsOf(env: Environment, document: unknown): unknown {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) return document;
  const { FC_REGION, KEYTURN_DEPLOYMENT, KEYTURN_TIMEZONE } = env;
  return {
    ...(FC_REGION && { region: FC_REGION }),
    ...(KEYTURN_DEPLOYMENT && { deployment: KEYTURN_DEPLOYMENT }),
    ...(KEYTURN_TIMEZONE && { timezone: KEYTURN_TIMEZONE }),
    ...document,
  };
}

/** s.yaml names the functions and their roles after the variable: two names would be two deployments. */
function refuseAnotherDeployment({ deployment }: Config, { KEYTURN_DEPLOYMENT }: Environment): void {
  if (!KEYTURN_DEPLOYMENT || KEYTURN_DEPLOYMENT === deployment) return;
  const message = `is ${deployment}, but KEYTURN_DEPLOYMENT is ${KEYTURN_DEPLOYMENT}: leave it out here, or set the same in .env`;
  throw new ConfigurationError([{ path: 'deployment', message }]);
}

export function documentText(given: string, codeDir: string): string {
  if (given.includes('\n') || given.startsWith('{')) return given;
  const candidates = given ? [resolve(given), resolve(codeDir, given)] : [join(codeDir, defaultFile)];
  const file = candidates.find((candidate) => existsSync(candidate));
  if (file) return read(file);
  if (given && isMap(parseDocument(given).contents)) return given;
  throw failure(
    given
      ? `KEYTURN_CONFIG is neither a document nor the path of a file${/^[\w./\\ -]{1,200}$/.test(given) ? ` (got ${given})` : ''}`
      : `there is none: put ${defaultFile} beside the code, or set KEYTURN_CONFIG to its path or to the document itself`,
  );
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw failure(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function parseYaml(text: string): unknown {
  const document = parseDocument(text, { stringKeys: true });
  const [problem] = [...document.errors, ...document.warnings];
  if (problem) {
    const { line, col } = problem.linePos?.[0] ?? { line: 1, col: 1 };
    throw failure(`line ${line}, column ${col}: not valid YAML (${problem.code})`);
  }
  try {
    return document.toJS({ maxAliasCount: 20 }) ?? {};
  } catch {
    throw failure('not valid YAML: its aliases stand for too much, or for nothing');
  }
}

function failure(message: string): ConfigurationError {
  return new ConfigurationError([{ path: '', message }]);
}
