import type { FunctionContext } from '../accounts/function-context';
import type { Clock } from '../base/clock';
import { endpointOf } from '../cloud/endpoints';
import type { Config } from '../config/schema';
import { deployedName, functions } from '../setup/roles';
import { checkAccounts } from './accounts';
import { channelLines } from './channels';
import { clockLines } from './clock';
import { credentialLines } from './credentials';
import { exemptionLines } from './exemptions';
import { type AskedFunction, type FunctionAnswer, functionLines } from './function-lines';
import { guarded } from './guarded';
import { failure, type Line } from './line';
import { type MatrixRow, matrixOf } from './matrix';
import { type Asker, identified } from './place';
import { type Deployment, roleLines } from './roles';
import { troubleOf, withoutCredentials } from './trouble';

/** Whoever runs this waits for it; a cloud that does not answer must not keep them for longer. */
const patienceMs = 300_000;

export interface Inquiry {
  readonly config: Config;
  readonly clock: Clock;
  /** Finds the operator's credentials. */
  readonly context: () => Promise<FunctionContext>;
  readonly deployment: Deployment;
  /** Only this account. */
  readonly account?: string | undefined;
  /** Asks the function of this name, in this account, to check itself. */
  readonly askFunction: (name: string, account: string) => Promise<FunctionAnswer>;
}

export interface Findings {
  readonly lines: readonly Line[];
  /** Per account and permission. */
  readonly permissions: readonly MatrixRow[];
}

/**
 * Everything that can be known before the first run without changing anything, in a fixed order. What fails is a
 * line, not an error.
 * @throws EventError where `account` is none of the configured ones
 */
export async function checkEverything(inquiry: Inquiry): Promise<Findings> {
  const { config, clock, deployment } = inquiry;
  const { asker, line } = await askerOf(inquiry);
  const sts = endpointOf('sts', config.region ?? deployment.region, config.endpoints);
  const [who, time, roles, channels, accounts, asked] = await Promise.all([
    line ? [line] : credentialLines(asker.identity, deployment.account),
    guarded('clock', () => clockLines(sts, clock)),
    asker ? guarded('role', () => roleLines(asker, deployment)) : [],
    guarded('channel', () => channelLines(config)),
    asker ? checkAccounts(asker, inquiry.account) : { lines: [], permissions: [] },
    asker ? askFunctions(inquiry, deployment.account ?? asker.identity.accountId) : [],
  ]);
  const answers = asked.flatMap(({ job, answer }) =>
    answer.kind === 'answered' ? [[job, answer.report.permissions] as const] : [],
  );
  const own = answers.length > 0 ? accounts.lines.map(asWarning) : accounts.lines;
  return {
    lines: [
      ...who,
      ...time,
      ...roles,
      ...channels,
      ...exemptionLines(config.exempt, clock.now()),
      ...own,
      ...functionLines(asked),
    ],
    permissions: matrixOf(accounts.permissions, new Map(answers)),
  };
}

/** Where the deployed functions work, what the operator lacks is only in the operator's own way. */
const asWarning = (line: Line): Line => (line.id === 'permission' ? { ...line, state: 'warning' } : line);

/** All at once: each probes with rates of its own. */
function askFunctions({ config, askFunction }: Inquiry, account: string): Promise<AskedFunction[]> {
  return Promise.all(
    functions.map(async ({ name: job }) => {
      const name = deployedName(config.deployment, job);
      return { job, name, answer: await askFunction(name, account) };
    }),
  );
}

type Asked =
  | { readonly asker: Asker; readonly line?: undefined }
  | { readonly asker?: undefined; readonly line: Line };

/** Who asks; or what is wrong with the credentials. */
async function askerOf({ config, clock, context: find }: Inquiry): Promise<Asked> {
  let context: FunctionContext;
  try {
    context = await find();
  } catch (error) {
    const { text, remedy } = withoutCredentials(error);
    return { line: failure('credentials', text, remedy) };
  }
  try {
    const deadlineAt = clock.elapsed() + patienceMs;
    return { asker: await identified({ config, clock, context, deadlineAt }) };
  } catch (error) {
    const { text, remedy } = troubleOf(error);
    return { line: failure('credentials', text, remedy) };
  }
}
