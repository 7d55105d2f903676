import { z } from 'zod';
import type { LoggedRun } from './model';

const text = z.string();
const error = z.object({ code: text, message: text });
const loggedRun: z.ZodType<LoggedRun> = z.object({
  function: text,
  requestId: text,
  trigger: text,
  mode: text,
  status: text,
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime(),
  users: z.array(
    z.object({
      account: text,
      user: text,
      reason: text,
      message: text,
      actions: z.array(z.object({ action: text, keyId: text.optional(), outcome: text })),
      nextCheckAt: text.optional(),
      error: error.optional(),
    }),
  ),
  summary: z.object({ users: z.number(), actions: z.record(z.string(), z.number()), failed: z.number() }),
  error: error.optional(),
  notes: z.array(text).optional(),
});

/** Fields of a log service's export that hold the line as the function wrote it. */
const wrappings = ['report', 'content', 'message', '__raw__'];

/**
 * The reports in a log: JSON lines as the functions write them, an export of the Log Service around them, or a
 * report by itself as `keyturn rotate --json` prints it. What is no report is passed over.
 */
export function runsIn(log: string): LoggedRun[] {
  const whole = parsed(log);
  return whole === undefined ? log.split('\n').flatMap(runsInLine) : runsInValue(whole);
}

/** The platform may put time, request and level before what the function wrote. */
function runsInLine(line: string): LoggedRun[] {
  const start = line.search(/[{[]/);
  if (start < 0 || !line.includes('startedAt')) return [];
  return runsInValue(parsed(line.slice(start)) ?? parsed(line.slice(line.indexOf('{'))));
}

function runsInValue(value: unknown, depth = 0): LoggedRun[] {
  if (depth > 4) return [];
  if (typeof value === 'string') return depth === 0 ? [] : runsInText(value, depth);
  if (Array.isArray(value)) return value.flatMap((each) => runsInValue(each, depth + 1));
  if (typeof value !== 'object' || value === null) return [];
  const run = loggedRun.safeParse(value);
  if (run.success) return [run.data];
  const fields = new Map(Object.entries(value));
  return wrappings.flatMap((name) => runsInValue(fields.get(name), depth + 1));
}

function runsInText(line: string, depth: number): LoggedRun[] {
  const start = line.indexOf('{');
  return start < 0 ? [] : runsInValue(parsed(line.slice(start)), depth + 1);
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

/** Each run once, the newest first. */
export function newestFirst(runs: readonly LoggedRun[]): LoggedRun[] {
  const once = new Map(runs.map((run) => [`${run.function} ${run.requestId} ${run.startedAt}`, run]));
  return [...once.entries()]
    .sort(([a, { startedAt: first }], [b, { startedAt: second }]) =>
      first === second ? (a < b ? -1 : 1) : first < second ? 1 : -1,
    )
    .map(([, run]) => run);
}
