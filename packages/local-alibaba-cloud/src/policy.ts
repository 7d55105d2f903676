/** RAM policies: their grammar, and whether they allow an action on a resource. */

export interface PolicyStatement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action?: string | string[];
  NotAction?: string | string[];
  Resource?: string | string[];
  Principal?: { RAM?: string | string[]; Service?: string | string[]; Federated?: string | string[] };
  Condition?: Record<string, Record<string, string | string[]>>;
}

export interface PolicyDocument {
  Version: string;
  Statement: PolicyStatement[];
}

/** Condition keys and their values, such as `sts:ExternalId`. */
export type ConditionContext = Readonly<Record<string, string>>;

export type Verdict = 'allow' | 'implicit-deny' | 'explicit-deny';

/** Which of a policy's patterns have matched a request. */
export interface StatementUse {
  policy: string;
  /** Index in the policy. */
  statement: number;
  effect: 'Allow' | 'Deny';
  actions: { pattern: string; used: boolean }[];
  resources: { pattern: string; used: boolean }[];
}

interface Pattern {
  text: string;
  matches: (value: string) => boolean;
}

interface CompiledStatement {
  effect: 'Allow' | 'Deny';
  actions: Pattern[];
  negated: boolean;
  resources: Pattern[];
  conditions: ((context: ConditionContext) => boolean)[];
  usedActions: Set<string>;
  usedResources: Set<string>;
}

type Operator = (actual: string | undefined, expected: string) => boolean;

const OPERATORS: Record<string, { test: Operator; all?: true }> = {
  StringEquals: { test: (actual, expected) => actual === expected },
  StringEqualsIgnoreCase: { test: (actual, expected) => actual?.toLowerCase() === expected.toLowerCase() },
  StringLike: { test: (actual, expected) => actual !== undefined && glob(expected)(actual) },
  StringNotEquals: { test: (actual, expected) => actual !== expected, all: true },
  StringNotLike: { test: (actual, expected) => actual === undefined || !glob(expected)(actual), all: true },
  Bool: { test: (actual, expected) => actual === expected },
};

/** A policy made ready for many questions. It counts which of its patterns were of use. */
export class Policy {
  readonly #name: string;
  readonly #statements: CompiledStatement[];

  /** Throws a TypeError that says what is wrong with the document. */
  constructor(
    name: string,
    readonly document: PolicyDocument,
  ) {
    this.#name = name;
    if (document?.Version !== '1') throw new TypeError('Version must be "1"');
    if (!Array.isArray(document.Statement) || document.Statement.length === 0) {
      throw new TypeError('Statement must be a list');
    }
    this.#statements = document.Statement.map(compile);
  }

  evaluate(action: string, resource: string, context: ConditionContext = {}): Verdict {
    let verdict: Verdict = 'implicit-deny';
    for (const statement of this.#statements) {
      const actions = statement.actions.filter((pattern) => pattern.matches(action.toLowerCase()));
      if (actions.length > 0 === statement.negated) continue;
      const matching = statement.resources.filter((pattern) => pattern.matches(resource));
      if (matching.length === 0) continue;
      if (!statement.conditions.every((holds) => holds(context))) continue;
      for (const pattern of actions) statement.usedActions.add(pattern.text);
      for (const pattern of matching) statement.usedResources.add(pattern.text);
      if (statement.effect === 'Deny') return 'explicit-deny';
      verdict = 'allow';
    }
    return verdict;
  }

  use(): StatementUse[] {
    return this.#statements.map((statement, index) => ({
      policy: this.#name,
      statement: index,
      effect: statement.effect,
      actions: statement.actions.map(({ text }) => ({
        pattern: text,
        used: statement.usedActions.has(text),
      })),
      resources: statement.resources.map(({ text }) => ({
        pattern: text,
        used: statement.usedResources.has(text),
      })),
    }));
  }
}

