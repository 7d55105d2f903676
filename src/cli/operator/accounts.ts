import type { FunctionContext } from '../../accounts/function-context';
import { type AccountContext, accountsOf, openAccount } from '../../accounts/open';
import { systemClock as clock } from '../../base/clock';
import type { Cloud } from '../../cloud/cloud';
import type { Mode } from '../../cloud/gate';
import type { Config } from '../../config/schema';
import { limitsOf } from '../../run/time-limit';
import { CommandError, exitCode } from '../exit-code';

/** Where a command works from this machine. */
export interface Here {
  readonly config: Config;
  readonly mode: Mode;
  /** With the credentials of whoever types the command. */
  readonly context: FunctionContext;
  /** May be left out where keyturn works on one account. */
  readonly account?: string | undefined;
}

export const openingHere = ({ config, mode, context }: Here): AccountContext => ({
  config,
  context,
  clock,
  mode,
  deadlineAt: limitsOf(context, clock).deadlineAt,
  doors: new Map(),
});

/**
 * The account that a command about one user is for.
 * @throws CommandError, EventError where it is not clear which; CloudError
 */
export async function openOneAccount(here: Here): Promise<Cloud> {
  const opening = openingHere(here);
  const [account, ...others] = await accountsOf(opening, here.account);
  if (!account || others.length > 0) {
    throw new CommandError(
      'keyturn works on several accounts, so nothing was done: say with --account which of them the user is in.',
      exitCode.refused,
    );
  }
  return openAccount(opening, account);
}
