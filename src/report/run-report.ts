import type { DateTime } from 'luxon';
import { isoSeconds } from '../base/time';
import type { CheckReport } from './check-report';

export type FunctionName = 'rotate-keys' | 'disable-inactive' | 'respond-to-leaks' | 'emergency';
export type Mode = 'plan' | 'enforce';
export type Trigger = 'timer' | 'manual' | 'emergency' | 'event';
export type RunStatus = 'ok' | 'failed' | 'halted';

export type Action =
  | 'CreateAccessKey'
  | 'StoreSecret'
  | 'ProveKey'
  | 'PromoteSecret'
  | 'NotifyConsumers'
  | 'DisableAccessKey'
  | 'DeleteAccessKey'
  | 'EnableAccessKey'
  | 'DisableLogin'
  | 'EnableLogin'
  | 'DetachPolicy'
  | 'RemoveFromGroup'
  | 'UnbindMfaDevice'
  | 'DeleteLogin'
  | 'DeleteUser'
  | 'RestoreAccessKey'
  | 'CarryNetworkPolicy'
  | 'MarkLeakHandled';

export interface ActionReport {
  action: Action;
  keyId?: string;
  outcome: 'done' | 'planned' | 'failed';
}

export interface ReportedError {
  code: string;
  message: string;
}

export interface UserReport {
  account: string;
  user: string;
  /** CamelCase and stable: machines may rely on it. */
  reason: string;
  /** One sentence for a person. */
  message: string;
  actions: ActionReport[];
  /** ISO 8601, UTC, whole seconds; where it is known when something may happen next. */
  nextCheckAt?: string;
  /** Where this user failed. */
  error?: ReportedError;
}

export interface Summary {
  users: number;
  /** How often each action was done (or is planned); failed ones are not counted. */
  actions: Partial<Record<Action, number>>;
  /** Users that failed. */
  failed: number;
}

/** What a run did. Times are ISO 8601, UTC, whole seconds. */
export interface RunReport {
  function: FunctionName;
  requestId: string;
  trigger: Trigger;
  mode: Mode;
  status: RunStatus;
  startedAt: string;
  finishedAt: string;
  users: UserReport[];
  summary: Summary;
  /** Where the run failed as a whole, such as before its users were known. */
  error?: ReportedError;
  /** What a person should know about the run as a whole. */
  notes?: string[];
  /** Where the function was asked to check itself. */
  check?: CheckReport;
}

export type RunOutcome = Pick<
  RunReport,
  'function' | 'requestId' | 'trigger' | 'mode' | 'users' | 'error' | 'notes' | 'check'
> & {
  readonly startedAt: DateTime;
  readonly finishedAt: DateTime;
  /** A limit was exceeded, so that what was due was not begun. */
  readonly halted?: boolean;
};

export function reportOf({
  halted,
  startedAt,
  finishedAt,
  error,
  notes,
  check,
  ...outcome
}: RunOutcome): RunReport {
  const summary = summarise(outcome.users);
  return {
    function: outcome.function,
    requestId: outcome.requestId,
    trigger: outcome.trigger,
    mode: outcome.mode,
    status: error ? 'failed' : halted ? 'halted' : summary.failed > 0 ? 'failed' : 'ok',
    startedAt: isoSeconds(startedAt),
    finishedAt: isoSeconds(finishedAt),
    users: outcome.users,
    summary,
    ...(error && { error }),
    ...(notes?.length && { notes }),
    ...(check && { check }),
  };
}

export function summarise(users: readonly UserReport[]): Summary {
  const actions: Partial<Record<Action, number>> = {};
  for (const { action, outcome } of users.flatMap((user) => user.actions))
    if (outcome !== 'failed') actions[action] = (actions[action] ?? 0) + 1;
  return { users: users.length, actions, failed: users.filter((user) => user.error).length };
}
