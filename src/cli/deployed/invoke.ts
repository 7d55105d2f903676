import { setTimeout as delay } from 'node:timers/promises';
import { CloudError } from '../../cloud/error';
import { scrub } from '../../cloud/scrub';
import type { RunReport } from '../../report/run-report';
import { CommandError, type ExitCode, exitCode } from '../exit-code';
import { type Answer, type Invocation, invokeAndWait } from '../function-compute';
import { codeFor } from '../operator/run';
import type { RotationEvent } from '../options';
import { whileWaiting } from '../text/progress-bar';
import { reportText } from '../text/report';

interface Order extends Omit<Invocation, 'event'> {
  readonly job: string;
  readonly event: RotationEvent;
  readonly json: boolean;
}

/** How the functions begin when they refuse before they do anything. */
const refusal = /^keyturn (event|configuration): /;

/** Calls a deployed function, waits, prints what it reports, and says what to do where it did not work. */
export async function invokeDeployed(order: Order): Promise<ExitCode> {
  const { event, target, json } = order;
  console.error(`Calling ${target.functionName} in ${target.region} and waiting for it …`);
  const startedAt = performance.now();
  const answer = await whileWaiting(`${target.functionName} is at work`, invokePatiently(order));
  console.error(`It answered after ${((performance.now() - startedAt) / 1000).toFixed(1)} s.`);

  const report = reportIn(answer);
  if (report) console.log(json ? JSON.stringify(report, null, 2) : reportText(report));
  if (answer.errorType) {
    const { errorMessage } = errorIn(answer);
    const message = report ? '' : `${errorMessage}\n`;
    if (refusal.test(errorMessage)) throw new CommandError(errorMessage, exitCode.refused);
    throw new CommandError(`${message}${adviceAfterFailure(order)}`);
  }
  if (!report) {
    throw new CommandError(
      `${target.functionName} answered, but not with a report: is it a function of keyturn?`,
    );
  }
  return codeFor(report, event);
}

/** An emergency waits longer for a cold start or a throttled call than a run that a timer repeats anyway. */
const patience = { attempts: 20, emergency: 60, pauseMs: 1000 };

async function invokePatiently(order: Order): Promise<Answer> {
  const invocation = { ...order, event: JSON.stringify(order.event) };
  const most = order.event.emergency ? patience.emergency : patience.attempts;
  for (let attempt = 1; ; attempt++) {
    try {
      return await invokeAndWait(invocation);
    } catch (error) {
      if (!(error instanceof CloudError)) throw error;
      if (error.status !== 429 || attempt === most) throw notRun(order, error);
      console.error(
        `${order.target.functionName} is busy; trying again each second, ${most - attempt} s left …`,
      );
      await delay(patience.pauseMs);
    }
  }
}

function notRun(order: Order, error: CloudError): CommandError {
  const { functionName, region, account } = order.target;
  const where = `${functionName} in ${region} of account ${account}`;
  const why: Record<number, string> = {
    403: `You may not call ${where}: it takes fc:InvokeFunction.`,
    404: `There is no function ${where}: check --function and --region.`,
    429: `${where} is still at work on something else.`,
  };
  const told = (error.status !== undefined && why[error.status]) || `${where} could not be called.`;
  return new CommandError(`${told} ${error.message}\n${fromHere(order)}`);
}

function adviceAfterFailure(order: Order): string {
  if (!order.event.emergency) return 'The next run tries again what failed.';
  return `The emergency is not over: do what the message says, or run the same command again. ${fromHere(order)}`;
}

function fromHere({ job, event }: Order): string {
  const command = job === 'emergency' ? 'rotate' : job;
  return `The same from this machine, with your own credentials:\n  npx --no-install keyturn ${command} ${optionsFor(event)}`.trimEnd();
}

function optionsFor({
  users,
  emergency,
  keyId,
  containOnly,
  again,
  force,
  enforce,
  dryRun,
  reason,
  account,
}: RotationEvent): string {
  return [
    ...(emergency ? ['--emergency'] : []),
    ...(users ?? []).map((user) => `--user ${quoted(user)}`),
    ...(keyId ? [`--key-id ${quoted(keyId)}`] : []),
    ...(containOnly ? ['--contain-only'] : []),
    ...(again ? ['--again'] : []),
    ...(force ? ['--force'] : []),
    ...(enforce ? ['--enforce'] : []),
    ...(dryRun ? ['--dry-run'] : []),
    ...(account ? [`--account ${quoted(account)}`] : []),
    ...(reason ? [`--reason ${quoted(reason)}`] : []),
  ].join(' ');
}

const quoted = (text: string): string =>
  /^[\w.-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A function that failed answers with its error alone, but its report is the last line of its log. */
function reportIn({ body, errorType, logTail }: Answer): RunReport | undefined {
  if (!errorType) return asReport(parse(body));
  const reports = logTail.split('\n').map((line) => {
    const logged = parse(line);
    return isRecord(logged) ? asReport(logged.report) : undefined;
  });
  return reports.findLast((report) => report !== undefined);
}

function errorIn({ body }: Answer): { errorMessage: string } {
  const error = parse(body);
  const told = isRecord(error) ? error.errorMessage : undefined;
  return { errorMessage: typeof told === 'string' ? scrub(told) : 'The function failed without saying why.' };
}

function asReport(value: unknown): RunReport | undefined {
  const looksRight = isRecord(value) && 'status' in value && Array.isArray(value.users) && 'summary' in value;
  return looksRight ? (value as unknown as RunReport) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;
