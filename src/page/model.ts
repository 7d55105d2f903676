import type { Audit } from '../audit/finding';
import type { ReportedError, RunReport } from '../report/run-report';
import type { Status } from '../status/account-status';

/** Everything that the report tells; `keyturn report --json` writes it as it is. Times are ISO 8601, UTC. */
export interface PageModel {
  readonly version: 1;
  /** When it was made. */
  readonly at: string;
  readonly status: Status;
  /** Absent where it could not be made. */
  readonly audit?: Audit;
  /** What the next run of disable-inactive would do: its report in mode plan. Absent where it could not be made. */
  readonly inactivity?: RunReport;
  /** The last runs, the newest first. Absent where no log was named. */
  readonly runs?: readonly LoggedRun[];
  /** What could not be read and is missing above; an account whose users could not be read tells so itself. */
  readonly unread: readonly Unread[];
}

export interface Unread {
  readonly part: 'audit' | 'inactivity';
  readonly error: ReportedError;
}

/** A run as a log tells it: another version of keyturn may have written it, so names are open. */
export interface LoggedRun {
  readonly function: string;
  readonly requestId: string;
  readonly trigger: string;
  readonly mode: string;
  readonly status: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly users: readonly LoggedUser[];
  readonly summary: {
    readonly users: number;
    readonly actions: Readonly<Record<string, number>>;
    readonly failed: number;
  };
  readonly error?: ReportedError;
  readonly notes?: readonly string[];
}

export interface LoggedUser {
  readonly account: string;
  readonly user: string;
  readonly reason: string;
  readonly message: string;
  readonly actions: readonly { readonly action: string; readonly keyId?: string; readonly outcome: string }[];
  readonly nextCheckAt?: string;
  readonly error?: ReportedError;
}
