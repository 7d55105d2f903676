import type { FunctionContext } from '../accounts/function-context';
import { type AccountContext, accountsOf, credentialsOf, openAccount, regionOf } from '../accounts/open';
import type { Clock } from '../base/clock';
import { trailApi } from '../cloud/action-trail';
import type { Cloud } from '../cloud/cloud';
import { endpointOf } from '../cloud/endpoints';
import { Gate, type Mode } from '../cloud/gate';
import { Rpc } from '../cloud/rpc';
import { type CallerIdentity, Sts } from '../cloud/sts';
import type { AccountConfig, Config } from '../config/schema';

/** Who asks, and from where: a person, or a function of itself. */
export interface Asker {
  readonly config: Config;
  readonly clock: Clock;
  readonly context: FunctionContext;
  readonly identity: CallerIdentity;
  /** On `clock.elapsed()`: no call is begun after it. */
  readonly deadlineAt: number;
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

export function gateFor({ config, clock }: Pick<Asker, 'config' | 'clock'>, account: string, mode: Mode) {
  const { readsPerSecond, writesPerSecond } = config.limits;
  return new Gate({ account, mode, readsPerSecond, writesPerSecond, clock });
}

/** Finds out whose credentials they are. @throws CloudError, ConfigurationError */
export async function identified(asker: Omit<Asker, 'identity'>): Promise<Asker> {
  const { config, context } = asker;
  const endpoint = endpointOf('sts', regionOf(config, context), config.endpoints);
  const sts = new Sts(gateFor(asker, 'own', 'plan'), credentialsOf(context), endpoint);
  return { ...asker, identity: await sts.callerIdentity() };
}

const openingOf = ({ config, clock, context, identity, deadlineAt }: Asker, mode: Mode): AccountContext => ({
  config,
  clock,
  mode,
  context: { ...context, accountId: identity.accountId },
  deadlineAt,
  doors: new Map(),
});

/** @throws EventError where `named` is none of them; CloudError, ConfigurationError */
export const placesOf = (asker: Asker, named: string | undefined): Promise<AccountConfig[]> =>
  accountsOf(openingOf(asker, 'plan'), named);

/** @throws CloudError where the role of the account cannot be assumed; ConfigurationError where there is none */
export async function openPlace(asker: Asker, account: AccountConfig): Promise<Place> {
  const { config, clock } = asker;
  const opening = openingOf(asker, 'plan');
  const [cloud, probing] = await Promise.all([
    openAccount(opening, account),
    openAccount(openingOf(asker, 'enforce'), account),
  ]);
  const { id, roleArn = asker.identity.arn } = account;
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
