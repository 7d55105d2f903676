import { documentText, type Environment, parseConfig, parseYaml } from '../config/load';
import type { Config } from '../config/schema';
import { withVariables } from '../config/variables';

/** What is played; it holds in the simulation too. */
const played = ['rotation', 'inactivity', 'exempt', 'limits'] as const;
/** The local cloud keeps no quotas, so that a run need not wait for them. */
const fastest = { readsPerSecond: 500, writesPerSecond: 200 };

export interface SimulatedConfig {
  /** As the configuration has it; the simulation always enforces. */
  readonly mode: Config['mode'];
  /** What the configuration says of users, times and limits, in mode enforce and for this region. */
  readonly config: Config;
  /** As `config`, for the functions, which read a document. */
  documentFor(means: { endpoint: string; sink: string }): string;
  /** What was left aside, for the reader. */
  readonly notes: readonly string[];
}

interface Place {
  readonly region: string;
  readonly account: string;
}

/**
 * The configuration as it would be enforced, kept apart from everything outside of this machine.
 * @param folder where keyturn.yaml lies, unless KEYTURN_CONFIG tells
 * @throws ConfigurationError
 */
export function simulatedConfig(
  env: Environment,
  folder: string,
  { region, account }: Place,
): SimulatedConfig {
  const written = parseYaml(documentText(env.KEYTURN_CONFIG?.trim() ?? '', folder));
  const missing = missingVariables(written, env);
  const spoken = withoutUnsaid(written, missing);
  const dummies = Object.fromEntries(missing.map((name) => [name, `simulated-${name}`]));
  const complete = withVariables(spoken, { ...env, ...dummies });
  const { mode } = parseConfig(JSON.stringify(complete), {});

  const sections = pick(complete);
  const document = {
    ...sections,
    rotation: inOneAccount(sections.rotation, account),
    mode: 'enforce',
    region,
    limits: { ...(isSection(sections.limits) && sections.limits), ...fastest },
  };
  return {
    mode,
    config: parseConfig(JSON.stringify(document), {}),
    documentFor: ({ endpoint, sink }) =>
      JSON.stringify({
        ...document,
        endpoints: Object.fromEntries(['ram', 'ims', 'kms', 'sts'].map((product) => [product, endpoint])),
        notify: [{ type: 'webhook', url: sink, secret: 'simulated-secret', allowPrivate: true }],
      }),
    notes: notesOf(written, mode, missing),
  };
}

type Section = Readonly<Record<string, unknown>>;

const isSection = (value: unknown): value is Section =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isPlayed = (key: string): boolean => played.some((each) => each === key);

function pick(document: unknown): Section {
  if (!isSection(document)) return {};
  return Object.fromEntries(Object.entries(document).filter(([key]) => isPlayed(key)));
}

/** Variables that only the deployed functions have; of what is not played they may hide anything, an address too. */
function missingVariables(document: unknown, env: Environment): string[] {
  const named = JSON.stringify(document).matchAll(/\$\{env:([A-Za-z_]\w*)\}/g);
  return [...new Set([...named].map(([, name = '']) => name))].filter((name) => env[name] === undefined);
}

function withoutUnsaid(document: unknown, missing: readonly string[]): unknown {
  if (!isSection(document)) return document;
  const unsaid = (value: unknown) =>
    missing.some((name) => JSON.stringify(value).includes(`\${env:${name}}`));
  return Object.fromEntries(
    Object.entries(document).filter(([key, value]) => isPlayed(key) || !unsaid(value)),
  );
}

/** Secrets lie in the one account that there is. */
function inOneAccount(rotation: unknown, account: string): Section {
  if (!isSection(rotation)) return {};
  if (!isSection(rotation.secret)) return rotation;
  const { account: _, name, ...secret } = rotation.secret;
  const named = typeof name === 'string' ? { name: name.replaceAll('{account}', account) } : {};
  return { ...rotation, secret: { ...secret, ...named } };
}

const isLeftAside = (key: string): boolean => !isPlayed(key) && !['mode', 'notify', 'locale'].includes(key);

function notesOf(document: unknown, mode: Config['mode'], missing: readonly string[]): string[] {
  const has = (key: string) => isSection(document) && key in document;
  const aside = isSection(document) ? Object.keys(document).filter(isLeftAside) : [];
  return [
    mode === 'plan'
      ? 'The configuration says mode: plan. The simulation enforces it all the same: that is what it is for.'
      : 'The configuration says mode: enforce, and so does the simulation.',
    'Everything takes place in a cloud on this machine: Alibaba Cloud is not called, and no credentials are used.',
    ...(has('notify')
      ? [
          'The channels of the configuration are not contacted: every notice ends in the simulation and counts as delivered.',
        ]
      : []),
    ...(aside.length > 0 ? [`Left aside: ${aside.join(', ')}.`] : []),
    ...(missing.length > 0 ? [`Not set here, and not needed: ${missing.join(', ')}.`] : []),
    'Calls per second are not limited as in limits: how long a run takes is not simulated.',
  ];
}
