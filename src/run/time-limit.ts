import type { FunctionContext } from '../accounts/function-context';
import type { Clock } from '../base/clock';

const assumedSeconds = 600;
/** For the report, at the end of a run. */
const reserve = { share: 0.1, mostMs: 10_000 };
/** What one user may take at worst: a key that takes a minute to become usable, and the calls around it. */
const longestTurnMs = 75_000;

export interface TimeLimit {
  /** On `clock.elapsed()`: no call is begun after it. */
  readonly deadlineAt: number;
  /** On `clock.elapsed()`: no user is looked at after it, so that time is left to work on those who are due. */
  readonly lastLookAt: number;
  /** On `clock.elapsed()`: no user is begun after it. */
  readonly lastStartAt: number;
  /** On `clock.elapsed()`: when the platform has ended this run for certain. */
  readonly endsAt: number;
}

/** How long a run may take, from `context.function.timeout`. */
export function limitsOf(context: FunctionContext, clock: Clock): TimeLimit {
  const timeoutMs = (context.function?.timeout ?? assumedSeconds) * 1000;
  const startedAt = clock.elapsed();
  const deadlineAt = startedAt + timeoutMs - Math.min(timeoutMs * reserve.share, reserve.mostMs);
  const lastStartAt = deadlineAt - Math.min(longestTurnMs, timeoutMs / 2);
  return {
    deadlineAt,
    lastLookAt: halfway(startedAt, lastStartAt),
    lastStartAt,
    endsAt: startedAt + timeoutMs,
  };
}

/** The last look at users of an account that a run has only come to now. */
export function lastLookFrom({ clock, lastStartAt }: { clock: Clock; lastStartAt: number }): number {
  return halfway(clock.elapsed(), lastStartAt);
}

const halfway = (from: number, to: number): number => from + (to - from) / 2;
