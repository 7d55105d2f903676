import type { UserReport } from '../src/report/run-report';
import type { KeyEnd } from './measured';

/** What happened to a user, for the reader. */
export interface Event {
  readonly at: number;
  readonly user: string;
  readonly what: string;
}

/** How a leaked key ended, and what replaced it. */
export interface Replacement extends KeyEnd {
  readonly at: number;
  readonly user: string;
  readonly leakedKeyId: string;
  readonly newKeyId: string;
}

/** A leaked key that Security Center found. */
export interface FoundKey extends Replacement {
  /** What Security Center was told of it. */
  readonly remark: string;
  /** Milliseconds from the finding to the timer's next run. */
  readonly waited: number;
}

/** How many calls with a leaked key were refused. */
export interface Refusals {
  readonly failedCalls: number;
}

export interface Story {
  readonly startsAt: number;
  readonly days: number;
  /** By user, what the nightly run said of it, day by day; nothing of a person who is in use. */
  readonly nights: ReadonlyMap<string, readonly (UserReport | undefined)[]>;
  readonly events: readonly Event[];
  readonly emergency: (Replacement & Refusals) | undefined;
  readonly leak: (FoundKey & Refusals) | undefined;
  readonly totals: Totals;
  /** Why the demo is no success; empty if it is. */
  readonly troubles: readonly string[];
}

export interface Totals {
  readonly runs: number;
  readonly killed: number;
  readonly rotations: number;
  readonly deletions: number;
  readonly calls: number;
  readonly failedCalls: number;
  readonly keysAlive: number;
  readonly orphans: number;
  /** Milliseconds. */
  readonly longestAge: number;
  readonly idle: Readonly<Record<'runs' | 'warned' | 'disabled' | 'restored', number>>;
}
