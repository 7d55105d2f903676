import { parseDocument } from 'yaml';
import * as z from 'zod';
import type { FunctionName, Trigger } from '../report/run-report';
import { EventError } from './error';
import { inWords, problemsOf } from './problems';
import { section, text } from './values';

const accountList = z
  .array(text())
  .min(1, 'must name at least one account')
  .transform((accounts) => [...new Set(accounts)])
  .optional();

const shared = {
  users: z
    .array(text())
    .min(1, 'must name at least one user')
    .transform((users) => [...new Set(users)])
    .optional(),
  dryRun: z.boolean().prefault(false),
  reason: text().optional(),
  account: text().optional(),
  accounts: accountList,
};

const oneOrMany = 'cannot stand beside account: name one account, or a list';

const runRequest = section({
  ...shared,
  disablesPerRun: z.int('must be a whole number').min(0, 'must not be less than 0').optional(),
}).superRefine(({ account, accounts }, context) => {
  if (account && accounts) context.addIssue({ code: 'custom', path: ['accounts'], message: oneOrMany });
});

const leakRequest = section(shared).superRefine(({ account, accounts }, context) => {
  if (account && accounts) context.addIssue({ code: 'custom', path: ['accounts'], message: oneOrMany });
});

const rotationRequest = section({
  ...shared,
  emergency: z.boolean().optional(),
  keyId: text().optional(),
  containOnly: z.boolean().optional(),
  force: z.boolean().optional(),
  again: z.boolean().optional(),
  enforce: z.boolean().optional(),
  rollback: z.boolean().optional(),
  rotate: z.boolean().optional(),
}).superRefine((request, context) => {
  const { users, emergency, keyId, containOnly, force, again, enforce, rollback, rotate, account, accounts } =
    request;
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (account && accounts) refuse('accounts', oneOrMany);
  if (emergency && accounts) refuse('accounts', 'cannot be named in an emergency: name one account');
  if (emergency && !users && !keyId)
    refuse('emergency', 'needs users, or keyId: say whose key leaked, or which');
  if (rollback && !users) refuse('rollback', 'needs users: say who goes back to the old key');
  if (rollback && emergency) refuse('rollback', 'cannot stand beside emergency');
  if (rollback && accounts) refuse('accounts', 'cannot be named in a rollback: name one account');
  if (rotate && !users) refuse('rotate', 'needs users: say whose keys are rotated now');
  if (rotate && (emergency || rollback)) refuse('rotate', 'cannot stand beside emergency or rollback');
  if (!emergency && keyId) refuse('keyId', 'needs emergency: true');
  if (!emergency && containOnly) refuse('containOnly', 'needs emergency: true');
  if (!emergency && force) refuse('force', 'needs emergency: true');
  if (!emergency && again) refuse('again', 'needs emergency: true');
  if (!emergency && enforce) refuse('enforce', 'needs emergency: true');
  if (again && containOnly) refuse('again', 'cannot stand beside containOnly');
  if (keyId && users && users.length !== 1)
    refuse('keyId', 'needs exactly one user in users, the one whose key it is');
});

/**
 * What `disable-inactive` is asked to do. `disablesPerRun` is this run's share of a limit over all accounts, where
 * it is one of several that share the accounts; it can only lower what the configuration allows.
 */
export type RunRequest = Readonly<z.output<typeof runRequest>>;
/** What `respond-to-leaks` is asked to do; `users` are the owners of the keys. */
export type LeakRequest = Readonly<z.output<typeof leakRequest>>;
/** What `rotate-keys` is asked to do. `keyId`, `containOnly` and `force` come with `emergency` only; that, and `rollback`, with `users`. */
export type RotationRequest = Readonly<z.output<typeof rotationRequest>>;

export interface Invocation<Request> {
  readonly trigger: Trigger;
  readonly request: Request;
}

