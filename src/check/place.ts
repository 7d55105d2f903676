import type { FunctionContext } from '../accounts/function-context';
import { type AccountContext, accountsOf, openAccount } from '../accounts/open';
import type { Clock } from '../base/clock';
import { trailApi } from '../cloud/action-trail';
import type { Cloud } from '../cloud/cloud';
import { endpointOf } from '../cloud/endpoints';
import { Gate, type Mode } from '../cloud/gate';
import { Rpc } from '../cloud/rpc';
import type { CallerIdentity } from '../cloud/sts';
import type { AccountConfig, Config } from '../config/schema';

/** Who asks, and from where. */
export interface Operator {
  readonly config: Config;
  readonly clock: Clock;
  readonly context: FunctionContext;
  readonly identity: CallerIdentity;
}

/** One account as the checks see it. */
export interface Place {
  readonly config: Config;
  readonly clock: Clock;
  readonly account: string;
  /** Whose permissions are checked. */
  readonly caller: string;
  /** Reads only: its gate refuses to write. */
  readonly cloud: Cloud;
  /** For permissions to write, and only at names that are nobody's. */
  readonly probing: Cloud;
  readonly actionTrail: Rpc;
}

/** Whoever runs this waits for it; a cloud that does not answer must not keep them for longer. */
const patienceMs = 300_000;

export function gateFor({ config, clock }: Pick<Operator, 'config' | 'clock'>, account: string, mode: Mode) {
  const { readsPerSecond, writesPerSecond } = config.limits;
  return new Gate({ account, mode, readsPerSecond, writesPerSecond, clock });
}

const openingOf = ({ config, clock, context, identity }: Operator, mode: Mode): AccountContext => ({
  config,
  clock,
  mode,
  context: { ...context, accountId: identity.accountId },
  deadlineAt: clock.elapsed() + patienceMs,
  doors: new Map(),
});

/** @throws EventError where `named` is none of them; CloudError, ConfigurationError */
export const placesOf = (operator: Operator, named: string | undefined): Promise<AccountConfig[]> =>
  accountsOf(openingOf(operator, 'plan'), named);

/** @throws CloudError where the role of the account cannot be assumed; ConfigurationError where there is none */
export async function openPlace(operator: Operator, account: AccountConfig): Promise<Place> {
  const { config, clock } = operator;
  const opening = openingOf(operator, 'plan');
  const [cloud, probing] = await Promise.all([
    openAccount(opening, account),
    openAccount(openingOf(operator, 'enforce'), account),
  ]);
  const { id, roleArn = operator.identity.arn } = account;
  const door = await doorIn(opening, id);
  const trail = endpointOf('actionTrail', cloud.region, config.endpoints);
  return {
    config,
    clock,
    account: id,
    caller: roleArn,
    cloud,
    probing,
    actionTrail: new Rpc(door.gate, door.credentials, trail, trailApi),
  };
}

async function doorIn({ doors }: AccountContext, account: string) {
  const door = await doors.get(account);
  if (!door) throw new Error(`account ${account} was not opened`);
  return door;
}