/** Deny wins over Allow; what nobody allows is denied. */
export function evaluate(
  policies: Iterable<Policy>,
  action: string,
  resource: string,
  context: ConditionContext = {},
): Verdict {
  let verdict: Verdict = 'implicit-deny';
  for (const policy of policies) {
    const one = policy.evaluate(action, resource, context);
    if (one === 'explicit-deny') return one;
    if (one === 'allow') verdict = one;
  }
  return verdict;
}

/** Who asks for a role: the ARNs that a trust policy may name him by, or a service. */
export type Applicant = { ram: readonly string[] } | { service: string };

/** Does a role's trust policy let the applicant in? */
export function trusts(document: PolicyDocument, applicant: Applicant, context: ConditionContext): boolean {
  let trusted = false;
  for (const statement of document.Statement) {
    if (!listOf(statement.Action).some((action) => glob(action.toLowerCase())('sts:assumerole'))) continue;
    const named =
      'service' in applicant
        ? listOf(statement.Principal?.Service).includes(applicant.service)
        : listOf(statement.Principal?.RAM).some((arn) => applicant.ram.some(glob(arn)));
    if (!named || !compileConditions(statement).every((holds) => holds(context))) continue;
    if (statement.Effect === 'Deny') return false;
    trusted = true;
  }
  return trusted;
}

/** Parses a trust policy; throws a TypeError that says what is wrong. */
export function parseTrust(text: string): PolicyDocument {
  const document = parseJson(text);
  if (!Array.isArray(document.Statement) || document.Statement.length === 0) {
    throw new TypeError('Statement must be a list');
  }
  for (const statement of document.Statement) {
    if (!statement.Principal) throw new TypeError('Principal is missing');
    compileConditions(statement);
  }
  return document;
}

/** Parses a policy; throws a TypeError that says what is wrong. */
export function parsePolicy(name: string, text: string): Policy {
  return new Policy(name, parseJson(text));
}

function parseJson(text: string): PolicyDocument {
  try {
    return JSON.parse(text) as PolicyDocument;
  } catch {
    throw new TypeError('not JSON');
  }
}

function compile(statement: PolicyStatement): CompiledStatement {
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw new TypeError('Effect is wrong');
  const negated = statement.NotAction !== undefined;
  const actions = listOf(negated ? statement.NotAction : statement.Action);
  const resources = listOf(statement.Resource);
  if (actions.length === 0) throw new TypeError('Action is missing');
  if (resources.length === 0) throw new TypeError('Resource is missing');
  for (const action of actions) {
    if (action !== '*' && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action))
      throw new TypeError(`Action ${action}`);
  }
  for (const resource of resources) {
    if (resource !== '*' && !resource.startsWith('acs:')) throw new TypeError(`Resource ${resource}`);
  }
  return {
    effect: statement.Effect,
    actions: actions.map((text) => ({ text, matches: glob(text.toLowerCase()) })),
    negated,
    resources: resources.map((text) => ({ text, matches: glob(text) })),
    conditions: compileConditions(statement),
    usedActions: new Set(),
    usedResources: new Set(),
  };
}

function compileConditions(statement: PolicyStatement): ((context: ConditionContext) => boolean)[] {
  return Object.entries(statement.Condition ?? {}).flatMap(([name, keys]) => {
    const operator = OPERATORS[name];
    if (!operator) throw new TypeError(`Condition operator ${name} is not known`);
    return Object.entries(keys).map(([key, expected]) => (context: ConditionContext) => {
      const values = listOf(expected);
      const test = (value: string) => operator.test(context[key], value);
      return operator.all ? values.every(test) : values.some(test);
    });
  });
}

function listOf(value: string | string[] | undefined): string[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function glob(pattern: string): (value: string) => boolean {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) return (value) => value === pattern;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replace(/\?/g, '.');
  const expression = new RegExp(`^${source}$`, 's');
  return (value) => expression.test(value);
}
