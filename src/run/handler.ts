import type { FunctionContext } from '../accounts/function-context';
import { type AccountContext, accountsOf, credentialsOf, ownKms } from '../accounts/open';
import { type Clock, systemClock } from '../base/clock';
import type { Mode } from '../cloud/gate';
import { prepareEnvironment } from '../config/environment';
import { checkAsked } from '../config/event';
import { loadConfig } from '../config/load';
import type { Config } from '../config/schema';
import { runFailed, runHalted } from '../notify/fact';
import { createNotifier, type Notifier } from '../notify/notifier';
import { createLogger, type Logger, logReport } from '../report/log';
import { type RunReport, reportOf, type Trigger } from '../report/run-report';
import type { Alarms } from './alarms';
import { fanOut, mustFanOut } from './fan-out';
import { limitsOf } from './time-limit';
import type { Definition, Request, Run, SelfCheck } from './use-case';

export type Handler = (event: Buffer, context: FunctionContext) => Promise<RunReport>;

/** A run that could not do everything that was due. Its report is in the log, and in `report`. */
export class RunFailedError extends Error {
  override readonly name = 'RunFailedError';
  readonly report: RunReport;

  constructor(report: RunReport) {
    super(summaryOf(report));
    this.report = report;
  }
}

export interface Surroundings {
  readonly clock?: Clock;
  /** Where log lines go; standard output by default. */
  readonly write?: (line: string) => void;
  /** Where events may ask for it. */
  readonly selfCheck?: SelfCheck;
}

/** Event in, use case, report out: logged always, and rejected where anything that was due was not done. */
export function handlerOf<R extends Request>(
  definition: Definition<R>,
  { clock = systemClock, write, selfCheck }: Surroundings = {},
): Handler {
  return async (event, context) => {
    const log = createLogger({ requestId: context.requestId, ...(write && { write }) });
    const invocation = { event, context, clock, log };
    try {
      prepareEnvironment(process.env);
      const trigger = selfCheck && checkAsked(event);
      const report = trigger
        ? await reportOn(checkOf(definition, selfCheck, trigger), invocation)
        : await reportOn(definition, invocation);
      logReport(log, report);
      if (report.status === 'ok') return report;
      throw new RunFailedError(report);
    } catch (error) {
      if (!(error instanceof RunFailedError)) log.error({ error }, `${definition.name} refused`);
      throw error;
    }
  };
}

/** The function is asked what it may do, and does nothing of its work. */
const checkOf = (
  { name, codeDir }: Pick<Definition<Request>, 'name' | 'codeDir'>,
  selfCheck: SelfCheck,
  trigger: Trigger,
): Definition<Request> => ({
  name,
  parse: () => ({ trigger, request: { dryRun: true } }),
  useCase: (run) => selfCheck(run, name),
  codeDir,
});

interface OneInvocation {
  readonly event: Buffer;
  readonly context: FunctionContext;
  readonly clock: Clock;
  readonly log: Logger;
}

/** @throws EventError, ConfigurationError, CloudError where there is nothing to report on */
async function reportOn<R extends Request>(
  { name, parse, admit, useCase, shareOf, alarms, codeDir }: Definition<R>,
  { event, context, clock, log }: OneInvocation,
): Promise<RunReport> {
  const startedAt = clock.now();
  const limits = limitsOf(context, clock);
  const { trigger, request } = parse(event);
  const config = loadConfig({ env: process.env, codeDir });
  admit?.(request, config);
  const mode = modeOf(request, config);
  const opening = { config, context, clock, mode, deadlineAt: limits.deadlineAt, doors: new Map() };
  const notifier = notifierOf(opening);
  const run = { ...opening, ...limits, request, notifier, log, startedAt };
  const accounts = await accountsOf(opening, request.account ?? request.accounts);
  const { halt, ...outcome } =
    shareOf && mustFanOut(trigger, request, accounts, config)
      ? await fanOut({ ...run, accounts }, shareOf)
      : await useCase({ ...run, accounts });
  const report = reportOf({
    ...outcome,
    function: name,
    requestId: context.requestId,
    trigger,
    mode,
    startedAt,
    finishedAt: clock.now(),
  });
  await announce(report, accounts[0]?.id ?? '', halt, run, alarms);
  await notifier.tellKept(log);
  return report;
}

const modeOf = ({ dryRun, enforce }: Request, { mode }: Config): Mode =>
  dryRun ? 'plan' : enforce ? 'enforce' : mode;

function notifierOf(opening: AccountContext): Notifier {
  const { config, context, clock, mode, deadlineAt } = opening;
  return createNotifier(config.notify, {
    mode,
    clock,
    locale: config.locale,
    timezone: config.timezone,
    deadline: deadlineAt,
    functions: {
      credentials: () => credentialsOf(context),
      ...(config.endpoints.fc && { endpoint: config.endpoints.fc }),
    },
    readSecret: (name) => ownKms(opening).readText(name),
  });
}

/** Tells the channels of a run that failed or was halted. That they cannot be reached changes nothing. */
async function announce(
  report: RunReport,
  account: string,
  halt: { due: number; limit: number } | undefined,
  { notifier, mode, startedAt, log }: Pick<Run<unknown>, 'notifier' | 'mode' | 'startedAt' | 'log'>,
  alarms: Alarms | undefined,
): Promise<void> {
  if (mode === 'plan' || report.status === 'ok' || alarms?.isNew(report, startedAt) === false) return;
  const about = {
    account,
    function: report.function,
    requestId: report.requestId,
    reason: summaryOf(report),
  };
  const fact =
    report.status === 'halted'
      ? runHalted(startedAt, { ...about, ...halt })
      : runFailed(startedAt, { ...about, failures: failuresOf(report) });
  const { taken } = await notifier.tell(fact, log);
  if (taken.length > 0) alarms?.remember(report, startedAt);
}

function failuresOf({ users, error }: RunReport): { user?: string; error: string }[] {
  const ofUsers = users.flatMap((user) =>
    user.error ? [{ user: user.user, error: `${user.error.code}: ${user.error.message}` }] : [],
  );
  return error ? [{ error: `${error.code}: ${error.message}` }, ...ofUsers] : ofUsers;
}

function summaryOf(report: RunReport): string {
  if (report.error) return `${report.function} ${report.status}: ${report.error.message}`;
  if (report.status === 'halted') return `${report.function} was halted: ${report.notes?.join(' ') ?? ''}`;
  const failures = failuresOf(report).map(({ user, error }) => `${user} (${error})`);
  return `${report.function} failed for ${failures.length} of ${report.users.length} users: ${failures.join('; ')}`;
}
