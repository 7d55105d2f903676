import { createHash } from 'node:crypto';
import { credentialsOf, gateOf, ownAccount, regionOf } from '../accounts/open';
import { sideBySide } from '../base/side-by-side';
import { isoDate } from '../base/time';
import { FunctionCompute } from '../cloud/function-compute';
import { ConfigurationError } from '../config/error';
import type { AccountConfig, Config } from '../config/schema';
import type { ReportedError, Trigger } from '../report/run-report';
import { failureOf } from '../report/user-report';
import { oneError } from './each-account';
import type { Outcome, Request, Run, ShareOf } from './use-case';

const invokedAtOnce = 8;

/** Some of the accounts, for one run of their own. */
interface Shard {
  /** From 1. */
  readonly number: number;
  readonly accounts: readonly string[];
  /** JSON text. */
  readonly event: string;
  readonly taskId: string;
}

/**
 * Whether a run is to be shared out: one by the timer, over more accounts than one run can do. Whoever asks for a run
 * himself, or names accounts or users, gets that run.
 */
export function mustFanOut(
  trigger: Trigger,
  { account, accounts: named, users }: Request,
  accounts: readonly AccountConfig[],
  { fanOut }: Config,
): boolean {
  const about = account ?? named ?? users;
  return trigger === 'timer' && about === undefined && accounts.length > fanOut.accountsPerRun;
}

/**
 * Invokes this same function once for each so many accounts. Function Compute drops an invocation whose task id it
 * has seen, so that a parent that runs again on the same day doubles nothing.
 */
export async function fanOut<R extends Request>(run: Run<R>, shareOf: ShareOf<R>): Promise<Outcome> {
  const functionName = ownName(run);
  const shards = shardsOf(run, functionName, shareOf);
  const functionCompute = await functionComputeOf(run);
  const { service } = run.context;
  const told = new Map<number, string>();
  const failures = new Map<number, ReportedError>();
  await sideBySide(shards, invokedAtOnce, async ({ number, accounts, event, taskId }) => {
    const what = `Part ${number} of ${shards.length} (task ${taskId}, accounts ${accounts.join(', ')})`;
    try {
      const fresh = await functionCompute.invokeAsync({
        functionName,
        event,
        taskId,
        ...(service?.qualifier && { qualifier: service.qualifier }),
      });
      told.set(number, `${what} was handed out${fresh ? '' : ' by an earlier run of this day'}.`);
    } catch (error) {
      const { code, message } = failureOf(error);
      failures.set(number, {
        code,
        message: `${what} could not be handed out: ${message} Nothing was changed in these accounts; the next run tries again.`,
      });
    }
  });
  const error = oneError(shards.flatMap(({ number }) => failures.get(number) ?? []));
  return {
    users: [],
    notes: shards.flatMap(({ number }) => told.get(number) ?? []),
    ...(error && { error }),
  };
}

function shardsOf<R extends Request>(
  { accounts, config, request, startedAt }: Run<R>,
  functionName: string,
  shareOf: ShareOf<R>,
): Shard[] {
  const { accountsPerRun } = config.fanOut;
  const count = Math.ceil(accounts.length / accountsPerRun);
  const day = isoDate(startedAt);
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1;
    const ids = accounts.slice(index * accountsPerRun, number * accountsPerRun).map(({ id }) => id);
    const event = JSON.stringify({ ...request, ...shareOf(config, index, count), accounts: ids });
    // A part of other accounts than the one of that number had earlier on this day is another task.
    const content = createHash('sha256').update(event).digest('hex').slice(0, 12);
    return { number, accounts: ids, event, taskId: `${functionName}-${day}-${number}-${content}` };
  });
}

async function functionComputeOf(run: Run<Request>): Promise<FunctionCompute> {
  const { config, context } = run;
  const region = context.region ?? regionOf(config, context);
  const account = await ownAccount(run);
  const endpoint = config.endpoints.fc ?? {
    protocol: 'https' as const,
    // Function Compute documentation, "Service endpoints".
    host: `${account}.${region}.fc.aliyuncs.com`,
  };
  return new FunctionCompute(gateOf(run, account), credentialsOf(context), endpoint);
}

/** The name under which Function Compute knows this function. @throws ConfigurationError */
function ownName({ context }: Pick<Run<unknown>, 'context'>): string {
  const name = context.function?.name;
  if (name) return name;
  throw new ConfigurationError([
    {
      path: 'fanOut.accountsPerRun',
      message: 'the work cannot be shared out, since the platform does not tell the name of this function',
    },
  ]);
}
