import pino, { type Logger } from 'pino';
import { scrub } from '../cloud/scrub';
import type { RunReport } from './run-report';

export type { Logger };

export interface LoggerOptions {
  readonly requestId: string;
  /** Takes one line, newline included. Default: standard output, synchronously. */
  readonly write?: (line: string) => void;
}

/**
 * One JSON object per line: `level`, `time`, `requestId`, the fields, `msg`. A line is out when the call
 * returns, since the process may be frozen or killed right after. Every string in it has been scrubbed.
 */
export function createLogger({ requestId, write = toStandardOutput() }: LoggerOptions): Logger {
  return pino(
    {
      base: { requestId },
      errorKey: 'error',
      // By now errors have been described; pino's own serializer would describe the description.
      serializers: { err: (error) => error },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (level) => ({ level }), log: withErrorsDescribed },
    },
    { write: (line: string) => write(`${scrubbed(line)}\n`) },
  );
}

/** The last line of every run. What a check found goes before it, a line each, as far as something is missing. */
export function logReport(logger: Logger, { check, ...report }: RunReport): void {
  for (const { resources: _, ...permission } of check?.permissions ?? []) {
    const { result } = permission;
    if (result === 'denied' || result === 'unknown') logger.warn({ permission }, `permission ${result}`);
  }
  for (const line of check?.lines ?? []) if (line.state !== 'ok') logger.warn({ line }, line.text);
  const level = report.status === 'ok' ? 'info' : 'error';
  logger[level]({ report }, `${report.function} ${report.status}`);
}

function toStandardOutput(): (line: string) => void {
  const output = pino.destination({ fd: 1, sync: true });
  return (line) => void output.write(line);
}

function scrubbed(line: string): string {
  return JSON.stringify(
    JSON.parse(line, (key, value) => (typeof value === 'string' ? scrubField(key, value) : value)),
  );
}

/** The name of a field goes along, since it may be all that tells a secret from another text. */
function scrubField(name: string, value: string): string {
  const label = `${name}: `;
  return scrub(label + value).slice(label.length);
}

/** Errors of the SDKs carry requests and answers as properties; only what is listed here is told. */
interface DescribedError {
  name: string;
  code?: string;
  message: string;
  stack?: string;
  cause?: unknown;
}

function withErrorsDescribed(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, described(value)]));
}

function described(value: unknown, depth = 0): unknown {
  if (!(value instanceof Error)) return value;
  const error: DescribedError = { name: value.name, message: value.message, stack: value.stack };
  if ('code' in value && value.code !== undefined) error.code = String(value.code);
  if (value.cause instanceof Error && depth < 5) error.cause = described(value.cause, depth + 1);
  return error;
}