/** Takes apart what Function Compute hands over: a timer's envelope, or the request itself. Throws EventError. */
export function parseEvent(
  event: Buffer,
  functionName: 'rotate-keys' | 'emergency',
): Invocation<RotationRequest>;
export function parseEvent(event: Buffer, functionName: 'disable-inactive'): Invocation<RunRequest>;
export function parseEvent(
  event: Buffer,
  functionName: FunctionName,
): Invocation<RotationRequest> | Invocation<RunRequest> {
  const { trigger, payload } = unwrap(parseJson(event.toString('utf8'), ''));
  if (functionName === 'disable-inactive') return { trigger, request: parsedBy(runRequest, payload) };
  const request = parsedBy(rotationRequest, functionName === 'emergency' ? urgent(payload) : payload);
  return { trigger: request.emergency ? 'emergency' : trigger, request };
}

/** The function for emergencies has no other work, so its events need not say so. */
function urgent(payload: unknown): unknown {
  if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return payload;
  const { emergency = true } = payload as { emergency?: unknown };
  if (emergency !== true) throw refusal('emergency', 'must be true: this function does nothing else');
  return { ...payload, emergency };
}

/**
 * As `parseEvent`, and the events that EventBridge delivers: CloudEvents, one or several. They say that it is time to
 * look, and nothing that they carry is believed. Throws EventError.
 */
export function parseLeakEvent(event: Buffer): Invocation<LeakRequest> {
  const whole = parseJson(event.toString('utf8'), '');
  const delivered = Array.isArray(whole) ? whole : [whole];
  if (delivered.length > 0 && delivered.every(isCloudEvent)) {
    return { trigger: 'event', request: parsedBy(leakRequest, {}) };
  }
  const { trigger, payload } = unwrap(whole);
  return { trigger, request: parsedBy(leakRequest, payload) };
}

/** EventBridge documentation, "Event overview": CloudEvents 1.0. */
const isCloudEvent = (event: unknown): boolean =>
  typeof event === 'object' &&
  event !== null &&
  'specversion' in event &&
  'source' in event &&
  'type' in event;

/**
 * Who asks a function to check itself: `{"check": true}`, and nothing beside it; undefined where nobody does. Throws
 * EventError.
 */
export function checkAsked(event: Buffer): Trigger | undefined {
  const { trigger, payload } = unwrap(parseJson(event.toString('utf8'), ''));
  if (typeof payload !== 'object' || payload === null || !('check' in payload)) return undefined;
  if (payload.check !== true) throw refusal('check', 'must be true');
  const [other] = Object.keys(payload).filter((field) => field !== 'check');
  if (other !== undefined) throw refusal(other, 'cannot stand beside check');
  return trigger;
}

function parsedBy<Schema extends z.ZodType>(schema: Schema, payload: unknown): z.output<Schema> {
  const parsed = schema.safeParse(payload, { error: inWords });
  if (!parsed.success) throw new EventError(problemsOf(parsed.error, payload));
  return parsed.data;
}

function unwrap(event: unknown): { trigger: Trigger; payload: unknown } {
  const isTimer =
    typeof event === 'object' && event !== null && 'triggerTime' in event && 'triggerName' in event;
  if (!isTimer) return { trigger: 'manual', payload: event };
  const misplaced = [...Object.keys(rotationRequest.shape), 'check'].find((field) => field in event);
  if (misplaced) throw refusal(misplaced, 'belongs inside payload, as JSON text');
  const payload = 'payload' in event ? (event.payload ?? '') : '';
  if (typeof payload !== 'string') throw refusal('payload', 'must be JSON text');
  return { trigger: 'timer', payload: parseJson(payload, 'payload') };
}

function parseJson(json: string, path: string): unknown {
  if (json.trim() === '') return {};
  let parsed: unknown;
  try {
    parsed = JSON.parse(json);
  } catch {
    throw refusal(path, 'is not valid JSON');
  }
  if (namesAFieldTwice(json)) throw refusal(path, 'names a field twice, so what it asks for is not clear');
  return parsed;
}

/** JSON.parse takes the last of them, and says nothing; JSON is YAML, whose parser says it. */
const namesAFieldTwice = (json: string): boolean =>
  parseDocument(json, { uniqueKeys: true }).errors.some(({ code }) => code === 'DUPLICATE_KEY');

function refusal(path: string, message: string): EventError {
  return new EventError([{ path, message }]);
}
