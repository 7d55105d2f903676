import * as z from 'zod';
import type { FunctionName, Trigger } from '../report/run-report';
import { EventError } from './error';
import { inWords, problemsOf } from './problems';
import { section, text } from './values';

const shared = {
  users: z
    .array(text())
    .min(1, 'must name at least one user')
    .transform((users) => [...new Set(users)])
    .optional(),
  dryRun: z.boolean().prefault(false),
  reason: text().optional(),
  account: text().optional(),
};

const runRequest = section(shared);

const rotationRequest = section({
  ...shared,
  emergency: z.boolean().optional(),
  keyId: text().optional(),
  containOnly: z.boolean().optional(),
  force: z.boolean().optional(),
}).superRefine(({ users, emergency, keyId, containOnly, force }, context) => {
  const refuse = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (emergency && !users) refuse('emergency', 'needs users: say whose keys leaked');
  if (!emergency && keyId) refuse('keyId', 'needs emergency: true');
  if (!emergency && containOnly) refuse('containOnly', 'needs emergency: true');
  if (!emergency && force) refuse('force', 'needs emergency: true');
  if (keyId && users && users.length !== 1)
    refuse('keyId', 'needs exactly one user in users, the one whose key it is');
});

/** What `disable-inactive` is asked to do; and, as far as it goes, `rotate-keys`. */
export type RunRequest = Readonly<z.output<typeof runRequest>>;
/** What `rotate-keys` is asked to do. `keyId`, `containOnly` and `force` come with `emergency` only, and that with `users`. */
export type RotationRequest = Readonly<z.output<typeof rotationRequest>>;

export interface Invocation<Request> {
  readonly trigger: Trigger;
  readonly request: Request;
}

/** Takes apart what Function Compute hands over: a timer's envelope, or the request itself. Throws EventError. */
export function parseEvent(event: Buffer, functionName: 'rotate-keys'): Invocation<RotationRequest>;
export function parseEvent(event: Buffer, functionName: 'disable-inactive'): Invocation<RunRequest>;
export function parseEvent(event: Buffer, functionName: FunctionName): Invocation<RotationRequest> {
  const { trigger, payload } = unwrap(parseJson(event.toString('utf8'), ''));
  const schema = functionName === 'rotate-keys' ? rotationRequest : runRequest;
  const parsed = schema.safeParse(payload, { error: inWords });
  if (!parsed.success) throw new EventError(problemsOf(parsed.error, payload));
  const request: RotationRequest = parsed.data;
  return { trigger: request.emergency ? 'emergency' : trigger, request };
}

function unwrap(event: unknown): { trigger: Trigger; payload: unknown } {
  const isTimer =
    typeof event === 'object' && event !== null && 'triggerTime' in event && 'triggerName' in event;
  if (!isTimer) return { trigger: 'manual', payload: event };
  const misplaced = Object.keys(rotationRequest.shape).find((field) => field in event);
  if (misplaced) throw refusal(misplaced, 'belongs inside payload, as JSON text');
  const payload = 'payload' in event ? (event.payload ?? '') : '';
  if (typeof payload !== 'string') throw refusal('payload', 'must be JSON text');
  return { trigger: 'timer', payload: parseJson(payload, 'payload') };
}

function parseJson(json: string, path: string): unknown {
  if (json.trim() === '') return {};
  try {
    return JSON.parse(json);
  } catch {
    throw refusal(path, 'is not valid JSON');
  }
}

function refusal(path: string, message: string): EventError {
  return new EventError([{ path, message }]);
}
