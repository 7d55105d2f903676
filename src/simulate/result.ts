import type { FunctionName } from '../report/run-report';

/** The functions that are simulated. */
export type Simulated = Extract<FunctionName, 'rotate-keys' | 'disable-inactive'>;

/**
 * What a simulation tells, as `keyturn simulate --json` prints it. Times are ISO 8601, UTC, whole seconds; days
 * `2027-01-31`, months `2027-01`, both in UTC.
 */
export interface Simulation {
  readonly version: 1;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  readonly seed: number;
  readonly account: string;
  readonly source: 'status' | 'made-up';
  /** The mode that the configuration asks for. The simulation enforces. */
  readonly configuredMode: 'plan' | 'enforce';
  readonly users: {
    readonly inAccount: number;
    readonly managed: number;
    readonly careless: readonly string[];
  };
  /** What a reader should know before believing any of it. */
  readonly notes: readonly string[];
  readonly runs: Readonly<
    Record<Simulated, { readonly count: number; readonly failed: number; readonly halted: number }>
  >;
  readonly months: readonly Month[];
  readonly rotations: Rotations;
  readonly halts: readonly Halt[];
  readonly failedRuns: readonly FailedRun[];
  /** Users and keys disabled or deleted because nobody used them. */
  readonly inactive: readonly Happening[];
  readonly blocked: readonly Blocked[];
  readonly applications: Calls;
  /** By type, how many the channels would have been sent. */
  readonly notices: Readonly<Record<string, number>>;
  /** In order of time. */
  readonly events: readonly Happening[];
  /** Every run did what was due, and no application's call failed. */
  readonly ok: boolean;
  /** In plain words. */
  readonly verdict: readonly string[];
}

export interface Month {
  readonly month: string;
  readonly rotationsBegun: number;
  readonly rotationsFinished: number;
  /** By rotation. */
  readonly keysDisabled: number;
  readonly keysDeleted: number;
  /** Warned of inactivity. */
  readonly warned: number;
  /** Disabled for inactivity: keys, and console logons. */
  readonly inactiveKeysDisabled: number;
  readonly logonsDisabled: number;
  readonly inactiveDeleted: number;
}

export interface Rotations {
  readonly begun: number;
  readonly finished: number;
  /** Days from the new key to the end of the old one, of those that began and ended here. */
  readonly days?: { readonly shortest: number; readonly median: number; readonly longest: number };
  /** The day on which most began, against limits.rotationsPerRun. */
  readonly most: { readonly day?: string; readonly begun: number; readonly limit: number };
  /** Runs in which some had to wait for the next, since the limit was reached, and how many at most. */
  readonly putOff: { readonly runs: number; readonly mostUsers: number };
}

export interface Halt {
  readonly at: string;
  readonly due: number;
  readonly limit: number;
}

export interface FailedRun {
  readonly at: string;
  readonly function: Simulated;
  readonly error: string;
}

export interface Happening {
  readonly at: string;
  readonly user: string;
  readonly function: Simulated;
  readonly reason: string;
  readonly message: string;
  /** What was done, such as `DisableAccessKey`. */
  readonly actions: readonly string[];
}

export interface Blocked {
  readonly user: string;
  readonly reason: string;
  readonly message: string;
  readonly from: string;
  /** Absent where the user was blocked to the end. */
  readonly to?: string;
}

export interface Calls {
  readonly calls: number;
  readonly failed: readonly FailedCalls[];
}

export interface FailedCalls {
  readonly user: string;
  readonly keyId: string;
  readonly code: string;
  readonly count: number;
  readonly firstAt: string;
}
