import type { FunctionContext } from '../accounts/function-context';
import { credentialsOf, regionOf } from '../accounts/open';
import type { Clock } from '../base/clock';
import { endpointOf } from '../cloud/endpoints';
import { Sts } from '../cloud/sts';
import { EventError } from '../config/error';
import type { Config } from '../config/schema';
import { channelLines } from './channels';
import { clockLines } from './clock';
import { credentialLines } from './credentials';
import { exemptionLines } from './exemptions';
import { idleRuleLines } from './idle-rule';
import { kmsLines } from './kms';
import { failure, type Line } from './line';
import { permissionLines } from './permissions';
import { gateFor, type Operator, openPlace, type Place, placesOf } from './place';
import { confirmAbsent, inventGhost } from './probe-target';
import { type Deployment, roleLines } from './roles';
import { isMarkedAsLeaked, troubleOf, withoutCredentials } from './trouble';
import { userLines } from './users';

export interface Inquiry {
  readonly config: Config;
  readonly clock: Clock;
  /** Finds the operator's credentials. */
  readonly context: () => Promise<FunctionContext>;
  readonly deployment: Deployment;
  /** Only this account. */
  readonly account?: string | undefined;
}

/**
 * Everything that can be known before the first run without changing anything, in a fixed order. What fails is a
 * line, not an error.
 * @throws EventError where `account` is none of the configured ones
 */
export async function checkEverything(inquiry: Inquiry): Promise<Line[]> {
  const { config, clock, deployment } = inquiry;
  const { operator, line } = await operatorOf(inquiry);
  const sts = endpointOf('sts', config.region ?? deployment.region, config.endpoints);
  const groups = await Promise.all([
    line ? [line] : credentialLines(operator.identity, deployment.account),
    guarded('clock', () => clockLines(sts, clock)),
    operator ? guarded('role', () => roleLines(operator, deployment)) : [],
    guarded('channel', () => channelLines(config)),
    exemptionLines(config.exempt, clock.now()),
    operator ? guarded('account', () => accountLines(operator, inquiry.account)) : [],
  ]);
  return groups.flat();
}

type Asked =
  | { readonly operator: Operator; readonly line?: undefined }
  | { readonly operator?: undefined; readonly line: Line };

/** Who asks; or what is wrong with the credentials. */
async function operatorOf({ config, clock, context: find }: Inquiry): Promise<Asked> {
  let context: FunctionContext;
  try {
    context = await find();
  } catch (error) {
    const { text, remedy } = withoutCredentials(error);
    return { line: failure('credentials', text, remedy) };
  }
  try {
    const endpoint = endpointOf('sts', regionOf(config, context), config.endpoints);
    const sts = new Sts(gateFor({ config, clock }, 'own', 'plan'), credentialsOf(context), endpoint);
    return { operator: { config, clock, context, identity: await sts.callerIdentity() } };
  } catch (error) {
    const { text, remedy } = troubleOf(error);
    return { line: failure('credentials', text, remedy) };
  }
}

/** One account's trouble is its own. */
async function accountLines(operator: Operator, named: string | undefined): Promise<Line[]> {
  const accounts = await placesOf(operator, named);
  const each = await Promise.all(
    accounts.map(async (account) => {
      const lines = await guarded('account', async () => linesIn(await openPlace(operator, account)));
      return lines.map((line) => ({ ...line, account: account.id }));
    }),
  );
  return each.length > 1 ? withoutStrangers(each) : each.flat();
}

/** A name need not be known in every account: only what matches nobody in any of them is worth a line. */
function withoutStrangers(accounts: readonly Line[][]): Line[] {
  const isNobody = ({ id }: Line) => id === 'matches-nobody';
  const [first = [], ...others] = accounts;
  const nowhere = first.filter(
    (line) => isNobody(line) && others.every((lines) => lines.some(({ text }) => text === line.text)),
  );
  return [
    ...nowhere.map(({ account: _, ...line }) => line),
    ...accounts.flatMap((lines) => lines.filter((line) => !isNobody(line))),
  ];
}

async function linesIn(place: Place): Promise<Line[]> {
  const probeTarget = inventGhost(place);
  const confirmed = await confirmAbsent(place, probeTarget);
  if (isMarkedAsLeaked(confirmed.trouble)) throw confirmed.trouble;
  const groups = await Promise.all([
    guarded('permissions', () => permissionLines(place, probeTarget, confirmed)),
    guarded('kms', () => kmsLines(place, probeTarget)),
    guarded('idle-rule', () => idleRuleLines(place)),
    guarded('users', () => userLines(place)),
  ]);
  return groups.flat();
}

async function guarded(id: string, lines: () => Promise<Line[]>): Promise<Line[]> {
  try {
    return await lines();
  } catch (error) {
    if (error instanceof EventError) throw error;
    const { text, remedy } = troubleOf(error);
    return [failure(id, text, remedy)];
  }
}
