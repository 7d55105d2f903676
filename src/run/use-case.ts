import type { AccountContext } from '../accounts/open';
import type { Clock } from '../base/clock';
import type { Invocation } from '../config/event';
import type { Config } from '../config/schema';
import type { Notifier } from '../notify/notifier';
import type { Logger } from '../report/log';
import type { FunctionName, RunOutcome } from '../report/run-report';
import type { Alarms } from './alarms';
import type { TimeLimit } from './time-limit';

/** What every request says. */
export interface Request {
  readonly dryRun: boolean;
  /** Also while the configuration says mode: plan. */
  readonly enforce?: boolean | undefined;
  readonly account?: string | undefined;
  readonly accounts?: readonly string[] | undefined;
  readonly users?: readonly string[] | undefined;
  readonly reason?: string | undefined;
}

/** What a use case gets: everything that one run on these accounts needs. */
export interface Run<R> extends AccountContext, TimeLimit {
  readonly request: R;
  readonly accounts: NonNullable<Config['accounts']>;
  readonly notifier: Notifier;
  readonly log: Logger;
  readonly startedAt: ReturnType<Clock['now']>;
}

export type Outcome = Pick<RunOutcome, 'users' | 'error' | 'notes' | 'halted' | 'check'> & {
  halt?: { due: number; limit: number };
};

export type UseCase<R> = (run: Run<R>) => Promise<Outcome>;

/** What a function does where it is asked to check itself. */
export type SelfCheck = (run: Run<unknown>, name: FunctionName) => Promise<Outcome>;

/** What one of several runs that share the accounts must be told beside which accounts are its own; `part` is from 0. */
export type ShareOf<R> = (config: Config, part: number, parts: number) => Partial<R>;

export interface Definition<R extends Request> {
  readonly name: FunctionName;
  readonly parse: (event: Buffer) => Invocation<R>;
  /** Refuses what the configuration does not allow. @throws EventError */
  readonly admit?: (request: R, config: Config) => void;
  readonly useCase: UseCase<R>;
  /** Of a function that its timer calls once a day, and that may share out its accounts. */
  readonly shareOf?: ShareOf<R>;
  /** What people were told of failed runs, where not each of them is to be told of. */
  readonly alarms?: Alarms;
  /** Where `keyturn.yaml` lies, unless KEYTURN_CONFIG tells. */
  readonly codeDir: string;
}

/** A platform that retries keeps the request's id, and the two may overlap: a run's id is its own. */
export const runIdOf = (requestId: string): string =>
  `${requestId.replace(/[^A-Za-z0-9]/g, '').slice(0, 12)}${Math.random().toString(36).slice(2, 8)}`;
