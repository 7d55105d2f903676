import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parse } from 'yaml';

export interface Timer {
  readonly name: string;
  /** Six fields, seconds first, perhaps after `CRON_TZ=zone `. */
  readonly cron: string;
  readonly payload: string;
}

/** A function as it is deployed. */
export interface Deployment {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Only functions of Function Compute 2.0 live in a service. */
  readonly service?: string;
  /** Of the role, without its ARN. */
  readonly role: string;
  readonly codeDir: string;
  readonly handler: string;
  /** Megabytes. */
  readonly memory: number;
  /** Seconds. */
  readonly timeout: number;
  readonly env: Record<string, string>;
  /** How often a failed asynchronous invocation is repeated. */
  readonly retries: number;
  /** Asynchronous invocations are tasks, each id of which is taken once. */
  readonly asyncTask?: boolean;
  /** How many invocations run at a time; default 1. */
  readonly reservedConcurrency?: number;
  readonly timers: readonly Timer[];
}

/** Instances of a function without reserved concurrency; the service has more. */
const unreserved = 4;

type Env = Readonly<Record<string, string | undefined>>;

interface Props {
  functionName: string;
  region: string;
  role: string;
  code: string;
  handler: string;
  memorySize: number;
  timeout: number;
  environmentVariables?: Record<string, string>;
  asyncInvokeConfig?: { maxAsyncRetryAttempts?: number; asyncTask?: boolean };
  concurrencyConfig?: { reservedConcurrency?: number | string };
  triggers?: {
    triggerName: string;
    triggerConfig: { enable?: boolean; cronExpression: string; payload?: string };
  }[];
}

interface Document {
  vars?: Record<string, string>;
  template?: Record<string, Partial<Props>>;
  resources: Record<string, { extend?: { name: string }; props: Props }>;
}

/** The functions of a s.yaml. Code is looked for from `folder`. @throws where a variable without default is missing */
export function readDeployments(file: string, folder: string, env: Env): Deployment[] {
  const { vars = {}, template = {}, resources }: Document = parse(readFileSync(file, 'utf8'));
  const known = resolveVariables(vars, {}, env) as Record<string, string>;
  return Object.values(resources).map(({ extend, props }) => {
    const merged = { ...(extend && template[extend.name]), ...props };
    return deploymentOf(resolveVariables(merged, known, env) as Props, folder);
  });
}

function deploymentOf(props: Props, folder: string): Deployment {
  const [, account = '', role = ''] = /^acs:ram::(\d+):role\/(.+)$/.exec(props.role) ?? [];
  return {
    name: props.functionName,
    account,
    region: props.region,
    role,
    codeDir: resolve(folder, props.code),
    handler: props.handler,
    memory: props.memorySize,
    timeout: props.timeout,
    env: props.environmentVariables ?? {},
    retries: props.asyncInvokeConfig?.maxAsyncRetryAttempts ?? 3,
    asyncTask: props.asyncInvokeConfig?.asyncTask === true,
    reservedConcurrency: Number(props.concurrencyConfig?.reservedConcurrency ?? unreserved),
    timers: (props.triggers ?? [])
      .filter(({ triggerConfig }) => triggerConfig.enable !== false)
      .map(({ triggerName, triggerConfig }) => ({
        name: triggerName,
        cron: triggerConfig.cronExpression,
        payload: triggerConfig.payload ?? '',
      })),
  };
}

const reference = /\$\{(?:vars\.(\w+)|env\('(\w+)'(?:,\s*'([^']*)')?\))\}/g;

function resolveVariables(value: unknown, vars: Readonly<Record<string, string>>, env: Env): unknown {
  if (Array.isArray(value)) return value.map((item) => resolveVariables(item, vars, env));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, resolveVariables(inner, vars, env)]),
    );
  }
  if (typeof value !== 'string') return value;
  return value.replace(reference, (_, variable?: string, name = '', fallback?: string) => {
    const found = variable === undefined ? (env[name] ?? fallback) : vars[variable];
    if (found === undefined) throw new Error(`${variable ?? name} is not set, but s.yaml needs it`);
    return found;
  });
}
